"""What the board's page tells: batches, checkpoints, events, one ballot's place.

Everything here is public already; this puts it in an order that people can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from crypto.ballot_signature import tracking_code
from crypto.encoding import JsonValue, decode_json
from voting.board import (
    LeafNotFound,
    Proof,
    find_by_code,
    latest_checkpoint,
    list_checkpoints,
    prove_inclusion,
)
from voting.board_statements import Statements, read_statements
from voting.box import sizes_of_batches, trackings_of_batch
from voting.sealed import SealedElection
from voting.tables import BoardLeaf, Election

SHOWN_AT_MOST: Final = 25
"""Batches and checkpoints on the page, the newest first; all are downloadable."""


class BatchNotFound(Exception):
    """There is no batch of this number (yet)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One published batch."""

    number: int
    ballots: int


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """One checkpoint, as it is shown; the root in hexadecimal."""

    size: int
    root: str


@dataclass(frozen=True, slots=True)
class BoardOverview:
    """What stands on a board, the newest first."""

    ballots: int
    next_batch: int
    batch_count: int
    batches: tuple[Batch, ...]
    checkpoint_count: int
    checkpoints: tuple[CheckpointLine, ...]
    statements: Statements


@dataclass(frozen=True, slots=True)
class FoundBallot:
    """Where the ballot with a tracking code stands."""

    code: str
    batch: int
    position: int


def describe_board(session: Session, election: SealedElection) -> BoardOverview:
    """Return what the board's page shows."""
    batches = [Batch(*row) for row in sizes_of_batches(session, election.id)]
    lines = [
        CheckpointLine(each.size, each.root.hex())
        for each in list_checkpoints(session, election.id)
    ]
    return BoardOverview(
        ballots=sum(batch.ballots for batch in batches),
        next_batch=session.get_one(Election, election.id).next_batch,
        batch_count=len(batches),
        batches=tuple(reversed(batches[-SHOWN_AT_MOST:])),
        checkpoint_count=len(lines),
        checkpoints=tuple(reversed(lines[-SHOWN_AT_MOST:])),
        statements=read_statements(session, election.id),
    )


def codes_of_batch(session: Session, election: SealedElection, batch: int) -> list[str]:
    """Return the tracking codes of a batch in the order of the board.

    Raises:
        BatchNotFound: it is not out.

    """
    trackings = trackings_of_batch(session, election.id, batch)
    if not trackings:
        raise BatchNotFound
    return [tracking_code(tracking) for tracking in trackings]


def locate_ballot(
    session: Session, election: SealedElection, typed: str
) -> FoundBallot:
    """Return where the ballot with a typed tracking code stands.

    Raises:
        MalformedTrackingCode, LeafNotFound.

    """
    leaf = find_by_code(session, election.id, typed)
    document = decode_json(leaf.body)
    batch = document.get("batch") if isinstance(document, dict) else None
    if leaf.tracking is None or not isinstance(batch, int):
        raise LeafNotFound
    return FoundBallot(tracking_code(leaf.tracking), batch, leaf.position)


def inclusion_document(
    session: Session, election: SealedElection, tracking: bytes
) -> dict[str, JsonValue]:
    """Return the proof that a ballot is on the board, with leaf and checkpoint.

    `tracking`: 32 bytes. `next_batch` is the batch that is not out yet; `found` is
    null for a ballot that waits for it, or was never cast.
    """
    next_batch = session.get_one(Election, election.id).next_batch
    try:
        proof = prove_inclusion(session, election.id, tracking)
    except LeafNotFound:
        return {"found": None, "next_batch": next_batch}
    body = session.get_one(BoardLeaf, (election.id, proof.position)).body
    found: dict[str, JsonValue] = {
        "checkpoint": latest_checkpoint(session, election.id).note,
        "leaf": decode_json(body),
        **proof_document(proof),
    }
    return {"found": found, "next_batch": next_batch}


def proof_document(proof: Proof) -> dict[str, JsonValue]:
    """Return a proof as JSON; digests in hexadecimal."""
    return {
        "hashes": [each.hex() for each in proof.hashes],
        "position": proof.position,
        "root": proof.root.hex(),
        "size": proof.size,
    }
