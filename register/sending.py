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
from register.mail_templates import Template, read_template
from register.queued_messages import new_sending, queue_messages, set_text
from register.recipients import (
    Plan,
    Recipients,
    choose_recipients,
    count_recipients,
    plan_of,
    shown_number,
)
from register.refusals import ElectionNotOpen
from register.roll import require_roll
from register.roll_phases import (
    LetterBatchState,
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)
from register.sending_rules import (
    BULK,
    UNFINISHED,
    LettersTellTooMuch,
    MissingSms,
    NotABulkKind,
    NothingToSend,
    RecipientsChanged,
    SendingInProgress,
    SendingRefused,
    TimeRefused,
    UnknownSending,
    WrongSendingState,
    choosing,
    is_over,
    lock_sending,
    require_sendable,
    require_sending,
    require_state,
)
from register.survey_rolls import note_message, require_reminder_hides
from register.tables import LetterBatch, Message, Sending

__all__ = [
    "BULK",
    "LettersTellTooMuch",
    "MissingSms",
    "NotABulkKind",
    "NothingToSend",
    "RecipientsChanged",
    "SendingInProgress",
    "SendingRefused",
    "TimeRefused",
    "UnknownSending",
    "WrongSendingState",
    "create_sending",
    "edit_sending",
    "finish_sending",
    "is_over",
    "lock_sending",
    "pause_sending",
    "read_reach",
    "read_text",
    "require_sendable",
    "require_sending",
    "require_state",
    "resume_sending",
    "start_sending",
    "stop_sending",
    "told_number",
]
from register.voting_codes import NothingToAnnounce, announce_codes

_SENDINGS: Final = b"sendings"


def create_sending(
    session: Session,
    *,
    election_id: str,
    kind: SendingKind,
    subject: str,
    body: str,
    actor: str,
    now: datetime,
    sms: str = "",
    language: str = "nb",
    plan: Plan | None = None,
) -> Sending:
    """Write a draft of a sending; nothing goes out. Without a plan: by mail.

    Raises:
        NotABulkKind, TemplateRefused, LettersTellTooMuch: see there.
        UnknownRoll: no such election.
        ElectionNotOpen: not sealed yet (a reminder: not open), or past its deadline.
        SendingInProgress: another one is not finished.

    """
    if kind not in BULK:
        raise NotABulkKind
    plan = plan or Plan()
    template = read_text(kind, plan, subject, body, sms=sms, language=language)
    _lock_sendings(session, election_id)
    roll = require_roll(session, election_id)
    require_sendable(roll, kind, now)
    require_reminder_hides(session, roll, kind)
    if _has_unfinished(session, election_id):
        raise SendingInProgress
    sending = new_sending(
        session,
        election_id=election_id,
        kind=kind,
        template=template,
        plan=plan,
        actor=actor,
        now=now,
    )
    _note(session, sending, "sending-written", actor, now, kind=kind.value)
    return sending


def edit_sending(
    session: Session,
    election_id: str,
    sending_id: bytes,
    *,
    subject: str,
    body: str,
    sms: str = "",
    language: str = "nb",
    plan: Plan | None = None,
) -> Sending:
    """Change the text of a draft, and by what it may go; without a plan it stays.

    Raises:
        UnknownSending, WrongSendingState, TemplateRefused, LettersTellTooMuch.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.DRAFT)
    plan = plan or plan_of(sending)
    kind = SendingKind(sending.kind)
    template = read_text(kind, plan, subject, body, sms=sms, language=language)
    set_text(sending, template, plan)
    session.flush()
    return sending


def read_text(
    kind: SendingKind, plan: Plan, subject: str, body: str, *, sms: str, language: str
) -> Template:
    """Check a text, and that it goes with the channels of a plan.

    Raises:
        TemplateRefused, LettersTellTooMuch: see there.

    """
    if MessageChannel.LETTER in plan.channels and kind != SendingKind.INVITATION:
        raise LettersTellTooMuch
    if MessageChannel.SMS in plan.channels and not sms.strip():
        raise MissingSms
    return read_template(subject, body, kind=kind, sms=sms, language=language)


def start_sending(
    session: Session,
    election_id: str,
    sending_id: bytes,
    *,
    told: int,
    actor: str,
    now: datetime,
    at: datetime | None = None,
) -> int:
    """Queue one message for each recipient; return how many.

    With `at` they wait for that time: whom it reaches is settled now, so that nobody
    gets it whom the official was not told of.

    `told` is the number the official was shown and confirmed (`shown_number`). Fewer
    may get a reminder, since members vote meanwhile; never more, nor others.

    Raises:
        UnknownSending, WrongSendingState: see there.
        ElectionNotOpen: as in `create_sending`.
        NothingToSend: nobody would get it.
        RecipientsChanged: the number is another one now.
        ChoosingFailed: the choice failed; roll back what it has queued.
        TimeRefused: `at` is past, or no link would open anything then.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.DRAFT)
    kind = SendingKind(sending.kind)
    roll = require_roll(session, election_id)
    if at is None:
        require_sendable(roll, kind, now)
    elif at <= now or is_over(roll, kind, at):
        raise TimeRefused
    with choosing():
        number = read_reach(session, sending).number
    _require_as_told(kind, number, told)
    require_reminder_hides(session, roll, kind)
    note_message(session, roll)
    with choosing():
        chosen = choose_recipients(session, election_id, kind, plan_of(sending))
        queued = queue_messages(session, sending, chosen)
    # Somebody may have voted, or been added, since they were counted.
    _require_as_told(kind, queued, told)
    sending.starts_at = at
    sending.state = SendingState.SCHEDULED if at else SendingState.RUNNING
    what = "sending-scheduled" if at else "sending-started"
    _note(session, sending, what, actor, now)
    session.flush()
    return queued


def pause_sending(
    session: Session, election_id: str, sending_id: bytes, *, actor: str, now: datetime
) -> None:
    """Let no further message go; the one under way is finished.

    Raises:
        UnknownSending, WrongSendingState: see there.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.RUNNING)
    sending.state = SendingState.PAUSED
    _note(session, sending, "sending-paused", actor, now)


def resume_sending(
    session: Session, election_id: str, sending_id: bytes, *, actor: str, now: datetime
) -> None:
    """Go on with a paused sending, or begin a scheduled one at once.

    Raises:
        UnknownSending, WrongSendingState: see there.
        ElectionNotOpen: the deadline has passed.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.PAUSED, SendingState.SCHEDULED)
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
    require_state(sending, *UNFINISHED)
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
    unposted = select(func.count()).where(
        LetterBatch.sending_id == sending.id,
        LetterBatch.state != LetterBatchState.POSTED,
    )
    if sending.state != SendingState.RUNNING or any(
        session.execute(each).scalar_one() for each in (waiting, unposted)
    ):
        return False
    sending.state = SendingState.DONE
    _announce(session, settings, sending, now)
    session.flush()
    return True


def told_number(session: Session, sending: Sending) -> int:
    """Return the number of recipients to show before a draft is started."""
    return shown_number(SendingKind(sending.kind), read_reach(session, sending).number)


def read_reach(session: Session, sending: Sending) -> Recipients:
    """Return whom a draft would reach now, by what: the true numbers."""
    kind, plan = SendingKind(sending.kind), plan_of(sending)
    return count_recipients(session, sending.election_id, kind, plan)


def _require_as_told(kind: SendingKind, number: int, told: int) -> None:
    if not number:
        raise NothingToSend
    shown = shown_number(kind, number)
    if shown > told or (kind != SendingKind.REMINDER and shown != told):
        raise RecipientsChanged


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
