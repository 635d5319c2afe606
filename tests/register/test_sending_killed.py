"""Workers die at every point of the SMTP dialogue; real ones, by kill -9."""

import base64
import contextlib
import signal
import subprocess
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from register.roll_phases import MessageState, SendingState
from register.sending_jobs import enqueue_sending
from tests.conftest import Stores
from tests.register.post_office import (
    PostOffice,
    a_post_office,
    kill_with_children,
    members,
)
from tests.smtp import HANG_UP, SmtpServer, Stage

SETTLED = {MessageState.SENT, MessageState.UNCERTAIN}


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


class Killer:
    """Kills the worker the first time that the dialogue comes to a stage."""

    def __init__(self, office: PostOffice, *, job_alone: bool = False) -> None:
        self.office = office
        self.job_alone = job_alone
        self.worker_pid = 0
        self.ready = threading.Event()
        self.struck = threading.Event()

    def __call__(self) -> str | None:
        self.office.smtp.behave()
        self.ready.wait(30)
        if self.job_alone:
            for child in psutil.Process(self.worker_pid).children():
                child.send_signal(signal.SIGKILL)
                child.wait(10) if child.is_running() else None
        else:
            kill_with_children(self.worker_pid)
        self.struck.set()
        return HANG_UP if not self.job_alone else None


@pytest.mark.parametrize("stage", list(Stage))
def test_a_killed_worker_sends_nobody_a_second_mail_and_loses_no_link(
    office: PostOffice, stage: Stage
) -> None:
    office.open(*members(4))
    sending_id = office.start()
    killer = Killer(office)
    office.smtp.at(stage, killer)
    enqueue_sending(office.runtime, sending_id)
    with office.worker() as worker:
        killer.worker_pid = worker.pid
        killer.ready.set()
        worker.wait(60)
    assert killer.struck.wait(30)
    assert worker.returncode == -signal.SIGKILL

    office.pass_time(sending_id)
    office.sweep()
    office.work_off()

    _require_settled(office, sending_id)
    states = Counter(office.states(sending_id).values())
    in_doubt = 0 if stage == Stage.QUIT else 1
    assert states[MessageState.UNCERTAIN] == in_doubt
    taken = {Stage.ACCEPTED, Stage.QUIT}
    assert len(office.smtp.messages) == (4 if stage in taken else 3)


@pytest.mark.parametrize("stage", [Stage.DATA, Stage.ACCEPTED])
def test_the_queues_own_retry_sends_nothing_again(
    office: PostOffice, stage: Stage
) -> None:
    office.open(*members(3))
    sending_id = office.start()
    killer = Killer(office, job_alone=True)
    office.smtp.at(stage, killer)
    enqueue_sending(office.runtime, sending_id)
    with office.worker() as worker:
        killer.worker_pid = worker.pid
        killer.ready.set()
        worker.wait(60)
    assert killer.struck.wait(30)
    office.pass_time(sending_id)
    enqueue_sending(office.runtime, sending_id)
    office.work_off()
    _require_settled(office, sending_id)


