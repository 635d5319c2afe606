"""The way in: what a password opens, and what a second factor completes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from argon2 import Parameters
from sqlalchemy.orm import Session

from accounts.officials import LONGEST_PASSWORD, require_password
from accounts.revocations import revoke_passes
from accounts.second_factors import Factors, read_factors
from accounts.sessions import (
    Entrant,
    close_session,
    close_sessions,
    open_entrance,
    open_session,
)
from accounts.tables import Official
from crypto.errors import CryptoError
from crypto.passwords import LOGIN, hash_password, verify_password
from infra.audit import record_event
from infra.config import Settings


class WrongPassword(Exception):
    """It is not the official's own password."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session's token, and whether there is no more to show."""

    token: str = field(repr=False)
    complete: bool


def enter_with_password(
    session: Session, settings: Settings, official_id: str, at: datetime
) -> Opened:
    """Open what a right password opens.

    With a second factor, or in production without one, that is only the way to it.
    """
    if settings.in_production or read_factors(session, official_id).any:
        return Opened(open_entrance(session, official_id, at), complete=False)
    return Opened(_open_wholly(session, official_id, at), complete=True)


def complete_entrance(
    session: Session, official_id: str, token: str, at: datetime
) -> str:
    """Put a whole session in the place of a half one; return its token."""
    close_session(session, token)
    return _open_wholly(session, official_id, at)


def may_set_up(entrant: Entrant, factors: Factors) -> bool:
    """Tell whether a factor may be set up: else a password alone would do for it."""
    return entrant.complete or not factors.any


def require_own_password(session: Session, official_id: str, password: str) -> None:
    """Check that whoever sits there knows the password, before a grave step.

    Raises:
        WrongPassword: they do not.

    """
    stored = session.get_one(Official, official_id).password_hash
    try:
        verify_password(stored or "", password[: LONGEST_PASSWORD + 1])
    except CryptoError:
        raise WrongPassword from None


def change_password(
    session: Session,
    settings: Settings,
    official_id: str,
    *,
    current: str,
    new: str,
    token: str,
    at: datetime,
    profile: Parameters = LOGIN,
) -> None:
    """Set another password; every session but that of the token ends.

    Raises:
        WrongPassword: the present one is another.
        PasswordTooShort, PasswordTooLong: the new one cannot be.

    """
    require_own_password(session, official_id, current)
    require_password(new)
    official = session.get_one(Official, official_id)
    official.password_hash = hash_password(new, profile)
    close_sessions(session, official_id, besides=token)
    revoke_passes(session, settings, official_id, at)
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="password-changed",
        subject=official_id,
    )


def _open_wholly(session: Session, official_id: str, at: datetime) -> str:
    record_event(
        session, at=at, actor=official_id, kind="signed-in", subject=official_id
    )
    return open_session(session, official_id, at)
