"""How many mails a day a mail host takes: what is left of them, and how long it lasts.

A host counts by sender, so all elections are counted together, by the hour: the last
24 whole hours and the one that runs. An operator sets the limit, or an official for
one sending; the lower one holds. What goes to one member alone is counted and never
waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infra.config import Settings
from infra.databases import Store, lock_named
from register.roll_phases import SendingKind
from register.sending_rules import BULK
from register.tables import MailHour, Sending

LARGEST_LIMIT: Final = 10_000_000

_HOURS: Final = 24
_HOUR_SECONDS: Final = 3600
_KEPT_HOURS: Final = 48
_LOCK: Final = b"mail-hours"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a sending takes under a limit."""

    limit: int
    days: int
    """From 1; the last mails go on the last of them."""

    last_from: datetime
    """When the mails of the last day begin to go, at the latest."""


@dataclass(slots=True)
class Booking:
    """Mails that a batch was given room for, and those that have used it."""

    hour: int
    booked: int
    used: int = 0


def limit_of(settings: Settings, sending: Sending) -> int | None:
    """Return the lower of the operator's limit and the sending's; None without any."""
    limits = (settings.mails_per_day, sending.daily_limit)
    return min((each for each in limits if each), default=None)


def hour_of(instant: datetime) -> int:
    """Return the whole hours since 1970 in UTC."""
    return int(instant.timestamp()) // _HOUR_SECONDS


def room_in(hours: Mapping[int, int], limit: int, now: datetime) -> int:
    """Return how many mails may still go in this hour."""
    return max(0, limit - sum(_counted(hours, now).values()))


def next_room(hours: Mapping[int, int], limit: int, now: datetime) -> datetime | None:
    """Return when a mail may go again where none may go now, else None."""
    counted = _counted(hours, now)
    used = sum(counted.values())
    if used < limit:
        return None
    for hour in sorted(counted):
        used -= counted[hour]
        if used < limit:
            seconds = (hour + _HOURS + 1) * _HOUR_SECONDS
            return datetime.fromtimestamp(seconds, UTC)
    return None  # pragma: no cover - a limit is 1 or more


def estimate(mails: int, limit: int, room: int, now: datetime) -> Estimate:
    """Return how long it takes to send so many mails with so much room today."""
    later = max(0, mails - room)
    days = 1 + -(-later // limit)
    return Estimate(limit, days, now + timedelta(hours=(_HOURS + 1) * (days - 1)))


def read_hours(session: Session) -> dict[int, int]:
    """Return how many mails were handed in, by the hour."""
    rows = session.execute(select(MailHour.hour, MailHour.count))
    return {hour: count for hour, count in rows}  # noqa: C416 - typed so


def room_for(
    session: Session, settings: Settings, sending: Sending, now: datetime
) -> int | None:
    """Return how many mails of a sending may go now; None: as many as there are.

    Others who book wait for this transaction.
    """
    lock_named(session, _LOCK)
    limit = limit_of(settings, sending)
    if limit is None or SendingKind(sending.kind) not in BULK:
        return None
    return room_in(read_hours(session), limit, now)


def book_mails(session: Session, number: int, now: datetime) -> Booking:
    """Count mails as handed in before they are: after a crash too many are counted."""
    lock_named(session, _LOCK)
    booking = Booking(hour_of(now), number)
    session.execute(delete(MailHour).where(MailHour.hour < booking.hour - _KEPT_HOURS))
    _add(session, booking.hour, number)
    return booking


@contextmanager
def settled(store: Store, booking: Booking) -> Iterator[Booking]:
    """Give back at the end what was booked and not used."""
    try:
        yield booking
    finally:
        unused = booking.booked - booking.used
        if unused > 0:
            with store.begin() as session:
                lock_named(session, _LOCK)
                _add(session, booking.hour, -unused)


def _add(session: Session, hour: int, number: int) -> None:
    row = session.get(MailHour, hour, populate_existing=True)
    if row is None:
        session.add(MailHour(hour=hour, count=max(0, number)))
    else:
        row.count = max(0, row.count + number)
    session.flush()


def _counted(hours: Mapping[int, int], now: datetime) -> dict[int, int]:
    since = hour_of(now) - _HOURS
    return {hour: count for hour, count in hours.items() if hour >= since}
