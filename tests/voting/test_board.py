"""The board appends, signs, proves, and finds a ballot by its tracking code."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crypto.ballot_signature import tracking_code
from crypto.errors import OutsideTree
from crypto.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from tests.voting.polling import PollingPlace
from voting.board import (
    LeafNotFound,
    MalformedTrackingCode,
    NewLeaf,
    append_leaves,
    count_ballots,
    every_leaf,
    find_by_code,
    latest_checkpoint,
    list_checkpoints,
    prove_consistency,
    prove_inclusion,
    read_leaves,
)
from voting.board_trees import BoardDamaged
from voting.checkpoints import verify_checkpoint
from voting.tables import BoardLeaf

FIRST = 3
"""Leaves that stand on the board before any ballot."""


def digest_of(number: int) -> bytes:
    """A tracking digest whose code differs from every other's in its last symbol."""
    return bytes(11) + bytes([number, number]) + bytes(19)


def append(place: PollingPlace, *numbers: int) -> None:
    leaves = [NewLeaf(b"leaf %d" % number, digest_of(number)) for number in numbers]
    with place.store.begin() as session:
        append_leaves(
            session, place.manifest.election, place.fingerprint, leaves, place.seed
        )


def test_every_checkpoint_is_signed_and_covers_what_stood_there(
    place: PollingPlace,
) -> None:
    append(place, 1, 2)
    append(place, 3)
    with place.store.reading() as session:
        leaves = list(every_leaf(session, place.manifest.election))
        checkpoints = list_checkpoints(session, place.manifest.election)
    assert [each.size for each in checkpoints] == [FIRST, FIRST + 2, FIRST + 3]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for checkpoint in checkpoints:
        signed = verify_checkpoint(place.manifest, place.fingerprint, checkpoint.note)
        assert signed.head.size == checkpoint.size
        assert signed.head.root == root_of(hashes[: checkpoint.size])


def test_each_ballot_is_proven_to_be_on_the_latest_board(place: PollingPlace) -> None:
    append(place, *range(1, 12))
    for number in range(1, 12):
        with place.store.reading() as session:
            proof = prove_inclusion(session, place.manifest.election, digest_of(number))
        verify_inclusion(
            leaf_hash(b"leaf %d" % number),
            proof.position,
            proof.size,
            proof.hashes,
            proof.root,
        )


def test_each_board_is_proven_to_begin_the_latest(place: PollingPlace) -> None:
    for number in range(1, 8):
        append(place, number)
    with place.store.reading() as session:
        election = place.manifest.election
        newest = latest_checkpoint(session, election)
        for older in list_checkpoints(session, election):
            proof = prove_consistency(session, election, older.size, newest.size)
            verify_consistency(
                older.size, proof.size, proof.hashes, older.root, proof.root
            )
            assert proof.root == newest.root


def test_proof_beyond_the_board_is_refused(place: PollingPlace) -> None:
    with place.store.reading() as session:
        for older, newer in ((-1, FIRST), (1, FIRST + 1), (FIRST + 1, FIRST)):
            with pytest.raises(OutsideTree):
                prove_consistency(session, place.manifest.election, older, newer)


def test_ballot_is_found_by_its_code_however_typed(place: PollingPlace) -> None:
    append(place, 1, 2, 3)
    code = tracking_code(digest_of(2))
    with place.store.reading() as session:
        for typed in (
            code,
            code.lower(),
            code.replace("-", " "),
            code.replace("0", "o"),
        ):
            found = find_by_code(session, place.manifest.election, typed)
            assert found.tracking == digest_of(2)


def test_every_code_of_a_ballot_leads_to_it_and_no_other(place: PollingPlace) -> None:
    edges = [bytes(32), b"\xff" * 32, b"\x7f" + b"\xff" * 31, b"\x80" + bytes(31)]
    with place.store.begin() as session:
        leaves = [NewLeaf(edge[:4], edge) for edge in edges]
        append_leaves(
            session, place.manifest.election, place.fingerprint, leaves, place.seed
        )
        for edge in edges:
            found = find_by_code(session, place.manifest.election, tracking_code(edge))
            assert found.tracking == edge


@pytest.mark.parametrize("typed", ["", "ABCDE", "U" * 20, "A" * 19, "A" * 21, "æ" * 20])
def test_what_is_no_code_is_refused(place: PollingPlace, typed: str) -> None:
    with place.store.reading() as session, pytest.raises(MalformedTrackingCode):
        find_by_code(session, place.manifest.election, typed)


def test_ballot_that_is_not_there_is_not_found(place: PollingPlace) -> None:
    append(place, 1)
    with place.store.reading() as session:
        with pytest.raises(LeafNotFound):
            find_by_code(session, place.manifest.election, tracking_code(digest_of(2)))
        with pytest.raises(LeafNotFound):
            prove_inclusion(session, place.manifest.election, digest_of(2))
        assert count_ballots(session, place.manifest.election) == 1


def test_leaves_are_read_in_portions(place: PollingPlace) -> None:
    append(place, 1, 2, 3)
    with place.store.reading() as session:
        election = place.manifest.election
        assert read_leaves(session, election, FIRST, 2) == [b"leaf 1", b"leaf 2"]
        assert read_leaves(session, election, FIRST + 3, 2) == []
        assert read_leaves(session, election, FIRST, -1) == []


def test_no_ballot_stands_on_the_board_twice(place: PollingPlace) -> None:
    append(place, 1)
    with pytest.raises(IntegrityError):
        append(place, 1)
    with place.store.reading() as session:
        positions = session.scalars(
            select(BoardLeaf.position).order_by(BoardLeaf.position)
        )
        assert list(positions) == list(range(FIRST + 1))


def test_leaf_changed_behind_the_checkpoint_is_noticed(place: PollingPlace) -> None:
    append(place, 1, 2)
    with place.store.begin() as session:
        row = session.get_one(BoardLeaf, (place.manifest.election, FIRST))
        row.leaf_hash = bytes(32)
    with place.store.reading() as session, pytest.raises(BoardDamaged):
        prove_inclusion(session, place.manifest.election, digest_of(2))


def test_proofs_follow_a_board_that_grows(place: PollingPlace) -> None:
    for number in range(1, 6):
        append(place, number)
        with place.store.reading() as session:
            proof = prove_inclusion(session, place.manifest.election, digest_of(1))
        verify_inclusion(
            leaf_hash(b"leaf 1"), FIRST, proof.size, proof.hashes, proof.root
        )
        assert proof.size == FIRST + number
