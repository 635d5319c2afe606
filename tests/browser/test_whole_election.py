"""One election from the roll to the shredded register, in Chromium alone.

Everything is real: the processes of an installation, mails over SMTP, a browser context
for every person, files saved and read back. Only the clock is moved.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, expect

from crypto.ballot_shape import Selection
from infra.clock import move_clock
from scripts.mailsink.storage import mailbox_name
from scripts.processes.plan import MAIL_FOLDER
from scripts.simulation.clocks import move_to, server_time
from scripts.simulation.elections import HeldElection, Place
from scripts.simulation.mailboxes import Mailboxes
from scripts.simulation.officials import ElectionPlan
from scripts.simulation.rolls import Member as Entry
from scripts.simulation.rolls import invent_members, write_roll
from scripts.simulation.voters import VoterClient
from scripts.simulation.waiting import wait_for
from scripts.simulation.web import HttpClient, Refused
from tests.browser.album import Album
from tests.browser.holder_pages import HolderPage
from tests.browser.holder_walk import hold_ceremony
from tests.browser.member import NARROW, Member, member
from tests.browser.official_pages import SLOWLY, Official, official_at
from tests.commands.installations import ROOT, RunningUrne, running_urne
from voting.record import read_record

pytestmark = pytest.mark.xdist_group("commands")

TITLE: Final = "Tariffoppgjøret på Sørøya"
SLUG: Final = "tariffoppgjoret-pa-soroya"
GRACE: Final = timedelta(minutes=10)
RETENTION: Final = timedelta(days=30)
MOMENT: Final = timedelta(seconds=5)
SHORT_RETENTION: Final = timedelta(seconds=5)

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

READ_ALL: Final = "Jeg har lest gjennom alt, og forstår at ingenting kan endres etterpå"


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


@pytest.fixture
def day(tmp_path: Path, browser: Browser) -> Iterator[Day]:
    with ExitStack() as open_things:
        urne = open_things.enter_context(running_urne(tmp_path / "data"))
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
            folder=tmp_path,
            album=Album.asked_for(),
            organiser=organiser,
            committee=committee,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=3),
        )


@pytest.mark.timeout(600)
def test_an_election_is_held_in_browsers_from_the_roll_to_the_shredding(
    day: Day,
) -> None:
    create_election(day)
    import_roll(day)
    make_keys(day)
    freeze_and_seal(day)
    send_invitations(day)
    links = {each.number: day.boxes().link_of(each.email) for each in MEMBERS}
    open_at_its_minute(day, links[RANDI.number])
    cast_six(day, links)
    remind_the_unmarked(day, links)
    find_on_board(day, day.codes[BJORN.number])
    close_at_its_minute(day)
    find_on_board(day, day.codes[GRO.number])
    count_and_approve(day)
    verify_record(day, read_protocol(day))
    shred_after_thirty_days(day)
    see_old_link(day, links[ASE.number])


def create_election(day: Day) -> None:
    """The organiser signs in, creates Ja / Nei / blank, and lowers two numbers."""
    organiser = day.organiser
    organiser.follow("Lag det første valget")
    organiser.page.get_by_label("Tittel", exact=True).press_sequentially(TITLE)
    slug = organiser.page.get_by_label("Kortnavn i adressen")
    expect(slug).to_have_value(SLUG)
    organiser.fill("Organisasjon", "Sørøya arbeiderforening")
    organiser.fill_time("Åpner", day.opens_at)
    organiser.fill_time("Stenger", day.closes_at)
    expect(organiser.page.get_by_label("Én sak: Ja, Nei eller blank")).to_be_checked()
    day.look(organiser, "new-election")
    organiser.press("Lag valget")
    organiser.sees(TITLE)
    organiser.election = organiser.page.url.rpartition("/")[2]
    for each in day.committee:
        each.election = organiser.election
    day.look(organiser, "election-draft")
    organiser.visit("rediger")
    organiser.fill("Minste viste gruppe", "5")
    organiser.fill("Stemmesedler i en bunke", "2")
    organiser.press("Lagre reglene")
    expect(organiser.page.get_by_label("Stemmesedler i en bunke")).to_have_value("2")
    day.look(organiser, "draft")


def import_roll(day: Day) -> None:
    """A file in Windows-1252 is looked over before anything changes."""
    organiser, page = day.organiser, day.organiser.page
    organiser.enter_register("manntall")
    organiser.awaits_button("Se gjennom filen")
    roll = write_roll(MEMBERS, encoding="windows-1252")
    with pytest.raises(UnicodeDecodeError):
        roll.decode("utf-8")
    page.get_by_label("Fil fra medlemsregisteret").set_input_files(
        {"name": "manntall.csv", "mimeType": "text/csv", "buffer": roll}
    )
    organiser.press("Se gjennom filen")
    organiser.reads("Ingenting er endret ennå.")
    groups = page.get_by_role("table", name="Medlemmer i hver velgergruppe")
    for label in ("Tromsø", "Ålesund"):
        expect(groups.get_by_role("row").filter(has_text=label)).to_contain_text("5")
    day.look(organiser, "roll-preview")
    organiser.press("Importer manntallet")
    organiser.reads("10 nye")
    day.look(organiser, "roll")


def make_keys(day: Day) -> None:
    """Three are seated, and hold the ceremony each in an own browser."""
    organiser = day.organiser
    organiser.visit("komite")
    for each in day.committee:
        organiser.tick(each.login.name)
    organiser.fill("Så mange må til for å telle", "2")
    organiser.fill("Så mange må skrive under på protokollen", "2")
    day.look(organiser, "committee")
    organiser.press("Lagre komiteen")
    organiser.press("Start seremonien")
    organiser.reads("Nå: runde 1.")
    holders = [
        each.open_key_page(day.folder / f"holder-{number}")
        for number, each in enumerate(day.committee, start=1)
    ]
    hold_ceremony(holders, lambda holder, name: day.look(holder, f"key-{name}"))
    for holder in holders:
        assert holder.key_file is not None
        day.key_files.append(holder.key_file)
        holder.page.close()
    organiser.visit("komite")
    organiser.sees("Nøkkelen er laget, og alle har øvd")
    day.look(organiser, "ceremony-done")


def freeze_and_seal(day: Day) -> None:
    """The roll is frozen, and the manifest sealed when its totals have come."""
    organiser = day.organiser
    organiser.enter_register("manntall")
    organiser.follow("Frys manntallet")
    organiser.tick("Jeg har sett over tallene og vil fryse manntallet")
    day.look(organiser, "freeze")
    organiser.press("Frys manntallet")
    organiser.sees("Manntallet er frosset")
    organiser.visit("forsegl")
    organiser.awaits_button("Forsegl valget")
    organiser.tick(
        "Jeg har lest gjennom alt, og forstår at ingenting kan endres etterpå"
    )
    day.look(organiser, "seal")
    organiser.press("Forsegl valget")
    expect(organiser.page.get_by_text("Klar til åpning").first).to_be_visible()
    day.look(organiser, "election-sealed")


def send_invitations(day: Day) -> None:
    """Written, seen, confirmed with the number, and followed to the end."""
    send(day, "Skriv innbydelse", "invitation")
    boxes = day.boxes()
    assert [len(boxes.links_of(each.email)) for each in MEMBERS] == [1] * len(MEMBERS)


def send(day: Day, kind: str, name: str) -> None:
    """Send one kind of message by its page; wait until it is done."""
    organiser, page = day.organiser, day.organiser.page
    organiser.enter_register("utsending")
    organiser.awaits_link(kind)
    organiser.follow(kind)
    day.look(organiser, f"{name}-write")
    organiser.press("Se meldingen")
    told = page.get_by_label("Skriv antallet mottakere for å bekrefte")
    shown = page.get_by_text("Det står over:").inner_text()
    day.look(organiser, f"{name}-confirm")
    told.fill(shown.rpartition(":")[2].strip())
    organiser.press("Start utsendingen")
    expect(page.get_by_text("Ferdig", exact=True)).to_be_visible(timeout=SLOWLY)
    day.look(organiser, f"{name}-done")


def open_at_its_minute(day: Day, link: str) -> None:
    """Before it nobody can vote; after it cron has opened both sides."""
    with day.device() as early:
        early.open(link)
        early.reads("Avstemningen har ikke åpnet ennå")
        day.look(early, "voter-too-early")
    move_to(day.data, day.opens_at)
    day.organiser.visit()
    day.organiser.awaits(day.organiser.page.get_by_text("Åpen for stemmer"))
    with VoterClient(link) as voter:
        wait_for(
            "the register to open", lambda: voter.identify().election_phase == "open"
        )
    day.look(day.organiser, "election-open")


def cast_six(day: Day, links: dict[str, str]) -> None:
    """Six vote: two with a tool of their own, and each of the others in another way."""
    vote_blank(day, links[ASE.number])
    vote_on_narrow_phone(day, links[BJORN.number])
    vote_from_two_devices(day, links[FROYDIS.number])
    vote_from_mailbox(day)
    for entry, choice in ((KARE, 0), (LIV, 1)):
        with VoterClient(links[entry.number]) as voter:
            receipt = voter.vote([Selection(frozenset({choice}))])
            day.codes[entry.number] = receipt.code


def vote_blank(day: Day, link: str) -> None:
    """Åse votes blank, at a wide screen."""
    with day.device(1280) as device:
        device.go_to_ballot(link)
        device.reads("Du stemmer som Åse Ødegård i Ålesund.")
        device.choose(0, "Blank stemme")
        day.look(device, "ballot-wide")
        device.review()
        day.look(device, "review-wide")
        day.codes[ASE.number] = device.cast()
        day.look(device, "receipt-wide")


def vote_on_narrow_phone(day: Day, link: str) -> None:
    """Bjørn votes Nei on a phone of 320 px, where nothing hides at the side."""
    with day.device(NARROW) as phone:

        def require_narrow(name: str) -> None:
            wide = phone.page.evaluate("document.documentElement.scrollWidth")
            assert wide == NARROW, name
            day.look(phone, f"{name}-320")

        phone.open(link)
        require_narrow("start")
        phone.go_to_ballot(link)
        phone.choose(0, "Nei")
        require_narrow("ballot")
        phone.review()
        require_narrow("review")
        day.codes[BJORN.number] = phone.cast()
        require_narrow("receipt")


def vote_from_two_devices(day: Day, link: str) -> None:
    """Frøydis's phone dies when the right is out and nothing is cast."""
    with day.device() as dying:
        dying.go_to_ballot(link)
        dying.choose(0, "Nei")
        dying.review()
        lost = dying.tracking_code()
        dying.lose("/cast")
        with dying.page.expect_response("**/right") as answered:
            dying.press("Avgi stemme")
        assert answered.value.ok
        dying.sees("Vi venter på svar fra urnen")
        day.look(dying, "dying-device")
    with day.device() as other:
        other.go_to_ballot(link)
        other.reads("Du har begynt å stemme med denne lenken")
        day.look(other, "ballot-unfinished")
        other.choose(0, "Ja")
        other.review()
        code = other.cast()
        assert code != lost
        day.codes[FROYDIS.number] = code
        day.look(other, "receipt-other-device")


