"""Making proposals: what is laid before the committee, and when it may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.times import format_time
from infra.audit import record_event
from infra.databases import lock_named
from voting.approvals import protocol_digest
from voting.count_begun import is_count_begun
from voting.paper import PaperResults, encode_paper, require_paper_adds_up
from voting.phases import Phase
from voting.proposal_documents import LONGEST_REASON, schedule_leaf
from voting.proposals import signatures_query
from voting.schedule import Schedule, follow_schedule
from voting.sealed import get_sealed
from voting.tables import Proposal

LONGEST_HOLD: Final = timedelta(days=30)


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
    leaf = schedule_leaf(election, number, closes_at, _clean_reason(reason), ())
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


def propose_approval(
    session: Session, election_id: str, protocol: bytes, *, actor: str, at: datetime
) -> None:
    """Lay the protocol before the committee, once it is counted."""
    document: JsonValue = {"protocol": protocol_digest(protocol).hex()}
    _propose(session, election_id, "approval", 1, document, actor=actor, at=at)


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
        for signature in session.scalars(signatures_query(known)):
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


def _count(
    session: Session, election_id: str, kind: str, state: str | None = None
) -> int:
    query = select(func.count()).where(
        Proposal.election_id == election_id, Proposal.kind == kind
    )
    if state is not None:
        query = query.where(Proposal.state == state)
    return session.scalars(query.select_from(Proposal)).one()


def _clean_reason(reason: str) -> str:
    cleaned = " ".join(reason.split())
    if not 1 <= len(cleaned) <= LONGEST_REASON:
        raise ReasonMissing
    return cleaned
