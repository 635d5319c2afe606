"""What must hold before a sending is written, started or changed.

Also who changes it at the moment: each of these locks or asks, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from infra.databases import lock_named
from register.mail_templates import TemplateRefused
from register.refusals import ElectionNotOpen
from register.roll_phases import RollPhase, SendingKind, SendingState
from register.tables import Roll, Sending

BULK: Final = (SendingKind.INVITATION, SendingKind.REMINDER, SendingKind.NOTICE)
"""What goes to many; a resend and a late member's mail go to one."""

UNFINISHED: Final = (
    SendingState.DRAFT,
    SendingState.SCHEDULED,
    SendingState.RUNNING,
    SendingState.PAUSED,
)

_KEPT: Final = frozenset({RollPhase.CLOSED, RollPhase.APPROVED})
_SENDING: Final = b"sending"


class SendingRefused(Exception):
    """Something cannot be done with a sending; no text names a member."""


class UnknownSending(SendingRefused):
    """No such sending in this election."""


class SendingInProgress(SendingRefused):
    """Another sending of the election is not finished: two at once would be twice."""


class NothingToSend(SendingRefused):
    """Nobody would get it."""


class RecipientsChanged(SendingRefused):
    """Other people would get it than the official was told; ask again."""


class ChoosingFailed(SendingRefused):
    """Who gets it could not be found out; nothing of what was chosen may be kept."""


class WrongSendingState(SendingRefused):
    """It is not in a state in which this can be done."""


class NotABulkKind(SendingRefused):
    """Only invitations, reminders and notices are written to many."""


class LettersTellTooMuch(SendingRefused):
    """Whoever prints reminders or notices would see who has voted."""


class TimeRefused(SendingRefused):
    """A sending starts later than now, and while its links open something."""


class MissingSms(TemplateRefused):
    """A sending that may use SMS has a text for it."""


def lock_sending(
    session: Session, election_id: str, sending_id: bytes, *, shared: bool = False
) -> Sending:
    """Return a sending; nobody changes it (`shared`: nor ends it) until commit.

    Raises:
        UnknownSending: there is none in this election.

    """
    lock_named(session, _SENDING, sending_id, shared=shared)
    # Read after the lock: what was read before may have been changed meanwhile.
    sending = session.get(Sending, sending_id, populate_existing=True)
    if sending is None or sending.election_id != election_id:
        raise UnknownSending
    return sending


def require_sending(session: Session, election_id: str, sending_id: bytes) -> Sending:
    """Return a sending, to be read alone.

    Raises:
        UnknownSending: there is none in this election.

    """
    sending = session.get(Sending, sending_id)
    if sending is None or sending.election_id != election_id:
        raise UnknownSending
    return sending


def require_sendable(roll: Roll, kind: SendingKind, now: datetime) -> None:
    """Refuse to send where no link would open anything, or nothing is final.

    Raises:
        ElectionNotOpen: not sealed yet (a reminder: not open), or past its deadline; of
            a notice: the box is not closed, or the roll is gone.

    """
    if kind == SendingKind.NOTICE:
        if roll.final_root is None or roll.phase not in _KEPT:
            raise ElectionNotOpen
        return
    if roll.closes_at is None or roll.opens_at is None or now >= roll.closes_at:
        raise ElectionNotOpen
    if roll.phase not in {RollPhase.SEALED, RollPhase.OPEN}:
        raise ElectionNotOpen
    if kind == SendingKind.REMINDER and now < roll.opens_at:
        raise ElectionNotOpen


def is_over(roll: Roll, kind: SendingKind, now: datetime) -> bool:
    """Tell whether nothing of a kind goes out any more, or yet."""
    try:
        require_sendable(roll, kind, now)
    except ElectionNotOpen:
        return True
    return False


def require_state(sending: Sending, *states: SendingState) -> None:
    """Refuse what cannot be done in the state a sending is in.

    Raises:
        WrongSendingState: it is in none of these.

    """
    if sending.state not in states:
        raise WrongSendingState


@contextmanager
def choosing() -> Iterator[None]:
    """Give whatever goes wrong while members are chosen one name.

    Raises:
        ChoosingFailed: from what went wrong.

    """
    try:
        yield
    except SendingRefused:
        raise
    except Exception as failed:
        raise ChoosingFailed from failed
