"""Sessions of officials: a random token in a cookie, its digest in the store.

On the service the cookie names a row that can be revoked. On the register, which
has no accounts, it holds a signed pass (accounts/passes.py). Nothing about a voter
is ever kept in a cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, identity_of
from accounts.tables import Official, OfficialSession

SESSION_HOURS = 8
"""A working day; then one signs in again."""

SERVICE_COOKIE = "urne_service"
REGISTER_COOKIE = "urne_register"


class NotSignedIn(Exception):
    """No session, or one that has ended."""


def open_session(session: Session, official_id: str, now: datetime) -> str:
    """Open a session and return its token, 43 characters, kept nowhere else.

    Sessions that have ended are removed on the way.
    """
    session.execute(delete(OfficialSession).where(OfficialSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        OfficialSession(
            token_digest=_digest(token),
            official_id=official_id,
            expires_at=now + timedelta(hours=SESSION_HOURS),
        )
    )
    return token


def official_of(session: Session, token: str, now: datetime) -> OfficialIdentity:
    """Return whose session a token is.

    Raises:
        NotSignedIn: unknown, ended, or the account was closed.

    """
    row = session.get(OfficialSession, _digest(token))
    if row is None or row.expires_at <= now:
        raise NotSignedIn
    official = session.get(Official, row.official_id)
    if official is None or official.disabled:
        raise NotSignedIn
    return identity_of(official)


def close_session(session: Session, token: str) -> None:
    """End a session; an unknown token is one that has ended."""
    session.execute(
        delete(OfficialSession).where(OfficialSession.token_digest == _digest(token))
    )


def _digest(token: str) -> bytes:
    # The token has 256 bits of its own: a plain digest cannot be searched back.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
