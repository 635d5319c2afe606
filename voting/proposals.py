"""What holders sign with the keys of their ceremony: paper, deadlines, holds, approval.

A proposal is a document with a number; it takes effect with the last signature that it
needs, and can be withdrawn until then. The signature is checked against the manifest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.statements import approval_parts, hold_parts
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
from voting.leaves import (
    IndexedSignature,
    ScheduleLeaf,
    leaf_document,
    signatures_document,
)
from voting.lifecycle import append_statements
from voting.long_work import WorkKind, ask_for
from voting.paper import (
    PaperResults,
    decode_paper,
    encode_paper,
    paper_parts,
    require_paper_adds_up,
    signed_paper,
)
from voting.phases import Phase, require_transition
from voting.schedule import Schedule, follow_schedule
from voting.sealed import SealedElection, get_sealed
from voting.sealing import service_seed
from voting.tables import HolderSignature, Proposal
from voting.times import format_time, parse_time

LONGEST_HOLD: Final = timedelta(days=30)
LONGEST_REASON: Final = 1_000


class ProposalRefused(Exception):
    """The proposal cannot be made now; the subclasses say why."""


class WrongPhase(ProposalRefused):
    """The election is not where such a proposal belongs."""


class ReasonMissing(ProposalRefused):
    """A reason of 1 to 1,000 characters is needed."""


class HoldTooLong(ProposalRefused):
    """A hold lasts at most 30 days; it can be renewed."""


class CountAlreadyStarted(ProposalRefused):
    """Paper results are frozen once the count has started."""


class UnknownProposal(Exception):
    """There is no open proposal of this kind and number."""


class ProposalOutdated(UnknownProposal):
    """The election has moved on: the proposal can take no effect any more."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """A proposal with all signatures it needs, about to take effect."""

    row: Proposal
    signatures: tuple[IndexedSignature, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal, and who has signed it so far."""

    kind: str
    number: int
    document: JsonValue
    state: str
    signed_by: tuple[int, ...]


