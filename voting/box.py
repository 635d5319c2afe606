"""The box: the only code that writes or reads the tables of sealed ballots.

A ballot waits in intake until its batch goes out: all that wait, in the order of
their tracking digests, in one transaction. So the store keeps which batch a ballot
came in, and nothing finer; and neither a time nor a person was ever there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from infra.databases import lock_named
from voting.tables import BallotInIntake, BallotOnBoard, Election


class CredentialUsed(Exception):
    """Another ballot was cast with this credential (and this sequence)."""


class OutOfSequence(Exception):
    """A later ballot does not follow the one before it in its chain."""


@dataclass(frozen=True, slots=True)
class BoxedBallot:
    """A ballot as it is kept.

    `tracking` and `credential`: 32 bytes; `leaf`: the bytes of its leaf on the board
    (docs/protocol.md §4.5), which name the batch.
    """

    tracking: bytes
    credential: bytes
    sequence: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ballot is or will be: its tracking digest, 32 bytes, and its batch."""

    tracking: bytes
    batch: int


def hold_batch(session: Session, election_id: str) -> int:
    """Return the batch that what is cast now goes into; it stays so until commit.

    Many may hold it at once. Only the mover waits for them, and they for the mover:
    so the batch that a receipt promises is exact.
    """
    lock_named(session, b"batch", election_id.encode(), shared=True)
    query = select(Election.next_batch).where(Election.id == election_id)
    return session.scalars(query).one()


def hold_credential(session: Session, election_id: str, credential: bytes) -> None:
    """Keep others from casting with a credential, 32 bytes, until commit.

    Taken before the box is looked into: so the same ballot sent twice at once finds
    itself there, and is not taken for another one.
    """
    lock_named(session, b"credential", election_id.encode(), credential)


def drop_ballot(session: Session, election_id: str, ballot: BoxedBallot) -> None:
    """Put a ballot into intake; batch and credential are held in this transaction.

    Raises:
        CredentialUsed: there is another of this credential and sequence.

    """
    same = (ballot.credential, ballot.sequence)
    if any(_places(session, election_id, *same)):
        raise CredentialUsed
    session.add(
        BallotInIntake(
            election_id=election_id,
            tracking=ballot.tracking,
            credential=ballot.credential,
            sequence=ballot.sequence,
            leaf=ballot.leaf,
        )
    )
    session.flush()


def find_place(session: Session, election_id: str, tracking: bytes) -> Place | None:
    """Return where the ballot with a tracking digest of 32 bytes is, if it was cast."""
    published = session.get(BallotOnBoard, (election_id, tracking))
    if published is not None:
        return Place(tracking, published.batch)
    if session.get(BallotInIntake, (election_id, tracking)) is not None:
        return Place(tracking, hold_batch(session, election_id))
    return None


def places_of(session: Session, election_id: str, credential: bytes) -> list[Place]:
    """Return the places of all ballots of a credential, in order of sequence.

    The batch is held first: a ballot on its way from intake to the board would else
    be missed in both.
    """
    hold_batch(session, election_id)
    return list(_places(session, election_id, credential, None))


def count_waiting(session: Session, election_id: str) -> int:
    """Return how many ballots wait for their batch."""
    query = select(func.count()).where(BallotInIntake.election_id == election_id)
    return session.scalars(query.select_from(BallotInIntake)).one()


def sizes_of_batches(session: Session, election_id: str) -> list[tuple[int, int]]:
    """Return the number of each published batch, and how many ballots are in it."""
    query = (
        select(BallotOnBoard.batch, func.count())
        .where(BallotOnBoard.election_id == election_id)
        .group_by(BallotOnBoard.batch)
        .order_by(BallotOnBoard.batch)
    )
    return [(batch, count) for batch, count in session.execute(query)]


def trackings_of_batch(session: Session, election_id: str, batch: int) -> list[bytes]:
    """Return the tracking digests, 32 bytes each, of a published batch, sorted."""
    query = (
        select(BallotOnBoard.tracking)
        .where(BallotOnBoard.election_id == election_id, BallotOnBoard.batch == batch)
        .order_by(BallotOnBoard.tracking)
    )
    return list(session.scalars(query))


def take_batch(session: Session, election_id: str, fewest: int) -> list[BoxedBallot]:
    """Take all that wait out of intake, in digest order, if they are enough.

    Returns an empty list when fewer than `fewest` wait (or none). The caller appends
    the leaves to the board in this very transaction.
    """
    lock_named(session, b"batch", election_id.encode())
    query = (
        select(
            BallotInIntake.tracking,
            BallotInIntake.credential,
            BallotInIntake.sequence,
            BallotInIntake.leaf,
        )
        .where(BallotInIntake.election_id == election_id)
        .order_by(BallotInIntake.tracking)
    )
    taken = [BoxedBallot(*row) for row in session.execute(query)]
    if len(taken) < max(fewest, 1):
        return []
    election = session.get_one(Election, election_id, populate_existing=True)
    session.execute(
        delete(BallotInIntake).where(BallotInIntake.election_id == election_id)
    )
    session.add_all(
        BallotOnBoard(
            election_id=election_id,
            tracking=ballot.tracking,
            credential=ballot.credential,
            sequence=ballot.sequence,
            batch=election.next_batch,
        )
        for ballot in taken
    )
    election.next_batch += 1
    session.flush()
    return taken


def discard_waiting(session: Session, election_id: str) -> int:
    """Delete what waits in the intake of a cancelled election; return how many.

    It will never be counted, and the intake alone keeps the order of casting.
    """
    lock_named(session, b"batch", election_id.encode())
    waiting = count_waiting(session, election_id)
    session.execute(
        delete(BallotInIntake).where(BallotInIntake.election_id == election_id)
    )
    return waiting


def _places(
    session: Session, election_id: str, credential: bytes, sequence: int | None
) -> Iterator[Place]:
    published = select(BallotOnBoard).where(
        BallotOnBoard.election_id == election_id,
        BallotOnBoard.credential == credential,
    )
    waiting = select(BallotInIntake).where(
        BallotInIntake.election_id == election_id,
        BallotInIntake.credential == credential,
    )
    if sequence is not None:
        published = published.where(BallotOnBoard.sequence == sequence)
        waiting = waiting.where(BallotInIntake.sequence == sequence)
    for row in session.scalars(published.order_by(BallotOnBoard.sequence)):
        yield Place(row.tracking, row.batch)
    for held in session.scalars(waiting.order_by(BallotInIntake.sequence)):
        yield Place(held.tracking, hold_batch(session, election_id))
