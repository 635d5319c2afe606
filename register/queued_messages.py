"""Sendings and their messages as rows: added, and queued to be handed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
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


def queue_messages(
    session: Session, sending: Sending, recipients: Sequence[Recipient]
) -> list[bytes]:
    """Add a queued message for each recipient; return their ids.

    Letters are put into batches of at most 100, by their random entry ids.
    """
    ids = [secrets.token_bytes(_ID_SIZE) for _ in recipients]
    batches = _add_batches(session, sending, recipients)
    rows = (
        {
            "id": message_id,
            "election_id": sending.election_id,
            "sending_id": sending.id,
            "entry_id": entry_id,
            "channel": channel,
            "state": MessageState.QUEUED,
            "batch_id": next(batches) if channel == MessageChannel.LETTER else None,
        }
        for message_id, (entry_id, channel) in zip(ids, recipients, strict=True)
    )
    while chunk := list(islice(rows, _CHUNK)):
        session.execute(insert(Message), chunk)
    sending.message_count += len(ids)
    session.flush()
    return ids


def _add_batches(
    session: Session, sending: Sending, recipients: Sequence[Recipient]
) -> Iterator[bytes]:
    """Add the batches of letters; yield for each letter the id of its batch."""
    left = sum(1 for _, channel in recipients if channel == MessageChannel.LETTER)
    batches = []
    for number in range(1, -(-left // LETTERS_IN_A_BATCH) + 1):
        count = min(left, LETTERS_IN_A_BATCH)
        batches.append(
            LetterBatch(
                id=secrets.token_bytes(_ID_SIZE),
                election_id=sending.election_id,
                sending_id=sending.id,
                number=number,
                letter_count=count,
                state=LetterBatchState.WAITING,
                renderings=0,
            )
        )
        left -= count
    session.add_all(batches)
    session.flush()
    # The counts are read now: the rows may be expired when the ids are asked for.
    numbered = [(batch.id, batch.letter_count) for batch in batches]
    return (batch_id for batch_id, count in numbered for _ in range(count))
