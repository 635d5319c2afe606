"""The bins of dates as days."""

from __future__ import annotations

from datetime import date
from typing import Final

_MONTH: Final = len("2027-03")


def month_of(code: str) -> date | None:
    """The first day of a bin that is a month; nothing for a year."""
    return date.fromisoformat(f"{code}-01") if len(code) == _MONTH else None
