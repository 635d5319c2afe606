"""Documents as they were printed: kept once, handed out for ever.

They are kept rather than set anew for whoever asks: another release of a library would
set other bytes, and what the committee has approved never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from infra.audit import record_event
from voting.elections import SYSTEM
from voting.work_tables import PrintedDocument


class PrintKind(StrEnum):
    """What is printed."""

    PROTOCOL = "protocol"
    ANNEX = "annex"
    """On the shredding."""


class NotPrinted(Exception):
    """The document is not there: not yet, or not in this language."""


class PrintDamaged(Exception):
    """The bytes that are kept are not those that were printed."""


def keep_printed(
    session: Session,
    election_id: str,
    kind: PrintKind,
    documents: Mapping[str, bytes],
    *,
    at: datetime,
) -> None:
    """Keep documents by language, unless they are there; the chain names each."""
    digests: dict[str, JsonValue] = {}
    for language, content in sorted(documents.items()):
        if session.get(PrintedDocument, (election_id, kind, language)) is not None:
            continue
        digest = hashlib.sha256(content)
        digests[language] = digest.hexdigest()
        session.add(
            PrintedDocument(
                election_id=election_id,
                kind=kind,
                language=language,
                digest=digest.digest(),
                content=content,
            )
        )
    session.flush()
    if digests:
        record_event(
            session,
            at=at,
            actor=SYSTEM,
            kind=f"{kind}-printed",
            subject=election_id,
            content=digests,
        )


def load_printed(
    session: Session, election_id: str, kind: PrintKind, language: str
) -> bytes:
    """Return a document as it was printed.

    Raises:
        NotPrinted: it is not there.
        PrintDamaged: its bytes are not what they were.

    """
    row = session.get(PrintedDocument, (election_id, kind, language))
    if row is None:
        raise NotPrinted
    if hashlib.sha256(row.content).digest() != row.digest:
        raise PrintDamaged
    return row.content


def printed_languages(
    session: Session, election_id: str, kind: PrintKind
) -> tuple[str, ...]:
    """Return the languages in which a document is there."""
    query = (
        select(PrintedDocument.language)
        .where(PrintedDocument.election_id == election_id, PrintedDocument.kind == kind)
        .order_by(PrintedDocument.language)
    )
    return tuple(session.scalars(query))
