"""Sendings that wait for a time: begun by the clock, or taken back by an official."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infra.audit import record_event
from register.elections import SYSTEM
from register.roll_phases import SendingState
from register.sending import WrongSendingState, lock_sending, require_state
from register.tables import LetterBatch, Message, Sending


def due_sendings(session: Session, now: datetime) -> Sequence[Sending]:
    """Return the scheduled sendings whose time has come."""
    due = select(Sending).where(
        Sending.state == SendingState.SCHEDULED, Sending.starts_at <= now
    )
    return session.scalars(due.order_by(Sending.id)).all()


def begin_scheduled(
    session: Session, election_id: str, sending_id: bytes, *, now: datetime
) -> bool:
    """Let a scheduled sending go at its time; False when it is not to go."""
    sending = lock_sending(session, election_id, sending_id)
    if sending.state != SendingState.SCHEDULED or sending.starts_at is None:
        return False
    if sending.starts_at > now:
        return False
    sending.state = SendingState.RUNNING
    _note(session, sending, "sending-started", SYSTEM, now)
    return True


def unschedule_sending(
    session: Session, election_id: str, sending_id: bytes, *, actor: str, now: datetime
) -> None:
    """Make a scheduled sending a draft again; whom it reaches is asked anew.

    Raises:
        UnknownSending, WrongSendingState: see register.sending.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.SCHEDULED)
    if sending.starts_at is not None and sending.starts_at <= now:
        raise WrongSendingState  # the sweep has it
    for table in (Message, LetterBatch):
        session.execute(delete(table).where(table.sending_id == sending.id))
    sending.state, sending.starts_at = SendingState.DRAFT, None
    sending.message_count = 0
    _note(session, sending, "sending-unscheduled", actor, now)
    session.flush()


def _note(
    session: Session, sending: Sending, what: str, actor: str, now: datetime
) -> None:
    record_event(
        session,
        at=now,
        actor=actor,
        kind=what,
        subject=sending.election_id,
        content={"sending": sending.id.hex()},
    )
