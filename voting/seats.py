"""Seats of the committee: who sits on them, and the key that opens a holder's page.

An access key lets a browser carry messages as one holder; it signs nothing and opens
no ballot. It stands in the link's fragment once, and its digest here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, identity_of
from accounts.revocations import revoke_passes
from accounts.roles import MOST_SEATS
from accounts.tables import Official
from crypto.encoding import draw_base32, normalise_base32
from crypto.errors import NonCanonicalEncoding
from crypto.hashing import digest
from infra.audit import record_event
from infra.config import Settings
from voting.draft_editing import CommitteeNumbers, with_numbers
from voting.drafts import encode_draft, require_committee
from voting.elections import (
    NotADraft,
    draft_of,
    hold_phase,
    seat_committee,
    start_ceremony,
)
from voting.phases import Phase
from voting.tables import CommitteeSeat, Election

KEY_SYMBOLS: Final = 26
"""130 bits."""

_WITHOUT_HOLDERS_PAGE: Final = frozenset({Phase.DRAFT, Phase.CANCELLED})


class NotSeated(Exception):
    """This official has no seat in the committee of this election."""


def is_seated(session: Session, election_id: str, official_id: str) -> bool:
    """Tell whether an official sits in an election's committee."""
    query = select(CommitteeSeat.index).where(
        CommitteeSeat.election_id == election_id,
        CommitteeSeat.official_id == official_id,
    )
    return session.scalar(query) is not None


def with_seats(
    session: Session, official: OfficialIdentity, first: str | None = None
) -> OfficialIdentity:
    """Return the official with the seats that a pass tells the register of.

    The `MOST_SEATS` last to close, and among them `first`, whose page is open.
    """
    query = (
        select(Election.id)
        .join(CommitteeSeat, CommitteeSeat.election_id == Election.id)
        .where(CommitteeSeat.official_id == official.id)
        .order_by((Election.id == first).desc(), Election.closes_at.desc(), Election.id)
        .limit(MOST_SEATS)
    )
    return replace(official, seats=frozenset(session.scalars(query)))


@contextmanager
def lost_seats_revoked(
    session: Session, settings: Settings, election_id: str, at: datetime
) -> Iterator[None]:
    """Take back the passes of those who lose their seat in what is done within."""
    query = select(CommitteeSeat.official_id).where(
        CommitteeSeat.election_id == election_id
    )
    before = set(session.scalars(query))
    yield
    for official_id in sorted(before - set(session.scalars(query))):
        revoke_passes(session, settings, official_id, at)


class SeatUnknown(Exception):
    """No seat of this election has this access key."""


class SeatsNotNeededYet(Exception):
    """Before the ceremony, and after a cancelling, holders have nothing to do."""


def seat_members(
    session: Session,
    election: Election,
    members: Sequence[OfficialIdentity],
    numbers: CommitteeNumbers,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Seat a committee with its numbers; a ceremony under way begins anew.

    Raises:
        NotADraft: the manifest is sealed: the committee stands in it.
        DraftIncomplete: the numbers do not fit so many members.
        SeatTwice: one official, or one name, twice.

    """
    hold_phase(session, election)
    if election.phase not in {Phase.DRAFT, Phase.KEYS}:
        raise NotADraft
    require_committee(len(members), numbers.threshold, numbers.approvals_needed)
    election.draft = encode_draft(with_numbers(draft_of(election), numbers))
    seat_committee(session, election, members, actor=actor, at=at)
    if election.phase == Phase.KEYS:
        start_ceremony(session, election, actor=actor, at=at)


def open_seat(
    session: Session, election: Election, official_id: str, *, at: datetime
) -> str:
    """Draw a new access key for an official's seat; the one before is void.

    Returns its 26 symbols (docs/protocol.md §1.6), which are kept nowhere.

    Raises:
        SeatsNotNeededYet: the ceremony has not begun, or the election is cancelled.
        NotSeated: no seat is this official's.

    """
    if election.phase in _WITHOUT_HOLDERS_PAGE:
        raise SeatsNotNeededYet
    seat = _seat_of_official(session, election.id, official_id)
    key = draw_base32(KEY_SYMBOLS)
    seat.access_digest = _digest(election.id, key)
    session.flush()
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="holder-page-opened",
        subject=election.id,
        content={"index": seat.index},
    )
    return key


def seat_of(session: Session, election_id: str, access_key: str) -> CommitteeSeat:
    """Return the seat that an access key opens.

    It is looked up by digest, so that how long it takes tells nothing of the key.

    Raises:
        SeatUnknown: malformed, replaced by a newer key, of another election, or its
            official's account is closed or confined to another union.

    """
    try:
        key = normalise_base32(access_key)
    except NonCanonicalEncoding:
        raise SeatUnknown from None
    if len(key) != KEY_SYMBOLS:
        raise SeatUnknown
    query = select(CommitteeSeat).where(
        CommitteeSeat.election_id == election_id,
        CommitteeSeat.access_digest == _digest(election_id, key),
    )
    seat = session.scalars(query).one_or_none()
    if seat is None or not _is_account_open(session, seat):
        raise SeatUnknown
    return seat


def _is_account_open(session: Session, seat: CommitteeSeat) -> bool:
    """Tell whether the seat's official may still work with the election."""
    account = session.get(Official, seat.official_id)
    if account is None or account.disabled:
        return False
    election = session.get_one(Election, seat.election_id)
    return identity_of(account).may_work_for(draft_of(election).organisation)


def _seat_of_official(
    session: Session, election_id: str, official_id: str
) -> CommitteeSeat:
    query = select(CommitteeSeat).where(
        CommitteeSeat.election_id == election_id,
        CommitteeSeat.official_id == official_id,
    )
    seat = session.scalars(query).one_or_none()
    if seat is None:
        raise NotSeated
    return seat


def _digest(election_id: str, key: str) -> bytes:
    return digest("access", election_id.encode("ascii"), key.encode("ascii"))
