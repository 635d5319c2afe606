"""The whole application with officials in it, and browsers without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from flask import Flask

from accounts.officials import OfficialIdentity, create_official
from accounts.roles import Role
from app import create_app
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.clock import FixedClock
from infra.config import Settings, load_settings
from infra.runtime import Runtime
from infra.tables import ServiceAudit
from tests.conftest import Stores
from tests.web.official_site import Answer, Visitor

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
PASSWORD = "et langt nok passord"


def settings_for(stores: Stores, folder: Path, redis_url: str, **more: str) -> Settings:
    """The settings of a test installation over given stores."""
    return load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "REDIS_URL": redis_url,
            "SERVICE_DATABASE_URL": stores.urls["service"],
            "REGISTER_DATABASE_URL": stores.urls["register"],
            **more,
        }
    )


@dataclass
class Site:
    """An installation at one moment; `later` is the same at another."""

    runtime: Runtime
    now: datetime = NOW
    emails: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        runtime = replace(self.runtime, clock=FixedClock(self.now))
        self.runtime = runtime
        self.app: Flask = create_app(runtime=runtime)

    def later(self, **passed: float) -> Site:
        """The same, some time later."""
        return Site(self.runtime, self.now + timedelta(**passed), self.emails)

    def in_production(self) -> Site:
        """The same, where a second factor is required."""
        settings = replace(self.runtime.settings, environment="production")
        runtime = replace(self.runtime, settings=settings)
        return Site(runtime, self.now, self.emails)

    def person(self, name: str, *roles: Role) -> OfficialIdentity:
        """Create an official with a password."""
        with self.runtime.store("service").begin() as session:
            made = create_official(
                session,
                name=name,
                email=f"{name.lower()}@forbundet.example",
                password=PASSWORD,
                roles=roles,
                profile=CHEAPEST_FOR_TESTS,
            )
        self.emails[made.id] = f"{name.lower()}@forbundet.example"
        return made

    def browser(self, who: OfficialIdentity | None = None) -> Visitor:
        """A browser; with a whole session, where somebody is named."""
        return Visitor(self.app, self.runtime.store("service"), self.runtime, who)

    def entered(
        self, who: OfficialIdentity, password: str = PASSWORD
    ) -> tuple[Visitor, Answer]:
        """A browser in which a password was shown, and the page that came."""
        visitor = self.browser()
        shown = visitor.post("/konto/inn", email=self.emails[who.id], password=password)
        return visitor, shown

    def set_up_app(self, visitor: Visitor) -> tuple[pyotp.TOTP, Answer]:
        """Set up an authenticator app; return it, and the last page."""
        shown = visitor.post("/konto/totrinn/app/ny", page="/konto/totrinn")
        app = pyotp.TOTP("".join(shown.words("details code").split()))
        done = visitor.post("/konto/totrinn/app", code=app.at(self.now))
        return app, done

    def events(self) -> list[tuple[str, str, str]]:
        """Who did what to whom, in order."""
        with self.runtime.store("service").reading() as session:
            rows = session.query(ServiceAudit).order_by(ServiceAudit.seq)
            return [(row.actor, row.kind, row.subject) for row in rows]


def path_of(answer: Answer) -> str:
    """Where a browser stands after its redirects."""
    return answer.response.request.path
