"""The evening and after: closing, count, protocol, record, shredding."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import expect

from scripts.processes.plan import MAIL_FOLDER
from scripts.simulation.clocks import move_to, server_time
from tests.browser.election_day import BLANK, NO, SLUG, YES, Day
from tests.browser.official_pages import Official
from tests.commands.installations import ROOT

GRACE: Final = timedelta(minutes=10)
RETENTION: Final = timedelta(days=30)
MOMENT: Final = timedelta(seconds=5)


def close_at_its_minute(day: Day) -> None:
    """The clock passes the deadline and its grace; cron closes."""
    organiser = day.organiser
    move_to(day.data, day.closes_at + GRACE + MOMENT)
    for official in (organiser, *day.committee[:2]):
        official.sign_in()  # hours unused end a session
    organiser.visit()
    organiser.awaits(organiser.page.get_by_text("Lukket", exact=True))
    day.look(organiser, "election-closed")


def count_and_approve(day: Day) -> None:
    """Two of three count with their saved files, and sign the protocol."""
    organiser = day.organiser
    organiser.visit("opptelling")
    organiser.awaits_button("Start opptellingen")
    day.look(organiser, "count-ready")
    organiser.press("Start opptellingen")
    organiser.sees("Komiteen teller")
    day.look(organiser, "counting")
    first, second = (
        official.open_key_page(day.folder / f"count-{number}", day.key_files[number])
        for number, official in enumerate(day.committee[:2])
    )
    first.count(before_sending=lambda: day.look(first, "key-count"))
    first.sees("Delopptellingen er levert")
    day.look(first, "key-counted")
    second.count()
    for holder in (first, second):
        holder.sees("Godkjenn protokollen")
    day.look(first, "key-approve")
    organiser.visit("godkjenning")
    day.look(organiser, "approval")
    first.unlock("Signer")
    first.sees("Signaturen er levert.")
    second.unlock("Signer")
    second.sees("Ingenting å gjøre nå")
    day.look(second, "key-idle")


def read_protocol(day: Day) -> Path:
    """The result is as they voted, for officials and for everybody; get the record."""
    organiser = day.organiser
    organiser.visit("protokoll")
    expect_result(organiser)
    day.look(organiser, "protocol")
    file = day.folder / "record.zip"
    organiser.download("Last ned valgprotokollen").save_as(file)
    organiser.page.goto(f"{organiser.origin}/s/{SLUG}/protokoll")
    expect_result(organiser)
    day.look(organiser, "protocol-public")
    return file


def expect_result(reader: Official) -> None:
    """See the sums on a page."""
    votes = reader.page.locator("#stemmer-1 tbody tr td:first-of-type")
    expect(votes).to_have_text([str(YES), str(NO), str(BLANK)])


def verify_record(day: Day, record: Path) -> None:
    """The downloaded record passes every check, offline."""
    done = run_verify(record)
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["ballots"] == YES + NO + BLANK == len(day.codes)


def run_verify(record: Path) -> subprocess.CompletedProcess[str]:
    """Run the command that anybody runs."""
    return subprocess.run(
        [ROOT / "scripts" / "verify", record, "--json"],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def shred_after_thirty_days(day: Day) -> None:
    """The sweep finds the roll due, and the worker shreds it."""
    organiser = day.organiser
    worker = day.urne.program("worker", "register")
    mails = day.data / MAIL_FOLDER / day.election
    assert mails.is_dir()
    move_to(day.data, server_time(day.data) + RETENTION + MOMENT)
    organiser.sign_in()
    organiser.visit("makulering")
    organiser.awaits_heading("Makuleringsattest")
    organiser.reads("Alt som ble lett etter, er borte.")
    day.look(organiser, "shredded")
    assert not mails.exists()
    assert day.urne.program("worker", "register").pid == worker.pid


def see_old_link(day: Day, link: str) -> None:
    """A link from before leads nobody anywhere."""
    with day.device() as late:
        late.open(link)
        late.press("Finn kvitteringen min")
        late.sees("Manntallet er makulert")
        day.look(late, "voter-shredded")
