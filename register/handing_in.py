"""One message on its way: two transactions with the mail server in between.

The first keeps the public key of the code that was drawn and says SENDING; then the
mail is handed in; the second says what came of it. Whoever dies in between leaves
SENDING, which nobody tries again: the mail may have arrived, and its link works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CursorResult, exists, select, update
from sqlalchemy.orm import Session

from infra.keystore import DataKey
from register.mail_templates import Template
from register.mails import Letterhead, Personal, letterhead_of, voting_link
from register.marks import find_mark, mark_state
from register.persons import Person
from register.roll import read_person, require_roll
from register.roll_phases import (
    MessageChannel,
    MessageState,
    RollKind,
    SendingKind,
    SendingState,
)
from register.sending import (
    SendingRefused,
    is_over,
    lock_sending,
)
from register.sending_texts import read_texts
from register.tables import Message, Roll, RollEntry, Sending
from register.voting_codes import (
    draw_code,
    kill_codes_of_message,
    require_voting_ahead,
)


class SendingHalted(SendingRefused):
    """The sending was paused or stopped, or the election is over."""


class MessageTaken(SendingRefused):
    """Somebody else hands this message in, or has done so."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a stretch of a sending needs, read once."""

    sending_id: bytes
    election_id: str
    kind: SendingKind
    templates: Mapping[str, Template]
    """By language; a member whose language has none gets the sending's own."""

    language: str
    """The sending's own."""

    head: Letterhead
    fingerprint: bytes
    channels: Mapping[bytes, MessageChannel]
    """Of each message, by its id, in the order of ids."""

    is_last: bool
    """Nothing but letters is queued beyond these."""

    @property
    def mail_count(self) -> int:
        """How many of these go by mail."""
        return sum(1 for each in self.channels.values() if each == MessageChannel.EMAIL)

    def template_for(self, language: str | None) -> Template:
        """Return the text for a member who chose a language, or none."""
        own = self.templates[self.language]
        return self.templates.get(language or self.language, own)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is now SENDING and must be handed in; it may hold a code."""

    channel: MessageChannel
    address: str = field(repr=False)
    """A mail address, or a number in E.164."""

    member: Personal
    language: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A message that need not go: the member has voted, or has no address any more."""


def read_batch(
    session: Session,
    sending: Sending,
    *,
    service_url: str,
    after: bytes,
    limit: int,
    with_mail: bool = True,
) -> Batch:
    """Return the next queued messages with ids above `after`, at most `limit`.

    Without mail: only what goes by another channel, since the host takes no more.
    Ids are random, so that their order is nobody's.

    Raises:
        ElectionNotOpen: the election is not sealed, or over.

    """
    roll = require_roll(session, sending.election_id)
    # Letters wait for an official.
    channels = [MessageChannel.SMS, *([MessageChannel.EMAIL] if with_mail else [])]
    found = session.execute(
        select(Message.id, Message.channel)
        .where(
            Message.sending_id == sending.id,
            Message.state == MessageState.QUEUED,
            Message.channel.in_(channels),
            Message.id > after,
        )
        .order_by(Message.id)
        .limit(limit)
    ).all()
    return Batch(
        sending_id=sending.id,
        election_id=sending.election_id,
        kind=SendingKind(sending.kind),
        templates=read_texts(session, sending),
        language=sending.language,
        head=letterhead_of(roll, service_url),
        fingerprint=_require_fingerprint(roll, SendingKind(sending.kind)),
        channels={each: MessageChannel(channel) for each, channel in found},
        is_last=len(found) < limit,
    )


def is_anything_queued(session: Session, sending: Sending) -> bool:
    """Tell whether anything but letters waits to be handed in."""
    queued = select(Message.id).where(
        Message.sending_id == sending.id,
        Message.state == MessageState.QUEUED,
        Message.channel != MessageChannel.LETTER,
    )
    return session.scalar(queued.limit(1)) is not None


