"""Taking passes back: the register is told that an official's no longer count.

A pass is a signed paper that lies in a browser; without this, who was disabled at
nine could read the roll until five. The service posts a document, the register
keeps its instant, and the guard of the register asks for it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from accounts.tables import RevokedPass
from infra.config import Settings
from infra.databases import lock_named
from infra.exchange import DocumentMalformed, ReceivedDocument, handles, post_document
from infra.runtime import Runtime

KIND = "passes-revoked"


def revoke_passes(
    session: Session, settings: Settings, official_id: str, at: datetime
) -> None:
    """Tell the register that passes of an official up to this second are void.

    Takes a session of the service; the document goes with its transaction.
    """
    body = {"issued_before": int(at.timestamp())}
    post_document(session, settings, kind=KIND, subject=official_id, body=body, at=at)


def is_revoked(session: Session, official_id: str, issued_at: datetime) -> bool:
    """Tell, on the register, whether a pass was taken back after it was issued."""
    row = session.get(RevokedPass, official_id)
    return row is not None and issued_at <= row.issued_before


@handles("register", KIND)
def take_revocation(
    session: Session,
    received: ReceivedDocument,
    runtime: Runtime,
) -> None:
    """Keep the latest instant of each official."""
    del runtime
    body = received.body
    seconds = body.get("issued_before") if isinstance(body, dict) else None
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise DocumentMalformed(KIND)
    before = datetime.fromtimestamp(seconds, UTC)
    lock_named(session, b"revoked-passes", received.subject.encode())
    row = session.get(RevokedPass, received.subject)
    if row is None:
        session.add(RevokedPass(official_id=received.subject, issued_before=before))
    else:
        row.issued_before = max(row.issued_before, before)
