"""Times as officials write them: day and hour in Oslo, without a zone. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from infra.i18n import ZONE


class NoSuchLocalTime(ValueError):
    """The clocks are put forward over this hour: it never comes."""


def from_local(written: datetime) -> datetime:
    """Return the instant, aware in UTC, that a naive time in Oslo means.

    Of the hour that comes twice in October the first is meant.

    Raises:
        NoSuchLocalTime: the hour that is left out in March.

    """
    instant = written.replace(tzinfo=ZONE).astimezone(UTC)
    if instant.astimezone(ZONE).replace(tzinfo=None) != written:
        raise NoSuchLocalTime
    return instant


def to_local(instant: datetime) -> datetime:
    """Return an instant as naive time in Oslo, for a form's field."""
    return instant.astimezone(ZONE).replace(tzinfo=None)
