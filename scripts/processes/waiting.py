"""Waiting until what was started answers."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Final

import redis

START_SECONDS: Final = 60
_PAUSE: Final = 0.1
_ANSWER_SECONDS: Final = 5


class NotReady(Exception):
    """It did not get ready in time; the text says what is missing."""


def wait_for_redis(url: str, meanwhile: Callable[[], None]) -> None:
    """Wait until a Redis answers.

    Raises:
        NotReady: it does not.

    """
    with redis.Redis.from_url(url) as client:
        _wait(lambda: _redis_failure(client), meanwhile)


def wait_for_health(address: str, meanwhile: Callable[[], None]) -> None:
    """Wait until ``/helse`` of a web server says that all is well.

    Raises:
        NotReady: it does not; names what is not well.

    """
    _wait(lambda: _health_failure(f"{address}/helse"), meanwhile)


def _wait(failure: Callable[[], str | None], meanwhile: Callable[[], None]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (found := failure()) is not None:
        if time.monotonic() > deadline:
            raise NotReady(found)
        meanwhile()
        time.sleep(_PAUSE)


def _redis_failure(client: redis.Redis) -> str | None:
    try:
        client.ping()
    except redis.RedisError as failure:
        return f"Redis: {type(failure).__name__}"
    return None


def _health_failure(address: str) -> str | None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=_ANSWER_SECONDS):
            return None
    except urllib.error.HTTPError as answer:
        with answer:
            return f"{address}: {_checks(answer.read())}"
    except OSError as failure:
        return f"{address}: {type(failure).__name__}"


def _checks(body: bytes) -> str:
    try:
        checks = json.loads(body)["checks"]
    except (ValueError, KeyError, TypeError):
        return "no answer that could be read"
    missing = [
        f"{side} {name}: {said}"
        for side, found in checks.items()
        for name, said in found.items()
        if said != "ok"
    ]
    return ", ".join(missing)
