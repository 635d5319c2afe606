"""Times as every document writes them: ``2027-03-03T18:00:00Z`` (§1.5).

Whole seconds in UTC, one way of writing each, so that a time that is signed has one
encoding and times can be compared as they stand.
"""

import re
from datetime import UTC, datetime
from typing import Final

_PATTERN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


class MalformedTime(ValueError):
    """A time is not of the one form, or is not a time: the thirtieth of February."""


def format_time(instant: datetime) -> str:
    """Write an aware time as the 20 characters of docs/protocol.md §1.5.

    Parts of a second are cut off, never rounded up: nothing is said to have
    happened before it did by more than a second, and nothing after.

    Raises:
        MalformedTime: the time is naive, or its year has not four digits.

    """
    if instant.tzinfo is None:
        raise MalformedTime("a time without its zone")
    moved = instant.astimezone(UTC)
    if moved.year < 1000:  # noqa: PLR2004 - strftime does not pad the year
        raise MalformedTime("a year of fewer than four digits")
    return moved.strftime(_FORMAT)


def parse_time(text: str) -> datetime:
    """Read the 20 characters of docs/protocol.md §1.5; aware, in UTC.

    Raises:
        MalformedTime: another form, a leap second, or no such day or hour.

    """
    if not _PATTERN.fullmatch(text):
        raise MalformedTime(f"not of the form YYYY-MM-DDTHH:MM:SSZ: {text!r:.40}")
    try:
        instant = datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise MalformedTime(f"no such time: {text}") from None
    if format_time(instant) != text:
        raise MalformedTime(f"no such time: {text}")
    return instant
