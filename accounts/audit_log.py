"""Reading, verifying and exporting the audit chain (infra/audit.py).

The chain tells by itself of whatever was changed, dropped or moved within it. That its
end was cut off shows only against a head that somebody kept: on paper, in a protocol,
in the answer of the last verification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.tables import Official
from crypto.encoding import JsonValue, decode_json, encode_json
from infra.audit import ChainHead, record_event, verify_chain
from infra.databases import side_of
from infra.tables import AUDIT, AuditEvent

PAGE_SIZE: Final = 50

_HEAD: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class HeadMalformed(ValueError):
    """A head is a number, a colon, and 64 hexadecimal digits."""


class ChainCut(Exception):
    """The chain does not hold the event that a kept head names."""


@dataclass(frozen=True, slots=True)
class Line:
    """An event as a reader sees it."""

    seq: int
    at: datetime
    actor: str
    kind: str
    subject: str
    content: str
    """Canonical JSON; empty when there is none, or when it was shredded."""

    is_shredded: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, the newest first, and where the older ones begin."""

    lines: tuple[Line, ...]
    older: int | None


def read_page(session: Session, before: int | None, subject: str | None = None) -> Page:
    """Return the events before a number, or the newest; of one subject, or of all."""
    table = AUDIT[side_of(session)]
    query = select(table).order_by(table.seq.desc()).limit(PAGE_SIZE + 1)
    if subject is not None:
        query = query.where(table.subject == subject)
    if before is not None:
        query = query.where(table.seq < before)
    rows = list(session.scalars(query))
    shown = tuple(_line(row) for row in rows[:PAGE_SIZE])
    return Page(shown, shown[-1].seq if len(rows) > PAGE_SIZE else None)


def names_of_officials(session: Session, page: Page) -> Mapping[str, str]:
    """Return the names behind the ids of officials on a page."""
    ids = {word for line in page.lines for word in (line.actor, line.subject)}
    query = select(Official.id, Official.name).where(Official.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def write_head(head: ChainHead) -> str:
    """Return a head as it is kept: number, colon, hexadecimal digits."""
    return f"{head.seq}:{head.hash.hex()}"


def read_head(text: str) -> ChainHead:
    """Read what `write_head` wrote.

    Raises:
        HeadMalformed: it is something else.

    """
    found = _HEAD.fullmatch(text.strip().lower())
    if found is None:
        raise HeadMalformed
    return ChainHead(int(found[1]), bytes.fromhex(found[2]))


def verify_log(session: Session, kept: ChainHead | None = None) -> ChainHead:
    """Recompute the whole chain, and find the kept head in it; return its head.

    Raises:
        ChainBroken: with the number of the first event that does not hold.
        ChainCut: the kept head is not in it: the end was cut off, or all rewritten.

    """
    head = verify_chain(session)
    if kept is not None and kept.seq:
        table = AUDIT[side_of(session)]
        found = session.scalar(select(table.hash).where(table.seq == kept.seq))
        if found != kept.hash:
            raise ChainCut
    return head


def export_lines(session: Session, subject: str | None = None) -> Iterator[bytes]:
    """Yield the chain as JSON Lines, the first event first; or one subject's events.

    Each line has all that its hash is made of: who has them can compute them again.
    """
    table = AUDIT[side_of(session)]
    every = select(table).order_by(table.seq).execution_options(yield_per=1000)
    if subject is not None:
        every = every.where(table.subject == subject)
    for event in session.scalars(every):
        yield encode_json(_document(event)) + b"\n"


def export_log(
    session: Session, subject: str | None = None, *, actor: str, at: datetime
) -> bytes:
    """Return the chain, or one subject's events, as JSON Lines; that is an event too.

    It is the last of the events that are handed out.
    """
    record_event(
        session,
        at=at,
        actor=actor,
        kind="audit-exported",
        subject=subject or side_of(session),
    )
    return b"".join(export_lines(session, subject))


def _line(event: AuditEvent) -> Line:
    content = event.content or b""
    return Line(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        kind=event.kind,
        subject=event.subject,
        content="" if content == b"null" else content.decode(),
        is_shredded=event.content is None,
    )


def _document(event: AuditEvent) -> dict[str, JsonValue]:
    return {
        "actor": event.actor,
        "at": event.at.astimezone(UTC).isoformat(),
        "commitment": event.commitment.hex(),
        "content": None if event.content is None else decode_json(event.content),
        "hash": event.hash.hex(),
        "kind": event.kind,
        "previous": event.previous.hex(),
        "salt": None if event.salt is None else event.salt.hex(),
        "seq": event.seq,
        "subject": event.subject,
    }
