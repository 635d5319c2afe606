"""The trees of the boards, kept between requests and grown by what was appended.

A proof needs every leaf's hash. Reading them all for each voter who looks for the own
ballot would cost more than casting it, so each process keeps what it has read; whether
it still is the board, the checkpoint's root says each time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.merkle import MerkleTree
from voting.tables import BoardLeaf, Checkpoint

KEPT_AT_MOST: Final = 8
"""Boards; a tree of 100,000 leaves takes some 15 MB."""


class BoardDamaged(RuntimeError):
    """The leaves in the store are not those that were signed for."""


@dataclass(frozen=True, slots=True)
class BoardTrees:
    """Trees by election, those asked for last."""

    _trees: OrderedDict[str, MerkleTree] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def up_to(self, session: Session, checkpoint: Checkpoint) -> MerkleTree:
        """Return a tree that begins with the leaves of a checkpoint.

        It may have more leaves: ask it for proofs in the tree of `checkpoint.size`.

        Raises:
            BoardDamaged: the leaves do not make the checkpoint's root.

        """
        election_id = checkpoint.election_id
        with self._lock:
            kept = self._trees.pop(election_id, None)
            if kept is None or not _grow(session, kept, checkpoint):
                kept = MerkleTree()
                if not _grow(session, kept, checkpoint):
                    raise BoardDamaged
            self._trees[election_id] = kept
            while len(self._trees) > KEPT_AT_MOST:
                self._trees.popitem(last=False)
        return kept


def _grow(session: Session, tree: MerkleTree, checkpoint: Checkpoint) -> bool:
    query = (
        select(BoardLeaf.leaf_hash)
        .where(
            BoardLeaf.election_id == checkpoint.election_id,
            BoardLeaf.position >= tree.size,
            BoardLeaf.position < checkpoint.size,
        )
        .order_by(BoardLeaf.position)
    )
    for leaf_hash in session.scalars(query):
        tree.append(leaf_hash)
    size = checkpoint.size
    return tree.size >= size and tree.root(size) == checkpoint.root