def claim_message(
    session: Session, key: DataKey, batch: Batch, message_id: bytes, now: datetime
) -> Claimed | Withdrawn:
    """Take a queued message: draw its code, keep its login key, say SENDING.

    A notice after closing has no code, and goes to the marked as well.
    Commit before the mail is handed in.

    Raises:
        SendingHalted: nothing more may go of this sending.
        MessageTaken: it is not queued.

    """
    sending = lock_sending(session, batch.election_id, batch.sending_id, shared=True)
    roll = require_roll(session, batch.election_id)
    if sending.state != SendingState.RUNNING or is_over(roll, batch.kind, now):
        raise SendingHalted
    if not _move(session, message_id, MessageState.SENDING, MessageState.QUEUED):
        raise MessageTaken
    message = session.get_one(Message, message_id, populate_existing=True)
    entry = session.get_one(RollEntry, message.entry_id)
    person, channel = read_person(key, entry), MessageChannel(message.channel)
    address = _address_of(person, channel)
    mark, is_notice = find_mark(session, entry.id), batch.kind == SendingKind.NOTICE
    # A survey's list was settled when it was started: it tells no more than that.
    is_settled = is_notice or roll.kind == RollKind.SURVEY
    if address is None or (mark is not None and not is_settled):
        _move(session, message_id, MessageState.WITHDRAWN, MessageState.SENDING)
        return Withdrawn()
    if is_notice:
        member = Personal(person.display_name, mark=mark_state(mark))
    else:
        code = draw_code(session, message)
        link = voting_link(batch.head, code, batch.fingerprint)
        member = Personal(person.display_name, link)
    return Claimed(channel, address, member, person.language)


def note_sent(session: Session, message_id: bytes) -> None:
    """Say that the mail server surely took the message."""
    _move(session, message_id, MessageState.SENT, *_ON_ITS_WAY)


def note_uncertain(session: Session, message_id: bytes) -> None:
    """Say that it may have arrived; its code stays alive."""
    _move(session, message_id, MessageState.UNCERTAIN, MessageState.SENDING)


def note_refused(session: Session, message_id: bytes) -> None:
    """Say that it was surely not taken, for good; its code dies."""
    kill_codes_of_message(session, session.get_one(Message, message_id))
    _move(session, message_id, MessageState.REFUSED, *_ON_ITS_WAY)


def note_deferred(session: Session, batch: Batch, message_id: bytes) -> None:
    """Queue a message again that was surely not taken; its code dies.

    In a sending that was stopped meanwhile it is withdrawn.
    """
    sending = lock_sending(session, batch.election_id, batch.sending_id, shared=True)
    kill_codes_of_message(session, session.get_one(Message, message_id))
    goes_on = sending.state in {SendingState.RUNNING, SendingState.PAUSED}
    state = MessageState.QUEUED if goes_on else MessageState.WITHDRAWN
    _move(session, message_id, state, *_ON_ITS_WAY)


def note_interrupted(session: Session, sending: Sending) -> int:
    """Say UNCERTAIN of what somebody who is gone left SENDING; return how many.

    Call it only where nobody is handing in mail of this sending. Should somebody be
    after all, what they then note still holds.
    """
    return _count(
        session.execute(
            update(Message)
            .where(
                Message.sending_id == sending.id,
                Message.state == MessageState.SENDING,
            )
            .values(state=MessageState.UNCERTAIN)
        )
    )


def unattended_sendings(session: Session) -> Sequence[Sending]:
    """Return the sendings that a worker must look at: running, or left behind."""
    left = exists().where(
        Message.sending_id == Sending.id, Message.state == MessageState.SENDING
    )
    open_states = (SendingState.RUNNING, SendingState.PAUSED)
    wanted = Sending.state.in_(open_states) | left
    return session.scalars(select(Sending).where(wanted).order_by(Sending.id)).all()


_ON_ITS_WAY = (MessageState.SENDING, MessageState.UNCERTAIN)


def _address_of(person: Person, channel: MessageChannel) -> str | None:
    return person.mobile if channel == MessageChannel.SMS else person.email


def _require_fingerprint(roll: Roll, kind: SendingKind) -> bytes:
    # A notice has no link; it goes when the voting is over.
    return b"" if kind == SendingKind.NOTICE else require_voting_ahead(roll)


def _move(
    session: Session, message_id: bytes, state: MessageState, *before: MessageState
) -> bool:
    # One statement: of two who try, one finds the row as it was.
    moved = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(before))
        .values(state=state)
    )
    return _count(moved) == 1


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101 - narrows for the types
    return result.rowcount
