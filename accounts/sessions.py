"""Sessions of officials: a random token in a cookie, its digest in the store.

On the service the cookie names a row that can be revoked. On the register, which
has no accounts, it holds a signed pass (accounts/passes.py). Nothing about a voter
is ever kept in a cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, identity_of, is_id
from accounts.tables import Official, OfficialSession

SESSION_HOURS = 8
"""A working day; then one signs in again."""

IDLE_HOURS = 4
"""As the hour alone is kept, a session ends after three to four hours unused."""

ENTRANCE_MINUTES = 15
"""From the password to the second factor, or to the end of setting one up."""

SERVICE_COOKIE = "urne_service"
REGISTER_COOKIE = "urne_register"


class NotSignedIn(Exception):
    """No session, or one that has ended."""


class HalfSignedIn(NotSignedIn):
    """The password was shown; a second factor was not."""


class UnknownSession(Exception):
    """The official has no such session, or it has ended."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who has shown a password, and whether that was all there is to show."""

    official: OfficialIdentity
    complete: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as its owner sees it; times are whole hours (aware, UTC)."""

    id: str
    begun_at: datetime
    seen_at: datetime
    is_this: bool


def open_session(session: Session, official_id: str, now: datetime) -> str:
    """Open a session and return its token, 43 characters, kept nowhere else.

    For who has shown all that is asked for. Ended sessions are removed on the way.
    """
    lasts = timedelta(hours=SESSION_HOURS)
    return _open(session, official_id, now, lasts, complete=True)


def open_entrance(session: Session, official_id: str, now: datetime) -> str:
    """Open the short session of who has yet to show a second factor, or get one."""
    lasts = timedelta(minutes=ENTRANCE_MINUTES)
    return _open(session, official_id, now, lasts, complete=False)


def official_of(session: Session, token: str, now: datetime) -> OfficialIdentity:
    """Return whose session a token is.

    Raises:
        NotSignedIn: unknown, ended, or the account was closed.
        HalfSignedIn: the second factor has not been shown.

    """
    found = entrant_of(session, token, now)
    if not found.complete:
        raise HalfSignedIn
    return found.official


def entrant_of(session: Session, token: str, now: datetime) -> Entrant:
    """Return whose session a token is, complete or not.

    Raises:
        NotSignedIn: unknown, ended, or the account was closed.

    """
    row = session.get(OfficialSession, token_digest(token))
    if row is None or _has_ended(row, now):
        raise NotSignedIn
    official = session.get(Official, row.official_id)
    if official is None or official.disabled:
        raise NotSignedIn
    return Entrant(identity_of(official), row.complete)


def is_seen_anew(session: Session, token: str, now: datetime) -> bool:
    """Tell whether a session was last seen in an earlier hour."""
    row = session.get(OfficialSession, token_digest(token))
    return row is not None and row.seen_at < whole_hour(now)


def note_seen(session: Session, token: str, now: datetime) -> None:
    """Keep the hour in which a session was used."""
    row = session.get(OfficialSession, token_digest(token))
    if row is not None:
        row.seen_at = max(row.seen_at, whole_hour(now))


def close_session(session: Session, token: str) -> None:
    """End a session; an unknown token is one that has ended."""
    session.execute(
        delete(OfficialSession).where(
            OfficialSession.token_digest == token_digest(token)
        )
    )


def close_sessions(session: Session, official_id: str, *, besides: str = "") -> int:
    """End all sessions of an official but that of one token; return how many."""
    query = select(OfficialSession).where(
        OfficialSession.official_id == official_id,
        OfficialSession.token_digest != token_digest(besides),
    )
    rows = session.scalars(query).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def close_own_session(session: Session, official_id: str, session_id: str) -> None:
    """End one session of an official.

    Raises:
        UnknownSession: it is no session of the official's.

    """
    if not is_id(session_id):
        raise UnknownSession
    row = session.scalar(
        select(OfficialSession).where(
            OfficialSession.id == session_id,
            OfficialSession.official_id == official_id,
        )
    )
    if row is None:
        raise UnknownSession
    session.delete(row)


def list_sessions(
    session: Session, official_id: str, token: str, now: datetime
) -> list[SessionLine]:
    """Return an official's sessions, the newest first."""
    query = (
        select(OfficialSession)
        .where(OfficialSession.official_id == official_id)
        .order_by(OfficialSession.begun_at.desc(), OfficialSession.id)
    )
    own = token_digest(token)
    return [
        SessionLine(row.id, row.begun_at, row.seen_at, row.token_digest == own)
        for row in session.scalars(query)
        if row.complete and not _has_ended(row, now)
    ]


def whole_hour(instant: datetime) -> datetime:
    """Return the hour that an instant lies in."""
    return instant.replace(minute=0, second=0, microsecond=0)


def _open(
    session: Session,
    official_id: str,
    now: datetime,
    lasts: timedelta,
    *,
    complete: bool,
) -> str:
    session.execute(delete(OfficialSession).where(OfficialSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    hour = whole_hour(now)
    session.add(
        OfficialSession(
            token_digest=token_digest(token),
            id=secrets.token_hex(16),
            official_id=official_id,
            complete=complete,
            begun_at=hour,
            seen_at=hour,
            expires_at=now + lasts,
        )
    )
    session.flush()
    return token


def _has_ended(row: OfficialSession, now: datetime) -> bool:
    idle_since = row.seen_at + timedelta(hours=IDLE_HOURS)
    return min(row.expires_at, idle_since) <= now


def token_digest(token: str) -> bytes:
    """Return what a token is known by, 32 bytes."""
    # The token has 256 bits of its own: a plain digest cannot be searched back.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
