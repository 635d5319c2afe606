"""The promise of a batch is exact, and nobody who dies takes a ballot along."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.encoding import decode_json
from infra.databases import ServiceBase
from tests.conftest import Stores
from tests.voting.polling import PollingPlace, Voter, open_polling_place
from voting import box
from voting.board import NewLeaf, append_leaves, find_checkpoint, read_leaves
from voting.box import BoxedBallot, count_waiting, take_batch
from voting.tables import BoardLeaf

DYING = Path(__file__).with_name("dying.py")


def boxed(number: int) -> BoxedBallot:
    """A ballot whose digests can be told apart; nothing in it is encrypted."""
    return BoxedBallot(
        tracking=bytes([255 - number]) * 32,
        credential=bytes([number]) * 32,
        sequence=0,
        leaf=b"{}",
    )


def drop(place: PollingPlace, *numbers: int) -> None:
    with place.store.begin() as session:
        for number in numbers:
            box.hold_batch(session, place.manifest.election)
            box.drop_ballot(session, place.manifest.election, boxed(number))


def move(place: PollingPlace, fewest: int = 1) -> int:
    """Move a batch onto the board, as the service's own mover does."""
    election = place.manifest.election
    with place.store.begin() as session:
        taken = take_batch(session, election, fewest)
        if taken:
            leaves = [NewLeaf(ballot.leaf, ballot.tracking) for ballot in taken]
            append_leaves(session, election, place.fingerprint, leaves, place.seed)
    return len(taken)


def test_batch_goes_out_in_the_order_of_its_digests(place: PollingPlace) -> None:
    drop(place, 1, 5, 3)
    with place.store.begin() as session:
        taken = take_batch(session, place.manifest.election, 3)
    assert [ballot.credential[0] for ballot in taken] == [5, 3, 1]


def test_too_few_ballots_wait(place: PollingPlace) -> None:
    drop(place, 1, 2)
    assert move(place, fewest=3) == 0
    with place.store.reading() as session:
        assert count_waiting(session, place.manifest.election) == 2
        assert box.hold_batch(session, place.manifest.election) == 1
    assert move(place, fewest=2) == 2


def test_empty_box_makes_no_batch(place: PollingPlace) -> None:
    assert move(place, fewest=0) == 0
    with place.store.reading() as session:
        assert box.hold_batch(session, place.manifest.election) == 1


def test_ballot_keeps_its_place_when_its_batch_goes_out(place: PollingPlace) -> None:
    drop(place, 1)
    election = place.manifest.election
    with place.store.reading() as session:
        before = box.places_of(session, election, boxed(1).credential)
    move(place)
    drop(place, 2)
    with place.store.reading() as session:
        assert box.places_of(session, election, boxed(1).credential) == before
        assert box.find_place(session, election, boxed(1).tracking) == before[0]
        assert [
            each.batch for each in box.places_of(session, election, bytes([2]) * 32)
        ] == [2]


def test_credential_stays_used_when_its_batch_is_out(place: PollingPlace) -> None:
    drop(place, 1)
    move(place)
    again = BoxedBallot(bytes(32), boxed(1).credential, 0, b"{}")
    with place.store.begin() as session:
        box.hold_batch(session, place.manifest.election)
        with pytest.raises(box.CredentialUsed):
            box.drop_ballot(session, place.manifest.election, again)


def test_box_keeps_neither_time_nor_order() -> None:
    for name in ("ballot_intake", "ballots"):
        table = ServiceBase.metadata.tables[name]
        kinds = {str(column.type) for column in table.columns}
        assert not any("DATE" in kind or "TIME" in kind for kind in kinds)
        assert {column.name for column in table.primary_key} == {
            "election_id",
            "tracking",
        }


def test_promise_is_exact_while_batches_go_out(place: PollingPlace) -> None:
    voters = [Voter(place) for _ in range(24)]
    requests = [voter.fill() for voter in voters]
    receipts = [place.cast(requests[0])]
    move(place)  # so that there are two batches, however the threads take turns
    done = threading.Event()

    def keep_moving() -> None:
        while not done.is_set():
            move(place)

    def cast(some: list[int]) -> None:
        for number in some:
            receipts.append(place.cast(requests[number]))  # noqa: PERF401 - as it goes

    mover = threading.Thread(target=keep_moving)
    casters = [
        threading.Thread(target=cast, args=(list(range(first, 24, 4)),))
        for first in range(1, 5)
    ]
    for thread in (mover, *casters):
        thread.start()
    for thread in casters:
        thread.join()
    done.set()
    mover.join()
    move(place)

    assert len(receipts) == 24
    promised = {receipt.tracking: receipt.batch for receipt in receipts}
    with place.store.reading() as session:
        rows = session.execute(
            select(BoardLeaf.tracking, BoardLeaf.body)
            .where(BoardLeaf.tracking.is_not(None))
            .order_by(BoardLeaf.position)
        ).all()
    kept = [(row.tracking, _batch_of(row.body)) for row in rows]
    assert dict(kept) == promised
    assert len(kept) == 24
    assert max(batch for _, batch in kept) > 1
    # Batches rise, and inside one so do the digests.
    assert kept == sorted(kept, key=lambda each: (each[1], each[0]))


def _batch_of(leaf: bytes) -> int:
    document = decode_json(leaf)
    assert isinstance(document, dict)
    batch = document["batch"]
    assert isinstance(batch, int)
    return batch


@pytest.mark.parametrize("moment", ["cast", "move"])
def test_killed_process_leaves_all_or_nothing(
    stores: Stores, tmp_path: Path, moment: str
) -> None:
    with open_polling_place(stores.service, tmp_path, batch_size=1) as place:
        voter = Voter(place)
        request = voter.fill()
        before = place.cast(request) if moment == "move" else None
        outcome = _die(stores.urls["service"], place, moment)
        assert outcome.returncode == -signal.SIGKILL, outcome.stderr
        promised = place.cast(request)
        assert before in {None, promised}
        election = place.manifest.election
        with place.store.reading() as session:
            assert count_waiting(session, election) == 1
            checkpoint = find_checkpoint(session, election)
            assert checkpoint is not None
            assert checkpoint.size == len(read_leaves(session, election, 0, 1000)) == 3
        assert move(place) == 1
        assert place.cast(request) == promised


def _die(
    url: str, place: PollingPlace, moment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(DYING), moment, url, place.manifest.election]
    return subprocess.run(
        command,
        cwd=DYING.parents[2],
        capture_output=True,
        timeout=60,
        check=False,
    )
