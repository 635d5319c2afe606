"""Objections: what one of the committee holds against the protocol.

They are filed while the protocol lies before the committee, and stand in it for ever
beside the signatures. They are no part of the signed bytes, which follow from the
record alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.databases import lock_named
from voting.phases import Phase
from voting.sealed import get_sealed, sealed_of
from voting.seats import NotSeated
from voting.tables import CommitteeSeat, Election
from voting.work_tables import Objection

LONGEST: Final = 4_000
MOST: Final = 50
"""Objections to one protocol: the committee has nine members at most."""


class ObjectionRefused(Exception):
    """The objection is not filed; the subclasses say why."""


class NotBeforeCommittee(ObjectionRefused):
    """The protocol does not lie before the committee: not yet, or not any more."""


class ObjectionEmpty(ObjectionRefused):
    """An objection has 1 to 4,000 characters."""


class TooManyObjections(ObjectionRefused):
    """There are 50 already."""


@dataclass(frozen=True, slots=True)
class FiledObjection:
    """An objection, whose it is, and when it was filed."""

    number: int
    name: str
    text: str
    at: datetime


def file_objection(
    session: Session, election_id: str, official_id: str, text: str, *, at: datetime
) -> int:
    """Keep an objection of a member of the committee; return its number.

    Raises:
        NotBeforeCommittee, ObjectionEmpty, TooManyObjections: nothing is kept.
        NotSeated: the official is not of this committee.

    """
    lock_named(session, b"phase", election_id.encode())
    if get_sealed(session, election_id).phase is not Phase.COUNTED:
        raise NotBeforeCommittee
    index = _seat_of(session, election_id, official_id)
    cleaned = text.strip()
    if not 1 <= len(cleaned) <= LONGEST:
        raise ObjectionEmpty
    number = _count(session, election_id) + 1
    if number > MOST:
        raise TooManyObjections
    session.add(
        Objection(
            election_id=election_id, number=number, index=index, text=cleaned, at=at
        )
    )
    session.flush()
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="objection-filed",
        subject=election_id,
        content={"number": number, "text": cleaned},
    )
    return number


def list_objections(session: Session, election: Election) -> tuple[FiledObjection, ...]:
    """Return every objection to an election's protocol, in order."""
    query = (
        select(Objection)
        .where(Objection.election_id == election.id)
        .order_by(Objection.number)
    )
    rows = session.scalars(query).all()
    if not rows:
        return ()
    holders = sealed_of(election).manifest.holders
    return tuple(
        FiledObjection(row.number, holders[row.index - 1].name, row.text, row.at)
        for row in rows
    )


def _seat_of(session: Session, election_id: str, official_id: str) -> int:
    query = select(CommitteeSeat.index).where(
        CommitteeSeat.election_id == election_id,
        CommitteeSeat.official_id == official_id,
    )
    index = session.scalars(query).one_or_none()
    if index is None:
        raise NotSeated
    return index


def _count(session: Session, election_id: str) -> int:
    query = select(func.count()).where(Objection.election_id == election_id)
    return session.scalars(query.select_from(Objection)).one()
