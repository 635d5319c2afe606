"""Workers are killed at any moment of their work; nothing is lost or doubled.

Batches published, the box closed, tokens proven, marks moved, files rewritten, the roll
shredded: each is asked for again and again while the process that does it is killed,
each time a little later, until it is done. Sometimes the job's own process dies, and
sometimes the whole worker.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func, select

from crypto.encoding import decode_json
from infra.queues import enqueue, queue_of
from infra.scan import look_through
from infra.sides import SIDES, Side
from infra.tables import RegisterOutbox
from register.queueing import SHRED_JOB
from register.roll_phases import RollPhase, ShreddingState
from register.tables import Mark, MarkInIntake, Roll, RollEntry, Shredding
from tests.conftest import Stores
from tests.faults.fleet import SWEEPS, Fleet, a_fleet, wait_until
from tests.faults.running import marks_in, verified
from tests.secrecy.conftest import BOTH
from tests.secrecy.devices import Device
from tests.secrecy.installation import (
    SHREDDED,
    Installation,
    a_draft,
    an_installation,
    environ_of,
)
from tests.smtp import SmtpServer
from tests.voting.whole_election import AFTER
from voting.box import count_waiting
from voting.phases import Phase
from voting.tables import Election, TokenEvidence

VOTERS: Final = 12
FEW: Final = (0.0, 0.02, 0.06, 0.12)
MANY: Final = tuple(step / 100 for step in range(24))
"""Seconds into a job after which it is killed: later every time."""

KINDS: Final = [BOTH[0], pytest.param(BOTH[1], marks=pytest.mark.long)]


REACH: Final = 12
"""Sweeps after the last kill, within which everything must be done."""


@dataclass(frozen=True, slots=True)
class Working:
    """An election in which all have voted and no batch is out, and its workers."""

    held: Installation
    fleet: Fleet
    devices: Sequence[Device]

    def kill_until(
        self,
        side: Side,
        is_done: Callable[[], bool],
        delays: Sequence[float],
        *job: str,
    ) -> int:
        """Have something done, killed later each time, until it is; count the kills."""
        jobs = [job] if job else [(path,) for path in SWEEPS[side]]
        struck = 0
        for number, delay in enumerate(delays):
            if is_done():
                return struck
            for each in jobs:
                struck += self.strike(side, each, delay, whole=number % 3 == 2)
        for _ in range(REACH):
            if is_done():
                break
            for each in jobs:
                self.have_done(side, each)
        assert is_done()
        return struck

    def strike(
        self, side: Side, job: Sequence[str], delay: float, *, whole: bool
    ) -> bool:
        """Queue a job and kill it: its process alone, or the whole worker."""
        job_id = self.enqueue(side, job)

        def begins() -> bool:
            worker = f"worker-{side}"
            assert not self.fleet.has_ended(worker), f"{worker} ended by itself"
            return bool(self.horses(side)) or self.is_over(side, job_id)

        wait_until(begins, "the job begins")
        sleep(delay)
        horses = self.horses(side)
        for horse in horses:
            with suppress(psutil.NoSuchProcess):
                horse.kill()
        if whole:
            self.fleet.kill(f"worker-{side}")
            self.fleet.start_again(f"worker-{side}")
        return bool(horses)

    def have_done(self, side: Side, job: Sequence[str]) -> None:
        """Have a job done in peace, whether it succeeds or not."""
        job_id = self.enqueue(side, job)
        wait_until(lambda: self.is_over(side, job_id), "the job is over")

    def enqueue(self, side: Side, job: Sequence[str]) -> str:
        """Queue a job; it is not tried again by itself."""
        return enqueue(queue_of(self.held.runtime(side), side), *job, retries=0)

    def is_over(self, side: Side, job_id: str) -> bool:
        """Tell whether a job is done or has failed."""
        connection = self.held.runtime(side).redis(side)
        return connection.hget(f"rq:job:{job_id}", "status") in {None, b"failed"}

    def horses(self, side: Side) -> list[psutil.Process]:
        """Return the processes in which a side's worker runs a job now."""
        process = self.fleet.programs[f"worker-{side}"].process
        assert process is not None
        found = []
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            for child in psutil.Process(process.pid).children():
                # RQ gives each job's process a group of its own.
                if os.getpgid(child.pid) == child.pid:
                    found.append(child)  # noqa: PERF401 - what was found counts
        return found


