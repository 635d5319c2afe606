"""Sendings: written, counted, started, paused, stopped and told to the board.

A sending is started by an official who has been shown how many it reaches, and one at
a time. Everything else is the machine's: see `register.handing_in` for what becomes
of each message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from register.mail_templates import read_template
from register.queued_messages import new_sending, queue_messages
from register.recipients import choose_recipients, count_recipients, shown_number
from register.refusals import ElectionNotOpen
from register.roll import require_roll
from register.roll_phases import MessageState, RollPhase, SendingKind, SendingState
from register.tables import Message, Roll, Sending
from register.voting_codes import NothingToAnnounce, announce_codes

BULK: Final = (SendingKind.INVITATION, SendingKind.REMINDER)
"""What goes to many; a resend and a late member's mail go to one."""

UNFINISHED: Final = (SendingState.DRAFT, SendingState.RUNNING, SendingState.PAUSED)

_SENDING: Final = b"sending"
_SENDINGS: Final = b"sendings"


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


class WrongSendingState(SendingRefused):
    """It is not in a state in which this can be done."""


class NotABulkKind(SendingRefused):
    """Only invitations and reminders are written to many."""


def create_sending(
    session: Session,
    *,
    election_id: str,
    kind: SendingKind,
    subject: str,
    body: str,
    actor: str,
    now: datetime,
) -> Sending:
    """Write a draft of a sending; nothing goes out.

    Raises:
        NotABulkKind, TemplateRefused: see there.
        UnknownRoll: no such election.
        ElectionNotOpen: not sealed yet (a reminder: not open), or past its deadline.
        SendingInProgress: another one is not finished.

    """
    if kind not in BULK:
        raise NotABulkKind
    template = read_template(subject, body)
    _lock_sendings(session, election_id)
    require_sendable(require_roll(session, election_id), kind, now)
    if _has_unfinished(session, election_id):
        raise SendingInProgress
    sending = new_sending(
        session,
        election_id=election_id,
        kind=kind,
        subject=template.subject,
        body=template.body,
        actor=actor,
        now=now,
    )
    _note(session, sending, "sending-written", actor, now, kind=kind.value)
    return sending


def edit_sending(
    session: Session, election_id: str, sending_id: bytes, *, subject: str, body: str
) -> Sending:
    """Change the text of a draft.

    Raises:
        UnknownSending, WrongSendingState, TemplateRefused: see there.

    """
    template = read_template(subject, body)
    sending = lock_sending(session, election_id, sending_id)
    _require_state(sending, SendingState.DRAFT)
    sending.subject, sending.body = template.subject, template.body
    session.flush()
    return sending


def start_sending(
    session: Session,
    election_id: str,
    sending_id: bytes,
    *,
    told: int,
    actor: str,
    now: datetime,
) -> int:
    """Queue one message for each recipient; return how many.

    `told` is the number the official was shown and confirmed (`shown_number`). Fewer
    may get a reminder, since members vote meanwhile; never more, nor others.

    Raises:
        UnknownSending, WrongSendingState: see there.
        ElectionNotOpen: as in `create_sending`.
        NothingToSend: nobody would get it.
        RecipientsChanged: the number is another one now.

    """
    sending = lock_sending(session, election_id, sending_id)
    _require_state(sending, SendingState.DRAFT)
    kind = SendingKind(sending.kind)
    require_sendable(require_roll(session, election_id), kind, now)
    chosen = choose_recipients(session, election_id, kind)
    if not chosen:
        raise NothingToSend
    shown = shown_number(kind, len(chosen))
    if shown > told or (kind != SendingKind.REMINDER and shown != told):
        raise RecipientsChanged
    queue_messages(session, sending, chosen)
    sending.state = SendingState.RUNNING
    _note(session, sending, "sending-started", actor, now)
    session.flush()
    return len(chosen)


def pause_sending(
    session: Session, election_id: str, sending_id: bytes, *, actor: str, now: datetime
) -> None:
    """Let no further message go; the one under way is finished.

    Raises:
        UnknownSending, WrongSendingState: see there.

    """
    sending = lock_sending(session, election_id, sending_id)
    _require_state(sending, SendingState.RUNNING)
    sending.state = SendingState.PAUSED
    _note(session, sending, "sending-paused", actor, now)


