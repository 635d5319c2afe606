import base64
import contextlib
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.clock import SystemClock
from infra.queues import (
    IdQueue,
    NotAJob,
    NotAnId,
    Periodic,
    cron_of,
    enqueue,
    forget_jobs,
    queue_of,
)
from infra.runtime import Runtime
from infra.sides import Side
from infra.wall import WallBreached, request_of
from tests.infra.jobs_for_tests import NAME

JOBS = "tests.infra.jobs_for_tests"
ENTRY = "0123456789abcdef0123456789abcdef"

RUN = """
import sys
from infra.config import load_settings
from infra.queues import Periodic, run_cron, run_worker
from infra.runtime import open_runtime
import os
runtime = open_runtime(load_settings(os.environ))
what, side = sys.argv[1:3]
if what == "cron":
    run_cron(runtime, side, [Periodic(sys.argv[3], 1)])
else:
    run_worker(runtime, side, burst=what == "burst")
"""


def _environ(runtime: Runtime) -> dict[str, str]:
    url = runtime.settings.redis_url("register").rpartition("/")[0]
    return os.environ | {
        "URNE_ENVIRONMENT": "test",
        "URNE_DATA_DIR": str(runtime.settings.data_dir),
        "REDIS_URL": url,
    }


def _run_burst(runtime: Runtime, side: Side) -> str:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "burst", side],
        env=_environ(runtime),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout + done.stderr


@contextlib.contextmanager
def _running(runtime: Runtime, *arguments: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments], env=_environ(runtime)
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} never came"
        time.sleep(0.05)


def _unpacked(value: bytes) -> bytes:
    with contextlib.suppress(zlib.error):
        return zlib.decompress(value)
    with contextlib.suppress(ValueError, zlib.error):
        return zlib.decompress(base64.b64decode(value, validate=True))
    return value


def _everything_in(connection: Any) -> dict[bytes, bytes]:  # noqa: ANN401 - redis-py's answers
    """Every key of one Redis database with its whole value, unpacked."""
    found: dict[bytes, bytes] = {}
    for key in connection.scan_iter():
        kind = connection.type(key)
        parts: list[bytes]
        if kind == b"hash":
            parts = [each for pair in connection.hgetall(key).items() for each in pair]
        elif kind == b"list":
            parts = connection.lrange(key, 0, -1)
        elif kind == b"set":
            parts = list(connection.smembers(key))
        elif kind == b"zset":
            parts = connection.zrange(key, 0, -1)
        elif kind == b"stream":
            parts = [
                each
                for _, fields in connection.xrange(key)
                for pair in fields.items()
                for each in pair
            ]
        else:
            parts = [connection.get(key)]
        found[key] = b"\x00".join(_unpacked(part) for part in parts)
    return found


def test_a_job_in_redis_is_json_with_ids_alone(runtime: Runtime) -> None:
    queue = queue_of(runtime, "register")
    job_id = enqueue(queue, f"{JOBS}.leave_file", ENTRY, 7)
    data = runtime.connections["register"].hget(f"rq:job:{job_id}", "data")
    assert isinstance(data, bytes)
    plain = zlib.decompress(data)
    assert plain == f'["{JOBS}.leave_file", null, ["{ENTRY}", 7], {{}}]'.encode()


def test_a_job_runs_with_the_stores_of_its_side_and_leaves_nothing(
    runtime: Runtime,
) -> None:
    enqueue(queue_of(runtime, "service"), f"{JOBS}.use_the_store", ENTRY)
    _run_burst(runtime, "service")
    assert (runtime.settings.data_dir / f"done-{ENTRY}").read_text() == "x"
    left = _everything_in(runtime.connections["service"])
    assert not [key for key in left if b"rq:job:" in key or b"rq:result" in key]
    assert not [key for key, value in left.items() if ENTRY.encode() in value]


def test_a_failed_job_leaves_class_and_place_and_no_name(runtime: Runtime) -> None:
    queue = queue_of(runtime, "register")
    enqueue(queue, f"{JOBS}.fail_on_a_name", ENTRY, retries=0)
    said = _run_burst(runtime, "register")
    left = _everything_in(runtime.connections["register"])
    whole = b"\n".join([*left, *left.values(), said.encode()])
    assert b"JobFailed: ValueError at infra/jobs_for_tests.py:" in whole
    for part in NAME.replace(",", "").split():
        assert part.encode() not in whole
    assert queue.failed_job_registry.count == 1
    for key in left:
        if b"rq:job:" in key or b"rq:results:" in key:
            assert 0 < int(str(runtime.connections["register"].ttl(key))) <= 24 * 3600


def test_a_failed_job_waits_for_its_next_attempt(runtime: Runtime) -> None:
    queue = queue_of(runtime, "register")
    enqueue(queue, f"{JOBS}.fail_on_a_name", ENTRY)
    _run_burst(runtime, "register")
    assert queue.scheduled_job_registry.count == 1
    assert queue.failed_job_registry.count == 0


