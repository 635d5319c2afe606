from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from register.alarms import days_of_alarm
from register.jobs import sweep_register
from tests.register.elections import Election

DUE = datetime(2027, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "last", "expected"),
    [
        (timedelta(days=31), None, None),
        (timedelta(days=30), None, 30),
        (timedelta(days=29), 30, None),
        (timedelta(days=7), 30, 7),
        (timedelta(days=1), 7, 1),
        (timedelta(hours=1), 1, None),
        (timedelta(hours=1), None, 1),
        (timedelta(0), 1, None),
        (timedelta(days=-1), None, None),
    ],
)
def test_each_alarm_sounds_once_and_after_a_standstill_the_nearest(
    left: timedelta, last: int | None, expected: int | None
) -> None:
    assert days_of_alarm(DUE, DUE - left, last) == expected


def test_a_roll_that_nobody_approves_alarms_before_its_last_date(
    election: Election,
) -> None:
    election.open()
    election.close()
    for days in (59, 0.9, 1, 22, 0.5, 6):
        election.clock.move(days=days)
        sweep_register(election.runtime)
        sweep_register(election.runtime)
    alarms = election.posted("alarm")
    assert [alarm["days"] for alarm in alarms] == [30, 7, 1]
    assert not any(alarm["approved"] for alarm in alarms)
