"""A new installation with one account, mail server, SMS gateway, and its people."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.processes.data_folder import LOCK
from scripts.processes.officials import Login, write_logins
from scripts.processes.plan import MAIL_FOLDER, ROOT
from scripts.simulation.clocks import move_to, server_time
from scripts.simulation.mailboxes import Mailboxes
from tests.browser.album import Album
from tests.browser.messy_roll import Reach, invent_reach
from tests.browser.newcomer import Newcomer, newcomer_at
from tests.browser.visitor import SLOWLY
from tests.commands.installations import RunningUrne, running_urne
from tests.sms_gateway import TOKEN, SmsServer, an_sms_server

TITLE: Final = "Uravstemning om hovedavtalen 2027"
SLUG: Final = "uravstemning-om-hovedavtalen-2027"
ORGANISATION: Final = "Sørøya og omland arbeiderforening"
REPORT_TOKEN: Final = "report-token-of-the-tests"
USUAL: Final = 5_000
"""Milliseconds that Playwright waits for what is expected, unless told otherwise."""

FIRST: Final = Login(
    "Ingrid Solvang", "ingrid@forening.example", "fire rolige kopper kaffe", "organiser"
)
HOLDERS: Final = (
    ("Kari Nordmann", "kari@forening.example", "grønne epler i kurven"),
    ("Ola Hansen", "ola@forening.example", "en båt uten årer her"),
    ("Siri Berg", "siri@forening.example", "sju trapper opp til loftet"),
)


@dataclass(slots=True)
class House:
    """An installation, its people, and what is remembered on the way."""

    urne: RunningUrne
    browser: Browser
    folder: Path
    album: Album
    gateway: SmsServer
    organiser: Newcomer
    committee: list[Newcomer]
    opens_at: datetime
    closes_at: datetime
    publishes_at: datetime
    roll: list[Reach] = field(default_factory=invent_reach)
    key_files: list[Path] = field(default_factory=list)
    bounced: list[Reach] = field(default_factory=list)
    """The twenty whose first mail came back."""

    voted: list[Reach] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The installation's data folder."""
        return self.urne.data

    @property
    def mails(self) -> Path:
        """Where the mail server keeps what it took."""
        return self.data / MAIL_FOLDER

    @property
    def election(self) -> str:
        """The election's id; the mails of one election lie in a folder of this name."""
        (found,) = [each.name for each in self.mails.iterdir() if len(each.name) == 32]
        return found

    def boxes(self) -> Mailboxes:
        """What the mail server has taken for members, read now."""
        boxes = Mailboxes(self.mails, self.election)
        boxes.refresh()
        return boxes

    def look(self, page: Page, name: str) -> None:
        """Keep a picture at phone and desktop width."""
        self.album.take_on_phone_and_desktop(page, name)

    def wait_until(self, instant: datetime) -> None:
        """Let the days pass."""
        move_to(self.data, instant)


@contextmanager
def a_house(
    folder: Path, browser: Browser, patch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Start an installation that knows nobody but the one who will run it."""
    with ExitStack() as open_things:
        expect.set_options(timeout=SLOWLY)
        open_things.callback(expect.set_options, timeout=USUAL)
        gateway = open_things.enter_context(an_sms_server())
        patch.setenv("URNE_SMS_URL", gateway.url)
        patch.setenv("URNE_SMS_TOKEN", TOKEN)
        patch.setenv("URNE_SMS_SENDER", "Foreningen")
        patch.setenv("URNE_REPORT_TOKEN", REPORT_TOKEN)
        patch.setenv("URNE_BOUNCE_ADDRESS", "retur@forening.example")
        data = _with_one_account(folder / "data")
        urne = open_things.enter_context(running_urne(data))
        _create_account(urne)
        people = [
            open_things.enter_context(
                newcomer_at(
                    browser,
                    urne.addresses.service_url,
                    partial(server_time, data),
                    name=name,
                    email=email,
                    password=password,
                )
            )
            for name, email, password in (
                (FIRST.name, FIRST.email, FIRST.password),
                *HOLDERS,
            )
        ]
        opens_at = server_time(data).replace(second=0, microsecond=0)
        opens_at += timedelta(days=2)
        closes_at = opens_at + timedelta(days=7)
        yield House(
            urne=urne,
            browser=browser,
            folder=folder,
            album=Album.asked_for(folder / "pictures"),
            gateway=gateway,
            organiser=people[0],
            committee=people[1:],
            opens_at=opens_at,
            closes_at=closes_at,
            publishes_at=closes_at + timedelta(days=2),
        )


def _with_one_account(data: Path) -> Path:
    """Say who there is, so that nobody is invented for a development installation."""
    data.mkdir()
    (data / LOCK).touch()
    write_logins(data, [FIRST])
    return data


def _create_account(urne: RunningUrne) -> None:
    """Create the first account by the command that whoever installs it runs."""
    settings = urne.program("worker", "service").environment
    command = [sys.executable, "-P", "-c", "import app; app.main()"]
    command += ["officials", "create", "--role", "organiser"]
    command += ["--name", FIRST.name, "--email", FIRST.email]
    subprocess.run(
        command,
        check=True,
        cwd=ROOT,
        env={**os.environ, **settings, "URNE_PASSWORD": FIRST.password},
        stdout=subprocess.DEVNULL,
    )
