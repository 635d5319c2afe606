"""What every page of the register does around its use case: transaction, clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import redis
from flask import current_app, flash, render_template, url_for
from sqlalchemy.orm import Session

from accounts.guards import access_of, current_official, tells_owner
from infra.config import Settings
from infra.keystore import DataKey, Keystore
from infra.runtime import Runtime
from infra.web import current_runtime
from register.overview import RollOverview, read_overview
from register.queueing import queue_delivery
from register.resends import By
from register.roll import read_data_key
from register.sending import UnknownSending
from register.tables import Roll
from register.views.words import ROLES, sentence_of, told_refusals

_ROOMS: Final = (
    "register_roll.show",
    "register_sending.show",
    "register_lookups.show",
    "register_additions.show",
    "register_turnout.show",
    "register_shredding.show",
    "register_audit.show",
)
"""The pages of one election's register, in the order of its menu."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case is given: who acts, when, and in which transaction."""

    session: Session
    runtime: Runtime
    actor: str
    now: datetime

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        return self.runtime.settings

    @property
    def keystore(self) -> Keystore:
        """The register's data keys."""
        return self.runtime.keystore("register")

    @property
    def redis(self) -> redis.Redis:
        """The register's Redis."""
        return self.runtime.redis("register")

    def key(self, election_id: str) -> DataKey:
        """Return an election's data key."""
        return read_data_key(self.session, self.keystore, election_id)

    def by(self, reason: str | None) -> By:
        """Say who asks, why, and when."""
        return By(self.actor, reason or "", self.now)


@tells_owner("register")
def owner_of(session: Session, election_id: str) -> str | None:
    """Tell whose an election is."""
    found = session.get(Roll, election_id)
    return None if found is None else found.organisation


@contextmanager
def acting() -> Iterator[Desk]:
    """Open a writing transaction; what it posts is delivered once it is committed."""
    runtime = current_runtime()
    with runtime.store("register").begin() as session:
        queue_delivery(session, runtime)
        yield _desk(runtime, session)


@contextmanager
def reading() -> Iterator[Desk]:
    """Open a reading transaction."""
    runtime = current_runtime()
    with runtime.store("register").reading() as session:
        yield _desk(runtime, session)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell a refusal on the next page; wrapped around `acting`, which rolls back."""
    try:
        yield
    except told_refusals() as refused:
        flash(sentence_of(refused), "danger")


def register_page(template: str, election_id: str, **context: Any) -> str:  # noqa: ANN401 - Jinja's own
    """Render a page of one election's register."""
    with reading() as desk:
        overview = read_overview(desk.session, election_id)
    return render_overview(template, overview, **context)


def render_overview(
    template: str,
    overview: RollOverview,
    **context: Any,  # noqa: ANN401 - Jinja's own
) -> str:
    """Render a page for which the overview has been read."""
    service = current_runtime().settings.service_url
    return render_plain(
        template,
        roll=overview,
        practice=overview.practice,
        election_url=f"{service}/valg/{overview.election_id}",
        rooms=[name for name in _ROOMS if _may_open(name)],
        **context,
    )


def render_plain(template: str, **context: Any) -> str:  # noqa: ANN401 - Jinja's own
    """Render a page of the register that is of no election."""
    official, service = current_official(), current_runtime().settings.service_url
    roles = [str(ROLES[role]).lower() for role in sorted(official.roles)]
    return render_template(
        f"register/{template}",
        signed_in={
            "name": official.name,
            "role": ", ".join(roles),
            "sign_out_url": url_for("register_entrance.leave"),
            "account_url": f"{service}/konto",
        },
        site={
            "home_url": f"{service}/valg",
            "privacy_url": f"{service}/#personvern",
            "help_url": f"{service}/#hjelp",
            "board_url": f"{service}/#oppslagstavle",
        },
        **context,
    )


def _may_open(endpoint: str) -> bool:
    view = current_app.view_functions.get(endpoint)
    return view is not None and bool(access_of(view).roles & current_official().roles)


def read_id(text: str) -> bytes:
    """Return a random id of an address or a hidden field.

    Raises:
        UnknownSending: it is none.

    """
    try:
        found = bytes.fromhex(text)
    except ValueError:
        raise UnknownSending from None
    if len(found) != 16:  # noqa: PLR2004 - the size of every id here
        raise UnknownSending
    return found


def _desk(runtime: Runtime, session: Session) -> Desk:
    return Desk(session, runtime, current_official().id, runtime.clock.now())
