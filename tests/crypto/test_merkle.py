"""The tree of RFC 6962: its vectors, and proofs that prove nothing else."""

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import (
    BadConsistencyProof,
    BadInclusionProof,
    OutsideTree,
    WrongLength,
)
from crypto.merkle import (
    EMPTY_ROOT,
    CompactTree,
    MerkleTree,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/rfc/rfc6962.json").read_text("utf-8")
)
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots_by_size"]]

# Big enough for every shape of a right edge of three levels.
MANY = [leaf_hash(number.to_bytes(2, "big")) for number in range(40)]
TREE = MerkleTree(MANY)
SIZES = range(len(MANY) + 1)


def _hashes(proof: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(value) for value in proof)


def _root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(_root_by_definition(leaves[:k]), _root_by_definition(leaves[k:]))


def test_roots_are_those_of_the_reference_implementations() -> None:
    tree = MerkleTree(LEAVES)
    for size, root in enumerate(ROOTS):
        assert root_of(LEAVES[:size]) == root
        assert tree.root(size) == root
        assert MerkleTree(LEAVES[:size]).root() == root


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_inclusion_proofs_are_those_of_the_reference(vector: dict[str, Any]) -> None:
    index, size, proof = vector["index"], vector["size"], _hashes(vector["proof"])
    assert MerkleTree(LEAVES).inclusion_proof(index, size) == proof
    verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_consistency_proofs_are_those_of_the_reference(vector: dict[str, Any]) -> None:
    old, new, proof = vector["old_size"], vector["new_size"], _hashes(vector["proof"])
    assert MerkleTree(LEAVES).consistency_proof(old, new) == proof
    verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


def test_every_way_to_the_root_agrees_with_the_definition() -> None:
    compact = CompactTree()
    for size in SIZES:
        root = _root_by_definition(MANY[:size])
        assert TREE.root(size) == root_of(MANY[:size]) == compact.root == root
        assert compact.size == size
        if size < len(MANY):
            compact = compact.appended(MANY[size])
    assert TREE.size == len(MANY)
    assert TREE.root() == TREE.root(len(MANY))


def test_tree_goes_on_from_its_edge() -> None:
    for size in SIZES:
        edge = root_of(MANY[:size])
        begun = CompactTree().extended(MANY[:size])
        again = CompactTree(begun.size, begun.edge)
        assert again.root == edge
        assert again.extended(MANY[size:]).root == TREE.root()


def test_every_leaf_is_proven_in_every_tree() -> None:
    for size in SIZES[1:]:
        for index in range(size):
            proof = TREE.inclusion_proof(index, size)
            verify_inclusion(MANY[index], index, size, proof, TREE.root(size))


def test_every_tree_is_consistent_with_every_later_one() -> None:
    for size in SIZES:
        for old in range(size + 1):
            proof = TREE.consistency_proof(old, size)
            verify_consistency(old, size, proof, TREE.root(old), TREE.root(size))


@given(st.integers(1, len(MANY)), st.data())
def test_inclusion_proof_proves_nothing_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = TREE.inclusion_proof(index, size)
    root, leaf = TREE.root(size), MANY[index]
    for other_leaf, other_index, other_size, other_proof, other_root in (
        (leaf_hash(b"other"), index, size, proof, root),
        (leaf, index, size, (*proof, leaf), root),
        (leaf, index, size, (leaf, *proof), root),
        (leaf, index, size, proof, leaf_hash(b"other")),
        (leaf, size, size, proof, root),
        (leaf, -1, size, proof, root),
        (leaf, index, 0, proof, root),
        (leaf, index, index, proof, root),
        *((leaf, other, size, proof, root) for other in range(size) if other != index),
        *((leaf, index, size, proof[:length], root) for length in range(len(proof))),
        *(
            (leaf, index, size, (*proof[:i], leaf_hash(b""), *proof[i + 1 :]), root)
            for i in range(len(proof))
        ),
    ):
        with pytest.raises(BadInclusionProof):
            verify_inclusion(
                other_leaf, other_index, other_size, other_proof, other_root
            )


@given(st.integers(2, len(MANY)), st.data())
def test_consistency_proof_proves_nothing_else(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    proof = TREE.consistency_proof(old, size)
    old_root, root = TREE.root(old), TREE.root(size)
    for other_old, other_size, other_proof, other_old_root, other_root in (
        (old, size, proof, leaf_hash(b"other"), root),
        (old, size, proof, old_root, leaf_hash(b"other")),
        (old, size, proof, root, old_root),
        (old, size, (*proof, root), old_root, root),
        (old, size, (root, *proof), old_root, root),
        (size, old, proof, old_root, root),
        (-1, size, proof, old_root, root),
        (size, size, proof, old_root, root),
        (old, old, proof, old_root, old_root),
        (0, size, proof, EMPTY_ROOT, root),
        *((old, size, proof[:length], old_root, root) for length in range(len(proof))),
        *(
            (old, size, (*proof[:i], leaf_hash(b""), *proof[i + 1 :]), old_root, root)
            for i in range(len(proof))
        ),
    ):
        with pytest.raises(BadConsistencyProof):
            verify_consistency(
                other_old, other_size, other_proof, other_old_root, other_root
            )


def test_tree_of_one_size_is_consistent_with_itself_alone() -> None:
    root = TREE.root(5)
    verify_consistency(5, 5, (), root, root)
    verify_consistency(0, 5, (), EMPTY_ROOT, root)
    verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    for old_size, size, old_root, new_root in (
        (5, 5, TREE.root(4), root),
        (0, 5, root, root),
        (0, 0, EMPTY_ROOT, root),
        (0, 0, root, root),
    ):
        with pytest.raises(BadConsistencyProof):
            verify_consistency(old_size, size, (), old_root, new_root)


def test_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert reduce(node_hash, [left, right]) == root_of([left, right])


def test_what_lies_outside_the_tree_is_refused() -> None:
    size = len(MANY)
    for call in (
        lambda: TREE.root(size + 1),
        lambda: TREE.root(-1),
        lambda: TREE.inclusion_proof(size),
        lambda: TREE.inclusion_proof(-1),
        lambda: TREE.inclusion_proof(5, 5),
        lambda: MerkleTree().inclusion_proof(0),
        lambda: TREE.consistency_proof(size + 1),
        lambda: TREE.consistency_proof(6, 5),
        lambda: TREE.consistency_proof(-1),
        lambda: CompactTree(-1),
    ):
        with pytest.raises(OutsideTree):
            call()


def test_hashes_of_other_lengths_are_refused() -> None:
    whole, short = bytes(32), bytes(31)
    for call in (
        lambda: MerkleTree([short]),
        lambda: CompactTree().appended(short),
        lambda: CompactTree(1, (short,)),
        lambda: CompactTree(3, (whole,)),
        lambda: verify_inclusion(short, 0, 1, (), whole),
        lambda: verify_inclusion(whole, 0, 1, (), short),
        lambda: verify_inclusion(whole, 0, 2, (short,), whole),
        lambda: verify_consistency(1, 2, (short,), whole, whole),
        lambda: verify_consistency(1, 2, (whole,), short, whole),
        lambda: verify_consistency(1, 2, (whole,), whole, short),
    ):
        with pytest.raises(WrongLength):
            call()
