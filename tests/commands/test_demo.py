"""The demo election of scripts/run: a newcomer votes within a minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto.ballot_shape import Selection
from scripts.mailsink.storage import mailbox_name
from scripts.processes.demo import read_demo
from scripts.processes.plan import MAIL_FOLDER
from scripts.simulation.boards import Place, count_ballots, find_on_board
from scripts.simulation.mailboxes import Mailboxes
from scripts.simulation.voters import VoterClient
from tests.commands.installations import RunningUrne, fetch, running_urne

pytestmark = pytest.mark.xdist_group("commands")


@pytest.mark.timeout(600)
def test_a_newcomer_votes_in_the_demo_and_is_found_on_its_board(
    tmp_path: Path,
) -> None:
    with running_urne(tmp_path / "data", demo=True) as urne:
        demo, service = read_demo(urne.data), urne.addresses.service_url
        urne.wait_until(lambda: count_ballots(service, demo.slug) == 40)
        _see_the_mailbox(urne, demo.mailbox)
        boxes = Mailboxes(urne.data / MAIL_FOLDER, demo.election)
        boxes.refresh()
        with VoterClient(boxes.link_of(demo.mailbox)) as voter:
            assert voter.identify().mark == "none"
            receipt = voter.vote([Selection(frozenset({0}))])
            assert voter.receipts() == [receipt]
            assert voter.identify().mark == "digital"
            urne.wait_until(lambda: count_ballots(service, demo.slug) == 41)
            assert find_on_board(voter, receipt) is Place.OUT


def _see_the_mailbox(urne: RunningUrne, address: str) -> None:
    path = f"/boks/{mailbox_name(address)}"
    assert urne.has_said(path)
    page = fetch(urne.addresses.mail_page_url, path)
    assert page.status == 200
    assert f"{urne.addresses.service_url}/s/" in page.text