@pytest.mark.parametrize(
    "count",
    [240, pytest.param(5_000, marks=[pytest.mark.long, pytest.mark.timeout(1_800)])],
)
def test_workers_killed_within_a_large_sending_leave_no_member_with_two_mails(
    office: PostOffice, count: int
) -> None:
    office.open(*members(count))
    sending_id = office.start()
    enqueue_sending(office.runtime, sending_id)
    # The first mail of the two is taken and its sender never learns of it; the second
    # is whole at the server, which has not taken it.
    for stage, part in ((Stage.ACCEPTED, 3), (Stage.CONTENT, 2)):
        with office.worker() as worker:
            strike = StrikeAt(office, worker, stage, count // part)
            office.smtp.at(stage, strike)
            assert worker.wait(count) == -signal.SIGKILL
        assert strike.struck.wait(30)
        office.smtp.behave()
        _require_resumable(office, sending_id, count)
        office.pass_time(sending_id)
        office.sweep()
    office.work_off(seconds=count)

    assert office.sending(sending_id).state == SendingState.DONE
    states = Counter(office.states(sending_id).values())
    assert states == {MessageState.SENT: count - 2, MessageState.UNCERTAIN: 2}
    got = Counter(each.recipients[0] for each in office.smtp.messages)
    assert set(got.values()) == {1}
    assert len(got) == count - 1
    codes = office.codes()
    assert {codes[office.login_key(mail)] for mail in office.smtp.messages} == {"live"}
    for mail in office.smtp.messages[:: max(1, count // 12)]:
        office.mark(mail)


def _require_resumable(office: PostOffice, sending_id: bytes, count: int) -> None:
    """Check that the killed worker was in the middle, with one message in its hand."""
    states = Counter(office.states(sending_id).values())
    assert states[MessageState.SENDING] == 1
    assert states[MessageState.QUEUED] > count // 4
    assert states[MessageState.SENT] > count // 4


class StrikeAt:
    """Kills a worker and its job at a stage, when so many mails have been taken."""

    def __init__(
        self,
        office: PostOffice,
        worker: subprocess.Popen[bytes],
        stage: Stage,
        taken: int,
    ) -> None:
        self.office = office
        self.worker = worker
        self.taken = taken + (stage == Stage.ACCEPTED)
        self.struck = threading.Event()

    def __call__(self) -> str | None:
        if len(self.office.smtp.messages) < self.taken:
            return None
        kill_with_children(self.worker.pid)
        self.struck.set()
        return HANG_UP


def test_redis_holds_ids_alone(office: PostOffice) -> None:
    people = members(3)
    office.open(*people)
    sending_id = office.start()
    seen = b""

    def look() -> None:
        nonlocal seen
        seen += _everything_in(office.runtime.connections["register"])

    office.smtp.at(Stage.DATA, look)
    enqueue_sending(office.runtime, sending_id)
    look()
    office.work_off()
    look()
    assert len(office.smtp.messages) == 3
    assert sending_id.hex().encode() in seen
    codes = [office.login_key(each) for each in office.smtp.messages]
    secrets = [part.encode() for person in people for part in person[1:4]]
    secrets += [b"http", b"lonn-2026", *codes, *(key.hex().encode() for key in codes)]
    assert [each for each in secrets if each in seen] == []


def _require_settled(office: PostOffice, sending_id: bytes) -> None:
    """Nobody has two mails, every entry is SENT or in doubt, every link works."""
    assert office.sending(sending_id).state == SendingState.DONE
    states = office.states(sending_id)
    assert set(states.values()) <= SETTLED
    got = Counter(each.recipients[0] for each in office.smtp.messages)
    assert set(got.values()) == {1}
    sent = {n for n, state in states.items() if state == MessageState.SENT}
    assert {f"medlem{n}@example.no" for n in sent} <= got.keys()
    for mail in office.smtp.messages:
        assert office.codes()[office.login_key(mail)] == "live"
        office.mark(mail)


def _everything_in(connection: Any) -> bytes:  # noqa: ANN401 - redis-py's answers
    found: list[bytes] = []
    for key in connection.scan_iter():
        kind = connection.type(key)
        found.append(key)
        if kind == b"hash":
            pairs = connection.hgetall(key).items()
            found += [_unpacked(each) for pair in pairs for each in pair]
        elif kind == b"list":
            found += connection.lrange(key, 0, -1)
        elif kind == b"set":
            found += connection.smembers(key)
        elif kind == b"zset":
            found += connection.zrange(key, 0, -1)
        elif kind == b"stream":
            rows = connection.xrange(key)
            found += [each for _, row in rows for pair in row.items() for each in pair]
        else:
            found.append(connection.get(key) or b"")
    return b"\x00".join(found)


def _unpacked(value: bytes) -> bytes:
    with contextlib.suppress(zlib.error):
        return zlib.decompress(value)
    with contextlib.suppress(ValueError, zlib.error):
        return zlib.decompress(base64.b64decode(value, validate=True))
    return value
