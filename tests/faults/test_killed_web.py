"""The web server is killed, or its answer lost, at every step of casting.

The kill strikes before the server has heard of the request, while it works on it, and
when it has answered and the browser does not know. Whatever came of it, the member
tries again with the link, on the same device or another one, and there is one mark and
one ballot: the one that the last receipt names.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import Stores
from tests.faults.fleet import Fleet
from tests.faults.proxy import Cut, Moment
from tests.faults.running import TRIES, Running, a_running_election
from tests.secrecy.conftest import BOTH
from tests.secrecy.devices import Device, LineBroken
from tests.secrecy.installation import choice_of
from tests.smtp import SmtpServer

STEPS: Final = ("/identify", "/right", "/cast", "/status")
KILLED_AT: Final = (
    ("/right", Moment.DURING, 0.0),
    ("/right", Moment.AFTER, 0.0),
    ("/cast", Moment.DURING, 0.01),
    ("/cast", Moment.AFTER, 0.0),
)
"""Where between link and receipt the server dies, and how many seconds into it."""

COUNTING: Final = (
    ("/partial", Moment.AFTER, 0),
    ("/partial", Moment.DURING, 1),
    ("/sign", Moment.AFTER, 0),
    ("/sign", Moment.DURING, 1),
)
"""Where it dies while two holders open the tally and two approve: when the first has
been answered, and then, once that one has tried again, while the second is."""

MANY_MOMENTS: Final = (
    *((step, moment, 0.0) for step in STEPS[:3] for moment in Moment),
    *(
        (step, Moment.DURING, delay)
        for step in ("/right", "/cast")
        for delay in (0.002, 0.004, 0.008, 0.012, 0.016, 0.025, 0.035, 0.05)
    ),
)
KINDS: Final = [BOTH[0], pytest.param(BOTH[1], marks=pytest.mark.long)]


@pytest.fixture(params=KINDS)
def running(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    redis_url: str,
    smtp_server: SmtpServer,
) -> Iterator[Running]:
    stores: Stores = request.getfixturevalue(f"{request.param}_stores")
    with a_running_election(
        stores, tmp_path, redis_url, smtp_server, voters=len(MANY_MOMENTS)
    ) as lent:
        yield lent


@dataclass(slots=True)
class Strike:
    """Does something once, when a request to an address comes to a moment."""

    step: str
    moment: Moment
    delay: float = 0.0
    fleet: Fleet | None = None
    """Its web server is killed; without one the connection is cut and no more."""
    spared: int = 0
    """So many such moments pass first."""
    struck: bool = field(default=False)

    def __call__(self, moment: Moment, path: str) -> None:
        if self.struck or moment is not self.moment or not path.endswith(self.step):
            return
        if self.spared:
            self.spared -= 1
            return
        self.struck = True
        time.sleep(self.delay)
        if self.fleet is not None:
            self.fleet.kill("web")
        raise Cut


@dataclass(slots=True)
class Strikes:
    """Strikes one after the other: the next when the one before has struck."""

    each: Sequence[Strike]

    def __call__(self, moment: Moment, path: str) -> None:
        for strike in self.each:
            if not strike.struck:
                strike(moment, path)
                return

    @property
    def all_struck(self) -> bool:
        """Tell whether none is left."""
        return all(strike.struck for strike in self.each)


def vote_until_received(running: Running, device: Device, number: int) -> Device:
    """Try as a member does: again, every other time on a fresh device."""
    held, member = running.held, running.held.members[number]
    for attempt in range(TRIES):
        try:
            device.vote(choice_of(number))
        except LineBroken:
            running.raise_the_dead()
            if attempt % 2 == number % 2:
                device = held.device(member)
        else:
            return device
    raise AssertionError("no receipt came")


LOST: Final = tuple((step, moment) for step in STEPS for moment in Moment)
"""Requests and answers that are lost while the server lives."""


@pytest.mark.timeout(300)
def test_a_lost_answer_or_a_killed_server_at_any_step_loses_and_doubles_nothing(
    running: Running,
) -> None:
    strikes = [
        *(Strike(step, moment) for step, moment in LOST),
        *(Strike(*where, running.fleet) for where in KILLED_AT),
    ]
    require_survived(running, strikes)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_server_killed_at_many_moments_loses_and_doubles_nothing(
    running: Running,
) -> None:
    strikes = [Strike(*where, running.fleet) for where in MANY_MOMENTS]
    require_survived(running, strikes)


def require_survived(running: Running, strikes: Sequence[Strike]) -> None:
    """Strike once in each member's vote; then everyone has one ballot on the board."""
    voted = []
    for number, strike in enumerate(strikes):
        running.proxy.watcher = strike
        member = running.held.members[number]
        if strike.step == "/status":
            # Asked for by whoever finds the right taken out already.
            early = running.held.device(member)
            early.identify()
            early.take_right()
        device = running.held.device(member)
        voted.append(vote_until_received(running, device, number))
        assert strike.struck, strike
    while_counting = Strikes(
        [
            Strike(step, moment, 0.01, running.fleet, spared)
            for step, moment, spared in COUNTING
        ]
    )
    running.proxy.watcher = while_counting
    running.require_one_ballot_each(voted)
    assert while_counting.all_struck
