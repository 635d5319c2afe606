"""How many rights were taken out in each hour: one counter, without groups.

The one thing that knows a time. It is shown in steps, so that nobody's own hour can be
read off it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.times import format_time
from infra.config import Settings
from infra.exchange import post_document
from register.tables import HourlyTotal

STEP: Final = 20
"""Counts are shown as multiples of this, rounded down."""

_SECONDS: Final = 3600


def count_hour(session: Session, election_id: str, now: datetime) -> None:
    """Count one right more in the hour of `now`.

    The last statement of its transaction: everybody waits here for the one before.
    """
    hour = int(now.timestamp()) // _SECONDS
    values = {"election_id": election_id, "hour": hour, "count": 1}
    session.execute(_one_more(session, values))


def shown_turnout(session: Session, election_id: str) -> tuple[tuple[int, int], ...]:
    """Return (hour since 1970, rights in steps of 20) for hours that reach a step."""
    rows = session.execute(
        select(HourlyTotal.hour, HourlyTotal.count)
        .where(HourlyTotal.election_id == election_id)
        .order_by(HourlyTotal.hour)
    )
    return tuple((hour, count // STEP * STEP) for hour, count in rows if count >= STEP)


def post_turnout(
    session: Session, settings: Settings, election_id: str, *, now: datetime
) -> None:
    """Post the `turnout` document; the same numbers again post nothing."""
    hours: list[JsonValue] = [
        {
            "count": count,
            "hour": format_time(datetime.fromtimestamp(hour * _SECONDS, UTC)),
        }
        for hour, count in shown_turnout(session, election_id)
    ]
    if hours:
        # Of a survey no hour is counted, so that this is of elections alone.
        post_document(
            session,
            settings,
            kind="turnout",
            subject=election_id,
            body={"hours": hours},
            at=now,
        )


def _one_more(session: Session, values: dict[str, object]) -> Insert:
    grown = {"count": HourlyTotal.count + 1}
    place = ["election_id", "hour"]
    if session.get_bind().dialect.name == "postgresql":
        inserted = postgresql.insert(HourlyTotal).values(values)
        return inserted.on_conflict_do_update(index_elements=place, set_=grown)
    added = sqlite.insert(HourlyTotal).values(values)
    return added.on_conflict_do_update(index_elements=place, set_=grown)
