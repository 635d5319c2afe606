"""What officials see of a roll and its sendings: totals, never a list of members."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from infra.i18n import show_number
from register.hours import STEP
from register.marks import count_marks
from register.recipients import shown_number
from register.roll import GroupTotal, count_entries, require_roll
from register.roll_phases import (
    Channel,
    MessageChannel,
    MessageState,
    RollPhase,
    SendingKind,
    SendingState,
)
from register.sending import BULK
from register.tables import LetterBatch, Message, RollEntry, Sending

_DEALT_WITH = (
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.BOUNCED,
    MessageState.UNCERTAIN,
    MessageState.REFUSED,
    MessageState.REPLACED,
    MessageState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class RollOverview:
    """Where a roll stands."""

    election_id: str
    title: str
    organisation: str
    practice: bool
    phase: RollPhase
    groups: tuple[GroupTotal, ...]
    entitled: int
    without_address: int
    turnout: int
    """Marks of both channels in whole steps of 20, rounded down."""

    opens_at: datetime | None
    closes_at: datetime | None
    last_date: datetime
    has_verifier_key: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class SendingProgress:
    """How far one sending has come.

    The numbers of a reminder are in steps, and say nothing of who voted meanwhile.
    """

    sending_id: str
    kind: SendingKind
    state: SendingState
    total: int
    dealt_with: int
    sent: int
    """Taken by mail server, gateway or printer, and not known to be lost."""

    delivered: int
    """Of these, those that the gateway says arrived."""

    uncertain: int
    """Letters left out: those are settled by the batch."""

    refused: int
    bounced: int
    is_rounded: bool

    @property
    def undeliverable(self) -> int:
        """Those that surely reached nobody."""
        return self.refused + self.bounced

    @property
    def left(self) -> int:
        """Those that have not gone yet."""
        return self.total - self.dealt_with

    @property
    def shown_counts(self) -> dict[str, str]:
        """Return the counts as the page shows them, by name."""
        names = ("sent", "delivered", "undeliverable", "uncertain", "left")
        return {name: show_number(getattr(self, name)) for name in names}

    @property
    def is_over(self) -> bool:
        """Tell whether no message will go any more."""
        return self.state in {SendingState.STOPPED, SendingState.DONE}


def read_overview(session: Session, election_id: str) -> RollOverview:
    """Return a roll's totals.

    Raises:
        UnknownRoll: there is none.

    """
    roll = require_roll(session, election_id)
    groups = count_entries(session, election_id)
    without = select(func.count()).where(
        RollEntry.election_id == election_id,
        RollEntry.channel == Channel.DIGITAL,
        RollEntry.email_digest.is_(None),
    )
    marks = count_marks(session, election_id)
    return RollOverview(
        election_id=election_id,
        title=roll.title,
        organisation=roll.organisation,
        practice=roll.practice,
        phase=RollPhase(roll.phase),
        groups=groups,
        entitled=sum(group.entitled for group in groups),
        without_address=session.execute(without).scalar_one(),
        turnout=(sum(marks.digital) + sum(marks.paper)) // STEP * STEP,
        opens_at=roll.opens_at,
        closes_at=roll.closes_at,
        last_date=roll.last_date,
        has_verifier_key=roll.verifier_key is not None,
        can_undo=roll.can_undo,
    )


def list_sendings(session: Session, election_id: str) -> list[Sending]:
    """Return the sendings to many, and single letters: unfinished, then the newest."""
    has_letters = exists().where(LetterBatch.sending_id == Sending.id)
    found = session.scalars(
        select(Sending)
        .where(Sending.election_id == election_id, Sending.kind.in_(BULK) | has_letters)
        .order_by(Sending.created_on.desc(), Sending.number.desc(), Sending.id)
    ).all()
    over = {SendingState.STOPPED, SendingState.DONE}
    return sorted(found, key=lambda each: each.state in over)


def read_progress(session: Session, sending: Sending) -> SendingProgress:
    """Return how far a sending has come."""
    by_channel = _count_states(session, sending.id)
    letters = by_channel[MessageState.UNCERTAIN, MessageChannel.LETTER]
    counts: Counter[str] = Counter()
    for (state, _), number in by_channel.items():
        counts[state] += number
    sent = counts[MessageState.SENT] + counts[MessageState.DELIVERED]
    kind = SendingKind(sending.kind)
    dealt = sum(counts.get(state, 0) for state in _DEALT_WITH)
    is_rounded = kind == SendingKind.REMINDER
    total = shown_number(kind, sending.message_count)
    if is_rounded:
        dealt = total if dealt == sending.message_count else dealt // STEP * STEP
    return SendingProgress(
        sending_id=sending.id.hex(),
        kind=kind,
        state=SendingState(sending.state),
        total=total,
        dealt_with=dealt,
        # Who voted meanwhile got none: the exact number would tell how many.
        sent=_in_steps(sent, is_rounded=is_rounded),
        delivered=_in_steps(counts[MessageState.DELIVERED], is_rounded=is_rounded),
        uncertain=counts[MessageState.UNCERTAIN] - letters,
        refused=counts[MessageState.REFUSED],
        bounced=counts[MessageState.BOUNCED],
        is_rounded=is_rounded,
    )


def _in_steps(number: int, *, is_rounded: bool) -> int:
    return number // STEP * STEP if is_rounded else number


def _count_states(session: Session, sending_id: bytes) -> Counter[tuple[str, str]]:
    counted = session.execute(
        select(Message.state, Message.channel, func.count())
        .where(Message.sending_id == sending_id)
        .group_by(Message.state, Message.channel)
    )
    return Counter({(state, channel): count for state, channel, count in counted})
