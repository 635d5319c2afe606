"""Who gets a sending, and by what: counted before it is asked for, chosen at its start.

Nobody lists these: an official sees how many they are. While an election is open the
number of those who have not voted is shown in steps, like the turnout, so that it
cannot be watched falling by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from register.hours import STEP
from register.roll_phases import (
    Channel,
    MessageChannel,
    MessageState,
    SendingKind,
)
from register.tables import Mark, MarkInIntake, Message, RollEntry, Sending

_MAY_HAVE_ARRIVED: Final = (
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNCERTAIN,
    MessageState.REPLACED,
)

_CHUNK: Final = 5_000

Recipient = tuple[bytes, MessageChannel]
"""An entry's id, and by what its member is reached."""


class NoChannel(ValueError):
    """A sending that may use no channel reaches nobody."""


@dataclass(frozen=True, slots=True)
class Plan:
    """By what a sending may go."""

    channels: tuple[MessageChannel, ...] = (MessageChannel.EMAIL,)
    falls_back: bool = True
    """Whether another of these is used where the preferred one reaches nobody."""

    daily_limit: int | None = None
    """Most mails in 24 hours, where the one who writes it knows what the host takes."""

    @property
    def text(self) -> str:
        """The channels as a sending's row has them."""
        return ",".join(self.channels)


@dataclass(frozen=True, slots=True)
class Recipients:
    """How many a sending would reach."""

    by_channel: Mapping[MessageChannel, int]
    unreached: int
    """Members of the roll whom it reaches by none of its channels."""

    @property
    def number(self) -> int:
        """How many it would reach in all."""
        return sum(self.by_channel.values())


def read_plan(
    channels: Sequence[str], *, falls_back: bool, daily_limit: int | None = None
) -> Plan:
    """Return a plan of channels by their names, in the order they are tried.

    Raises:
        NoChannel: none is named.

    """
    named = tuple(each for each in MessageChannel if each.value in set(channels))
    if not named:
        raise NoChannel
    return Plan(named, falls_back, daily_limit)


def plan_of(sending: Sending) -> Plan:
    """Return the plan of a sending."""
    return read_plan(
        sending.channels.split(","),
        falls_back=sending.falls_back,
        daily_limit=sending.daily_limit,
    )


def count_recipients(
    session: Session, election_id: str, kind: SendingKind, plan: Plan | None = None
) -> Recipients:
    """Count whom a sending would reach now.

    An invitation: digital members within reach, unmarked, to whom no message has gone
    that may have arrived. A reminder: digital members within reach, unmarked. A notice:
    all members within reach who have got none. Without a plan: by mail.
    """
    channel = _channel_of(plan or Plan())
    counted = session.execute(
        select(channel, func.count())
        .select_from(RollEntry)
        .where(_is_due(election_id, kind), channel.is_not(None))
        .group_by(channel)
    )
    found = {MessageChannel(name): number for name, number in counted if name}
    # Also of those who have voted: the number of the others would tell how many.
    beyond = _is_of(election_id, kind)
    without = select(func.count()).select_from(RollEntry)
    unreached = session.scalar(without.where(beyond, channel.is_(None)))
    in_order = {each: found[each] for each in MessageChannel if each in found}
    return Recipients(in_order, unreached or 0)


def choose_recipients(
    session: Session, election_id: str, kind: SendingKind, plan: Plan | None = None
) -> Iterator[Recipient]:
    """Yield whom a sending reaches, and by what; their order tells nothing.

    They are read some thousands at a time, so that a large roll fills no memory; what
    is written meanwhile about those before changes nothing for those to come.
    """
    channel = _channel_of(plan or Plan())
    chosen = session.execute(
        select(RollEntry.id, channel)
        .where(_is_due(election_id, kind), channel.is_not(None))
        .order_by(RollEntry.id)
        .execution_options(yield_per=_CHUNK)
    )
    yield from ((each.id, MessageChannel(name)) for each in chosen if (name := each[1]))


def channel_of_entry(
    session: Session, entry_id: bytes, plan: Plan
) -> MessageChannel | None:
    """Return by what one member is reached, or None."""
    found = session.scalar(select(_channel_of(plan)).where(RollEntry.id == entry_id))
    return None if found is None else MessageChannel(found)


def shown_number(kind: SendingKind, number: int) -> int:
    """Return a number of recipients as it may be shown.

    Of a reminder it is rounded up to whole steps: the exact one would tell how many
    have voted at this minute.
    """
    if kind != SendingKind.REMINDER:
        return number
    return -(-number // STEP) * STEP


def _channel_of(plan: Plan) -> ColumnElement[str | None]:
    """Return the channel by which an entry's member is reached, as SQL."""
    reach = {each: _reaches(each) for each in plan.channels}
    preferred = [
        (and_(RollEntry.preferred == each, reach[each]), literal(each.value))
        for each in plan.channels
    ]
    others = [(reach[each], literal(each.value)) for each in plan.channels]
    if not plan.falls_back:
        others = [
            (and_(RollEntry.preferred.is_(None), met), name) for met, name in others
        ]
    return case(*preferred, *others, else_=None)


def _reaches(channel: MessageChannel) -> ColumnElement[bool]:
    if channel == MessageChannel.EMAIL:
        return and_(
            RollEntry.email_digest.is_not(None),
            # What came back from this very address: another address is another try.
            or_(
                RollEntry.bounced_digest.is_(None),
                RollEntry.bounced_digest != RollEntry.email_digest,
            ),
        )
    if channel == MessageChannel.LETTER:
        return and_(
            RollEntry.has_postal.is_(True), RollEntry.letter_came_back.is_(False)
        )
    came_back = exists().where(
        Message.entry_id == RollEntry.id,
        Message.channel == MessageChannel.SMS,
        Message.state == MessageState.BOUNCED,
        # From another number than the roll has now: that one is to be tried.
        Message.to_former.is_(False),
    )
    return and_(RollEntry.has_mobile.is_(True), ~came_back)


def _is_of(election_id: str, kind: SendingKind) -> ColumnElement[bool]:
    of_the_roll = RollEntry.election_id == election_id
    if kind == SendingKind.NOTICE:
        return of_the_roll
    return and_(of_the_roll, RollEntry.channel == Channel.DIGITAL)


def _is_due(election_id: str, kind: SendingKind) -> ColumnElement[bool]:
    reached = _is_of(election_id, kind)
    if kind == SendingKind.NOTICE:
        return and_(reached, ~_has_got(Sending.kind == SendingKind.NOTICE))
    unmarked = and_(
        reached,
        *(
            ~exists().where(table.entry_id == RollEntry.id)
            for table in (MarkInIntake, Mark)
        ),
    )
    if kind == SendingKind.REMINDER:
        return unmarked
    return and_(unmarked, ~_has_got(Sending.kind != SendingKind.NOTICE))


def _has_got(of_kind: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Message.entry_id == RollEntry.id,
        Message.sending_id == Sending.id,
        of_kind,
        Message.state.in_(_MAY_HAVE_ARRIVED),
    )
