"""A real worker shreds at the minute that was queued, with no cron to remind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from crypto.times import format_time
from infra.clock import SystemClock
from infra.queues import queue_of
from register.roll_phases import RollPhase
from register.tables import RollEntry, Shredding
from tests.conftest import Stores
from tests.faults.fleet import Fleet, a_fleet, wait_until
from tests.register.elections import Election
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.roll_files import ELECTION
from tests.smtp import SmtpServer

RETENTION: Final = 4
"""Seconds from approval to shredding, which are thirty days in production."""


@pytest.fixture
def office(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(
        sqlite_stores,
        tmp_path,
        redis_url,
        smtp_server,
        URNE_RETENTION_SECONDS=str(RETENTION),
    )
    yield lent
    lent.runtime.close()


@pytest.fixture
def fleet(office: PostOffice, tmp_path: Path) -> Iterator[Fleet]:
    with a_fleet(tmp_path / "logs") as lent:
        lent.start_urne("worker-register", office.environ, "worker", "register")
        yield lent


def hold_an_hour_ago(election: Election) -> None:
    """Let the service hold an election that closed an hour ago, by the real clock."""
    election.create()
    election.import_rows(*members(3))
    election.freeze()
    election.seal()
    now = election.clock.now()
    leaf = election.schedule(
        opens_at=format_time(now - timedelta(hours=2)),
        closes_at=format_time(now - timedelta(hours=1)),
    )
    election.send("schedule", {"leaf": leaf})


def approve_now(election: Election) -> datetime:
    """Let the service close and approve at this very second; return it."""
    election.clock.instant = SystemClock().now()
    now = format_time(election.clock.now())
    election.send("closed", {"at": now, "root": "cd" * 32, "size": 9})
    election.approve()
    return datetime.fromisoformat(now)


def certified_at(election: Election) -> datetime | None:
    """Return when the shredding began that is now certified."""
    with election.store.reading() as session:
        row = session.get(Shredding, ELECTION)
        return None if row is None or row.certificate is None else row.started_at


def test_the_queued_job_shreds_at_its_minute_and_not_before(
    office: PostOffice, fleet: Fleet
) -> None:
    election = office.election
    hold_an_hour_ago(election)
    approved_at = approve_now(election)
    scheduled = queue_of(office.runtime, "register").scheduled_job_registry
    assert len(scheduled) == 1
    assert election.roll().phase == RollPhase.APPROVED

    wait_until(lambda: certified_at(election) is not None, "the roll is shredded")
    began = certified_at(election)
    assert began is not None
    assert began >= approved_at + timedelta(seconds=RETENTION)
    assert election.roll().phase == RollPhase.SHREDDED
    with election.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(RollEntry)) == 0
    assert len(election.posted("shredded")) == 1
    assert not fleet.has_ended("worker-register")
