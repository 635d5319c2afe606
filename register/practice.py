"""The roll of a practice election may go at once: nothing of it decides anything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from infra.audit import record_event
from register.roll import lock_roll, require_roll
from register.roll_phases import RollPhase
from register.tables import Roll


class NotForPractice(Exception):
    """Only a practice election's roll is shredded before its time."""


class NotOverYet(Exception):
    """The practice is not over, or a complaint keeps its roll."""


def hasten_shredding(
    session: Session, election_id: str, *, actor: str, now: datetime
) -> None:
    """Have the roll of a practice election shredded now, not in 30 days.

    Raises:
        UnknownRoll, NotForPractice.
        NotOverYet: it is neither approved nor cancelled, or is held, or is gone.

    """
    lock_roll(session, election_id)
    roll = require_roll(session, election_id)
    if not roll.practice:
        raise NotForPractice
    if not may_hasten(roll, now):
        raise NotOverYet
    if roll.approved_at is not None:
        roll.shred_due = max(roll.approved_at, now)
    roll.last_date = now
    session.flush()
    record_event(
        session,
        at=now,
        actor=actor,
        kind="practice-shredding-ordered",
        subject=election_id,
    )


def may_hasten(roll: Roll, now: datetime) -> bool:
    """Tell whether a roll is one that may be shredded at once."""
    is_over = roll.phase in {RollPhase.APPROVED, RollPhase.CANCELLED}
    is_held = roll.hold_until is not None and roll.hold_until > now
    return roll.practice and is_over and not is_held
