"""A member who votes on paper: marked by an official, for a reason that is kept."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from infra.audit import record_event
from register.marks import find_mark, hold_marking, lock_entry
from register.refusals import AlreadyUsed, ElectionNotOpen, VotesOnPaper
from register.resends import By
from register.roll import EntryNotFound, require_roll
from register.roll_phases import Channel, RollKind, RollPhase
from register.tables import MarkInIntake, RollEntry


def mark_paper(session: Session, *, election_id: str, entry_id: bytes, by: By) -> None:
    """Mark a member as voting on paper; no digital right is given out after.

    Possible from the opening until the service closes its box, so that envelopes of
    the last day are marked too.

    Raises:
        ReasonNeeded: see there.
        UnknownRoll, EntryNotFound: no such roll, or no such entry on it.
        ElectionNotOpen: before the opening, or after closing.
        AlreadyUsed: the right was taken out; the envelope stays unopened.
        VotesOnPaper: marked so before.

    """
    reason = by.require_reason()
    hold_marking(session, election_id)
    roll = require_roll(session, election_id)
    if roll.opens_at is None or by.now < roll.opens_at or roll.closed_at is not None:
        raise ElectionNotOpen
    if roll.kind == RollKind.SURVEY:  # there is no paper to mark for
        raise ElectionNotOpen
    if roll.phase not in {RollPhase.SEALED, RollPhase.OPEN, RollPhase.CLOSED}:
        raise ElectionNotOpen
    group_index = session.scalar(
        select(RollEntry.group_index).where(
            RollEntry.id == entry_id, RollEntry.election_id == election_id
        )
    )
    if group_index is None:
        raise EntryNotFound
    lock_entry(session, entry_id)
    mark = find_mark(session, entry_id)
    if mark is not None:
        raise VotesOnPaper if mark.channel == Channel.PAPER else AlreadyUsed
    values = {
        "entry_id": entry_id,
        "election_id": election_id,
        "group_index": group_index,
        "channel": Channel.PAPER,
    }
    session.execute(insert(MarkInIntake).values(values))
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="marked-on-paper",
        subject=election_id,
        content={"entry": entry_id.hex(), "reason": reason},
    )
