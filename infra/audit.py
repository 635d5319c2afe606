"""The audit chain: who did what and when, each event bound to all before it.

Nothing is ever changed or removed, with one exception: an event's content enters
the chain as a salted commitment, so that salt and content can be shredded (the
register must) while the chain still verifies. The head is what a checkpoint or a
protocol prints; only against it does a cut-off end show.
"""

from __future__ import annotations

import re
import secrets
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_json
from crypto.hashing import digest
from infra.databases import lock_named, side_of
from infra.tables import AUDIT, AuditEvent

FIRST_PREVIOUS: Final = bytes(32)
"""What the first event has for its predecessor."""

SALT_SIZE: Final = 32

_WORD: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class ChainBroken(Exception):
    """An event is missing, moved or changed."""

    def __init__(self, seq: int) -> None:
        """Tell the number of the first event that does not hold."""
        super().__init__(f"the audit chain is broken at event {seq}")
        self.seq = seq


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How long the chain is and the hash it ends in, 32 bytes."""

    seq: int
    hash: bytes


def record_event(
    session: Session,
    *,
    at: datetime,
    actor: str,
    kind: str,
    subject: str,
    content: JsonValue = None,
) -> AuditEvent:
    """Append an event to the chain of the session's side; return its row.

    Actor (an official's id, or ``system``), kind and subject (an election's or
    survey's id) stay for ever and in the clear: 1 to 64 of ``A-Za-z0-9_.:-``. What
    may have to be shredded goes into the content, canonical JSON.

    Raises:
        ValueError: actor, kind or subject is something else.
        NonCanonicalEncoding: the content is no canonical JSON.

    """
    for word in (actor, kind, subject):
        if _WORD.fullmatch(word) is None:
            raise ValueError("an audit event's words are 1 to 64 plain characters")
    lock_named(session, b"audit")
    last = chain_head(session)
    salt, encoded = secrets.token_bytes(SALT_SIZE), encode_json(content)
    event = AUDIT[side_of(session)](
        seq=last.seq + 1,
        at=at.astimezone(UTC).replace(microsecond=0),
        actor=actor,
        kind=kind,
        subject=subject,
        commitment=_commit(salt, encoded),
        salt=salt,
        content=encoded,
        previous=last.hash,
    )
    event.hash = _hash(event)
    session.add(event)
    session.flush()
    return event


def chain_head(session: Session) -> ChainHead:
    """Return the end of the chain of the session's side; seq 0 when it is empty."""
    table = AUDIT[side_of(session)]
    row = session.execute(
        select(table.seq, table.hash).order_by(table.seq.desc()).limit(1)
    ).one_or_none()
    return ChainHead(0, FIRST_PREVIOUS) if row is None else ChainHead(row[0], row[1])


def verify_chain(session: Session) -> ChainHead:
    """Recompute the chain of the session's side from its first event; return its head.

    Raises:
        ChainBroken: with the number of the first event that does not hold.

    """
    table = AUDIT[side_of(session)]
    head = ChainHead(0, FIRST_PREVIOUS)
    every = select(table).order_by(table.seq).execution_options(yield_per=1000)
    with closing(session.scalars(every)) as events:
        for event in events:
            expected = head.seq + 1
            if event.seq != expected or event.previous != head.hash:
                raise ChainBroken(expected)
            if event.hash != _hash(event) or not _is_content_bound(event):
                raise ChainBroken(expected)
            head = ChainHead(event.seq, event.hash)
    return head


def shred_contents(session: Session, subject: str) -> int:
    """Remove salt and content of every event of one subject; return how many.

    What stays (time, actor, kind, subject, commitment) tells no one's name, and
    without the salt the commitment cannot be tried against a guess.
    """
    table = AUDIT[side_of(session)]
    result = session.execute(
        update(table)
        .where(table.subject == subject, table.content.is_not(None))
        .values(salt=None, content=None)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 - narrows for the types
    return result.rowcount


def _commit(salt: bytes, content: bytes) -> bytes:
    return digest("audit-content", salt, content)


def _is_content_bound(event: AuditEvent) -> bool:
    if event.salt is None or event.content is None:
        return event.salt is None and event.content is None
    return _commit(event.salt, event.content) == event.commitment


def _hash(event: AuditEvent) -> bytes:
    return digest(
        "audit-event",
        event.previous,
        event.seq.to_bytes(8, "big"),
        event.at.astimezone(UTC).isoformat().encode("ascii"),
        event.actor.encode("ascii"),
        event.kind.encode("ascii"),
        event.subject.encode("ascii"),
        event.commitment,
    )
