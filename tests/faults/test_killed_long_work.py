"""Whoever writes the protocol, the record, the documents or the archive is killed.

At every moment, one after another: each is relieved by the next, who is killed a little
later. In the end everything is there, once.
"""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.audit import verify_chain
from infra.clock import FixedClock
from infra.i18n import LANGUAGES
from infra.queues import queue_of
from infra.tables import AUDIT
from tests.conftest import Stores
from tests.voting import whole_election
from tests.voting.whole_election import AFTER
from tests.voting.work_room import Room, a_work_room
from voting.archive import find_archive
from voting.elections import get_election
from voting.jobs import sweep_service
from voting.long_work import HOLD, WorkKind
from voting.printing.printed import PrintKind, load_printed
from voting.record_export import export_record, record_file
from voting.tables import Proposal
from voting.work_jobs import WORK_JOB, carry_on
from voting.work_tables import PrintedDocument

STALLING = Path(__file__).with_name("stalling_work.py")

PROTOCOL = (
    # made, and not kept
    (WorkKind.PROTOCOL, "voting.work_steps.make_protocol", 1),
    # kept, and not committed
    (WorkKind.PROTOCOL, "voting.work_steps.keep_protocol", 1),
)
PAPERS = (
    # written to the side
    (WorkKind.RECORD, "voting.record_export.write_record", 1),
    # in its place, and nothing noted
    (WorkKind.RECORD, "voting.work_steps.write_record_file", 1),
    # two languages of three
    (WorkKind.PRINT, "voting.work_steps.print_protocol", 2),
    # all kept, and not committed
    (WorkKind.PRINT, "voting.work_steps.keep_printed", 1),
    # packed to the side
    (WorkKind.PRINT, "bagit.make_bag", 1),
    # in its place, and nothing noted
    (WorkKind.PRINT, "voting.work_steps.pack_archive", 1),
)


@pytest.fixture
def room(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Room]:
    with a_work_room(stores, tmp_path, redis_url) as lent:
        lent.election.start_count()
        yield lent


def kill_worker_after(room: Room, function_path: str, call: int) -> None:
    """Let a process work until that call has returned, and kill it there."""
    runtime = room.runtime
    arguments = (
        runtime.settings.database_url("service"),
        room.election.id,
        runtime.clock.now().isoformat(),
        str(runtime.settings.data_dir),
        function_path,
        str(call),
    )
    command = [sys.executable, str(STALLING), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "here\n"
        worker.kill()
        assert worker.wait() == -signal.SIGKILL


def require_relieved(room: Room, kind: WorkKind) -> Room:
    """Nobody takes over from whoever may live; then the sweep asks for another."""
    state = room.state(kind)
    assert state is not None
    assert state.is_open
    sweep_service(room.runtime)
    assert room.queued() == []
    later = room.at(FixedClock(room.runtime.clock.now() + HOLD))
    sweep_service(later.runtime)
    assert later.queued() == [WORK_JOB]
    queue_of(later.runtime, "service").empty()  # type: ignore[no-untyped-call]
    return later


def count_events(room: Room, kind: str) -> int:
    with room.election.store.reading() as session:
        verify_chain(session)
        return session.query(AUDIT["service"]).filter_by(kind=kind).count()


def test_a_protocol_whose_writer_is_killed_is_written_by_another_and_kept_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    election = room.election
    assert not election.hand_in_partial(1)
    with monkeypatch.context() as patched:
        # The workers below do the work, and not this process.
        patched.setattr(whole_election, "carry_out", lambda *_: None)
        assert election.hand_in_partial(3)
    for kind, function_path, call in PROTOCOL:
        kill_worker_after(room, function_path, call)
        with election.store.reading() as session:
            assert get_election(session, election.id).protocol is None
        room = require_relieved(room, kind)
    carry_on(room.runtime, election.id)
    state = room.state(WorkKind.PROTOCOL)
    assert state is not None
    assert state.is_finished
    assert count_events(room, "election-counted") == 1
    with election.store.reading() as session:
        assert get_election(session, election.id).protocol is not None
        assert session.query(Proposal).filter_by(kind="approval").count() == 1


@pytest.mark.long
@pytest.mark.timeout(600)
def test_record_documents_and_archive_are_whole_however_often_a_worker_is_killed(
    room: Room,
) -> None:
    election, settings = room.election, room.runtime.settings
    assert not election.hand_in_partial(1)
    assert election.hand_in_partial(3)
    election.approve()
    for kind, function_path, call in PAPERS:
        kill_worker_after(room, function_path, call)
        room = require_relieved(room, kind)
    carry_on(room.runtime, election.id)
    for kind in (WorkKind.RECORD, WorkKind.PRINT):
        state = room.state(kind)
        assert state is not None
        assert state.is_finished
    assert count_events(room, "protocol-printed") == 1
    sealed, fresh = election.sealed(), io.BytesIO()
    with election.store.reading() as session:
        export_record(session, election.id, fresh)
        kept = record_file(session, settings, sealed)
        for language in LANGUAGES:
            load_printed(session, election.id, PrintKind.PROTOCOL, language)
        assert session.query(PrintedDocument).count() == len(LANGUAGES)
    assert kept.read_bytes() == fresh.getvalue()
    packed = find_archive(settings, sealed)
    assert list(kept.parent.iterdir()) == [kept]
    assert list(packed.parent.iterdir()) == [packed]
    assert room.runtime.clock.now() - AFTER == len(PAPERS) * HOLD > timedelta(0)
