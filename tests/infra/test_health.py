import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask

from infra.health import check_health, health_blueprint, is_ready
from infra.runtime import Runtime, open_runtime
from infra.sides import Side
from tests.infra.test_queues import RUN, _environ
from tests.services import free_port


def _told(runtime: Runtime) -> dict[str, str | None]:
    return {f"{each.side} {each.name}": each.failure for each in check_health(runtime)}


@contextmanager
def _running(runtime: Runtime, *arguments: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments], env=_environ(runtime)
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_all_is_well_while_worker_and_cron_are_running(runtime: Runtime) -> None:
    job = "tests.infra.jobs_for_tests.leave_file"
    with (
        _running(runtime, "worker", "register"),
        _running(runtime, "worker", "service"),
        _running(runtime, "cron", "register", job),
        _running(runtime, "cron", "service", job),
    ):
        deadline = time.monotonic() + 60
        while not is_ready(check_health(runtime)):
            assert time.monotonic() < deadline, _told(runtime)
            time.sleep(0.2)
        client = _client(runtime)
        answer = client.get("/helse")
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["ready"] is True
        assert answer.json["checks"]["register"]["worker"] == "ok"
    assert _told(runtime)["service worker"] == "WorkerSilent"
    assert _told(runtime)["service cron"] == "CronSilent"


def _client(runtime: Runtime):  # type: ignore[no-untyped-def]  # noqa: ANN202
    app = Flask("helse")
    app.register_blueprint(health_blueprint(runtime))
    return app.test_client()


def test_a_silent_worker_and_cron_are_named(runtime: Runtime) -> None:
    assert _told(runtime) == {
        "register database": None,
        "register redis": None,
        "register worker": "WorkerSilent",
        "register cron": "CronSilent",
        "service database": None,
        "service redis": None,
        "service worker": "WorkerSilent",
        "service cron": "CronSilent",
    }
    answer = _client(runtime).get("/helse")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["ready"] is False
    assert _client(runtime).get("/helse/liv").json == {"alive": True}


def test_what_cannot_be_reached_is_named_by_class_alone(runtime: Runtime) -> None:
    gone = replace(
        runtime.settings,
        database_urls={
            "register": f"postgresql://u:hemmelig@127.0.0.1:{free_port()}/x",
            "service": runtime.settings.database_urls["service"],
        },
        redis_urls={
            side: f"redis://:hemmelig@127.0.0.1:{free_port()}/0"
            for side in ("register", "service")
        },
    )
    opened = open_runtime(replace(gone, accept_shared_cluster=True))
    told = _told(opened)
    assert told["register database"] == "OperationalError"
    assert told["service database"] is None
    assert told["register redis"] == "ConnectionError"
    assert "hemmelig" not in _client(opened).get("/helse").text
    opened.close()


def test_a_process_of_one_side_looks_at_that_side_alone(runtime: Runtime) -> None:
    alone = replace(
        runtime, settings=replace(runtime.settings, sides=frozenset({"register"}))
    )
    assert {check.side for check in check_health(alone)} == {"register"}


def test_a_cron_that_died_some_minutes_ago_is_silent(runtime: Runtime) -> None:
    connection = runtime.connections["register"]
    connection.zadd("rq:cron_schedulers", {f"gone:{os.getpid()}": time.monotonic()})
    assert _told(runtime)["register cron"] == "CronSilent"


@pytest.mark.parametrize("side", ["register", "service"])
def test_a_worker_whose_key_has_expired_is_silent(runtime: Runtime, side: str) -> None:
    connection = runtime.connections["register" if side == "register" else "service"]
    connection.sadd("rq:workers", "rq:worker:gone")
    assert _told(runtime)[f"{side} worker"] == "WorkerSilent"


def test_what_else_a_side_needs_is_looked_at_for_that_side_alone(
    runtime: Runtime,
) -> None:
    def is_down(_runtime: Runtime, _side: Side) -> None:
        raise ConnectionRefusedError

    checks = check_health(runtime, {"service": {"verifier": is_down}})
    (found,) = (check for check in checks if check.name == "verifier")
    assert (found.side, found.failure) == ("service", "ConnectionRefusedError")
