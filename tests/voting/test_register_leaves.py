"""Whatever the register signs, the board stays one that can be read and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.config import Settings, load_settings
from tests.conftest import Stores
from tests.voting.whole_election import (
    AFTER,
    NO,
    YES,
    WholeElection,
    a_new_election,
)
from voting.board import latest_checkpoint, list_checkpoints
from voting.board_order import LeafOutOfPlace, NumberOutOfTurn, WrongCounts
from voting.leaf_signatures import sign_addition, sign_codes, sign_marks
from voting.leaves import CodesKind, Leaf, leaf_document
from voting.lifecycle import close_election, read_board_so_far, take_register_leaf


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)})


@pytest.fixture
def open_one(
    stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    with a_new_election(stores.service, settings, tmp_path) as election:
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        yield election


def hand_in(election: WholeElection, leaf: Leaf) -> bool:
    with election.store.begin() as session:
        return take_register_leaf(
            session, election.settings, election.id, leaf_document(leaf)
        )


def codes(election: WholeElection, number: int) -> Leaf:
    return sign_codes(
        election.register_seed,
        election.sealed().fingerprint,
        number=number,
        kind=CodesKind.INVITATION,
        count=3,
        root=bytes(32),
    )


def addition(election: WholeElection, number: int, group: int = 0) -> Leaf:
    fingerprint = election.sealed().fingerprint
    return sign_addition(
        election.register_seed, fingerprint, number, group, "Glemt ved uttrekket"
    )


def marks(
    election: WholeElection,
    *,
    size: int,
    root: bytes,
    groups: int = 2,
    final: bool = False,
) -> Leaf:
    return sign_marks(
        election.register_seed,
        election.sealed().fingerprint,
        size=size,
        root=root,
        final=final,
        counts=[5] * groups,
        paper=[0] * groups,
    )


def require_readable(election: WholeElection) -> None:
    with election.store.reading() as session:
        read_board_so_far(session, election.sealed())


def test_codes_and_additions_come_in_turn_or_not_at_all(
    open_one: WholeElection,
) -> None:
    assert hand_in(open_one, codes(open_one, 0))
    assert hand_in(open_one, addition(open_one, 0))
    for leaf in (
        codes(open_one, 0),
        codes(open_one, 2),
        addition(open_one, 0),
        addition(open_one, 5),
    ):
        with pytest.raises(NumberOutOfTurn):
            hand_in(open_one, leaf)
    assert hand_in(open_one, codes(open_one, 1))
    require_readable(open_one)


def test_nobody_is_added_to_a_group_that_is_not_there(
    open_one: WholeElection,
) -> None:
    with pytest.raises(WrongCounts):
        hand_in(open_one, addition(open_one, 0, group=2))
    require_readable(open_one)


def test_marks_are_of_every_group_and_of_a_board_that_was(
    open_one: WholeElection,
) -> None:
    with open_one.store.reading() as session:
        shown = latest_checkpoint(session, open_one.id)
    with pytest.raises(WrongCounts):
        hand_in(open_one, marks(open_one, size=shown.size, root=shown.root, groups=3))
    with pytest.raises(LeafOutOfPlace):
        hand_in(open_one, marks(open_one, size=shown.size + 9, root=shown.root))
    with pytest.raises(LeafOutOfPlace):
        hand_in(open_one, marks(open_one, size=shown.size, root=bytes(32)))
    assert hand_in(open_one, marks(open_one, size=shown.size, root=shown.root))
    require_readable(open_one)


def test_final_marks_are_of_the_closed_board(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    with open_one.store.begin() as session:
        assert close_election(session, open_one.settings, open_one.id, AFTER)
    with open_one.store.reading() as session:
        before, *_, closed = list_checkpoints(session, open_one.id)
    early = marks(open_one, size=before.size, root=before.root, final=True)
    with pytest.raises(LeafOutOfPlace):
        hand_in(open_one, early)
    assert hand_in(
        open_one, marks(open_one, size=closed.size, root=closed.root, final=True)
    )
    with open_one.store.reading() as session:
        read_board_so_far(session, open_one.sealed()).require_finished()


def test_what_comes_after_closing_is_passed_over(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    with open_one.store.begin() as session:
        assert close_election(session, open_one.settings, open_one.id, AFTER)
    assert not hand_in(open_one, codes(open_one, 0))
    assert not hand_in(open_one, addition(open_one, 0))
    open_one.hand_in_marks(final=True)
    assert not hand_in(open_one, marks(open_one, size=3, root=bytes(32)))
    require_readable(open_one)
