"""The tree of the board: RFC 6962 section 2.1 over SHA-256 (docs/protocol.md §3.4).

Functions and classes take leaf *hashes*; `leaf_hash` makes one of a leaf. Proofs are
verified as RFC 9162 section 2.1 says, which gives the same proofs as RFC 6962 and
spells the verifying out.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from crypto.errors import (
    BadConsistencyProof,
    BadInclusionProof,
    OutsideTree,
    WrongLength,
)
from crypto.sodium import require_length

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# RFC 6962 section 2.1: no leaf can pass for a node, nor a node for a leaf.
_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf), 32 bytes."""
    return hashlib.sha256(_LEAF_PREFIX + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), 32 bytes."""
    return hashlib.sha256(_NODE_PREFIX + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order; SHA-256 of nothing without any."""
    return CompactTree().extended(leaf_hashes).root


@dataclass(frozen=True, slots=True)
class CompactTree:
    """The right edge of a tree: enough to append to it and to tell its root.

    `size`: the leaves so far. `edge`: the roots of its largest complete subtrees, from
    left to right, one for each bit of the size that is set. Raises OutsideTree for a
    negative size, WrongLength.
    """

    size: int = 0
    edge: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0:
            raise OutsideTree
        if len(self.edge) != self.size.bit_count():
            raise WrongLength("edge of the tree", self.size.bit_count(), len(self.edge))
        _require_hashes(self.edge)

    def appended(self, leaf: bytes) -> Self:
        """The tree with one leaf hash more; raises WrongLength."""
        return self.extended([leaf])

    def extended(self, leaf_hashes: Iterable[bytes]) -> Self:
        """The tree with more leaf hashes; raises WrongLength."""
        size, edge = self.size, list(self.edge)
        for leaf in leaf_hashes:
            require_length("leaf hash", HASH_BYTES, leaf)
            edge.append(leaf)
            # Each trailing one of the size is a complete subtree that finds its pair.
            for _ in range((size ^ (size + 1)).bit_length() - 1):
                right = edge.pop()
                edge.append(node_hash(edge.pop(), right))
            size += 1
        return type(self)(size, tuple(edge))

    @property
    def root(self) -> bytes:
        """The root over all leaves so far, 32 bytes."""
        if not self.edge:
            return EMPTY_ROOT
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


class MerkleTree:
    """A whole tree in memory, that proves. Two hashes of 32 bytes for each leaf."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        """Start from leaf hashes in order; raises WrongLength."""
        # _levels[k][i] is the root of the complete subtree over the leaves from
        # i·2^k to (i+1)·2^k.
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaf_hashes:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end; raises WrongLength."""
        require_length("leaf hash", HASH_BYTES, leaf)
        node, level = leaf, 0
        self._levels[0].append(node)
        while len(self._levels[level]) % 2 == 0:
            node = node_hash(*self._levels[level][-2:])
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, or all; raises OutsideTree."""
        size = self._size_within(size)
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """PATH of RFC 6962 section 2.1.1, for the leaf `index` counted from 0.

        Raises OutsideTree.
        """
        size = self._size_within(size)
        if not 0 <= index < size:
            raise OutsideTree
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _largest_power_below(end - start)
            if index < middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency_proof(
        self, old_size: int, size: int | None = None
    ) -> tuple[bytes, ...]:
        """PROOF of RFC 6962 section 2.1.2, that the old tree begins the newer one.

        Empty for an old size of 0 or of the size itself. Raises OutsideTree.
        """
        size = self._size_within(size)
        if not 0 <= old_size <= size:
            raise OutsideTree
        if old_size == 0:
            return ()
        proof: list[bytes] = []
        start, end = 0, size
        while old_size != end:
            middle = start + _largest_power_below(end - start)
            if old_size <= middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        # The old root itself is known to whoever verifies.
        if start:
            proof.append(self._subtree(start, end))
        return tuple(reversed(proof))

    def _size_within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise OutsideTree
        return size

    def _subtree(self, start: int, end: int) -> bytes:
        """The root over the leaves from `start` to before `end`.

        `start` is a multiple of every power of two that fits between them, as it is
        of all subtrees that RFC 6962 splits a tree into.
        """
        width = end - start
        if width.bit_count() == 1:
            return self._levels[width.bit_length() - 1][start // width]
        middle = start + _largest_power_below(width)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Refuse unless the leaf hash is leaf `index` of the tree (RFC 9162 §2.1.3.2).

    Raises BadInclusionProof, WrongLength.
    """
    _require_hashes((leaf, root, *proof))
    if not 0 <= index < size:
        raise BadInclusionProof
    place, last = index, size - 1
    reached = leaf
    for sibling in proof:
        if last == 0:
            raise BadInclusionProof
        if place & 1 or place == last:
            reached = node_hash(sibling, reached)
            place, last = _up_to_odd(place, last)
        else:
            reached = node_hash(reached, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or reached != root:
        raise BadInclusionProof


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> None:
    """Refuse unless the old tree begins the newer one (RFC 9162 §2.1.4.2).

    Raises BadConsistencyProof, WrongLength.
    """
    _require_hashes((old_root, root, *proof))
    if not 0 <= old_size <= size:
        raise BadConsistencyProof
    if old_size in {0, size}:
        expected = EMPTY_ROOT if old_size == 0 else root
        if proof or old_root != expected or (size == 0 and root != EMPTY_ROOT):
            raise BadConsistencyProof
        return
    place, last = _up_to_even(old_size - 1, size - 1)
    # An old tree that is complete is itself the first node, and left out.
    path = proof if old_size.bit_count() > 1 else (old_root, *proof)
    if not path:
        raise BadConsistencyProof
    old_reached = reached = path[0]
    for node in path[1:]:
        if last == 0:
            raise BadConsistencyProof
        if place & 1 or place == last:
            old_reached = node_hash(node, old_reached)
            reached = node_hash(node, reached)
            place, last = _up_to_odd(place, last)
        else:
            reached = node_hash(reached, node)
        place, last = place >> 1, last >> 1
    if last != 0 or old_reached != old_root or reached != root:
        raise BadConsistencyProof


def _up_to_odd(place: int, last: int) -> tuple[int, int]:
    """Climb while the node has no sibling on its left."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _up_to_even(place: int, last: int) -> tuple[int, int]:
    """Climb while the node completes the subtree above it."""
    while place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _largest_power_below(number: int) -> int:
    """The largest power of two less than a number of at least 2."""
    return 1 << ((number - 1).bit_length() - 1)


def _require_hashes(hashes: Iterable[bytes]) -> None:
    for value in hashes:
        require_length("hash of the tree", HASH_BYTES, value)
