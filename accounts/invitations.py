"""Invitations: a new official gets a link, and chooses a password of their own.

Nobody else ever knows it. The link's token is drawn when the mail is written and is
kept nowhere; the store has its digest and its last day.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import Parameters
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from accounts.officials import (
    OfficialIdentity,
    add_official,
    find_official,
    identity_of,
    require_password,
)
from accounts.revocations import revoke_passes
from accounts.roles import District, Role, require_roles, require_union
from accounts.second_factors import forget_factors
from accounts.sessions import close_sessions, token_digest
from accounts.tables import Official, OfficialInvitation
from crypto.passwords import LOGIN, hash_password
from infra.audit import record_event
from infra.config import Settings

INVITATION_DAYS = 7

MOST_ATTEMPTS = 30
"""Half an hour of sweeps; then the mail server is somebody's task."""


class InvitationState(StrEnum):
    """How far the mail has come."""

    WAITING = "waiting"
    SENDING = "sending"
    """Handed over or not: after a crash nobody knows."""

    SENT = "sent"
    REFUSED = "refused"
    """The address does not exist, or takes no mail from us."""

    UNSENT = "unsent"
    """The mail server could not be reached for half an hour."""


class InvitationRefused(Exception):
    """No such token, or one that was used, replaced or has run out.

    Which of them it was is not told.
    """


class NotWaiting(Exception):
    """The invitation was taken up, or another worker writes it."""


class AccountDisabled(Exception):
    """The account is closed; open it before inviting again."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What the mail of one invitation says. The token opens an account."""

    official_id: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    token: str = field(repr=False)
    expires_at: datetime


def invite_official(
    session: Session,
    *,
    name: str,
    email: str,
    roles: frozenset[Role],
    districts: frozenset[District],
    union: str = "",
    actor: str,
    at: datetime,
) -> OfficialIdentity:
    """Add an official and have an invitation sent.

    Raises:
        NameMalformed, EmailMalformed, EmailTaken: see `add_official`.
        RoleMissing, DistrictMissing, TooManyDistricts: see `require_roles`.
        UnionMalformed, NotForOneUnion: see `require_union`.

    """
    require_roles(roles, districts)
    require_union(union, roles)
    official = add_official(
        session, name=name, email=email, roles=roles, districts=districts, union=union
    )
    _ask_for_mail(session, official.id)
    record_event(
        session,
        at=at,
        actor=actor,
        kind="official-invited",
        subject=official.id,
        content={"roles": sorted(role.value for role in roles), "union": union},
    )
    return identity_of(official)


def invite_again(
    session: Session, settings: Settings, official_id: str, *, actor: str, at: datetime
) -> None:
    """Send a new link. Password, second factors and sessions are gone at once.

    For a lost mail, and for who has lost both password and second factor. The link
    goes to the official's own address, whoever asks for it.

    Raises:
        UnknownOfficial, AccountDisabled: see there.

    """
    official = find_official(session, official_id)
    if official.disabled:
        raise AccountDisabled
    official.password_hash = None
    forget_factors(session, official_id)
    close_sessions(session, official_id)
    revoke_passes(session, settings, official_id, at)
    _ask_for_mail(session, official_id)
    record_event(
        session,
        at=at,
        actor=actor,
        kind="official-invited-again",
        subject=official_id,
    )


def list_waiting(session: Session) -> list[str]:
    """Return the ids of those whose invitation has not gone."""
    query = select(OfficialInvitation.official_id).where(
        OfficialInvitation.state == InvitationState.WAITING
    )
    return list(session.scalars(query.order_by(OfficialInvitation.official_id)))


def draw_invitation(session: Session, official_id: str, now: datetime) -> Letter:
    """Draw the token of an invitation that is about to be mailed; earlier ones die.

    Raises:
        NotWaiting: it is no longer there to be sent.

    """
    token, expires_at = secrets.token_urlsafe(32), now + timedelta(days=INVITATION_DAYS)
    claimed = session.execute(
        update(OfficialInvitation)
        .where(
            OfficialInvitation.official_id == official_id,
            OfficialInvitation.state == InvitationState.WAITING,
        )
        .values(
            state=InvitationState.SENDING,
            attempts=OfficialInvitation.attempts + 1,
            token_digest=token_digest(token),
            expires_at=expires_at,
        )
    )
    assert isinstance(claimed, CursorResult)  # noqa: S101 - narrows for the types
    official = session.get(Official, official_id)
    if claimed.rowcount != 1 or official is None or official.disabled:
        raise NotWaiting
    return Letter(official_id, official.name, official.email, token, expires_at)


def note_outcome(session: Session, letter: Letter, state: InvitationState) -> None:
    """Keep what became of a mail, unless a later one has taken its place.

    One that could not be handed in waits for the next sweep, but not for ever.
    """
    row = session.get(OfficialInvitation, letter.official_id)
    if row is None or row.token_digest != token_digest(letter.token):
        return
    if state is InvitationState.WAITING and row.attempts >= MOST_ATTEMPTS:
        state = InvitationState.UNSENT
    row.state = state


def accept_invitation(
    session: Session,
    *,
    token: str,
    password: str,
    at: datetime,
    profile: Parameters = LOGIN,
) -> OfficialIdentity:
    """Set the password of whoever holds the link; it opens nothing a second time.

    Raises:
        InvitationRefused: the token opens nothing.
        PasswordTooShort, PasswordTooLong: the link may be used again.

    """
    found = session.scalar(
        select(OfficialInvitation)
        .where(OfficialInvitation.token_digest == token_digest(token))
        .with_for_update()
    )
    if found is None or found.expires_at is None or found.expires_at <= at:
        raise InvitationRefused
    official = session.get_one(Official, found.official_id)
    if official.disabled:
        raise InvitationRefused
    require_password(password)
    official.password_hash = hash_password(password, profile)
    session.delete(found)
    record_event(
        session,
        at=at,
        actor=official.id,
        kind="official-joined",
        subject=official.id,
    )
    return identity_of(official)


def _ask_for_mail(session: Session, official_id: str) -> None:
    earlier = session.get(OfficialInvitation, official_id)
    if earlier is not None:
        session.delete(earlier)
        session.flush()
    session.add(
        OfficialInvitation(
            official_id=official_id, state=InvitationState.WAITING.value, attempts=0
        )
    )
    session.flush()
