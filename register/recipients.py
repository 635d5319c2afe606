"""Who gets a sending: counted before it is asked for, and chosen when it starts.

Nobody lists these: an official sees how many they are. While an election is open the
number of those who have not voted is shown in steps, like the turnout, so that it
cannot be watched falling by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from register.hours import STEP
from register.roll_phases import Channel, MessageState, SendingKind
from register.tables import Mark, MarkInIntake, Message, RollEntry

_MAY_HAVE_ARRIVED: Final = (
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.UNCERTAIN,
    MessageState.REPLACED,
)


@dataclass(frozen=True, slots=True)
class Recipients:
    """How many a sending would reach."""

    number: int
    without_address: int
    """Digital members of the roll who cannot be reached by mail."""


def count_recipients(
    session: Session, election_id: str, kind: SendingKind
) -> Recipients:
    """Count whom an invitation or a reminder would reach now.

    An invitation: digital members with an address, unmarked, to whom no message has
    gone that may have arrived. A reminder: digital members with an address, unmarked.
    """
    reached = (
        select(func.count())
        .select_from(RollEntry)
        .where(_is_reached(election_id, kind))
    )
    without = (
        select(func.count())
        .select_from(RollEntry)
        .where(
            RollEntry.election_id == election_id,
            RollEntry.channel == Channel.DIGITAL,
            RollEntry.email_digest.is_(None),
        )
    )
    return Recipients(
        session.execute(reached).scalar_one(), session.execute(without).scalar_one()
    )


def choose_recipients(
    session: Session, election_id: str, kind: SendingKind
) -> Sequence[bytes]:
    """Return the entry ids that a sending reaches; their order tells nothing."""
    chosen = select(RollEntry.id).where(_is_reached(election_id, kind))
    return session.scalars(chosen.order_by(RollEntry.id)).all()


def shown_number(kind: SendingKind, number: int) -> int:
    """Return a number of recipients as it may be shown.

    Of a reminder it is rounded up to whole steps: the exact one would tell how many
    have voted at this minute.
    """
    if kind != SendingKind.REMINDER:
        return number
    return -(-number // STEP) * STEP


def _is_reached(election_id: str, kind: SendingKind) -> ColumnElement[bool]:
    reached = and_(
        RollEntry.election_id == election_id,
        RollEntry.channel == Channel.DIGITAL,
        RollEntry.email_digest.is_not(None),
        *(
            ~exists().where(table.entry_id == RollEntry.id)
            for table in (MarkInIntake, Mark)
        ),
    )
    if kind == SendingKind.REMINDER:
        return reached
    invited = exists().where(
        Message.entry_id == RollEntry.id, Message.state.in_(_MAY_HAVE_ARRIVED)
    )
    return and_(reached, ~invited)
