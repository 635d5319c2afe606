"""Letters that came back: which member's one is, and that it reached nobody.

A letter bears the number of its batch and its place in it. Whoever holds one that came
back holds a code that opens: it dies when the return is noted, unless the right was
taken out with it.
"""

from __future__ import annotations

from sqlalchemy import CursorResult, exists, select, update
from sqlalchemy.orm import Session

from infra.audit import record_event
from register.resends import By
from register.roll import require_roll
from register.roll_phases import (
    LetterBatchState,
    MessageChannel,
    MessageState,
    SendingState,
)
from register.sending_rules import SendingRefused, require_sending
from register.tables import LetterBatch, Message, RollEntry, Sending
from register.voting_codes import kill_codes_of_message

_MAY_ARRIVE = (
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.UNCERTAIN,
)
_LARGEST = 10_000_000


class UnknownLetter(SendingRefused):
    """The sending has no letter of this number."""


class NotInThePost(SendingRefused):
    """The letter has not been posted, or its return is noted already."""


def find_letter(
    session: Session, *, election_id: str, sending_id: bytes, number: int, place: int
) -> bytes:
    """Return the entry of the letter with this place in the batch of this number.

    Raises:
        UnknownSending, UnknownLetter: see there.

    """
    sending = require_sending(session, election_id, sending_id)
    if not 0 < number <= _LARGEST or not 0 < place <= _LARGEST:
        raise UnknownLetter
    # In the order in which a batch is printed, each time: by entry.
    found = session.scalar(
        select(Message.entry_id)
        .join(LetterBatch, LetterBatch.id == Message.batch_id)
        .where(LetterBatch.sending_id == sending.id, LetterBatch.number == number)
        .order_by(Message.entry_id)
        .offset(place - 1)
        .limit(1)
    )
    if found is None:
        raise UnknownLetter
    return found


def note_returned_letter(
    session: Session, *, election_id: str, message_id: bytes, by: By
) -> None:
    """Note that a letter came back; its code dies, and no letter goes there again.

    Raises:
        UnknownRoll, ReasonNeeded, UnknownLetter: see there.
        NotInThePost: it may still be printed, or its return is noted.

    """
    reason = by.require_reason()
    require_roll(session, election_id)
    message = session.get(Message, message_id)
    if message is None or message.election_id != election_id:
        raise UnknownLetter
    if message.channel != MessageChannel.LETTER:
        raise UnknownLetter
    _require_posted(session, message)
    if not _move_back(session, message):
        raise NotInThePost
    kill_codes_of_message(session, message)
    entry = session.get_one(RollEntry, message.entry_id)
    # Another letter may be on its way to what stands there now, since it was put right.
    if not message.to_former and not _is_another_on_its_way(session, message):
        entry.letter_came_back, entry.return_noted_by = True, by.actor
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="letter-came-back",
        subject=election_id,
        content={"entry": message.entry_id.hex(), "reason": reason},
    )


def _require_posted(session: Session, message: Message) -> None:
    batch = session.get_one(LetterBatch, message.batch_id)
    sending = session.get_one(Sending, message.sending_id)
    # Of a sending that was stopped nothing is printed again, posted or not.
    is_over = sending.state in {SendingState.STOPPED, SendingState.DONE}
    if batch.state != LetterBatchState.POSTED and not is_over:
        raise NotInThePost


def _move_back(session: Session, message: Message) -> bool:
    moved = session.execute(
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.SENT)
        .values(state=MessageState.BOUNCED)
    )
    assert isinstance(moved, CursorResult)  # noqa: S101 - narrows for the types
    return moved.rowcount == 1


def _is_another_on_its_way(session: Session, message: Message) -> bool:
    another = exists().where(
        Message.entry_id == message.entry_id,
        Message.channel == MessageChannel.LETTER,
        Message.id != message.id,
        Message.state.in_(_MAY_ARRIVE),
    )
    return bool(session.scalar(select(another)))
