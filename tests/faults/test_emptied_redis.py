"""Redis is emptied at every step; the database is the truth, so nothing stays undone.

Real workers and a real cron, whose next turn does whatever is due: opening, batches,
closing, proving, and the shredding that was queued for its minute and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import redis
from sqlalchemy import func, select

from infra.sides import SIDES
from register.roll_phases import RollPhase
from register.tables import Roll, RollEntry, Shredding
from tests.conftest import Stores
from tests.faults.fleet import Fleet, a_fleet, wait_until
from tests.faults.running import verified
from tests.secrecy.installation import (
    APPROVED,
    SHREDDED,
    Installation,
    a_draft,
    an_installation,
    environ_of,
)
from tests.smtp import SmtpServer
from tests.voting.whole_election import AFTER, DURING
from voting.board import count_ballots
from voting.lifecycle import has_final_marks
from voting.phases import Phase
from voting.tables import Election, TokenEvidence

VOTERS: Final = 5
EVERY: Final = ("--every", "1")
"""Cron's pace in seconds, so that a test need not wait for it."""


@dataclass(frozen=True, slots=True)
class ByItself:
    """An election that nobody presses a button of, and its processes."""

    held: Installation
    fleet: Fleet
    redis_url: str

    def empty_redis(self) -> None:
        """Forget every queue, job, worker and counter."""
        with redis.Redis.from_url(self.redis_url) as connection:
            connection.flushall()

    def comes_to(self, phase: Phase) -> None:
        """Wait until the service's clock and sweep have brought it to a phase."""
        wait_until(lambda: self.phase() == phase, f"the election is {phase}")

    def phase(self) -> str:
        """Return where the service has it."""
        with self.held.store("service").reading() as session:
            return session.get_one(Election, self.held.election.id).phase


@pytest.fixture
def by_itself(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[ByItself]:
    draft = a_draft(batch=2, threshold=3)
    with (
        an_installation(
            sqlite_stores,
            tmp_path,
            redis_url,
            smtp_server,
            voters=VOTERS,
            draft=draft,
        ) as held,
        a_fleet(tmp_path / "logs") as fleet,
    ):
        told = environ_of(sqlite_stores, tmp_path, redis_url, smtp_server)
        held.invite()
        for side in SIDES:
            fleet.start_urne(f"worker-{side}", told, "worker", side)
            fleet.start_urne(f"cron-{side}", told, "cron", side, *EVERY)
        yield ByItself(held, fleet, redis_url)


@pytest.mark.timeout(300)
def test_an_emptied_redis_opens_closes_and_shreds_all_the_same(
    by_itself: ByItself,
) -> None:
    held, service = by_itself.held, by_itself.held.store("service")

    by_itself.empty_redis()
    held.move_to(DURING)
    by_itself.comes_to(Phase.OPEN)
    wait_until(lambda: roll_phase(held) == RollPhase.OPEN, "the register opens too")

    held.vote(held.members)
    by_itself.empty_redis()

    def is_published() -> bool:
        with service.reading() as session:
            return count_ballots(session, held.election.id) == VOTERS

    wait_until(is_published, "the ballots are on the board")

    by_itself.empty_redis()
    held.move_to(AFTER)
    by_itself.comes_to(Phase.CLOSED)
    by_itself.empty_redis()

    def is_ready_to_count() -> bool:
        with service.reading() as session:
            proven = session.get(TokenEvidence, held.election.id) is not None
            return proven and has_final_marks(session, held.election.id)

    wait_until(is_ready_to_count, "tokens are proven and marks are final")
    held.count()
    held.approve()
    assert verified(held).passed

    by_itself.empty_redis()
    held.move_to(APPROVED + timedelta(days=29))
    wait_for_a_turn(by_itself)
    assert roll_phase(held) == RollPhase.APPROVED
    by_itself.empty_redis()
    held.move_to(SHREDDED)
    by_itself.comes_to(Phase.SHREDDED)
    assert roll_phase(held) == RollPhase.SHREDDED
    with held.store("register").reading() as session:
        assert session.scalar(select(func.count()).select_from(RollEntry)) == 0
        assert session.get_one(Shredding, held.election.id).certificate is not None


def roll_phase(held: Installation) -> str:
    with held.store("register").reading() as session:
        return session.get_one(Roll, held.election.id).phase


def wait_for_a_turn(by_itself: ByItself) -> None:
    """Wait until cron has queued once more, and the worker has taken it."""
    connection = by_itself.held.runtime("register").redis("register")
    turns: set[bytes] = set()

    def has_turned() -> bool:
        turns.update(connection.scan_iter("rq:job:*"))
        return len(turns) >= 2

    wait_until(has_turned, "cron takes a turn")
