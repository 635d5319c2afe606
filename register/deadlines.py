"""How long a roll may live: the one place that says when it must be gone.

Pure rules; the jobs obey them, the pages and the privacy notice read them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

RETENTION: Final = timedelta(days=30)
"""From approval, or from cancelling, to shredding."""

NEVER_APPROVED: Final = timedelta(days=90)
"""From closing to shredding, if nobody approves."""

LONGEST_HOLD: Final = timedelta(days=30)
"""A hold, or its renewal, ends at most so much later than it begins."""

CLOCK_SKEW: Final = timedelta(minutes=10)
"""By so much the two sides' clocks may differ."""


def retention(seconds: int | None) -> timedelta:
    """Return how long a roll is kept: 30 days, or what development sets instead."""
    return RETENTION if seconds is None else timedelta(seconds=seconds)


def due_date(
    *, shred_due: datetime | None, last_date: datetime, hold_until: datetime | None
) -> datetime:
    """Return when a roll is to be shredded, as things stand."""
    due = last_date if shred_due is None else shred_due
    return due if hold_until is None else max(due, hold_until)
