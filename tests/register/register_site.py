"""The real application over an open election, and officials who come with a pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.officials import OfficialIdentity
from accounts.passes import issue_pass
from accounts.roles import District, Role
from app import create_app
from crypto.signing import SigningSeed
from infra.config import Settings
from infra.runtime import Runtime
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice
from tests.register.roll_files import ELECTION

HERE = f"/r/valg/{ELECTION}"
EVERY_ROLE = frozenset(Role)


def a_pass(
    office: PostOffice,
    *roles: Role,
    seed: SigningSeed | None = None,
    who: str = OFFICIAL,
    districts: frozenset[District] = frozenset(),
    union: str = "",
    seats: frozenset[str] = frozenset({ELECTION}),
) -> str:
    """Return a pass as the service gives it to an official."""
    given = frozenset(roles) if roles else EVERY_ROLE
    own = office.runtime.settings.secrets_of("service").signing_seed.reveal()
    identity = OfficialIdentity(who, "Åse Arrangør", given, districts, union, seats)
    return issue_pass(identity, office.now, seed or SigningSeed(own))


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser without scripts: cookies, forms with their tokens."""

    client: FlaskClient

    def get(self, path: str = "") -> TestResponse:
        return self.client.get(HERE + path)

    def page(self, path: str = "") -> BeautifulSoup:
        answer = self.get(path)
        assert answer.status_code == 200, answer.status
        return soup_of(answer)

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, *, of: str = ""
    ) -> TestResponse:
        """Send a form with the token of the page `of`, and follow what it answers."""
        page = soup_of(self.get(of or "/manntall"))
        token = page.select_one("input[name=csrf_token]")
        assert token is not None
        data = {"csrf_token": token["value"], **(fields or {})}
        return self.client.post(HERE + path, data=data, follow_redirects=True)

    def upload(self, data: bytes, name: str = "manntall.csv") -> TestResponse:
        return self.post("/manntall", {"file": (BytesIO(data), name)})


def soup_of(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def told(answer: TestResponse) -> str:
    """Return what the alerts and error summaries of a page say."""
    parts = soup_of(answer).select(".ds-alert, .ds-error-summary")
    return re.sub(r"\s+", " ", " ".join(part.get_text(" ") for part in parts))


def words_of(answer: TestResponse) -> str:
    main = soup_of(answer).select_one("main")
    assert main is not None
    return re.sub(r"\s+", " ", main.get_text(" "))


def an_app(office: PostOffice, **changes: Any) -> Flask:  # noqa: ANN401 - settings
    """Build the application over the office's runtime."""
    settings: Settings = replace(office.runtime.settings, **changes)
    runtime: Runtime = replace(office.runtime, settings=settings)
    app = create_app(runtime=runtime)
    app.testing = True
    return app


def signed_in(
    office: PostOffice,
    *roles: Role,
    app: Flask | None = None,
    who: str = OFFICIAL,
    districts: frozenset[District] = frozenset(),
    union: str = "",
    seats: frozenset[str] = frozenset({ELECTION}),
) -> Browser:
    """Return a browser that came in with a pass."""
    client = (app or an_app(office)).test_client()
    given = a_pass(
        office, *roles, who=who, districts=districts, union=union, seats=seats
    )
    answer = client.post("/r/inn", data={"pass": given})
    assert answer.status_code == 200
    return Browser(client)