def resume_sending(
    session: Session, election_id: str, sending_id: bytes, *, actor: str, now: datetime
) -> None:
    """Go on with a paused sending.

    Raises:
        UnknownSending, WrongSendingState: see there.
        ElectionNotOpen: the deadline has passed.

    """
    sending = lock_sending(session, election_id, sending_id)
    _require_state(sending, SendingState.PAUSED)
    roll = require_roll(session, election_id)
    require_sendable(roll, SendingKind(sending.kind), now)
    sending.state = SendingState.RUNNING
    _note(session, sending, "sending-resumed", actor, now)


def stop_sending(
    session: Session,
    settings: Settings,
    election_id: str,
    sending_id: bytes,
    *,
    actor: str,
    now: datetime,
) -> None:
    """End a sending for good: what has not gone is withdrawn, the board is told.

    Raises:
        UnknownSending, WrongSendingState: see there.

    """
    sending = lock_sending(session, election_id, sending_id)
    _require_state(sending, *UNFINISHED)
    session.execute(
        update(Message)
        .where(Message.sending_id == sending.id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.WITHDRAWN)
    )
    sending.state = SendingState.STOPPED
    _announce(session, settings, sending, now)
    _note(session, sending, "sending-stopped", actor, now)


def finish_sending(
    session: Session, settings: Settings, sending: Sending, *, now: datetime
) -> bool:
    """End a running sending whose messages are all dealt with; tell the board.

    The sending must be locked. Returns whether it is done.
    """
    waiting = select(func.count()).where(
        Message.sending_id == sending.id,
        Message.state.in_((MessageState.QUEUED, MessageState.SENDING)),
    )
    is_running = sending.state == SendingState.RUNNING
    if not is_running or session.execute(waiting).scalar_one():
        return False
    sending.state = SendingState.DONE
    _announce(session, settings, sending, now)
    session.flush()
    return True


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
    """Refuse to send where no link would open anything.

    Raises:
        ElectionNotOpen: not sealed yet (a reminder: not open), or past its deadline.

    """
    if roll.closes_at is None or roll.opens_at is None or now >= roll.closes_at:
        raise ElectionNotOpen
    if roll.phase not in {RollPhase.SEALED, RollPhase.OPEN}:
        raise ElectionNotOpen
    if kind == SendingKind.REMINDER and now < roll.opens_at:
        raise ElectionNotOpen


def is_over(roll: Roll, now: datetime) -> bool:
    """Tell whether an election's links open nothing any more."""
    try:
        require_sendable(roll, SendingKind.INVITATION, now)
    except ElectionNotOpen:
        return True
    return False


def told_number(session: Session, sending: Sending) -> int:
    """Return the number of recipients to show before a draft is started."""
    kind = SendingKind(sending.kind)
    found = count_recipients(session, sending.election_id, kind)
    return shown_number(kind, found.number)


def _lock_sendings(session: Session, election_id: str) -> None:
    lock_named(session, _SENDINGS, election_id.encode())


def _has_unfinished(session: Session, election_id: str) -> bool:
    found = session.scalar(
        select(Sending.id)
        .where(
            Sending.election_id == election_id,
            Sending.kind.in_(BULK),
            Sending.state.in_(UNFINISHED),
        )
        .limit(1)
    )
    return found is not None


def _require_state(sending: Sending, *states: SendingState) -> None:
    if sending.state not in states:
        raise WrongSendingState


def _announce(
    session: Session, settings: Settings, sending: Sending, now: datetime
) -> None:
    try:
        announce_codes(session, settings, sending, now=now)
    except (NothingToAnnounce, ElectionNotOpen):
        # Nothing went out; or the box closed first, and the board takes no more.
        return


def _note(
    session: Session,
    sending: Sending,
    what: str,
    actor: str,
    now: datetime,
    **content: str,
) -> None:
    record_event(
        session,
        at=now,
        actor=actor,
        kind=what,
        subject=sending.election_id,
        content={"sending": sending.id.hex(), **content},
    )
