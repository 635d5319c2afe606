"""A small election's day: its members, its officials, everyone's browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from scripts.processes.plan import MAIL_FOLDER
from scripts.simulation.clocks import server_time
from scripts.simulation.mailboxes import Mailboxes
from scripts.simulation.rolls import Member as Entry
from tests.browser.album import Album
from tests.browser.holder_pages import HolderPage
from tests.browser.member import Member, member
from tests.browser.official_pages import Official, official_at
from tests.browser.visitor import SLOWLY
from tests.commands.installations import RunningUrne, running_urne

TITLE: Final = "Tariffoppgjøret på Sørøya"
SLUG: Final = "tariffoppgjoret-pa-soroya"


ASE, BJORN, FROYDIS, GRO, HAKON, KARE, LIV, ODD, PAL, RANDI = MEMBERS = [
    Entry(str(300_001 + at), first, last, f"{name}@medlem.example", "", group)
    for at, (first, last, name, group) in enumerate(
        [
            ("Åse", "Ødegård", "ase", "Ålesund"),
            ("Bjørn", "Næss", "bjorn", "Tromsø"),
            ("Frøydis", "Bråten", "froydis", "Ålesund"),
            ("Gro", "Sæther", "gro", "Tromsø"),
            ("Håkon", "Løkken", "hakon", "Ålesund"),
            ("Kåre", "Kvåle", "kare", "Tromsø"),
            ("Liv", "Skår", "liv", "Ålesund"),
            ("Odd", "Østby", "odd", "Tromsø"),
            ("Pål", "Sørlie", "pal", "Ålesund"),
            ("Randi", "Høyland", "randi", "Tromsø"),
        ]
    )
]
REMINDED: Final = (GRO, ODD, PAL, RANDI)
YES, NO, BLANK = 4, 2, 1
"""What is voted, by six and then by the one who is reminded."""


@dataclass(slots=True)
class Day:
    """An installation, everyone's browsers, and what is remembered on the way."""

    urne: RunningUrne
    browser: Browser
    folder: Path
    album: Album
    organiser: Official
    committee: list[Official]
    opens_at: datetime
    closes_at: datetime
    codes: dict[str, str] = field(default_factory=dict)
    """Tracking codes by member number."""
    key_files: list[Path] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The installation's data folder."""
        return self.urne.data

    @property
    def election(self) -> str:
        """The election's id."""
        return self.organiser.election

    def boxes(self) -> Mailboxes:
        """What the mail server has taken, read now."""
        boxes = Mailboxes(self.data / MAIL_FOLDER, self.election)
        boxes.refresh()
        return boxes

    def look(self, person: Official | Member | HolderPage, name: str) -> None:
        """Keep a picture, if anybody wants one."""
        self.album.take(person.page, name)

    def device(self, width: int = 400) -> AbstractContextManager[Member]:
        """Lend a member a device."""
        return patient_member(self.browser, width)


@contextmanager
def patient_member(browser: Browser, width: int) -> Iterator[Member]:
    """Lend a device to a member who waits for a busy machine."""
    with member(browser, width=width) as lent:
        lent.context.set_default_timeout(SLOWLY)
        yield lent


@contextmanager
def a_day(folder: Path, browser: Browser) -> Iterator[Day]:
    """Start an installation, and sign its officials in."""
    with ExitStack() as open_things:
        urne = open_things.enter_context(running_urne(folder / "data"))
        origin = urne.addresses.service_url
        people = [
            open_things.enter_context(official_at(browser, origin, login))
            for login in urne.logins
            if login.role in {"organiser", "committee"}
        ]
        organiser, *committee = people
        opens_at = server_time(urne.data).replace(second=0, microsecond=0)
        opens_at += timedelta(hours=2)
        yield Day(
            urne=urne,
            browser=browser,
            folder=folder,
            album=Album.asked_for(),
            organiser=organiser,
            committee=committee,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=3),
        )
