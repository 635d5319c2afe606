"""Signing proposals: the last signature that is needed lets one take effect.

Each signature is checked against the manifest, and what held when the proposal was
made must hold still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json
from crypto.statements import approval_parts, hold_parts
from crypto.times import format_time, parse_time
from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from infra.exchange import post_document
from voting.approvals import protocol_digest, sign_approved
from voting.count_begun import is_count_begun
from voting.documents import read_object
from voting.elections import SYSTEM, get_election
from voting.leaf_signatures import (
    SIGNERS_OF_A_CHANGE,
    schedule_parts,
    verify_statement,
)
from voting.leaves import IndexedSignature, leaf_document, signatures_document
from voting.lifecycle import append_statements
from voting.long_work import WorkKind, ask_for
from voting.paper import decode_paper, encode_paper, paper_parts, signed_paper
from voting.phases import Phase, require_transition
from voting.proposal_documents import read_hold_terms, read_schedule, schedule_leaf
from voting.proposals import (
    ProposalOutdated,
    is_carried_by,
    keep_signature,
    open_proposal,
    signatures_under,
)
from voting.schedule import Schedule, follow_schedule
from voting.sealed import SealedElection, get_sealed
from voting.sealing import service_seed
from voting.tables import Proposal


@dataclass(frozen=True, slots=True)
class _Carried:
    """A proposal with all signatures it needs, about to take effect."""

    row: Proposal
    signatures: tuple[IndexedSignature, ...]
    at: datetime


def sign_proposal(
    session: Session,
    settings: Settings,
    election_id: str,
    *,
    kind: str,
    number: int,
    index: int,
    signature: bytes,
    actor: str,
    at: datetime,
) -> bool:
    """Add a holder's signature of 64 bytes; tells whether the proposal took effect.

    The same holder again changes nothing, also when it was the last signature and its
    answer was lost: the proposal has taken effect, and that is the answer.

    Raises:
        UnknownProposal: none is open.
        ProposalOutdated: it was made in time, and this signature comes too late.
        SignatureRefused: it does not hold.

    """
    lock_named(session, b"phase", election_id.encode())
    if is_carried_by(session, election_id, kind, number, index):
        return True
    election = get_sealed(session, election_id)
    row = open_proposal(session, election_id, kind, number)
    _require_timely(session, election, row, at)
    parts = proposal_parts(election, kind, number, row.document)
    holder = election.manifest.holders[index - 1]
    verify_statement(holder.signing_key, signature, f"holder {index}", kind, parts)
    is_new = keep_signature(session, row, IndexedSignature(index, signature))
    signatures = signatures_under(session, row)
    carries = len(signatures) >= _needed(election, kind)
    if carries:
        row.state = "signed"
        carried = _Carried(row, tuple(signatures), at)
        _EFFECTS[kind](session, settings, election, carried)
        session.flush()
    if is_new:
        # Last, as everywhere: whoever holds the chain waits for no other lock.
        _record_signing(session, row, actor, at)
    return carries


def proposal_parts(
    election: SealedElection, kind: str, number: int, document: bytes
) -> tuple[bytes, ...]:
    """Return what a holder signs, with the kind as the tag."""
    fingerprint = election.fingerprint
    if kind == "paper":
        return paper_parts(fingerprint, decode_paper(document))
    if kind == "approval":
        fields = read_object(decode_json(document), ("protocol",))
        return approval_parts(fingerprint, fields.hexadecimal("protocol"))
    if kind == "schedule":
        closes_at, reason = read_schedule(document)
        return schedule_parts(fingerprint, number, election.opens_at, closes_at, reason)
    until, reason = read_hold_terms(document)
    return hold_parts(fingerprint, number, until, reason)


def _require_timely(
    session: Session, election: SealedElection, row: Proposal, at: datetime
) -> None:
    """What held when it was proposed must hold when it takes effect."""
    phase = election.phase
    timely = {
        "approval": phase is Phase.COUNTED,
        "hold": phase is Phase.APPROVED,
        "paper": phase is Phase.CLOSED and not is_count_begun(session, election.id),
        "schedule": phase in {Phase.READY, Phase.OPEN} and at < election.closes_at,
    }
    if not timely[row.kind]:
        raise ProposalOutdated
    if row.kind == "hold" and parse_time(read_hold_terms(row.document)[0]) <= at:
        raise ProposalOutdated


_Effect = Callable[[Session, Settings, SealedElection, _Carried], None]


def _move_deadline(
    session: Session, settings: Settings, election: SealedElection, carried: _Carried
) -> None:
    closes_at, reason = read_schedule(carried.row.document)
    leaf = schedule_leaf(
        election, carried.row.number, closes_at, reason, carried.signatures
    )
    follow_schedule(
        Schedule(carried.row.number - 1, election.opens_at, election.closes_at), leaf
    )
    get_election(session, election.id).closes_at = closes_at
    append_statements(session, settings, election, [leaf])
    post_document(
        session,
        settings,
        kind="schedule",
        subject=election.id,
        body={"leaf": leaf_document(leaf)},
        at=carried.at,
    )


def _freeze_paper(
    session: Session, _settings: Settings, _election: SealedElection, carried: _Carried
) -> None:
    row = carried.row
    results = signed_paper(decode_paper(row.document), carried.signatures)
    row.document = encode_paper(results)
    session.flush()


def _hold_shredding(
    session: Session, settings: Settings, election: SealedElection, carried: _Carried
) -> None:
    until, reason = read_hold_terms(carried.row.document)
    carried.row.tell_at = carried.at
    body: JsonValue = {
        "number": carried.row.number,
        "reason": reason,
        "signatures": signatures_document(carried.signatures),
        "until": until,
    }
    post_document(
        session, settings, kind="hold", subject=election.id, body=body, at=carried.at
    )


def _approve(
    session: Session, settings: Settings, election: SealedElection, carried: _Carried
) -> None:
    row = get_election(session, election.id)
    require_transition(Phase(row.phase), Phase.APPROVED)
    protocol = protocol_digest(row.protocol or b"")
    approved_at = carried.at.replace(microsecond=0)
    row.approval_signature = sign_approved(
        service_seed(settings), election.fingerprint, protocol, approved_at
    )
    row.approved_at, row.phase = approved_at, Phase.APPROVED
    ask_for(session, election.id, WorkKind.RECORD, actor=SYSTEM)
    if row.certificate is not None:
        # Nobody approved in time, and the roll was shredded on its last date.
        require_transition(Phase.APPROVED, Phase.SHREDDED)
        row.phase = Phase.SHREDDED
    post_document(
        session,
        settings,
        kind="approved",
        subject=election.id,
        body={
            "approved_at": format_time(approved_at),
            "protocol": protocol.hex(),
            "signatures": signatures_document(carried.signatures),
        },
        at=carried.at,
    )


_EFFECTS: Final[dict[str, _Effect]] = {
    "approval": _approve,
    "hold": _hold_shredding,
    "paper": _freeze_paper,
    "schedule": _move_deadline,
}


def _needed(election: SealedElection, kind: str) -> int:
    if kind == "approval":
        return election.manifest.approvals_needed
    return SIGNERS_OF_A_CHANGE


def _record_signing(session: Session, row: Proposal, actor: str, at: datetime) -> None:
    record_event(
        session,
        at=at,
        actor=actor,
        kind=f"{row.kind}-signed",
        subject=row.election_id,
        content={"number": row.number},
    )
