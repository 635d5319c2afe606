"""Logging by allow-list: a log names no person, no address and no request.

The project's own loggers speak; of everything else only who spoke and where stays.
An exception is written as classes and places, never as text: texts of databases
and libraries carry values. There is no access log.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Final, TextIO

from typing_extensions import override

OWN: Final = "urne"
"""The project's logger, and the root of its others (``urne.sending``)."""

ALLOWED: Final = (OWN, "alembic", "rq.cron", "rq.scheduler", "rq.worker")
"""Loggers whose messages hold ids, counts and places only."""

SILENT: Final = ("gunicorn.access", "werkzeug")
"""Loggers that would write a line for every request."""

PLACES_ONLY: Final = ("gunicorn.error",)
"""Loggers with handlers of their own, whose messages name paths and networks."""

_FRAMES: Final = 6


class AllowListFormatter(logging.Formatter):
    """Writes the messages of allowed loggers, and of others the place alone."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        parts = [head]
        if _is_allowed(record.name):
            parts.append(record.getMessage())
        else:
            parts.append(f"({record.module}:{record.lineno})")
        raised = record.exc_info[1] if record.exc_info else None
        if raised is not None:
            parts.append(trace_of(raised))
        return " ".join(parts).replace("\n", " ").replace("\r", " ")


class StandardErrorHandler(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment, also after it was replaced."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def configure_logging(level: int = logging.INFO) -> None:
    """Send everything through the allow-list to standard error."""
    root = logging.getLogger()
    for old in root.handlers[:]:
        if type(old) in {StandardErrorHandler, logging.StreamHandler}:
            root.removeHandler(old)
    root.addHandler(StandardErrorHandler())
    for handler in root.handlers:
        handler.setFormatter(AllowListFormatter())
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)
    for name in PLACES_ONLY:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in SILENT:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = False
        logger.addHandler(logging.NullHandler())


def own_logger(name: str) -> logging.Logger:
    """Return the logger of one of the project's rooms.

    What is logged through it holds ids, counts, states and class names; never a
    name, an address, a code, or the text of an exception.
    """
    return logging.getLogger(f"{OWN}.{name}")


def trace_of(raised: BaseException) -> str:
    """Return classes and places of an exception and its causes, without any text.

    ``ValueError at rows.py:12 < roll.py:40; from KeyError at rows.py:9``
    """
    told: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = raised
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-_FRAMES:]
        places = " < ".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in reversed(frames)
        )
        told.append(f"{type(current).__name__} at {places or 'an unknown place'}")
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
    return "; from ".join(told)


def _is_allowed(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in ALLOWED)
