"""Reports of gateways and mail servers: a message arrived, or reaches nobody.

A report changes a message once. It kills no code: a mail that came back from one
server of several may still be read, and its link is the member's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from infra.audit import record_event
from register.bounces import Outcome
from register.elections import SYSTEM
from register.roll_phases import MessageChannel, MessageState
from register.tables import Message, RollEntry

_OPEN: Final = (
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.UNCERTAIN,
)


def note_report(
    session: Session, token: bytes, outcome: Outcome, *, status: str, now: datetime
) -> bool:
    """Note what is told of the message with this token; return whether it is news.

    `token`: 16 bytes. A delay is no news, nor is what was told before.
    """
    message = session.get(Message, token)
    if message is None or outcome == Outcome.DELAYED:
        return False
    if outcome == Outcome.DELIVERED:
        return _move(session, message, MessageState.DELIVERED)
    if not _move(session, message, MessageState.BOUNCED):
        return False
    if message.channel == MessageChannel.EMAIL and not message.to_former:
        entry = session.get_one(RollEntry, message.entry_id)
        entry.bounced_digest = entry.email_digest
    record_event(
        session,
        at=now,
        actor=SYSTEM,
        kind="message-came-back",
        subject=message.election_id,
        content={
            "channel": message.channel,
            "entry": message.entry_id.hex(),
            "status": status,
        },
    )
    return True


def _move(session: Session, message: Message, state: MessageState) -> bool:
    # One statement, as where it is handed in: a report may overtake its own answer.
    moved = session.execute(
        update(Message)
        .where(
            Message.id == message.id,
            Message.state.in_(_OPEN),
            Message.channel != MessageChannel.LETTER,
        )
        .values(state=state)
    )
    assert isinstance(moved, CursorResult)  # noqa: S101 - narrows for the types
    return moved.rowcount == 1