def vote_from_mailbox(day: Day) -> None:
    """Håkon reads the mail, and follows the link in it."""
    mailbox = f"{day.urne.addresses.mail_page_url}/boks/{mailbox_name(HAKON.email)}"
    with day.device(1280) as reader:
        reader.page.goto(mailbox)
        day.look(reader, "mail")
        mail = reader.page.frame_locator("iframe")
        with reader.context.expect_page() as opened:
            mail.get_by_role("link", name="Åpne stemmeseddelen").click()
        voter = Member(reader.context, opened.value)
        voter.press("Gå til stemmeseddelen")
        voter.choose(0, "Ja")
        voter.review()
        day.codes[HAKON.number] = voter.cast()


def remind_the_unmarked(day: Day, links: dict[str, str]) -> None:
    """Only those without a mark are reminded; Gro votes by the reminder's link."""
    send(day, "Skriv påminnelse", "reminder")
    boxes = day.boxes()
    reminded = [each for each in MEMBERS if len(boxes.links_of(each.email)) > 1]
    assert reminded == list(REMINDED)
    link = boxes.link_of(GRO.email)
    assert link != links[GRO.number]
    with day.device() as phone:
        phone.go_to_ballot(link)
        phone.choose(0, "Ja")
        phone.review()
        day.codes[GRO.number] = phone.cast()
        phone.press("Se hva manntallet sier om deg")
        phone.reads("Gro Sæther, Tromsø: stemmeretten er brukt digitalt.")
        day.look(phone, "receipt-reminded")