@pytest.mark.parametrize(
    "value",
    [
        "Kari",
        "kari@forbundet.example",
        "kari nordmann",
        "91234567",
        10_000_000,
        "01010112345",
        -1,
        True,
        1.5,
        b"abc",
        None,
        "",
        "a" * 129,
        ["abc"],
    ],
)
def test_only_ids_enter_a_queue(runtime: Runtime, value: Any) -> None:  # noqa: ANN401
    with pytest.raises(NotAnId) as caught:
        enqueue(queue_of(runtime, "register"), f"{JOBS}.leave_file", value)
    assert str(caught.value) == "a queue takes ids only"
    assert _everything_in(runtime.connections["register"]) == {}


@pytest.mark.parametrize("path", ["os", "os.system;", "", "a b.c", "Module.f"])
def test_a_job_is_named_by_a_dotted_name(runtime: Runtime, path: str) -> None:
    with pytest.raises(NotAJob):
        enqueue(queue_of(runtime, "register"), path)


@pytest.mark.parametrize("path", [f"{JOBS}.unmarked", "os.getcwd", "subprocess.run"])
def test_a_function_that_is_no_job_is_never_run(runtime: Runtime, path: str) -> None:
    queue = queue_of(runtime, "register")
    enqueue(queue, path, retries=0)
    _run_burst(runtime, "register")
    left = b"\n".join(_everything_in(runtime.connections["register"]).values())
    assert b"NotAJob" in left
    assert not (runtime.settings.data_dir / "done-unmarked").exists()


def test_a_queue_made_by_the_library_itself_writes_json_too(runtime: Runtime) -> None:
    connection = runtime.connections["service"]
    queued = IdQueue("service", connection=connection).enqueue(f"{JOBS}.leave_file")
    data = connection.hget(f"rq:job:{queued.id}", "data")
    assert isinstance(data, bytes)
    assert zlib.decompress(data).startswith(b'["tests')


def test_a_job_for_a_minute_runs_then_and_not_before(runtime: Runtime) -> None:
    queue = queue_of(runtime, "register")
    at = SystemClock().now() + timedelta(seconds=2)
    enqueue(queue, f"{JOBS}.leave_file", ENTRY, at=at)
    file = runtime.settings.data_dir / f"done-{ENTRY}"
    with _running(runtime, "worker", "register"):
        assert not file.exists()
        _wait_for(file)
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    assert written >= at - timedelta(seconds=1)


def test_cron_queues_json_again_and_again_and_a_worker_does_it(
    runtime: Runtime,
) -> None:
    file = runtime.settings.data_dir / "done-none"
    with (
        _running(runtime, "cron", "register", f"{JOBS}.leave_file"),
        _running(runtime, "worker", "register"),
    ):
        _wait_for(file)
        deadline = time.monotonic() + 30
        while len(file.read_text()) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_bytes_that_cron_puts_into_redis_are_json(runtime: Runtime) -> None:
    cron = cron_of(runtime, "register", [Periodic(f"{JOBS}.leave_file", 60)])
    assert len(cron.enqueue_jobs()) == 1
    assert cron.enqueue_jobs() == []
    connection = runtime.connections["register"]
    (key,) = connection.scan_iter("rq:job:*")
    data = connection.hget(key, "data")
    assert isinstance(data, bytes)
    assert zlib.decompress(data) == f'["{JOBS}.leave_file", null, [], {{}}]'.encode()
    assert 0 < int(str(connection.ttl(key))) <= 60


def test_a_sweep_that_nobody_worked_off_is_dropped(runtime: Runtime) -> None:
    connection = runtime.connections["register"]
    for _ in range(3):  # three starts of cron, each queues its sweep at once
        cron = cron_of(runtime, "register", [Periodic(f"{JOBS}.leave_file", 1)])
        cron.enqueue_jobs()
    for key in list(connection.scan_iter("rq:job:*"))[1:]:
        assert 0 < int(str(connection.ttl(key))) <= 10
        connection.pexpire(key, 1)  # its time is up
    time.sleep(0.1)
    _run_burst(runtime, "register")
    assert (runtime.settings.data_dir / "done-none").read_text() == "x"


def test_the_sides_have_queues_of_their_own(runtime: Runtime) -> None:
    enqueue(queue_of(runtime, "register"), f"{JOBS}.leave_file")
    assert _everything_in(runtime.connections["service"]) == {}
    with request_of("register"), pytest.raises(WallBreached):
        queue_of(runtime, "service")


def test_what_names_a_shredded_subject_is_forgotten(runtime: Runtime) -> None:
    queue = queue_of(runtime, "register")
    later = SystemClock().now() + timedelta(hours=1)
    enqueue(queue, f"{JOBS}.fail_on_a_name", ENTRY, retries=0)
    _run_burst(runtime, "register")
    enqueue(queue, f"{JOBS}.leave_file", ENTRY)
    enqueue(queue, f"{JOBS}.leave_file", ENTRY, at=later)
    enqueue(queue, f"{JOBS}.leave_file", "f" * 32)
    connection = runtime.connections["register"]
    assert [
        key
        for key, value in _everything_in(connection).items()
        if ENTRY.encode() in value
    ]
    assert forget_jobs(queue, ENTRY) == 3
    assert not [
        key
        for key, value in _everything_in(connection).items()
        if ENTRY.encode() in value
    ]
    assert queue.count == 1
    assert queue.failed_job_registry.count == queue.scheduled_job_registry.count == 0
