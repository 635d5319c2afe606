"""Counting, writing the protocol and the record: a worker's, and never lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from crypto.encoding import decode_json
from infra.audit import verify_chain
from infra.clock import FixedClock
from infra.queues import queue_of
from infra.tables import AUDIT
from tests.conftest import Stores
from tests.voting.whole_election import AFTER, ORGANISER
from tests.voting.work_room import Room, a_work_room
from voting import long_work, work_steps
from voting.concluding import keep_protocol
from voting.counting_room import CountNotStarted
from voting.elections import cancel_election, get_election
from voting.jobs import sweep_service
from voting.long_work import (
    HOLD,
    Progress,
    WorkKind,
    list_waiting,
    take_next,
)
from voting.record_export import RecordBeingWritten, record_file
from voting.tables import BoardLeaf, Tally
from voting.work_jobs import WORK_JOB, WORK_SECONDS, carry_on
from voting.work_steps import carry_out


@pytest.fixture
def room(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Room]:
    with a_work_room(stores, tmp_path, redis_url) as lent:
        yield lent


def test_nobody_waits_for_the_tally_and_a_worker_makes_it(room: Room) -> None:
    room.request()
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert state.is_open
    with pytest.raises(CountNotStarted):
        room.election.hand_in_partial(1)
    carry_on(room.runtime, room.election.id)
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert state.is_finished
    assert (state.stage, state.done, state.total) == ("sums", 3, 3)
    assert room.election.hand_in_partial(1) is False


def test_the_official_who_asked_stands_in_the_chain(room: Room) -> None:
    room.request()
    carry_on(room.runtime, room.election.id)
    with room.election.store.reading() as session:
        verify_chain(session)
        event = session.query(AUDIT["service"]).filter_by(kind="count-started").one()
        assert event.actor == ORGANISER


def test_the_sweep_queues_what_waits_with_the_longer_time(room: Room) -> None:
    room.request()
    sweep_service(room.runtime)
    (queued,) = queue_of(room.runtime, "service").jobs
    assert queued.func_name == WORK_JOB
    assert queued.timeout == WORK_SECONDS
    assert queued.args == [room.election.id]
    carry_on(room.runtime, room.election.id)
    queue_of(room.runtime, "service").empty()  # type: ignore[no-untyped-call]
    sweep_service(room.runtime)
    assert room.queued() == []


def test_a_second_worker_lets_the_first_go_on(room: Room) -> None:
    room.request()
    assert take_next(room.bench, room.election.id) is not None
    assert take_next(room.bench, room.election.id) is None
    with room.election.store.reading() as session:
        assert list_waiting(session, AFTER) == []


def test_whoever_still_speaks_is_not_relieved(room: Room) -> None:
    room.request()
    taken = take_next(room.bench, room.election.id)
    assert taken is not None
    late = room.at(FixedClock(AFTER + HOLD - timedelta(seconds=1)))
    Progress(late.bench, room.election.id, WorkKind.TALLY).enter("board", 3)
    later = room.at(FixedClock(AFTER + HOLD + timedelta(seconds=1)))
    assert take_next(later.bench, room.election.id) is None


def test_progress_is_told_in_steps(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "TOLD_EVERY", 2)
    room.request()
    progress = Progress(room.bench, room.election.id, WorkKind.TALLY)
    progress.enter("board", 3)
    seen = []
    for _ in range(5):
        progress.tick()
        state = room.state(WorkKind.TALLY)
        assert state is not None
        seen.append(state.done)
    assert seen == [0, 2, 2, 3, 3]  # a board has leaves that are no ballots


DYING = """
import os, signal, sys
sys.path.insert(0, ".")
from datetime import datetime
from infra.clock import FixedClock
from infra.config import load_settings
from infra.databases import open_store
from voting import tallying
from voting.long_work import Workbench
from voting.work_steps import carry_out

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

