"""What happened on an election's way that its protocol must tell of: from the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.tables import ServiceAudit

CEREMONY_STARTED: Final = "ceremony-started"
TOLD: Final = (
    CEREMONY_STARTED,
    "ceremony-bad-share",
    "ceremony-dealer-excluded",
    "ceremony-share-opened",
    "ceremony-share-opened-wrong",
    "hold-withdrawn",
    "paper-withdrawn",
    "register-leaf-came-too-late",
    "schedule-withdrawn",
    "shredding-near",
)
"""Kinds of events that are incidents; a ceremony's start from the second on."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened, by the kind of its event."""

    kind: str
    at: datetime


def list_incidents(session: Session, election_id: str) -> tuple[Incident, ...]:
    """Return an election's incidents in order."""
    query = (
        select(ServiceAudit)
        .where(ServiceAudit.subject == election_id, ServiceAudit.kind.in_(TOLD))
        .order_by(ServiceAudit.seq)
    )
    found, starts = [], 0
    for event in session.scalars(query):
        starts += event.kind == CEREMONY_STARTED
        if event.kind == CEREMONY_STARTED and starts == 1:
            continue
        found.append(Incident(event.kind, event.at))
    return tuple(found)
