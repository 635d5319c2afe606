"""The board: leaves appended, checkpoints signed, proofs given (docs/protocol.md §3.4).

What is on the board is public. A leaf never changes place; its place tells the batch,
for inside a batch the order is that of the tracking digests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.encoding import decode_base32, normalise_base32
from crypto.errors import NonCanonicalEncoding, OutsideTree
from crypto.hashing import DIGEST_BYTES
from crypto.merkle import CompactTree, leaf_hash
from crypto.signing import SigningSeed
from infra.databases import lock_named
from voting.board_trees import BoardTrees
from voting.checkpoints import sign_checkpoint
from voting.manifest_model import Fingerprint
from voting.tables import BoardLeaf, Checkpoint
from voting.tally import BoardHead

MOST_LEAVES_AT_ONCE = 1_000
TRACKING_SYMBOLS = 20

_TREES = BoardTrees()


class NothingOnBoard(Exception):
    """The board has no checkpoint yet."""


class LeafNotFound(Exception):
    """No ballot with this tracking code is on the board (yet)."""


class MalformedTrackingCode(Exception):
    """A tracking code is 20 symbols in groups of five."""


@dataclass(frozen=True, slots=True)
class NewLeaf:
    """A leaf to append; of a ballot also its tracking digest, 32 bytes."""

    body: bytes
    tracking: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof in the tree of `size` leaves: hashes of 32 bytes each."""

    size: int
    root: bytes
    position: int
    hashes: tuple[bytes, ...]


def append_leaves(
    session: Session,
    election_id: str,
    fingerprint: Fingerprint,
    leaves: Sequence[NewLeaf],
    seed: SigningSeed,
) -> Checkpoint:
    """Append leaves in order and sign the checkpoint that covers them."""
    lock_named(session, b"board", election_id.encode())
    before = find_checkpoint(session, election_id)
    tree = CompactTree() if before is None else _tree_of(before)
    hashes = [leaf_hash(leaf.body) for leaf in leaves]
    session.add_all(
        BoardLeaf(
            election_id=election_id,
            position=tree.size + offset,
            leaf_hash=hashed,
            tracking=leaf.tracking,
            body=leaf.body,
        )
        for offset, (leaf, hashed) in enumerate(zip(leaves, hashes, strict=True))
    )
    tree = tree.extended(hashes)
    checkpoint = _sign(election_id, fingerprint, tree, seed)
    session.add(checkpoint)
    session.flush()
    return checkpoint


def find_checkpoint(session: Session, election_id: str) -> Checkpoint | None:
    """Return the latest checkpoint, if there is one."""
    query = (
        select(Checkpoint)
        .where(Checkpoint.election_id == election_id)
        .order_by(Checkpoint.size.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def latest_checkpoint(session: Session, election_id: str) -> Checkpoint:
    """Return the latest checkpoint.

    Raises:
        NothingOnBoard: there is none.

    """
    found = find_checkpoint(session, election_id)
    if found is None:
        raise NothingOnBoard
    return found


def list_checkpoints(session: Session, election_id: str) -> list[Checkpoint]:
    """Return all checkpoints, sizes rising."""
    query = (
        select(Checkpoint)
        .where(Checkpoint.election_id == election_id)
        .order_by(Checkpoint.size)
    )
    return list(session.scalars(query))


def read_leaves(
    session: Session, election_id: str, first: int, count: int
) -> list[bytes]:
    """Return the bytes of at most 1,000 leaves from a position."""
    query = (
        select(BoardLeaf.body)
        .where(BoardLeaf.election_id == election_id, BoardLeaf.position >= first)
        .order_by(BoardLeaf.position)
        .limit(max(0, min(count, MOST_LEAVES_AT_ONCE)))
    )
    return list(session.scalars(query))


def every_leaf(session: Session, election_id: str) -> Iterable[bytes]:
    """Return the bytes of all leaves in order, read in portions."""
    first = 0
    while portion := read_leaves(session, election_id, first, MOST_LEAVES_AT_ONCE):
        yield from portion
        first += len(portion)


def count_ballots(session: Session, election_id: str) -> int:
    """Return how many ballots are on the board."""
    query = select(func.count()).where(
        BoardLeaf.election_id == election_id, BoardLeaf.tracking.is_not(None)
    )
    return session.scalars(query.select_from(BoardLeaf)).one()


def find_by_code(session: Session, election_id: str, typed: str) -> BoardLeaf:
    """Return the ballot that a typed tracking code names.

    The code is the first 100 bits of the digest (docs/protocol.md §4.3).

    Raises:
        MalformedTrackingCode: not 20 symbols.
        LeafNotFound: no such ballot is on the board.

    """
    lowest, highest = _digest_range(typed)
    query = select(BoardLeaf).where(
        BoardLeaf.election_id == election_id,
        BoardLeaf.tracking.between(lowest, highest),
    )
    found = session.scalars(query).first()
    if found is None:
        raise LeafNotFound
    return found


def prove_inclusion(session: Session, election_id: str, tracking: bytes) -> Proof:
    """Prove that the ballot with a tracking digest is on the latest board.

    Raises:
        LeafNotFound, NothingOnBoard.

    """
    query = select(BoardLeaf.position).where(
        BoardLeaf.election_id == election_id, BoardLeaf.tracking == tracking
    )
    position = session.scalars(query).one_or_none()
    if position is None:
        raise LeafNotFound
    checkpoint = latest_checkpoint(session, election_id)
    tree = _TREES.up_to(session, checkpoint)
    size = checkpoint.size
    hashes = tree.inclusion_proof(position, size)
    return Proof(size, tree.root(size), position, hashes)


def prove_consistency(
    session: Session, election_id: str, older: int, newer: int
) -> Proof:
    """Prove that the board of `older` leaves is the beginning of that of `newer`.

    Raises:
        OutsideTree: a size that the board never had.
        NothingOnBoard.

    """
    checkpoint = latest_checkpoint(session, election_id)
    if newer > checkpoint.size:
        raise OutsideTree
    tree = _TREES.up_to(session, checkpoint)
    hashes = tree.consistency_proof(older, newer)
    return Proof(newer, tree.root(newer), older, hashes)


def _sign(
    election_id: str, fingerprint: Fingerprint, tree: CompactTree, seed: SigningSeed
) -> Checkpoint:
    head = BoardHead(tree.size, tree.root)
    return Checkpoint(
        election_id=election_id,
        size=head.size,
        root=head.root,
        edge=b"".join(tree.edge),
        note=sign_checkpoint(seed, fingerprint, head),
    )


def _tree_of(checkpoint: Checkpoint) -> CompactTree:
    edge = checkpoint.edge
    subtrees = range(0, len(edge), DIGEST_BYTES)
    return CompactTree(
        checkpoint.size, tuple(edge[at : at + DIGEST_BYTES] for at in subtrees)
    )


def _digest_range(typed: str) -> tuple[bytes, bytes]:
    try:
        symbols = normalise_base32(typed)
    except NonCanonicalEncoding:
        raise MalformedTrackingCode from None
    if len(symbols) != TRACKING_SYMBOLS:
        raise MalformedTrackingCode
    # 52 symbols are 260 bits: 32 bytes, and four bits that must be zero.
    lowest = decode_base32(symbols.ljust(52, "0"))
    return lowest, decode_base32(symbols.ljust(51, "Z") + "G")
