"""An election whose members vote through real servers, which a test may kill."""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from infra.config import load_settings
from infra.runtime import open_runtime
from infra.sides import SIDES
from register.marks import count_marks
from register.tables import HourlyTotal
from tests.conftest import Stores
from tests.faults.fleet import Fleet, a_fleet, free_port, start_both_sides
from tests.faults.hands import invite
from tests.faults.proxy import Proxy, a_proxy
from tests.secrecy.devices import Device, Exchange, HttpLine, LineBroken
from tests.secrecy.holders import HolderPages
from tests.secrecy.installation import (
    APPROVED,
    BEFORE,
    Installation,
    a_draft,
    create,
    environ_of,
    members,
    set_clock,
)
from tests.smtp import SmtpServer
from voting.record import read_record
from voting.record_export import export_record
from voting.verification.runner import Report, verify_record

OK = http.client.OK
TRIES = 5


@dataclass(frozen=True, slots=True)
class Running:
    """The election, the processes, and what stands before the web server."""

    held: Installation
    fleet: Fleet
    proxy: Proxy

    def finish(self) -> Report:
        """Close, count and approve; return what anybody finds of the record.

        The holders' pages go over the proxy, and try again until they are answered.
        """
        held = self.held
        held.close()
        held.election.start_count()
        pages = HolderPages.of(held.line, held.election)
        steps = (pages.post_partial, pages.post_approval)
        for step, (first, second) in zip(steps, ((1, 3), (2, 3)), strict=True):
            held.move_to(APPROVED)
            for index in (first, second):
                answer = self.insist(partial(step, index))
                assert answer.status == OK, (step.__name__, index, answer.answer)
            held.election.do_work()
        held.deliver()
        return verified(held)

    def insist(self, ask: Callable[[], Exchange]) -> Exchange:
        """Ask until there is an answer; whatever was killed is started again."""
        for _ in range(TRIES):
            try:
                return ask()
            except LineBroken:
                self.raise_the_dead()
        raise AssertionError("no answer came")

    def raise_the_dead(self) -> None:
        """Start the web server again if it is gone, as a supervisor does."""
        if self.fleet.has_ended("web"):
            self.fleet.start_again("web")

    def require_one_ballot_each(self, devices: Sequence[Device]) -> None:
        """Check that each device's receipt is kept, and that nothing is doubled."""
        report = self.finish()
        failed = [each for each in report.results if not each.passed]
        assert failed == []
        on_board = [ballot.tracking for ballot in report.facts.ballots]
        promised = {_tracking_in(device) for device in devices}
        assert len(on_board) == len(set(on_board)) == len(devices)
        assert set(on_board) == promised
        assert marks_in(self.held) == len(devices)
        assert hours_in(self.held) == len(devices)


def _tracking_in(device: Device) -> bytes:
    assert device.receipt is not None
    return bytes.fromhex(device.receipt["tracking"])


def verified(held: Installation) -> Report:
    """Verify the election's record as anybody can."""
    target = io.BytesIO()
    with held.store("service").reading() as session:
        export_record(session, held.election.id, target)
    target.seek(0)
    return verify_record(read_record(target))


def marks_in(held: Installation) -> int:
    """Return how many are marked."""
    with held.store("register").reading() as session:
        return sum(count_marks(session, held.election.id).digital)


def hours_in(held: Installation) -> int:
    """Return how many rights the hours' totals count."""
    with held.store("register").reading() as session:
        return session.scalar(select(func.sum(HourlyTotal.count))) or 0


@contextmanager
def a_running_election(
    stores: Stores,
    folder: Path,
    redis_url: str,
    smtp: SmtpServer,
    *,
    voters: int,
    batch: int = 2,
    web_workers: int = 1,
    workers: bool = False,
) -> Iterator[Running]:
    """Lend an open election behind real processes; the test is its cron.

    Without `workers` the test does what jobs do as well.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = environ_of(
        stores,
        folder,
        redis_url,
        smtp,
        URNE_SERVICE_URL=address,
        URNE_REGISTER_URL=address,
    )
    set_clock(folder, BEFORE)
    runtime = open_runtime(load_settings(told))
    with a_fleet(folder / "logs") as fleet, a_proxy(port) as proxy:
        start_both_sides(fleet, told, port, web_workers=web_workers, workers=workers)
        held = Installation(
            folder,
            dict.fromkeys(SIDES, runtime),
            HttpLine(dict.fromkeys(SIDES, proxy.address)),
            smtp,
            create(runtime, a_draft(batch=batch, threshold=3)),
            members(voters),
        )
        held.prepare()
        if workers:
            invite(held)
        else:
            held.invite()
        held.open()
        yield Running(held, fleet, proxy)
    runtime.close()
