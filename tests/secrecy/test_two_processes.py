"""Two processes on two ports: members vote through both, and neither knows the other's.

Everything goes over HTTP: votes, and the documents between the sides. Mails are sent,
batches published, tokens proven and the roll shredded by real workers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import redis
from sqlalchemy import func, select

from infra.sides import SIDES, Side, other_side
from register.marks import count_marks
from register.roll_phases import RollPhase
from register.tables import Roll, RollEntry, VotingCode
from tests.faults.fleet import Fleet, wait_until
from tests.faults.hands import invite, settle
from tests.secrecy.conftest import BOTH, fresh_stores
from tests.secrecy.devices import Device
from tests.secrecy.installation import SHREDDED, Installation, choice_of
from tests.secrecy.needles import (
    Needles,
    kept_in_redis,
    kinds_in,
    of_a_ballot,
    of_a_code,
    of_a_person,
    of_the_register,
    said_over,
    stored_in,
)
from tests.secrecy.split import two_operators
from tests.secrecy.voted import files_below
from tests.smtp import smtp_server
from tests.voting.whole_election import AFTER, DURING
from voting.phases import Phase
from voting.record import read_record
from voting.record_export import export_record
from voting.tables import Election
from voting.verification.runner import Report, verify_record

VOTERS: Final = 24
AT_ONCE: Final = 6


@dataclass(frozen=True, slots=True, repr=False)
class Apart:
    """What two operators have, and what went between them and their voters."""

    held: Installation
    devices: Sequence[Device]
    entries: Sequence[bytes]
    stored: Mapping[Side, bytes]
    redis: Mapping[Side, bytes]
    logs: bytes
    report: Report
    marks: int
    phase: str
    left: Mapping[Side, Mapping[str, bytes]]
    """The files of each data folder after the shredding."""

    @property
    def of_members(self) -> Needles:
        return {
            **of_a_person(self.held.members),
            **of_a_code(self.devices),
            **of_the_register(self.devices, self.entries),
        }

    @property
    def of_ballots(self) -> Needles:
        return of_a_ballot(self.devices)


KINDS = [pytest.param(BOTH[0]), pytest.param(BOTH[1], marks=pytest.mark.long)]


@pytest.fixture(scope="module", params=KINDS)
def apart(request: pytest.FixtureRequest) -> Iterator[Apart]:
    """Hold an election over two operators' processes."""
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("apart")
    url = request.getfixturevalue("_valkey_url")
    with (
        fresh_stores(request.param, request) as stores,
        smtp_server() as smtp,
        two_operators(stores, folder, url, smtp, voters=VOTERS) as (held, fleet),
    ):
        found = hold(held, fleet)
        fleet.stop()
        with redis.Redis.from_url(url) as connection:
            connection.flushall()
        yield found


def hold(held: Installation, fleet: Fleet) -> Apart:
    """Hold the election from the first mail to the certificate."""
    invite(held)
    held.move_to(DURING)
    settle(held)
    devices = vote_at_once(held)
    entries = [entry_of(held, device) for device in devices]
    settle(held)
    marks = sum(count_in(held))
    stored = {side: stored_in(held.store(side)) for side in SIDES}
    seen = {side: kept_in_redis(held.runtime(side).redis(side)) for side in SIDES}
    held.move_to(AFTER)
    settle(held)
    settle(held)
    held.count()
    held.approve()
    report = verified(held)
    held.move_to(SHREDDED)
    settle(held)
    wait_until(lambda: is_shredded(held), "both sides know of the shredding")
    with held.store("service").reading() as session:
        phase = session.get_one(Election, held.election.id).phase
    left = {side: files_below(held.runtime(side).settings.data_dir) for side in SIDES}
    return Apart(
        held,
        devices,
        entries,
        stored,
        seen,
        fleet.logs(),
        report,
        marks,
        phase,
        left,
    )


def vote_at_once(held: Installation) -> list[Device]:
    """Let everybody vote, some at once."""
    devices = [held.device(member) for member in held.members]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        numbered = enumerate(devices)
        list(pool.map(lambda each: each[1].vote(choice_of(each[0])), numbered))
    return devices


def entry_of(held: Installation, device: Device) -> bytes:
    login = device.login.public_key
    query = select(VotingCode.entry_id).where(VotingCode.login_key == login)
    with held.store("register").reading() as session:
        return session.scalars(query).one()


def count_in(held: Installation) -> tuple[int, ...]:
    with held.store("register").reading() as session:
        return count_marks(session, held.election.id).digital


def verified(held: Installation) -> Report:
    """Verify the election's record as anybody can."""
    target = io.BytesIO()
    with held.store("service").reading() as session:
        export_record(session, held.election.id, target)
    target.seek(0)
    return verify_record(read_record(target))


def is_shredded(held: Installation) -> bool:
    with held.store("service").reading() as session:
        return session.get_one(Election, held.election.id).certificate is not None


def test_members_vote_through_two_processes_and_the_record_verifies(
    apart: Apart,
) -> None:
    assert apart.report.passed
    assert apart.marks == VOTERS
    trackings = {ballot.tracking for ballot in apart.report.facts.ballots}
    assert trackings == {device.tracking for device in apart.devices}


def test_the_roll_is_shredded_by_one_process_and_known_by_the_other(
    apart: Apart,
) -> None:
    held = apart.held
    with held.store("register").reading() as session:
        roll = session.get_one(Roll, held.election.id)
        assert roll.phase == RollPhase.SHREDDED
        rows = select(func.count()).select_from(RollEntry)
        assert session.scalar(rows) == 0
    assert apart.phase == Phase.SHREDDED


def test_neither_process_stores_or_queues_what_the_other_knows(apart: Apart) -> None:
    assert kinds_in(apart.stored["register"], apart.of_ballots) == set()
    assert kinds_in(apart.stored["service"], apart.of_members) == set()
    everything = {**apart.of_members, **apart.of_ballots}
    for side in SIDES:
        assert kinds_in(apart.redis[side], everything) == set()


def test_what_all_processes_write_tells_of_nobody_and_of_no_request(
    apart: Apart,
) -> None:
    assert kinds_in(apart.logs, {**apart.of_members, **apart.of_ballots}) == set()
    assert b"gunicorn" in apart.logs, "what they write is kept"
    for said in (b"/identify", b"/right", b"/cast", b"GET ", b"POST "):
        assert said not in apart.logs


def test_what_is_said_to_one_process_is_nothing_of_the_others(apart: Apart) -> None:
    seen = apart.held.line.seen
    to = {side: said_over(each for each in seen if each.side == side) for side in SIDES}
    assert kinds_in(to["register"], apart.of_ballots) == set()
    assert kinds_in(to["service"], apart.of_members) == set()
    paths = "\n".join({each.path for each in seen}).encode()
    assert kinds_in(paths, {**apart.of_members, **apart.of_ballots}) == set()
    assert not any(
        name.lower() == "set-cookie" for each in seen for name, _ in each.headers
    )


def test_no_data_folder_keeps_a_person_after_the_shredding(apart: Apart) -> None:
    for files in apart.left.values():
        for name, content in files.items():
            found = kinds_in(content, {**apart.of_members})
            assert not found, name


def test_each_process_answers_for_its_own_side_alone(apart: Apart) -> None:
    for exchange in apart.held.line.seen:
        assert exchange.status == 200
    for side in SIDES:
        own = apart.held.runtime(side)
        assert own.settings.sides == {side}
        assert other_side(side) not in own.stores
