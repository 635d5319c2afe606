"""Times as every document writes them: ``2027-03-03T18:00:00Z`` (§1.5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_PATTERN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


class MalformedTime(ValueError):
    """Not a time of the one form, or no such day or hour."""


def format_time(instant: datetime) -> str:
    """Write an aware time as the 20 characters of docs/protocol.md §1.5.

    Parts of a second are cut off.
    """
    if instant.tzinfo is None:
        raise MalformedTime("a time without its zone")
    return instant.astimezone(UTC).strftime(_FORMAT)


def parse_time(text: str) -> datetime:
    """Read the 20 characters of docs/protocol.md §1.5; aware, in UTC.

    Raises:
        MalformedTime: see there.

    """
    if not _PATTERN.fullmatch(text):
        raise MalformedTime("not of the form YYYY-MM-DDTHH:MM:SSZ")
    try:
        instant = datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise MalformedTime("no such time") from None
    if format_time(instant) != text:
        raise MalformedTime("no such time")
    return instant