@pytest.fixture(params=KINDS)
def working(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    redis_url: str,
    smtp_server: SmtpServer,
) -> Iterator[Working]:
    stores: Stores = request.getfixturevalue(f"{request.param}_stores")
    draft = a_draft(batch=VOTERS, threshold=3)
    with (
        an_installation(
            stores, tmp_path, redis_url, smtp_server, voters=VOTERS, draft=draft
        ) as held,
        a_fleet(tmp_path / "logs") as fleet,
    ):
        held.invite()
        held.open()
        devices = held.vote(held.members)
        told = environ_of(stores, tmp_path, redis_url, smtp_server)
        for side in SIDES:
            fleet.start_urne(f"worker-{side}", told, "worker", side)
        yield Working(held, fleet, devices)


def is_published(held: Installation) -> bool:
    with held.store("service").reading() as session:
        return count_waiting(session, held.election.id) == 0


def is_proven(held: Installation) -> bool:
    with held.store("service").reading() as session:
        election = session.get_one(Election, held.election.id)
        proven = session.get(TokenEvidence, held.election.id) is not None
        return election.phase == Phase.CLOSED and proven


def is_settled(held: Installation) -> bool:
    with held.store("register").reading() as session:
        waiting = session.scalar(select(func.count()).select_from(MarkInIntake))
        roll = session.get_one(Roll, held.election.id)
        return waiting == 0 and roll.rewritten_at is not None


def is_certified(held: Installation) -> bool:
    with held.store("register").reading() as session:
        row = session.get(Shredding, held.election.id)
        return row is not None and row.state == ShreddingState.CERTIFIED


def require_survived(working: Working, delays: Sequence[float]) -> int:
    """Kill through a whole election; return how often something was killed."""
    held = working.held
    struck = working.kill_until("service", lambda: is_published(held), delays)
    held.move_to(AFTER)
    struck += working.kill_until("service", lambda: is_proven(held), delays)
    held.deliver()  # the last kill may have struck before the register was told
    struck += working.kill_until("register", lambda: is_settled(held), delays)
    held.sweep()
    held.count()
    held.approve()
    require_all_counted(working)
    before = kept_of_members(held)
    held.move_to(SHREDDED)
    struck += working.kill_until(
        "register", lambda: is_certified(held), delays, SHRED_JOB, held.election.id
    )
    require_shredded_once(held, before)
    return struck


def require_all_counted(working: Working) -> None:
    """Check that every ballot is on the board once, and the record holds."""
    held, report = working.held, verified(working.held)
    assert [each for each in report.results if not each.passed] == []
    on_board = sorted(ballot.tracking for ballot in report.facts.ballots)
    assert on_board == sorted(device.tracking for device in working.devices)
    assert marks_in(held) == VOTERS
    with held.store("register").reading() as session:
        assert session.scalar(select(func.count()).select_from(Mark)) == VOTERS


def kept_of_members(held: Installation) -> dict[str, list[bytes]]:
    """Return what must vanish, as it stands before."""
    with held.store("register").reading() as session:
        entries = session.scalars(select(RollEntry)).all()
        assert len(entries) == VOTERS
        return {
            "person": [entry.sealed_person[:48] for entry in entries],
            "salt": [entry.sealed_salt[:48] for entry in entries],
            "digest": [entry.member_digest for entry in entries],
            "entry": [entry.id for entry in entries],
        }


def require_shredded_once(held: Installation, before: dict[str, list[bytes]]) -> None:
    """Check that nothing is left of a member, and one certificate tells so."""
    held.deliver()
    with held.store("register").reading() as session:
        roll = session.get_one(Roll, held.election.id)
        assert roll.phase == RollPhase.SHREDDED
        assert session.scalar(select(func.count()).select_from(RollEntry)) == 0
        posted = select(func.count()).where(RegisterOutbox.kind == "shredded")
        assert session.scalar(posted) == 1
        certificate = session.get_one(Shredding, held.election.id).certificate
    document = decode_json(certificate or b"")
    assert isinstance(document, dict)
    checks = document["checks"]
    assert isinstance(checks, list)
    assert [
        each for each in checks if isinstance(each, dict) and not each["passed"]
    ] == []
    with held.store("service").reading() as session:
        election = session.get_one(Election, held.election.id)
        assert election.phase == Phase.SHREDDED
        assert election.certificate == certificate
    assert look_through([held.data], before).findings == ()


@pytest.mark.timeout(300)
def test_workers_killed_at_any_step_lose_and_double_nothing(working: Working) -> None:
    assert require_survived(working, FEW) >= 6


@pytest.mark.long
@pytest.mark.timeout(900)
def test_workers_killed_at_many_moments_lose_and_double_nothing(
    working: Working,
) -> None:
    assert require_survived(working, MANY) >= 12
