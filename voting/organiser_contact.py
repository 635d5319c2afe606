"""Whom a key holder rings: the official who started the ceremony."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.officials import UnknownOfficial, find_official
from infra.tables import ServiceAudit
from voting.incidents import CEREMONY_STARTED


@dataclass(frozen=True, slots=True)
class Contact:
    """An official, as the other officials of an election may know one."""

    name: str
    email: str


def contact_of(session: Session, election_id: str) -> Contact | None:
    """Return who last started the ceremony; None where that is nobody any more."""
    query = (
        select(ServiceAudit.actor)
        .where(
            ServiceAudit.subject == election_id, ServiceAudit.kind == CEREMONY_STARTED
        )
        .order_by(ServiceAudit.seq.desc())
        .limit(1)
    )
    actor = session.scalars(query).one_or_none()
    if actor is None:
        return None
    try:
        official = find_official(session, actor)
    except UnknownOfficial:
        return None
    return Contact(official.name, official.email)