def propose_schedule(
    session: Session,
    election_id: str,
    *,
    closes_at: datetime,
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """Propose a later closing time; returns the number of the schedule.

    Raises:
        WrongPhase, ReasonMissing: nothing is proposed.
        NotLater: not later than now it is.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    if election.phase not in {Phase.READY, Phase.OPEN} or at >= election.closes_at:
        raise WrongPhase
    number = _count(session, election_id, "schedule", state="signed") + 1
    closes_at = closes_at.replace(microsecond=0)
    current = Schedule(number - 1, election.opens_at, election.closes_at)
    leaf = _schedule_leaf(election, number, closes_at, _clean_reason(reason), ())
    follow_schedule(current, leaf)
    document: JsonValue = {"closes_at": format_time(closes_at), "reason": leaf.reason}
    _propose(session, election_id, "schedule", number, document, actor=actor, at=at)
    return number


def propose_paper(
    session: Session,
    election_id: str,
    results: PaperResults,
    *,
    actor: str,
    at: datetime,
) -> int:
    """Propose paper results, unsigned; two holders sign them before the count.

    Raises:
        WrongPhase, CountAlreadyStarted, PaperRefused: nothing is proposed.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    if election.phase is not Phase.CLOSED:
        raise WrongPhase
    if is_count_begun(session, election_id):
        raise CountAlreadyStarted
    require_paper_adds_up(election.manifest, results)
    number = _count(session, election_id, "paper") + 1
    document = decode_json(encode_paper(results))
    _propose(session, election_id, "paper", number, document, actor=actor, at=at)
    return number


def propose_hold(
    session: Session,
    election_id: str,
    *,
    until: datetime,
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """Propose that shredding waits, at most 30 days; returns the number of the hold.

    Raises:
        WrongPhase, ReasonMissing, HoldTooLong: nothing is proposed.

    """
    lock_named(session, b"phase", election_id.encode())
    if get_sealed(session, election_id).phase is not Phase.APPROVED:
        raise WrongPhase
    if not at < until <= at + LONGEST_HOLD:
        raise HoldTooLong
    number = _count(session, election_id, "hold", state="signed")
    document: JsonValue = {
        "reason": _clean_reason(reason),
        "until": format_time(until),
    }
    _propose(session, election_id, "hold", number, document, actor=actor, at=at)
    return number


def withdraw_proposal(
    session: Session, election_id: str, kind: str, number: int
) -> None:
    """Withdraw a proposal that has not taken effect; raises UnknownProposal."""
    lock_named(session, b"phase", election_id.encode())
    _open_proposal(session, election_id, kind, number).state = "withdrawn"
    session.flush()


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
            tuple(each.index for each in _signatures(session, row)),
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

    The same holder again changes nothing.

    Raises:
        UnknownProposal: none is open.
        ProposalOutdated: it was made in time, and this signature comes too late.
        SignatureRefused: it does not hold.

    """
    lock_named(session, b"phase", election_id.encode())
    election = get_sealed(session, election_id)
    row = _open_proposal(session, election_id, kind, number)
    _require_timely(session, election, row, at)
    parts = proposal_parts(election, kind, number, row.document)
    holder = election.manifest.holders[index - 1]
    verify_statement(holder.signing_key, signature, f"holder {index}", kind, parts)
    is_new = _keep_signature(session, row, IndexedSignature(index, signature))
    signatures = _signatures(session, row)
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
        closes_at, reason = _read_schedule(document)
        return schedule_parts(fingerprint, number, election.opens_at, closes_at, reason)
    until, reason = _read_hold(document)
    return hold_parts(fingerprint, number, until, reason)


def propose_approval(
    session: Session, election_id: str, protocol: bytes, *, actor: str, at: datetime
) -> None:
    """Lay the protocol before the committee, once it is counted."""
    document: JsonValue = {"protocol": protocol_digest(protocol).hex()}
    _propose(session, election_id, "approval", 1, document, actor=actor, at=at)


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
    if row.kind == "hold" and parse_time(_read_hold(row.document)[0]) <= at:
        raise ProposalOutdated


_Effect = Callable[[Session, Settings, SealedElection, _Carried], None]


def _move_deadline(
    session: Session, settings: Settings, election: SealedElection, carried: _Carried
) -> None:
    closes_at, reason = _read_schedule(carried.row.document)
    leaf = _schedule_leaf(
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
    until, reason = _read_hold(carried.row.document)
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


def _propose(
    session: Session,
    election_id: str,
    kind: str,
    number: int,
    document: JsonValue,
    *,
    actor: str,
    at: datetime,
) -> None:
    encoded = encode_json(document)
    known = session.get(Proposal, (election_id, kind, number))
    if known is None:
        session.add(
            Proposal(
                election_id=election_id,
                kind=kind,
                number=number,
                document=encoded,
                state="open",
            )
        )
    else:
        for signature in session.scalars(_signatures_of(known)):
            session.delete(signature)
        known.document, known.state = encoded, "open"
    session.flush()
    record_event(
        session,
        at=at,
        actor=actor,
        kind=f"{kind}-proposed",
        subject=election_id,
        content=document,
    )


def _open_proposal(
    session: Session, election_id: str, kind: str, number: int
) -> Proposal:
    # Read anew: it may have taken effect while this waited for its turn.
    key = (election_id, kind, number)
    row = session.get(Proposal, key, populate_existing=True)
    if row is None or row.state != "open":
        raise UnknownProposal
    return row


def _count(
    session: Session, election_id: str, kind: str, state: str | None = None
) -> int:
    query = select(func.count()).where(
        Proposal.election_id == election_id, Proposal.kind == kind
    )
    if state is not None:
        query = query.where(Proposal.state == state)
    return session.scalars(query.select_from(Proposal)).one()


def _keep_signature(session: Session, row: Proposal, signed: IndexedSignature) -> bool:
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


def _record_signing(session: Session, row: Proposal, actor: str, at: datetime) -> None:
    record_event(
        session,
        at=at,
        actor=actor,
        kind=f"{row.kind}-signed",
        subject=row.election_id,
        content={"number": row.number},
    )


def _signatures_of(row: Proposal) -> Select[HolderSignature]:
    return (
        select(HolderSignature)
        .where(
            HolderSignature.election_id == row.election_id,
            HolderSignature.kind == row.kind,
            HolderSignature.number == row.number,
        )
        .order_by(HolderSignature.index)
    )


def _signatures(session: Session, row: Proposal) -> list[IndexedSignature]:
    return [
        IndexedSignature(each.index, each.signature)
        for each in session.scalars(_signatures_of(row))
    ]


def _schedule_leaf(
    election: SealedElection,
    number: int,
    closes_at: datetime,
    reason: str,
    signatures: tuple[IndexedSignature, ...],
) -> ScheduleLeaf:
    return ScheduleLeaf(
        election.fingerprint, number, election.opens_at, closes_at, reason, signatures
    )


def _read_schedule(document: bytes) -> tuple[datetime, str]:
    fields = read_object(decode_json(document), ("closes_at", "reason"))
    return fields.time("closes_at"), fields.text("reason", LONGEST_REASON)


def _read_hold(document: bytes) -> tuple[str, str]:
    fields = read_object(decode_json(document), ("reason", "until"))
    return format_time(fields.time("until")), fields.text("reason", LONGEST_REASON)


def _clean_reason(reason: str) -> str:
    cleaned = " ".join(reason.split())
    if not 1 <= len(cleaned) <= LONGEST_REASON:
        raise ReasonMissing
    return cleaned
