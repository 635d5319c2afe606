"""Alarms before a roll's last date: thirty days, seven and one before it is shredded.

The register tells the service, which knows the officials; no person is named.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.times import format_time
from infra.config import Settings
from register.elections import shredding_due
from register.roll_phases import RollPhase
from register.statements import post_to_service
from register.tables import Roll

DAYS_BEFORE: Final = (1, 7, 30)
"""An alarm is due when so many days are left, the nearest alone."""


def days_of_alarm(due: datetime, now: datetime, last: int | None) -> int | None:
    """Return which alarm is due, in days; None when it has sounded or is far off.

    `last`: the alarm that sounded last. After a long standstill only the nearest
    sounds; a hold or a later deadline lets them sound anew.
    """
    left = due - now
    reached = [days for days in DAYS_BEFORE if left <= timedelta(days=days)]
    if not reached or left <= timedelta(0) or reached[0] == last:
        return None
    return reached[0]


def sound_alarms(session: Session, settings: Settings, now: datetime) -> int:
    """Post the alarms that are due; return how many."""
    query = (
        select(Roll).where(Roll.phase != RollPhase.SHREDDED).order_by(Roll.election_id)
    )
    sounded = 0
    for roll in session.scalars(query):
        due = shredding_due(roll)
        days = days_of_alarm(due, now, roll.alarm_days)
        if days is None:
            if due - now > timedelta(days=max(DAYS_BEFORE)):
                roll.alarm_days = None
            continue
        roll.alarm_days = days
        body: JsonValue = {
            "approved": roll.approved_at is not None,
            "days": days,
            "shredded_at": format_time(due),
        }
        post_to_service(session, settings, roll, "alarm", body, at=now)
        sounded += 1
    session.flush()
    return sounded
