"""Two officials press at once: one comes first, and the other sees what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from infra.config import Settings, load_settings
from tests.conftest import Stores
from tests.voting.whole_election import (
    BEFORE,
    OPENS,
    ORGANISER,
    WholeElection,
    a_new_election,
)
from voting.ceremony import MessageRefused, load_ceremony, post_message
from voting.elections import cancel_election, get_election, start_ceremony
from voting.lifecycle import open_election, read_board_so_far
from voting.phases import ForbiddenTransition, Phase
from voting.sealing import seal_election
from voting.tables import Election

Result = TypeVar("Result")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)})


@pytest.fixture
def election(
    stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    with a_new_election(stores.service, settings, tmp_path) as found:
        found.hold_ceremony()
        found.freeze_roll()
        yield found


def both_having_read(
    election: WholeElection, *steps: Callable[[Session, Election], Result]
) -> list[Result | Exception]:
    """Run each step in a transaction that has read the election as it was before."""
    read = Barrier(len(steps) if election.store.is_postgresql else 1)

    def run(step: Callable[[Session, Election], Result]) -> Result | Exception:
        try:
            with election.store.begin() as session:
                row = get_election(session, election.id)
                assert row.phase
                read.wait(timeout=30)
                return step(session, row)
        except (ForbiddenTransition, MessageRefused) as refused:
            return refused

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_a_manifest_that_is_sealed_twice_at_once_is_sealed_once(
    election: WholeElection,
) -> None:
    def seal(session: Session, row: Election) -> bytes:
        return seal_election(
            session, election.settings, row, [], actor=ORGANISER, at=BEFORE
        )

    results = both_having_read(election, seal, seal)
    refused = [each for each in results if isinstance(each, ForbiddenTransition)]
    assert len(refused) == 1
    election.open()
    with election.store.reading() as session:
        assert read_board_so_far(session, election.sealed()).size == 3


def test_an_election_that_was_cancelled_meanwhile_does_not_open(
    election: WholeElection,
) -> None:
    election.seal()

    def cancel(session: Session, row: Election) -> bool:
        cancel_election(
            session, election.settings, row, reason="Feil", actor=ORGANISER, at=BEFORE
        )
        return True

    def open_it(session: Session, _row: Election) -> bool:
        return open_election(session, election.settings, election.id, OPENS)

    cancelled, _ = both_having_read(election, cancel, open_it)
    assert cancelled is True
    with election.store.reading() as session:
        assert get_election(session, election.id).phase == Phase.CANCELLED


def test_a_message_of_the_old_ceremony_never_enters_the_new_one(
    election: WholeElection,
) -> None:
    with election.store.reading() as session:
        row = get_election(session, election.id)
        keys = load_ceremony(session, row, 2).messages["keys"][0]

    def begin_anew(session: Session, row: Election) -> None:
        start_ceremony(session, row, actor=ORGANISER, at=BEFORE)

    def post_the_old(session: Session, row: Election) -> None:
        ceremony = load_ceremony(session, row, 2)
        post_message(session, ceremony, kind="keys", index=1, value=keys, at=BEFORE)

    both_having_read(election, begin_anew, post_the_old)
    with election.store.reading() as session:
        row = get_election(session, election.id)
        assert load_ceremony(session, row, 2).messages["keys"] == []
