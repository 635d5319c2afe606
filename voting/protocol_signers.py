"""Who has signed the protocol of an election, and who may."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.proposals import list_proposals
from voting.sealed import sealed_of
from voting.tables import Election


@dataclass(frozen=True, slots=True)
class Signer:
    """A holder, and whether the protocol has the holder's signature."""

    index: int
    name: str
    signed: bool


def list_signers(session: Session, election: Election) -> tuple[Signer, ...]:
    """Return all holders in order, with who has signed."""
    signed = {
        index
        for proposal in list_proposals(session, election.id)
        if proposal.kind == "approval"
        for index in proposal.signed_by
    }
    return tuple(
        Signer(holder.index, holder.name, holder.index in signed)
        for holder in sealed_of(election).manifest.holders
    )
