"""The queue alone shreds a roll at its second, in a whole installation."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from infra.clock import move_clock
from scripts.simulation.clocks import server_time
from scripts.simulation.elections import HeldElection, Place
from scripts.simulation.officials import ElectionPlan
from scripts.simulation.rolls import Member as Entry
from scripts.simulation.rolls import invent_members
from scripts.simulation.waiting import wait_for
from scripts.simulation.web import HttpClient, Refused
from tests.commands.installations import RunningUrne, running_urne
from voting.record import read_record

SHORT_RETENTION: Final = timedelta(seconds=5)


@pytest.mark.timeout(300)
def test_a_roll_is_shredded_at_its_second_by_the_queue_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sweep runs from before the approval on: the queued job comes by itself.

    The queue's own clock cannot be moved. So the election is held three hours ago, and
    ends at the machine's own time.
    """
    seconds = int(SHORT_RETENTION.total_seconds())
    monkeypatch.setenv("URNE_RETENTION_SECONDS", str(seconds))
    monkeypatch.setenv("URNE_SUPPRESSION_THRESHOLD", "1")
    members = invent_members(3, groups=1, seed=5)
    with running_urne(tmp_path / "data") as urne:
        move_clock(urne.data, -3 * 3600)
        place = Place(urne.addresses.service_url, urne.data)
        with HeldElection(place, short_plan(urne.data), members) as election:
            hold_until_counted(election, members)
            with stopped(urne, "cron", "register") as is_stopped:
                election.approve()
                certificate = wait_for(
                    "the certificate",
                    partial(read_certificate, election),
                    passing=Refused,
                )
                assert is_stopped()
            record = election.record()
    took = datetime.fromisoformat(certificate["shredded_at"]) - approved_at(record)
    assert SHORT_RETENTION <= took < timedelta(minutes=1)
    assert all(check["passed"] for check in certificate["checks"])


def short_plan(data: Path) -> ElectionPlan:
    """An election of an hour, open at once."""
    now = server_time(data).replace(second=0, microsecond=0)
    return ElectionPlan(
        title="Kort valg",
        slug="kort-valg",
        organisation="Et forbund",
        opens_at=now,
        closes_at=now + timedelta(hours=1),
    )


def hold_until_counted(election: HeldElection, members: Sequence[Entry]) -> None:
    """From the roll to the result."""
    election.set_up()
    election.send_links()
    election.wait_until_open()
    election.poll(members, seed=5)
    election.close()
    election.count()


@contextmanager
def stopped(urne: RunningUrne, *words: str) -> Iterator[Callable[[], bool]]:
    """Hold a program still; lends a way to see that it is."""
    program = urne.program(*words)
    os.kill(program.pid, signal.SIGSTOP)
    stat = Path(f"/proc/{program.pid}/stat")
    try:
        yield lambda: stat.read_text("ascii").rpartition(")")[2].split()[0] == "T"
    finally:
        os.kill(program.pid, signal.SIGCONT)


def read_certificate(election: HeldElection) -> dict[str, Any]:
    """Read what the register has signed; raises Refused as long as there is none."""
    with HttpClient(election.place.url) as client:
        path = f"/s/{election.plan.slug}/makuleringsattest.json"
        found: dict[str, Any] = client.get_json(path)
        return found


def approved_at(record: bytes) -> datetime:
    """When the last signature came, as the record has it."""
    parts = read_record(io.BytesIO(record))
    told: str = json.loads(parts.approvals)["approved_at"]
    return datetime.fromisoformat(told)
