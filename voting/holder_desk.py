"""What lies on a key holder's desk: the ceremony, the count, and papers to sign.

Read by the holder's page, which believes none of it: it checks every message, reckons
the tally itself and signs what it has shown (docs/protocol.md §3.1, §3.5, §3.6).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json
from crypto.times import format_time
from voting.approvals import protocol_digest
from voting.board import (
    MOST_LEAVES_AT_ONCE,
    count_ballots,
    latest_checkpoint,
    read_leaves,
)
from voting.ceremony import (
    Ceremony,
    RoundNotOpen,
    list_seats,
    load_ceremony,
    post_message,
)
from voting.ceremony_complaints import open_share_in_public, report_bad_share
from voting.counting_room import MOST_TALLY_BYTES, CountNotStarted, count_state
from voting.elections import draft_of, get_election
from voting.leaf_signatures import SIGNERS_OF_A_CHANGE
from voting.organiser_contact import contact_of
from voting.phases import Phase
from voting.proposals import OpenProposal, list_proposals, signed_document
from voting.sealed import UnknownElection
from voting.tables import CommitteeSeat, Election, Tally, TokenEvidence

ROUNDS: Final = {
    "commit": "commit",
    "keys": "keys",
    "rehearsal": "rehearsal",
    "reveal": "reveal",
    "shares": "share",
    "signature": "signature",
}
"""The rounds by the last part of their address."""


def read_desk(session: Session, seat: CommitteeSeat) -> dict[str, JsonValue]:
    """Return where everything stands, as one holder may see it."""
    election = get_election(session, seat.election_id)
    draft = draft_of(election)
    seats = list_seats(session, election.id)
    return {
        "approvals_needed": draft.approvals_needed,
        "contact": _contact(session, election.id),
        "count": _count_so_far(session, election),
        "election": _election(election),
        "holders": [each.name for each in seats],
        "seat": {"index": seat.index, "name": seat.name},
        "tasks": _tasks(session, election, draft.approvals_needed),
        "threshold": draft.threshold,
        **_ceremony_so_far(session, election),
    }


def read_sealed(session: Session, election_id: str) -> dict[str, JsonValue]:
    """Return the manifest and the record of the ceremony it names.

    Raises:
        UnknownElection: nothing is sealed yet.

    """
    election = get_election(session, election_id)
    if election.manifest is None:
        raise UnknownElection
    return {
        "ceremony": _load(session, election).record().entry,
        "manifest": decode_json(election.manifest),
    }


def read_count(session: Session, election_id: str) -> dict[str, JsonValue]:
    """Return all that a holder's tool needs beside the leaves.

    Raises:
        CountNotStarted: there is no tally yet.

    """
    tally = session.get(Tally, election_id)
    if tally is None:
        raise CountNotStarted
    checkpoint = latest_checkpoint(session, election_id)
    evidence = session.get_one(TokenEvidence, election_id)
    paper = signed_document(session, election_id, "paper")
    return {
        **read_sealed(session, election_id),
        "checkpoint": checkpoint.note,
        "evidence": decode_json(evidence.document, limit=MOST_TALLY_BYTES),
        "leaves_url": f"/api/k/{election_id}/leaves",
        "paper": None if paper is None else decode_json(paper),
        "partials": list(count_state(session, election_id).partials),
        "root": checkpoint.root.hex(),
        "size": checkpoint.size,
        "tally": decode_json(tally.document, limit=MOST_TALLY_BYTES),
    }


def read_board_part(
    session: Session, election_id: str, first: int, count: int
) -> bytes:
    """Return at most 1,000 leaves from a place on, as the bytes of a JSON array."""
    most = min(count, MOST_LEAVES_AT_ONCE)
    return b"[" + b",".join(read_leaves(session, election_id, first, most)) + b"]"


def post_holder_message(
    session: Session, seat: CommitteeSeat, name: str, value: JsonValue, at: datetime
) -> None:
    """Take a holder's message of the round with this name, one of `ROUNDS`.

    Raises:
        RoundNotOpen: also for an unknown name; and what `post_message` raises.

    """
    if name not in ROUNDS:
        raise RoundNotOpen
    ceremony = _load(session, get_election(session, seat.election_id))
    post_message(
        session, ceremony, kind=ROUNDS[name], index=seat.index, value=value, at=at
    )


def post_complaint(
    session: Session, seat: CommitteeSeat, value: JsonValue, at: datetime
) -> None:
    """Take a holder's signed word that a share is bad: its dealer must answer.

    Raises:
        CeremonyNotRunning, RoundNotOpen, MessageRefused: see `report_bad_share`.

    """
    ceremony = _load(session, get_election(session, seat.election_id))
    report_bad_share(session, ceremony, seat.index, value, at)


def post_opening(
    session: Session, seat: CommitteeSeat, value: JsonValue, at: datetime
) -> bool:
    """Take a dealer's answer to a complaint; tells whether the share is right.

    Raises:
        CeremonyNotRunning, RoundNotOpen, MessageConflict, MessageRefused: see
        `open_share_in_public`.

    """
    ceremony = _load(session, get_election(session, seat.election_id))
    return open_share_in_public(session, ceremony, seat.index, value, at)


def _load(session: Session, election: Election) -> Ceremony:
    return load_ceremony(session, election, draft_of(election).threshold)


def _election(election: Election) -> dict[str, JsonValue]:
    return {
        "closes_at": _time(election.closes_at),
        "id": election.id,
        "opens_at": _time(election.opens_at),
        "organisation": draft_of(election).organisation,
        "phase": election.phase,
        "practice": draft_of(election).practice,
        "slug": election.slug,
        "title": election.title,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _contact(session: Session, election_id: str) -> JsonValue:
    found = contact_of(session, election_id)
    return None if found is None else {"email": found.email, "name": found.name}


def _ceremony_so_far(session: Session, election: Election) -> dict[str, JsonValue]:
    if election.ceremony_id is None:
        nothing: dict[str, JsonValue] = {"rehearsals": [], "signatures": []}
        return {"ceremony": None, "disputes": [], "stopped": None, **nothing}
    ceremony = _load(session, election)
    stopped = ceremony.stopped
    return {
        "ceremony": ceremony.partial_document(),
        "disputes": [
            {**each.entry, "answer_by": format_time(each.answer_by)}
            for each in ceremony.disputes
        ],
        "rehearsals": ceremony.messages["rehearsal"],
        "signatures": ceremony.messages["signature"],
        "stopped": None if stopped is None else stopped.entry,
    }


def _count_so_far(session: Session, election: Election) -> JsonValue:
    tally = session.get(Tally, election.id)
    if tally is None:
        return None
    return {
        "ballots": count_ballots(session, election.id),
        "partials": list(count_state(session, election.id).partials),
        "tally": tally.digest.hex(),
    }


def _tasks(session: Session, election: Election, approvals: int) -> list[JsonValue]:
    # A counted election waits for its approval, a later one for nothing but holds.
    if election.manifest is None or election.phase == Phase.CANCELLED:
        return []
    return [
        _task(election, each, approvals)
        for each in list_proposals(session, election.id)
        if each.state == "open"
    ]


def _task(
    election: Election, proposal: OpenProposal, approvals: int
) -> dict[str, JsonValue]:
    needed = approvals if proposal.kind == "approval" else SIGNERS_OF_A_CHANGE
    task: dict[str, JsonValue] = {
        "kind": proposal.kind,
        "needed": needed,
        "number": proposal.number,
        "signed_by": list(proposal.signed_by),
    }
    return {**task, **_content(election, proposal)}


def _content(election: Election, proposal: OpenProposal) -> dict[str, JsonValue]:
    if proposal.kind == "approval":
        encoded = election.protocol or b""
        return {
            "digest": protocol_digest(encoded).hex(),
            "fingerprint": (election.fingerprint or b"").hex(),
            "protocol": decode_json(encoded, limit=MOST_TALLY_BYTES),
        }
    if proposal.kind == "paper":
        return {"document": proposal.document}
    content = proposal.document
    if not isinstance(content, dict):
        raise TypeError("a proposal is an object")
    if proposal.kind == "schedule":
        return {**content, "opens_at": _time(election.opens_at)}
    return content
