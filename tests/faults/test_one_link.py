"""Fifty at once with one link: one mark, one ballot, and everybody is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import Stores
from tests.faults.running import Running, a_running_election, hours_in, marks_in
from tests.secrecy.devices import Device, Refused
from tests.secrecy.installation import Member, choice_of
from tests.smtp import SmtpServer

AT_ONCE: Final = 50


@pytest.fixture
def running(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[Running]:
    with a_running_election(
        stores, tmp_path, redis_url, smtp_server, voters=4, web_workers=2
    ) as lent:
        yield lent


def all_at_once(devices: list[Device], step: Callable[[Device], Any]) -> Counter[str]:
    """Let every device do one step, in threads; count how it was answered."""

    def attempt(device: Device) -> str:
        try:
            step(device)
        except Refused as refused:
            return refused.name
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(attempt, devices))


def let_a_quarter_pass(running: Running) -> None:
    """Forget the attempts that were counted: fifty are more than a person makes."""
    connection = running.held.runtime("register").redis("register")
    for key in connection.scan_iter("throttle:*"):
        connection.delete(key)


def test_fifty_at_once_with_one_link_give_one_mark_and_one_ballot(
    running: Running,
) -> None:
    held = running.held
    first, second, *others = held.members
    winner = fifty_devices_with_one_link(running, first)
    again = fifty_times_the_same_ballot(running, second)
    running.require_one_ballot_each([winner, again, *held.vote(others)])


def fifty_devices_with_one_link(running: Running, member: Member) -> Device:
    """Fifty devices go the whole way side by side, each with a ballot of its own."""
    held = running.held
    devices = [held.device(member) for _ in range(AT_ONCE)]
    assert all_at_once(devices, Device.identify) == {"done": AT_ONCE}
    let_a_quarter_pass(running)
    assert all_at_once(devices, Device.take_right) == {"done": AT_ONCE}
    assert len({device.right.encoded for device in devices}) == 1
    assert marks_in(held) == hours_in(held) == 1

    for number, device in enumerate(devices):
        device.fill(choice_of(number))
    answers = all_at_once(devices, Device.cast)
    assert answers == {"done": 1, "CredentialUsed": AT_ONCE - 1}

    (winner,) = [device for device in devices if device.receipt is not None]
    assert all_at_once(devices, ask_for_receipt) == {"done": AT_ONCE}
    trackings = {(device.receipt or {})["tracking"] for device in devices}
    assert trackings == {winner.tracking.hex()}
    let_a_quarter_pass(running)
    late = [held.device(member) for _ in range(2)]
    assert all_at_once(late, lambda device: device.vote(choice_of(1))) == {"done": 2}
    return winner


def fifty_times_the_same_ballot(running: Running, member: Member) -> Device:
    """A browser sends the same ballot fifty times: one ballot, one receipt."""
    device = running.held.device(member)
    device.identify()
    device.take_right()
    device.fill(choice_of(0))
    assert all_at_once([device] * AT_ONCE, Device.cast) == {"done": AT_ONCE}
    receipts = {
        exchange.body
        for exchange in running.held.line.seen
        if exchange.path.endswith("/cast")
        and exchange.status == 200
        and device.tracking.hex().encode() in exchange.body
    }
    assert len(receipts) == 1
    return device


def ask_for_receipt(device: Device) -> None:
    (device.receipt,) = device.receipts()
