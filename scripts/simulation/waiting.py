"""Waiting for what happens by itself: sweeps, deliveries, mails."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

Found = TypeVar("Found")

PATIENCE_SECONDS: Final = 120
_PAUSE: Final = 0.2


class NothingHappened(Exception):
    """What was waited for did not happen; the text names it."""


def wait_for(
    what: str,
    look: Callable[[], Found | None],
    *,
    seconds: float = PATIENCE_SECONDS,
    passing: type[Exception] | tuple[type[Exception], ...] = (),
) -> Found:
    """Look until something other than None and False is found, and return it.

    `passing`: exceptions that mean "not yet".

    Raises:
        NothingHappened: within so many seconds.

    """
    deadline = time.monotonic() + seconds
    last: Exception | None = None
    while True:
        try:
            found = look()
        except passing as not_yet:
            found, last = None, not_yet
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise NothingHappened(what) from last
        time.sleep(_PAUSE)
