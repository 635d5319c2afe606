"""An election whose members vote through real servers, which a test may kill."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
from tests.secrecy.devices import Device, HttpLine
from tests.secrecy.installation import (
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


@dataclass(frozen=True, slots=True)
class Running:
    """The election, the processes, and what stands before the web server."""

    held: Installation
    fleet: Fleet
    proxy: Proxy

    def finish(self) -> Report:
        """Close, count and approve; return what anybody finds of the record."""
        held = self.held
        held.close()
        held.count()
        held.approve()
        return verified(held)

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
) -> Iterator[Running]:
    """Lend an open election behind real processes; the test is its cron."""
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
        start_both_sides(fleet, told, port, web_workers=web_workers)
        held = Installation(
            folder,
            dict.fromkeys(SIDES, runtime),
            HttpLine(dict.fromkeys(SIDES, proxy.address)),
            smtp,
            create(runtime, a_draft(batch=batch, threshold=3)),
            members(voters),
        )
        held.prepare()
        invite(held)
        held.open()
        yield Running(held, fleet, proxy)
    runtime.close()
