"""Who has signed the protocol of an election, and when, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.tables import ServiceAudit
from voting.proposals import list_proposals
from voting.sealed import sealed_of
from voting.tables import CommitteeSeat, Election


@dataclass(frozen=True, slots=True)
class Signer:
    """A holder, and whether the protocol has the holder's signature."""

    index: int
    name: str
    signed: bool
    at: datetime | None = None


def list_signers(session: Session, election: Election) -> tuple[Signer, ...]:
    """Return all holders in order, with who has signed, and when."""
    signed = {
        index
        for proposal in list_proposals(session, election.id)
        if proposal.kind == "approval"
        for index in proposal.signed_by
    }
    times = _times(session, election.id)
    return tuple(
        Signer(
            holder.index,
            holder.name,
            holder.index in signed,
            times.get(holder.index) if holder.index in signed else None,
        )
        for holder in sealed_of(election).manifest.holders
    )


def _times(session: Session, election_id: str) -> dict[int, datetime]:
    query = (
        select(CommitteeSeat.index, ServiceAudit.at)
        .join(CommitteeSeat, CommitteeSeat.official_id == ServiceAudit.actor)
        .where(
            CommitteeSeat.election_id == election_id,
            ServiceAudit.kind == "approval-signed",
            ServiceAudit.subject == election_id,
        )
    )
    return dict(session.execute(query).all())
