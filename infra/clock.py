"""The only clock: everything that asks for the time asks an injected one.

A rule that reads the machine's clock by itself cannot be tested at the minute
it matters (closing, shredding), so ``datetime.now`` is banned elsewhere by lint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from infra.config import Settings

OFFSET_FILE: Final = "clock-offset"
"""Name of the file in the data folder that moves a development clock."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock: the one used in production."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """The machine's clock moved by a number of seconds: development and tests.

    The file is read at every call, so that a test moves the clock of web, worker
    and cron processes that are already running.
    """

    seconds: int
    file: Path

    def now(self) -> datetime:
        """Return the moved time, aware, in UTC."""
        moved = self.seconds + read_offset(self.file)
        return datetime.now(UTC) + timedelta(seconds=moved)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: for rules tested at one exact instant."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant it was given, aware, in UTC."""
        return self.instant.astimezone(UTC)


def clock_for(settings: Settings) -> Clock:
    """Return the clock that these settings call for.

    In production always the machine's own: the settings refuse an offset there,
    and an offset file left in the data folder is not read.
    """
    if settings.environment == "production":
        return SystemClock()
    return OffsetClock(settings.clock_offset, settings.data_dir / OFFSET_FILE)


def read_offset(file: Path) -> int:
    """Return the seconds written in an offset file; 0 when there is none.

    Raises:
        ValueError: the file holds something else than a whole number.

    """
    try:
        text = file.read_text("ascii")
    except FileNotFoundError:
        return 0
    return int(text)


def move_clock(data_dir: Path, seconds: int) -> None:
    """Set the offset, in seconds, of every development process on this folder.

    Written to the side and renamed, so that no process reads half a number.
    """
    aside = data_dir / f"{OFFSET_FILE}.new"
    aside.write_text(str(seconds), "ascii")
    aside.replace(data_dir / OFFSET_FILE)
