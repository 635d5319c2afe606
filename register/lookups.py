"""Looking up one member, and those whose message is in doubt: for a reason, noted.

The reason is on record, in a transaction of its own, before anything is shown. While
an election is open this is the only way to see a mark, one member at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from infra.audit import record_event
from infra.keystore import DataKey
from register.marks import MarkState, find_mark, mark_state
from register.persons import Person, digest_member
from register.resends import LONGEST_REASON, By
from register.roll import EntryNotFound, find_entry, read_person, require_roll
from register.roll_phases import (
    Channel,
    MessageChannel,
    MessageState,
    SendingKind,
)
from register.tables import Message, RollEntry, Sending, VoterGroup

_ON_ITS_WAY_OR_THERE = (
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNCERTAIN,
)


@dataclass(frozen=True, slots=True)
class MemberMessage:
    """One message to a member: why, of which day its sending is, what became of it."""

    message_id: bytes
    kind: SendingKind
    written_on: date
    state: MessageState
    channel: MessageChannel

    @property
    def can_come_back(self) -> bool:
        """Tell whether it is a letter that was printed, and not known to be lost."""
        is_letter = self.channel == MessageChannel.LETTER
        return is_letter and self.state == MessageState.SENT


@dataclass(frozen=True, slots=True)
class FoundMember:
    """What the roll says of one member."""

    entry_id: bytes
    person: Person
    group_label: str
    channel: Channel
    added_late: bool
    mark: MarkState
    letter_came_back: bool
    """From the postal address that the roll has."""

    messages: tuple[MemberMessage, ...]


@dataclass(frozen=True, slots=True)
class TroubledMessage:
    """A message that is in doubt, or was refused and nothing has gone since."""

    message_id: bytes
    entry_id: bytes
    member_number: str = field(repr=False)
    kind: SendingKind
    state: MessageState
    channel: MessageChannel


def note_look_up(
    session: Session, key: DataKey, *, election_id: str, member_number: str, by: By
) -> None:
    """Put on record that an official looks somebody up; commit before the reading.

    The member stands there as the keyed digest that the roll has: also of somebody
    who is not on it.

    Raises:
        ReasonNeeded: see register.resends.
        UnknownRoll: no such election.

    """
    reason = by.require_reason()
    require_roll(session, election_id)
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="member-looked-up",
        subject=election_id,
        content={
            "member": digest_member(key, member_number.strip()).hex(),
            "reason": reason,
        },
    )


def read_member(
    session: Session, key: DataKey, election_id: str, member_number: str
) -> FoundMember:
    """Return what the roll says of a member number.

    Raises:
        EntryNotFound: no such member on this roll.

    """
    return _describe(session, key, find_entry(session, key, election_id, member_number))


def require_message_entry(
    session: Session, election_id: str, message_id: bytes
) -> bytes:
    """Return whose a message is.

    Raises:
        EntryNotFound: the election has no such message.

    """
    message = session.get(Message, message_id)
    if message is None or message.election_id != election_id:
        raise EntryNotFound
    return message.entry_id


def note_probe(
    session: Session, *, election_id: str, entry_id: bytes, asked: str, by: By
) -> None:
    """Put on record that a refusal has told an official that a member is marked.

    `asked`: what was refused, resend or paper-mark.

    Raises:
        UnknownRoll: no such election.

    """
    require_roll(session, election_id)
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind=f"{asked}-refused",
        subject=election_id,
        content={"entry": entry_id.hex(), "reason": by.reason[:LONGEST_REASON]},
    )


def read_troubled(
    session: Session, key: DataKey, *, election_id: str, by: By
) -> tuple[TroubledMessage, ...]:
    """Return the list of `list_troubled`; who read of whom, and why, is on record.

    Commit before it is shown.

    Raises:
        ReasonNeeded, UnknownRoll: see note_look_up.

    """
    reason = by.require_reason()
    require_roll(session, election_id)
    found = list_troubled(session, key, election_id)
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="troubled-messages-listed",
        subject=election_id,
        content={
            "entries": sorted({each.entry_id.hex() for each in found}),
            "reason": reason,
        },
    )
    return found


def list_troubled(
    session: Session, key: DataKey, election_id: str
) -> tuple[TroubledMessage, ...]:
    """Return the messages that an official should look at, by member number."""
    found = session.execute(
        select(Message, RollEntry, Sending.kind)
        .join(RollEntry, RollEntry.id == Message.entry_id)
        .join(Sending, Sending.id == Message.sending_id)
        .where(Message.election_id == election_id, _is_troubled())
    )
    listed = [
        TroubledMessage(
            message_id=message.id,
            entry_id=entry.id,
            member_number=read_person(key, entry).member_number,
            kind=SendingKind(kind),
            state=MessageState(message.state),
            channel=MessageChannel(message.channel),
        )
        for message, entry, kind in found
    ]
    return tuple(sorted(listed, key=lambda each: (each.member_number, each.kind)))


def _is_troubled() -> ColumnElement[bool]:
    later = aliased(Message)
    helped = exists().where(
        later.entry_id == Message.entry_id, later.state.in_(_ON_ITS_WAY_OR_THERE)
    )
    came_back = (MessageState.REFUSED, MessageState.BOUNCED)
    return or_(
        # Letters in doubt are settled by the batch.
        and_(
            Message.state == MessageState.UNCERTAIN,
            Message.channel != MessageChannel.LETTER,
        ),
        and_(Message.state.in_(came_back), ~helped),
    )


def _describe(session: Session, key: DataKey, entry: RollEntry) -> FoundMember:
    group = session.get_one(VoterGroup, (entry.election_id, entry.group_index))
    messages = session.execute(
        select(
            Message.id,
            Sending.kind,
            Sending.created_on,
            Message.state,
            Message.channel,
        )
        .join(Sending, Sending.id == Message.sending_id)
        .where(Message.entry_id == entry.id)
        .order_by(Sending.created_on, Sending.number, Sending.id)
    )
    return FoundMember(
        entry_id=entry.id,
        person=read_person(key, entry),
        group_label=group.label,
        channel=Channel(entry.channel),
        added_late=entry.added_late,
        mark=mark_state(find_mark(session, entry.id)),
        letter_came_back=entry.letter_came_back,
        messages=tuple(
            MemberMessage(
                message_id,
                SendingKind(kind),
                written_on,
                MessageState(state),
                MessageChannel(channel),
            )
            for message_id, kind, written_on, state, channel in messages
        ),
    )
