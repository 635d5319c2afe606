"""Has a worker do something now instead of at its next sweep."""

from __future__ import annotations

from collections.abc import Callable

import redis

from infra.logs import own_logger
from infra.runtime import Runtime
from infra.web import current_runtime


def ask_worker(ask: Callable[[Runtime], None]) -> None:
    """Queue something; what was decided is decided, and the next sweep asks as well."""
    try:
        ask(current_runtime())
    except redis.RedisError as unreachable:
        own_logger("web").warning("job not queued: %s", type(unreachable).__name__)
