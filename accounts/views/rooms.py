"""What the pages of accounts share: blueprint, menu, transactions, cookie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from accounts.guards import current_entrant
from accounts.officials import OfficialIdentity
from accounts.roles import ALL_ROLES, ELECTION_ROLES, Role
from accounts.sessions import SERVICE_COOKIE, SESSION_HOURS
from infra.config import Settings
from infra.delivery import DELIVERY_JOB
from infra.logs import own_logger
from infra.queues import enqueue, queue_of
from infra.runtime import Runtime
from infra.throttle import forget_attempts, require_attempts_left
from infra.web import current_runtime

blueprint = Blueprint("accounts", __name__, url_prefix="/konto")

DAY_SECONDS = 24 * 3600

_OWN_PATH = re.compile(r"/(?:valg|konto)(?:/[A-Za-z0-9/-]*)?")
_LOG_READERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
_OF_ELECTIONS = frozenset({*ELECTION_ROLES, Role.DISTRICT_CONTACT})


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case is given: who acts, when, and in which transaction."""

    session: Session
    settings: Settings
    actor: str
    at: datetime


@contextmanager
def acting() -> Iterator[Desk]:
    """Open a writing transaction; deliver afterwards what it posts to the register."""
    runtime = current_runtime()
    with runtime.store("service").begin() as session:
        yield _desk(runtime, session)
    try:
        enqueue(queue_of(runtime, "service"), DELIVERY_JOB, "service")
    except redis.RedisError as unreachable:
        # What was done is done; the next sweep delivers it.
        own_logger("web").warning("delivery not queued: %s", type(unreachable).__name__)


@contextmanager
def reading() -> Iterator[Desk]:
    """Open a reading transaction."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        yield _desk(runtime, session)


@contextmanager
def counted(purpose: str, subject: str, quarter: int) -> Iterator[None]:
    """Count an attempt; one that succeeds was no guess, and the count begins anew.

    Raises:
        TooManyAttempts: too many in a quarter of an hour.

    """
    runtime = current_runtime()
    require_attempts_left(runtime, "service", purpose, subject, quarter)
    yield
    forget_attempts(runtime, "service", purpose, subject)


@contextmanager
def counted_by_day(purpose: str, subject: str, most: int) -> Iterator[None]:
    """Count an attempt for a whole day: of those who have shown a password alone.

    Anybody could otherwise close an account for a day, who knows its address.

    Raises:
        TooManyAttempts: too many in a day.

    """
    runtime, daily = current_runtime(), f"{purpose}-day"
    require_attempts_left(runtime, "service", daily, subject, most, seconds=DAY_SECONDS)
    yield
    forget_attempts(runtime, "service", daily, subject)


def keep_signed_in(answer: Response, token: str) -> Response:
    """Put a session's token into the browser's cookie."""
    answer.set_cookie(
        SERVICE_COOKIE,
        token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="Strict",
        secure=current_runtime().settings.service_url.startswith("https:"),
    )
    return answer


def own_path(wanted: str, official: OfficialIdentity) -> str:
    """Return the page to go on to: one of our own, else where the official works."""
    if _OWN_PATH.fullmatch(wanted):
        return wanted
    if official.roles & _OF_ELECTIONS:
        return "/valg"
    if Role.SURVEY_DESIGNER in official.roles:
        return "/undersokelser"
    page = "officials" if Role.ADMINISTRATOR in official.roles else "own_account"
    return url_for(f"accounts.{page}")


@blueprint.app_context_processor
def page_context() -> dict[str, object]:
    """Tell every page who is signed in, and where the common pages are."""
    context: dict[str, object] = {
        "site": {
            "board_url": "/#oppslagstavle",
            "help_url": "/#hjelp",
            "privacy_url": "/#personvern",
            "sign_in_url": url_for("accounts.sign_in"),
        }
    }
    found = g.get("official")
    if isinstance(found, OfficialIdentity):
        context["main_menu"] = _main_menu(found)
        context["signed_in"] = {
            "name": found.name,
            "role": ", ".join(role_words(found)),
            "sign_out_url": _sign_out_url(),
            "account_url": url_for("accounts.own_account"),
        }
    return context


def role_words(found: OfficialIdentity) -> list[str]:
    """Return an official's roles in words."""
    words = {
        Role.ADMINISTRATOR: _("administrator"),
        Role.ORGANISER: _("arrangør"),
        Role.COMMITTEE: _("valgkomité"),
        Role.AUDITOR: _("revisor"),
        Role.DISTRICT_CONTACT: _("kretskontakt"),
        Role.SURVEY_DESIGNER: _("undersøkelsesansvarlig"),
    }
    return [words[role] for role in ALL_ROLES if role in found.roles]


def _main_menu(found: OfficialIdentity) -> list[dict[str, Any]]:
    menu = [
        ("valg", _("Valg"), "/valg", bool(found.roles & _OF_ELECTIONS)),
        (
            "undersokelser",
            _("Undersøkelser"),
            "/undersokelser",
            Role.SURVEY_DESIGNER in found.roles,
        ),
        (
            "brukere",
            _("Brukere"),
            url_for("accounts.officials"),
            Role.ADMINISTRATOR in found.roles,
        ),
        (
            "logg",
            _("Revisjonslogg"),
            url_for("accounts.audit_log"),
            bool(found.roles & _LOG_READERS) and not found.union,
        ),
        ("konto", _("Min konto"), url_for("accounts.own_account"), True),
    ]
    return [
        {"name": name, "label": label, "url": url}
        for name, label, url, shown in menu
        if shown
    ]


def _sign_out_url() -> str:
    # The register has a session of its own, below its own path.
    on_register = request.path.startswith("/r/")
    return "/r/ut" if on_register else url_for("accounts.sign_out")


def _desk(runtime: Runtime, session: Session) -> Desk:
    now = runtime.clock.now()
    return Desk(session, runtime.settings, current_entrant().official.id, now)
