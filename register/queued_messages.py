"""Sendings and their messages as rows: added, and queued to be handed in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from register.roll_phases import MessageState, SendingKind, SendingState
from register.tables import Message, Sending

_CHUNK: Final = 5_000
_ID_SIZE: Final = 16


def new_sending(
    session: Session,
    *,
    election_id: str,
    kind: SendingKind,
    subject: str,
    body: str,
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
        subject=subject,
        body=body,
        message_count=0,
    )
    session.add(sending)
    session.flush()
    return sending


def queue_messages(
    session: Session, sending: Sending, entry_ids: Sequence[bytes]
) -> list[bytes]:
    """Add a queued message for each entry; return their ids."""
    ids = [secrets.token_bytes(_ID_SIZE) for _ in entry_ids]
    rows = (
        {
            "id": message_id,
            "election_id": sending.election_id,
            "sending_id": sending.id,
            "entry_id": entry_id,
            "channel": "email",
            "state": MessageState.QUEUED,
        }
        for message_id, entry_id in zip(ids, entry_ids, strict=True)
    )
    while chunk := list(islice(rows, _CHUNK)):
        session.execute(insert(Message), chunk)
    sending.message_count += len(ids)
    session.flush()
    return ids
