"""The demo election of scripts/run: a newcomer votes within a minute."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.ballot_shape import Selection
from scripts.mailsink.storage import mailbox_name
from scripts.processes.demo import read_demo
from scripts.processes.plan import MAIL_FOLDER
from scripts.simulation.boards import Place, count_ballots, find_on_board
from scripts.simulation.mailboxes import Mailboxes
from scripts.simulation.voters import VoterClient
from tests.commands.installations import ROOT, RunningUrne, fetch, running_urne

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def urne(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUrne]:
    with running_urne(tmp_path_factory.mktemp("demo") / "data", demo=True) as running:
        yield running


def test_a_newcomer_votes_in_the_demo_and_is_found_on_its_board(
    urne: RunningUrne,
) -> None:
    demo, service = read_demo(urne.data), urne.addresses.service_url
    urne.wait_until(lambda: count_ballots(service, demo.slug) == 40)
    boxes = Mailboxes(urne.data / MAIL_FOLDER, demo.election)
    boxes.refresh()
    with VoterClient(boxes.link_of(demo.mailbox)) as voter:
        assert voter.identify().mark == "none"
        receipt = voter.vote([Selection(frozenset({0}))])
        assert voter.receipts() == [receipt]
        assert voter.identify().mark == "digital"
        urne.wait_until(lambda: count_ballots(service, demo.slug) == 41)
        assert find_on_board(voter, receipt) is Place.OUT


def test_the_mailbox_of_the_newcomer_is_told_and_shown(urne: RunningUrne) -> None:
    path = f"/boks/{mailbox_name(read_demo(urne.data).mailbox)}"
    assert urne.has_said(path)
    page = fetch(urne.addresses.mail_page_url, path)
    assert page.status == 200
    assert f"{urne.addresses.service_url}/s/" in page.text


def test_another_election_is_held_on_the_running_server(
    urne: RunningUrne, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            *(ROOT / "scripts" / "simulate", "--out", tmp_path, "--json"),
            *("--voters", "6", "--abstain", "0", "--until", "voted"),
            *("--url", urne.addresses.service_url, "--data", urne.data),
        ],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["entitled"] == found["voted"] == 6
    service = urne.addresses.service_url
    urne.wait_until(lambda: count_ballots(service, found["slug"]) == 6)
