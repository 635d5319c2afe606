"""The clock of a development server, moved from outside through its data folder."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from infra.clock import OFFSET_FILE, OffsetClock, SystemClock, move_clock


def server_time(data: Path) -> datetime:
    """Return what the server takes the time to be."""
    return OffsetClock(0, data / OFFSET_FILE).now()


def move_to(data: Path, instant: datetime) -> None:
    """Move the server's clock forward, so that it is just past an instant."""
    ahead = instant - SystemClock().now() + timedelta(seconds=1)
    move_clock(data, max(int(ahead.total_seconds()), 0) + 1)
