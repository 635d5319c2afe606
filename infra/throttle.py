"""Attempts counted: so many of one purpose by one subject within a while.

A subject (an address, a login, a network address) is never written down: Redis
holds a digest under a key drawn for the day and one that Redis does not have, so
that a copy of Redis tells nothing, and yesterday's digests say nothing to anyone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC
from typing import Final, cast

import redis

from crypto.hashing import frames
from infra.runtime import Runtime
from infra.sides import Side

QUARTER_SECONDS: Final = 900
"""The usual while: a quarter of an hour."""

_KEY_SIZE: Final = 32
_KEY_SECONDS: Final = 2 * 24 * 3600


class TooManyAttempts(Exception):
    """The subject has used up its attempts; wait and try again."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = wait_seconds
        """Seconds until the count begins anew."""


def require_attempts_left(
    runtime: Runtime,
    side: Side,
    purpose: str,
    subject: str | bytes,
    attempts: int,
    *,
    seconds: int = QUARTER_SECONDS,
) -> None:
    """Count an attempt, and refuse it when it is one too many.

    Raises:
        TooManyAttempts: more than `attempts` within `seconds` of the first.

    """
    connection = runtime.redis(side)
    digest = _subject_digest(runtime, side, purpose, subject)
    key = f"throttle:{purpose}:{digest}"
    with connection.pipeline(transaction=True) as pipeline:
        # SET NX first: the count never stands without an end.
        pipeline.set(key, 0, ex=seconds, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _, count, left = pipeline.execute()
    if count > attempts:
        raise TooManyAttempts(max(int(left), 1))


def forget_attempts(
    runtime: Runtime, side: Side, purpose: str, subject: str | bytes
) -> None:
    """Begin the count of a subject anew: after it has shown who it is."""
    digest = _subject_digest(runtime, side, purpose, subject)
    runtime.redis(side).delete(f"throttle:{purpose}:{digest}")


def _subject_digest(
    runtime: Runtime, side: Side, purpose: str, subject: str | bytes
) -> str:
    own = runtime.settings.secrets_of(side).secret_key.reveal()
    today = runtime.clock.now().astimezone(UTC).date().isoformat()
    of_the_day = _daily_key(runtime.redis(side), today)
    key = hmac.digest(own, frames("throttle-key", of_the_day), "sha256")
    written = subject.encode() if isinstance(subject, str) else subject
    framed = frames("throttle", purpose.encode(), written)
    return hashlib.blake2b(framed, key=key, digest_size=16).hexdigest()


def _daily_key(connection: redis.Redis, today: str) -> bytes:
    name = f"throttle-key:{today}"
    drawn = secrets.token_bytes(_KEY_SIZE)
    if connection.set(name, drawn, ex=_KEY_SECONDS, nx=True):
        return drawn
    # Another process drew it first; gone in between only if Redis was emptied.
    return cast("bytes | None", connection.get(name)) or drawn