def find_on_board(day: Day, code: str) -> None:
    """Look a tracking code up, as anybody may, until its batch is out."""
    with day.device(1280) as anybody:
        page = anybody.page
        board = f"{day.organiser.origin}/s/{SLUG}/tavle"
        found = page.get_by_role("heading", name="Stemmeseddelen ligger på tavla")

        def search() -> bool:
            page.goto(board)
            page.get_by_label("Sporingskode", exact=True).fill(code)
            anybody.press("Søk")
            page.get_by_role("status").wait_for()
            return found.is_visible()

        wait_for("the ballot on the board", search)
        expect(page.get_by_role("status")).to_contain_text(code)
        day.look(anybody, "board")


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


@pytest.mark.timeout(300)
def test_a_roll_is_shredded_at_its_second_by_the_queue_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sweep runs from before the approval on: the queued job comes by itself.

    The queue's own clock cannot be moved. So the election is held three hours ago, and
    ends at the machine's own time.
    """
    seconds = int(SHORT_RETENTION.total_seconds())
    monkeypatch.setenv("URNE_RETENTION_SECONDS", str(seconds))
    monkeypatch.setenv("URNE_SUPPRESSION_THRESHOLD", "1")
    members = invent_members(3, groups=1, seed=5)
    with running_urne(tmp_path / "data") as urne:
        move_clock(urne.data, -3 * 3600)
        place = Place(urne.addresses.service_url, urne.data)
        with HeldElection(place, short_plan(urne.data), members) as election:
            hold_until_counted(election, members)
            with stopped(urne, "cron", "register") as is_stopped:
                election.approve()
                certificate = wait_for(
                    "the certificate",
                    partial(read_certificate, election),
                    passing=Refused,
                )
                assert is_stopped()
            record = election.record()
    took = datetime.fromisoformat(certificate["shredded_at"]) - approved_at(record)
    assert SHORT_RETENTION <= took < timedelta(minutes=1)
    assert all(check["passed"] for check in certificate["checks"])


def short_plan(data: Path) -> ElectionPlan:
    """An election of an hour, open at once."""
    now = server_time(data).replace(second=0, microsecond=0)
    return ElectionPlan(
        title="Kort valg",
        slug="kort-valg",
        organisation="Et forbund",
        opens_at=now,
        closes_at=now + timedelta(hours=1),
    )


def hold_until_counted(election: HeldElection, members: Sequence[Entry]) -> None:
    """From the roll to the result."""
    election.set_up()
    election.send_links()
    election.wait_until_open()
    election.poll(members, seed=5)
    election.close()
    election.count()


@contextmanager
def stopped(urne: RunningUrne, *words: str) -> Iterator[Callable[[], bool]]:
    """Hold a program still; lends a way to see that it is."""
    program = urne.program(*words)
    os.kill(program.pid, signal.SIGSTOP)
    stat = Path(f"/proc/{program.pid}/stat")
    try:
        yield lambda: stat.read_text("ascii").rpartition(")")[2].split()[0] == "T"
    finally:
        os.kill(program.pid, signal.SIGCONT)


def read_certificate(election: HeldElection) -> dict[str, Any]:
    """Read what the register has signed; raises Refused as long as there is none."""
    with HttpClient(election.place.url) as client:
        path = f"/s/{election.plan.slug}/makuleringsattest.json"
        found: dict[str, Any] = client.get_json(path)
        return found


def approved_at(record: bytes) -> datetime:
    """When the last signature came, as the record has it."""
    parts = read_record(io.BytesIO(record))
    told: str = json.loads(parts.approvals)["approved_at"]
    return datetime.fromisoformat(told)