tallying.encode_tally = die
settings = load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": sys.argv[4]})
bench = Workbench(
    open_store("service", sys.argv[1]),
    settings,
    FixedClock(datetime.fromisoformat(sys.argv[3])),
)
carry_out(bench, sys.argv[2])
"""


def test_a_worker_killed_in_the_middle_is_relieved_and_one_tally_kept(
    room: Room, tmp_path: Path
) -> None:
    room.request()
    url = room.runtime.settings.database_url("service")
    arguments = [url, room.election.id, AFTER.isoformat(), str(tmp_path)]
    died = subprocess.run([sys.executable, "-c", DYING, *arguments], check=False)
    assert died.returncode == -signal.SIGKILL
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert (state.stage, state.total) == ("sums", 3)
    sweep_service(room.runtime)
    assert room.queued() == []
    later = room.at(FixedClock(AFTER + HOLD))
    sweep_service(later.runtime)
    assert later.queued() == [WORK_JOB]
    carry_on(later.runtime, room.election.id)
    with room.election.store.reading() as session:
        assert session.query(Tally).count() == 1
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert state.is_finished


def test_what_goes_wrong_is_kept_by_name_and_tried_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.request()

    def fail(*_args: object) -> bytes:
        raise OSError("secret text")

    with monkeypatch.context() as patched:
        patched.setattr(work_steps, "make_tally", fail)
        with pytest.raises(OSError, match="secret"):
            carry_out(room.bench, room.election.id)
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert (state.trouble, state.refusal, state.is_open) == ("OSError", None, True)
    carry_out(room.at(FixedClock(AFTER + HOLD)).bench, room.election.id)
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert state.is_finished
    assert state.trouble is None


def test_a_damaged_board_is_not_counted(room: Room) -> None:
    room.request()
    with room.election.store.begin() as session:
        leaf = session.query(BoardLeaf).filter(BoardLeaf.tracking.is_not(None)).first()
        assert leaf is not None
        damaged = leaf.body.replace(b'"batch":1,', b'"batch":9,')
        session.execute(
            update(BoardLeaf)
            .where(BoardLeaf.position == leaf.position)
            .values(body=damaged)
        )
    with pytest.raises(Exception, match="batch"):
        carry_out(room.bench, room.election.id)
    with room.election.store.reading() as session:
        assert session.get(Tally, room.election.id) is None


def test_an_election_cancelled_while_it_is_counted_is_told_as_such(room: Room) -> None:
    room.request()
    with room.election.store.begin() as session:
        cancel_election(
            session,
            room.runtime.settings,
            get_election(session, room.election.id),
            reason="Feil",
            actor=ORGANISER,
            at=AFTER,
        )
    carry_out(room.bench, room.election.id)
    state = room.state(WorkKind.TALLY)
    assert state is not None
    assert state.refusal == "NotClosed"
    assert not state.is_open


def test_protocol_written_twice_is_kept_once(room: Room) -> None:
    room.election.count()
    with room.election.store.begin() as session:
        protocol = get_election(session, room.election.id).protocol
        keep_protocol(session, room.election.id, b"{}", at=AFTER)
    with room.election.store.reading() as session:
        assert get_election(session, room.election.id).protocol == protocol
    assert protocol is not None
    assert isinstance(decode_json(protocol), dict)


def test_record_is_written_by_a_worker_and_again_when_its_file_is_lost(
    room: Room,
) -> None:
    election = room.election
    election.count()
    assert not election.sign("approval", 1, 2)
    assert election.sign("approval", 1, 3)
    sealed, settings = election.sealed(), room.runtime.settings
    with election.store.reading() as session, pytest.raises(RecordBeingWritten):
        record_file(session, settings, sealed)
    election.do_work()
    with election.store.reading() as session:
        kept = record_file(session, settings, sealed)
    written = kept.read_bytes()
    kept.unlink()
    (kept.parent / f"{kept.stem}-left.part").write_bytes(b"half")
    sweep_service(room.runtime)
    assert room.queued() == [WORK_JOB]
    carry_on(room.runtime, election.id)
    assert kept.read_bytes() == written
    assert list(kept.parent.iterdir()) == [kept]
