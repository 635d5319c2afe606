"""Without its verifier the service takes no ballot, and loses none when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.config import load_settings
from infra.runtime import open_runtime
from infra.sides import SIDES
from infra.token_verifier import VerifierUnavailable
from tests.conftest import Stores
from tests.faults.fleet import Fleet, a_fleet, wait_for_verifier
from tests.faults.running import marks_in, verified
from tests.secrecy.devices import PagesOf, Refused
from tests.secrecy.installation import (
    BEFORE,
    Installation,
    a_draft,
    choice_of,
    create,
    environ_of,
    members,
    set_clock,
    the_app,
)
from tests.smtp import SmtpServer
from tests.voting.whole_election import AFTER
from voting.box import count_waiting

VOTERS = 4


@pytest.fixture
def held(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[tuple[Installation, Fleet]]:
    told = environ_of(sqlite_stores, tmp_path, redis_url, smtp_server)
    set_clock(tmp_path, BEFORE)
    runtime = open_runtime(load_settings(told))
    with a_fleet(tmp_path / "logs") as fleet:
        fleet.start_urne("verifier", told, "verifier")
        wait_for_verifier(told)
        lent = Installation(
            tmp_path,
            dict.fromkeys(SIDES, runtime),
            PagesOf(the_app(runtime)),
            smtp_server,
            create(runtime, a_draft(batch=2, threshold=3)),
            members(VOTERS),
        )
        lent.prepare()
        lent.invite()
        lent.open()
        yield lent, fleet
    runtime.close()


def test_a_killed_verifier_costs_a_second_try_and_nothing_else(
    held: tuple[Installation, Fleet],
) -> None:
    installation, fleet = held
    told = fleet.programs["verifier"].environ
    first, *others = installation.members
    device = installation.device(first)
    fleet.kill("verifier")
    with pytest.raises(Refused) as refused:
        device.vote(choice_of(0))
    assert (refused.value.status, refused.value.name) == (503, "VerifierUnavailable")
    with installation.store("service").reading() as session:
        assert count_waiting(session, installation.election.id) == 0
    assert marks_in(installation) == 1, "the right was taken out, and is not lost"

    fleet.start_again("verifier")
    wait_for_verifier(told)
    assert installation.device(first).vote(choice_of(0))
    installation.vote(others)

    fleet.kill("verifier")
    installation.move_to(AFTER)
    with pytest.raises(VerifierUnavailable):
        installation.sweep()
    fleet.start_again("verifier")
    wait_for_verifier(told)
    installation.sweep()
    installation.sweep()
    installation.count()
    installation.approve()
    report = verified(installation)
    assert report.passed
    assert len(report.facts.ballots) == VOTERS
