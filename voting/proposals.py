"""What holders sign with the keys of their ceremony: paper, deadlines, holds, approval.

A proposal is a document with a number; it takes effect with the last signature that it
needs (voting/proposal_signing.py), and can be withdrawn until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json
from infra.audit import record_event
from infra.databases import lock_named
from voting.leaves import IndexedSignature
from voting.tables import HolderSignature, Proposal


class UnknownProposal(Exception):
    """There is no open proposal of this kind and number."""


class ProposalOutdated(UnknownProposal):
    """The election has moved on: the proposal can take no effect any more."""


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal, and who has signed it so far."""

    kind: str
    number: int
    document: JsonValue
    state: str
    signed_by: tuple[int, ...]


def withdraw_proposal(
    session: Session,
    election_id: str,
    kind: str,
    number: int,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Withdraw a proposal that has not taken effect; raises UnknownProposal."""
    lock_named(session, b"phase", election_id.encode())
    open_proposal(session, election_id, kind, number).state = "withdrawn"
    session.flush()
    record_event(
        session,
        at=at,
        actor=actor,
        kind=f"{kind}-withdrawn",
        subject=election_id,
        content={"number": number},
    )


def list_proposals(session: Session, election_id: str) -> list[OpenProposal]:
    """Return all proposals, with who has signed, by kind and number."""
    query = (
        select(Proposal)
        .where(Proposal.election_id == election_id)
        .order_by(Proposal.kind, Proposal.number)
    )
    return [
        OpenProposal(
            row.kind,
            row.number,
            decode_json(row.document),
            row.state,
            tuple(each.index for each in signatures_under(session, row)),
        )
        for row in session.scalars(query)
    ]


def signed_document(session: Session, election_id: str, kind: str) -> bytes | None:
    """Return the document of the latest proposal that took effect, if any."""
    query = (
        select(Proposal.document)
        .where(
            Proposal.election_id == election_id,
            Proposal.kind == kind,
            Proposal.state == "signed",
        )
        .order_by(Proposal.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def open_proposal(
    session: Session, election_id: str, kind: str, number: int
) -> Proposal:
    """Return an open proposal, as it now stands; raises UnknownProposal."""
    # Read anew: it may have taken effect while this waited for its turn.
    key = (election_id, kind, number)
    row = session.get(Proposal, key, populate_existing=True)
    if row is None or row.state != "open":
        raise UnknownProposal
    return row


def is_carried_by(
    session: Session, election_id: str, kind: str, number: int, index: int
) -> bool:
    """Tell whether a proposal has taken effect, and this holder signed it."""
    row = session.get(Proposal, (election_id, kind, number), populate_existing=True)
    if row is None or row.state != "signed":
        return False
    return index in {each.index for each in signatures_under(session, row)}


def keep_signature(session: Session, row: Proposal, signed: IndexedSignature) -> bool:
    """Keep a holder's signature under a proposal; tells whether it is new."""
    key = (row.election_id, row.kind, row.number, signed.index)
    if session.get(HolderSignature, key) is not None:
        return False
    session.add(
        HolderSignature(
            election_id=row.election_id,
            kind=row.kind,
            number=row.number,
            index=signed.index,
            signature=signed.signature,
        )
    )
    session.flush()
    return True


def signatures_query(row: Proposal) -> Select[HolderSignature]:
    """Return the query for the signatures under a proposal, by holder."""
    return (
        select(HolderSignature)
        .where(
            HolderSignature.election_id == row.election_id,
            HolderSignature.kind == row.kind,
            HolderSignature.number == row.number,
        )
        .order_by(HolderSignature.index)
    )


def signatures_under(session: Session, row: Proposal) -> list[IndexedSignature]:
    """Return the signatures under a proposal, by holder."""
    return [
        IndexedSignature(each.index, each.signature)
        for each in session.scalars(signatures_query(row))
    ]
