"""The service's audit trail of one election, as data for the archive: no member's name.

Each event carries the hash of the one before and its own, so that none of them can be
changed; between them stand events of other elections, of which the head tells how many.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.times import format_time
from infra.audit import chain_head
from infra.tables import AuditEvent, ServiceAudit

FORMAT: Final = "urne/v1/audit-trail"


def write_audit_trail(session: Session, election_id: str) -> bytes:
    """Write an election's events as canonical JSON, in order."""
    query = (
        select(ServiceAudit)
        .where(ServiceAudit.subject == election_id)
        .order_by(ServiceAudit.seq)
    )
    head = chain_head(session)
    return encode_json(
        {
            "election": election_id,
            "events": [_event(each) for each in session.scalars(query)],
            "format": FORMAT,
            "head": {"hash": head.hash.hex(), "seq": head.seq},
        }
    )


def _event(event: AuditEvent) -> dict[str, JsonValue]:
    content = None if event.content is None else decode_json(event.content)
    return {
        "actor": event.actor,
        "at": format_time(event.at),
        "commitment": event.commitment.hex(),
        "content": content,
        "hash": event.hash.hex(),
        "kind": event.kind,
        "previous": event.previous.hex(),
        "salt": None if event.salt is None else event.salt.hex(),
        "seq": event.seq,
    }
