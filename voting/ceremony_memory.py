"""What an election remembers of its ceremonies when their messages are gone.

A ceremony that begins anew begins with nothing (docs/protocol.md §3.1 step 6); who was
put out of it, and who has complained how often, stands in the audit chain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_json
from infra.tables import ServiceAudit
from voting.documents import read_object

COMPLAINED: Final = "ceremony-bad-share"
LEFT_OUT: Final = "ceremony-dealer-excluded"


def left_out_of(session: Session, election_id: str) -> frozenset[str]:
    """Return the officials who were put out of a ceremony of an election, by id."""
    query = select(ServiceAudit.content).where(
        ServiceAudit.subject == election_id, ServiceAudit.kind == LEFT_OUT
    )
    contents = [each for each in session.scalars(query) if each is not None]
    return frozenset(
        read_object(decode_json(each), ("fault", "index", "official")).text("official")
        for each in contents
    )


def count_complaints(session: Session, election_id: str) -> Mapping[str, int]:
    """Return how often each official has complained in an election, by id."""
    query = select(ServiceAudit.actor).where(
        ServiceAudit.subject == election_id, ServiceAudit.kind == COMPLAINED
    )
    return Counter(session.scalars(query))
