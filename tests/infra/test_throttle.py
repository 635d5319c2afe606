import dataclasses
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.clock import FixedClock
from infra.config import load_settings
from infra.runtime import Runtime, open_runtime
from infra.throttle import TooManyAttempts, forget_attempts, require_attempts_left
from infra.wall import WallBreached, request_of

EMAIL = "kari@forbundet.example"


def _left(runtime: Runtime, subject: str = EMAIL, purpose: str = "sign-in") -> bool:
    try:
        require_attempts_left(runtime, "register", purpose, subject, 3)
    except TooManyAttempts:
        return False
    return True


def test_the_fourth_of_three_attempts_is_refused(runtime: Runtime) -> None:
    assert [_left(runtime) for _ in range(5)] == [True, True, True, False, False]
    with pytest.raises(TooManyAttempts) as caught:
        require_attempts_left(runtime, "register", "sign-in", EMAIL, 3)
    assert 890 < caught.value.wait_seconds <= 900


def test_subjects_and_purposes_are_counted_apart(runtime: Runtime) -> None:
    for _ in range(3):
        assert _left(runtime)
    assert not _left(runtime)
    assert _left(runtime, subject="ola@forbundet.example")
    assert _left(runtime, purpose="identify")


def test_the_count_begins_anew_after_its_while(runtime: Runtime) -> None:
    for _ in range(4):
        _left(runtime)
    connection = runtime.connections["register"]
    for key in connection.scan_iter("throttle:*"):
        assert 0 < int(str(connection.ttl(key))) <= 900
        connection.pexpire(key, 1)
    threading.Event().wait(0.05)
    assert _left(runtime)


def test_whoever_has_shown_who_it_is_begins_anew(runtime: Runtime) -> None:
    for _ in range(4):
        _left(runtime)
    forget_attempts(runtime, "register", "sign-in", EMAIL)
    assert _left(runtime)


def test_attempts_at_once_are_all_counted(runtime: Runtime) -> None:
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda: answers.append(_left(runtime)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(True) == 3


def test_redis_holds_no_subject_and_no_digest_that_redis_alone_could_make(
    runtime: Runtime, tmp_path: Path
) -> None:
    _left(runtime)
    connection = runtime.connections["register"]
    everything = b""
    for key in connection.scan_iter():
        value = connection.get(key)
        assert isinstance(value, bytes)
        everything += key + value
    assert b"kari" not in everything
    assert runtime.connections["service"].dbsize() == 0
    # With another secret and the same Redis, the same subject has another digest.
    environ = {
        "URNE_ENVIRONMENT": "test",
        "URNE_DATA_DIR": str(tmp_path / "other"),
        "REDIS_URL": runtime.settings.redis_url("register").rpartition("/")[0],
    }
    other = open_runtime(load_settings(environ))
    _left(other)
    other.close()
    assert len(list(connection.scan_iter("throttle:*"))) == 2


def test_tomorrow_the_same_subject_has_another_digest(runtime: Runtime) -> None:
    connection = runtime.connections["register"]
    day = datetime(2026, 6, 1, 12, tzinfo=UTC)
    for moved in (0, 1):
        clock = FixedClock(day + timedelta(days=moved))
        require_attempts_left(
            dataclasses.replace(runtime, clock=clock), "register", "p", EMAIL, 3
        )
    assert len(list(connection.scan_iter("throttle:p:*"))) == 2
    for key in connection.scan_iter("throttle-key:*"):
        assert 0 < int(str(connection.ttl(key))) <= 2 * 86400


def test_a_voters_request_counts_on_its_own_side(runtime: Runtime) -> None:
    with request_of("register"):
        require_attempts_left(runtime, "register", "identify", "x", 3)
        with pytest.raises(WallBreached):
            require_attempts_left(runtime, "service", "identify", "x", 3)
