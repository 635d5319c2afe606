"""One member at a time: a new link, and what became of a message in doubt.

A resend kills every link the member had. A message sent again because the first one
is in doubt kills none: whichever arrives can be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.audit import record_event
from register.mail_templates import Template, suggested_template
from register.marks import find_mark, lock_entry
from register.queued_messages import new_sending, queue_messages
from register.recipients import Plan, channel_of_entry
from register.roll import EntryNotFound, require_roll
from register.roll_phases import (
    Channel,
    MessageChannel,
    MessageState,
    RollKind,
    SendingKind,
    SendingState,
)
from register.sending import (
    SendingRefused,
    lock_sending,
    require_sendable,
)
from register.sending_texts import add_suggested_languages, own_text
from register.tables import Message, RollEntry, Sending
from register.voting_codes import AlreadyMarked, kill_codes_of_entry

SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 500

_AT_ONCE: Final = (MessageChannel.EMAIL, MessageChannel.SMS)


class ReasonNeeded(SendingRefused):
    """A reason of 5 to 500 characters: it stands in the log."""


class NoAddress(SendingRefused):
    """The member has no address of this kind, or votes on paper."""


class NotInDoubt(SendingRefused):
    """The message is not uncertain, or somebody has decided on it already."""


class Decision(StrEnum):
    """What an official says of a message in doubt."""

    WAS_SENT = "sent"
    SEND_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for something about one member, why, and when."""

    actor: str
    reason: str
    now: datetime

    def require_reason(self) -> str:
        """Return the reason, trimmed.

        Raises:
            ReasonNeeded: it is too short or too long.

        """
        reason = " ".join(self.reason.split())
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise ReasonNeeded
        return reason


def resend_to_member(
    session: Session,
    *,
    election_id: str,
    entry_id: bytes,
    by: By,
    channel: MessageChannel | None = None,
) -> bytes:
    """Queue a new link for one member; every link they had dies. Returns the sending.

    Without `channel` it goes by mail, or by SMS where no mail reaches the member; a
    letter must be asked for. It goes to the address on the roll and no other: another
    one needs a second official (`register.address_changes`).

    Raises:
        ReasonNeeded, NoAddress: see there.
        UnknownRoll, EntryNotFound: no such election, or entry in it.
        ElectionNotOpen: not sealed, or past its deadline.
        AlreadyMarked: the right is taken out: only the link that was used can finish.

    """
    reason = by.require_reason()
    roll = require_roll(session, election_id)
    require_sendable(roll, SendingKind.RESEND, by.now)
    entry = require_entry(session, election_id, entry_id)
    kill_codes_of_entry(session, entry_id)
    sending = _send_one(session, entry, by, channel=channel)
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="link-resent",
        subject=election_id,
        content={"entry": entry_id.hex(), "reason": reason},
    )
    return sending.id


def decide_on_message(
    session: Session,
    *,
    election_id: str,
    message_id: bytes,
    decision: Decision,
    by: By,
) -> bytes | None:
    """Settle a message in doubt; return the new sending's id where one was asked for.

    Raises:
        ReasonNeeded, NotInDoubt, NoAddress, ElectionNotOpen: see there.
        AlreadyMarked: the member has used a link: another one would be no use.

    """
    reason = by.require_reason()
    message = session.get(Message, message_id)
    if message is None or message.election_id != election_id:
        raise NotInDoubt
    old = lock_sending(session, election_id, message.sending_id)
    session.refresh(message)
    if message.state != MessageState.UNCERTAIN:
        raise NotInDoubt
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="doubt-settled",
        subject=election_id,
        content={
            "decision": decision.value,
            "entry": message.entry_id.hex(),
            "reason": reason,
        },
    )
    if decision == Decision.WAS_SENT:
        message.state = MessageState.SENT
        return None
    require_sendable(require_roll(session, election_id), SendingKind.RESEND, by.now)
    entry = require_entry(session, election_id, message.entry_id)
    lock_entry(session, entry.id)
    if find_mark(session, entry.id) is not None:
        raise AlreadyMarked
    message.state = MessageState.REPLACED
    channel = MessageChannel(message.channel)
    return _send_one(session, entry, by, template=own_text(old), channel=channel).id


def send_late_link(
    session: Session, *, election_id: str, entry_id: bytes, by: By
) -> bytes:
    """Queue the first link of a member who was added late; return the sending's id.

    Raises:
        EntryNotFound, NoAddress, ElectionNotOpen: see there.

    """
    require_sendable(require_roll(session, election_id), SendingKind.LATE, by.now)
    entry = require_entry(session, election_id, entry_id)
    return _send_one(session, entry, by, kind=SendingKind.LATE).id


def require_entry(session: Session, election_id: str, entry_id: bytes) -> RollEntry:
    """Return an entry of an election's roll.

    Raises:
        EntryNotFound: it has none of this id.

    """
    entry = session.scalar(
        select(RollEntry).where(
            RollEntry.id == entry_id, RollEntry.election_id == election_id
        )
    )
    if entry is None:
        raise EntryNotFound
    return entry


def _send_one(
    session: Session,
    entry: RollEntry,
    by: By,
    *,
    kind: SendingKind = SendingKind.RESEND,
    template: Template | None = None,
    channel: MessageChannel | None = None,
) -> Sending:
    plan = Plan((channel,) if channel else _AT_ONCE)
    session.flush()
    found = channel_of_entry(session, entry.id, plan)
    if found is None or entry.channel != Channel.DIGITAL:
        raise NoAddress
    of = RollKind(require_roll(session, entry.election_id).kind)
    sending = new_sending(
        session,
        election_id=entry.election_id,
        kind=kind,
        template=template or suggested_template(kind, of=of),
        plan=plan,
        actor=by.actor,
        now=by.now,
        state=SendingState.RUNNING,
    )
    if template is None:
        add_suggested_languages(session, sending)
    queue_messages(session, sending, [(entry.id, found)])
    return sending
