"""Sendings and their messages as rows: added, and queued to be handed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from register.mail_templates import Template
from register.recipients import Plan, Recipient
from register.roll_phases import (
    LetterBatchState,
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)
from register.tables import LetterBatch, Message, Sending

LETTERS_IN_A_BATCH: Final = 100

_CHUNK: Final = 5_000
_ID_SIZE: Final = 16


def new_sending(
    session: Session,
    *,
    election_id: str,
    kind: SendingKind,
    template: Template,
    plan: Plan,
    actor: str,
    now: datetime,
    state: SendingState = SendingState.DRAFT,
) -> Sending:
    """Add a sending without messages."""
    sending = Sending(
        id=secrets.token_bytes(_ID_SIZE),
        election_id=election_id,
        kind=kind,
        state=state,
        created_by=actor,
        created_on=now.date(),
        message_count=0,
    )
    set_text(sending, template, plan)
    session.add(sending)
    session.flush()
    return sending


def set_text(sending: Sending, template: Template, plan: Plan) -> None:
    """Write a sending's text, and by what it may go."""
    sending.subject, sending.body = template.subject, template.body
    sending.sms, sending.language = template.sms, template.language
    sending.channels, sending.falls_back = plan.text, plan.falls_back
    sending.daily_limit = plan.daily_limit


def queue_messages(
    session: Session, sending: Sending, recipients: Iterable[Recipient]
) -> int:
    """Add a queued message for each recipient as they come; return how many.

    Letters are put into batches of at most 100, by their random entry ids.
    """
    count, number = 0, 0
    at_once: list[Recipient] = []
    letters: list[Recipient] = []
    for recipient in recipients:
        count += 1
        if recipient[1] != MessageChannel.LETTER:
            at_once.append(recipient)
        else:
            letters.append(recipient)
        if len(at_once) == _CHUNK:
            _add_messages(session, sending, at_once)
        if len(letters) == LETTERS_IN_A_BATCH:
            number += 1
            _add_letters(session, sending, letters, number)
    _add_messages(session, sending, at_once)
    _add_letters(session, sending, letters, number + 1)
    sending.message_count += count
    session.flush()
    return count


def _add_letters(
    session: Session, sending: Sending, letters: list[Recipient], number: int
) -> None:
    """Add a batch of letters and its messages, and empty the list."""
    if not letters:
        return
    batch = LetterBatch(
        id=secrets.token_bytes(_ID_SIZE),
        election_id=sending.election_id,
        sending_id=sending.id,
        number=number,
        letter_count=len(letters),
        state=LetterBatchState.WAITING,
        renderings=0,
    )
    session.add(batch)
    session.flush()
    _add_messages(session, sending, letters, batch.id)


def _add_messages(
    session: Session,
    sending: Sending,
    recipients: list[Recipient],
    batch_id: bytes | None = None,
) -> None:
    rows = [
        {
            "id": secrets.token_bytes(_ID_SIZE),
            "election_id": sending.election_id,
            "sending_id": sending.id,
            "entry_id": entry_id,
            "channel": channel,
            "state": MessageState.QUEUED,
            "batch_id": batch_id,
        }
        for entry_id, channel in recipients
    ]
    if rows:
        session.execute(insert(Message), rows)
    recipients.clear()
