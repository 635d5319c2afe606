"""Voting, closing, count, approval under embargo, and what the archive gets."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Final

import bagit
import pikepdf
from playwright.sync_api import expect

from scripts.simulation.polling import Vote, cast_votes
from scripts.simulation.voters import VoterClient
from scripts.simulation.waiting import wait_for
from tests.browser.election_outcome import run_verify
from tests.browser.holder_pages import HolderPage
from tests.browser.house import TITLE, House
from tests.browser.house_messages import new_address
from tests.browser.newcomer import Newcomer

VOTES: Final = 60
SEED: Final = 7
GRACE: Final = timedelta(minutes=10)
MOMENT: Final = timedelta(seconds=5)
OBJECTION: Final = "Fristen burde ha vært lengre. Resultatet er jeg enig i."


def open_and_vote(house: House) -> None:
    """The election opens by itself; sixty vote, two of them by what came back."""
    house.wait_until(house.opens_at)
    organiser = house.organiser
    organiser.come_back()
    organiser.go_to_election(TITLE)
    organiser.awaits(organiser.page.get_by_text("Åpen for stemmer"))
    links = _links_of_voters(house)
    with VoterClient(links[0]) as voter:
        wait_for(
            "the register to open", lambda: voter.identify().election_phase == "open"
        )
    votes = [Vote(link, SEED, number) for number, link in enumerate(links)]
    assert len(cast_votes(votes)) == VOTES
    organiser.page.reload()
    house.look(organiser.page, "election-open")


def _links_of_voters(house: House) -> list[str]:
    """Choose who votes: by mail, by SMS, and two by their new addresses."""
    boxes, shared = house.boxes(), house.roll[101].member.email
    corrected = house.bounced[:2]
    by_mail = [
        each
        for each in house.roll
        if each.by == "email"
        and each not in house.bounced
        and each.member.email != shared
    ]
    texts = house.gateway.taken[:3]
    chosen = by_mail[: VOTES - len(corrected) - len(texts)]
    house.voted = [*chosen, *corrected]
    return [
        *(boxes.link_of(each.member.email.lower()) for each in chosen),
        *(boxes.link_of(new_address(each)) for each in corrected),
        *(each["text"][each["text"].index("http") :].split()[0] for each in texts),
    ]


def watch_turnout(house: House) -> None:
    """While it is open, the pages tell sums alone."""
    organiser = house.organiser
    organiser.cross("Frammøte")
    organiser.reads("Mens det kan stemmes, vises bare summer")
    house.look(organiser.page, "turnout-open")


def close_and_count(house: House) -> None:
    """It closes by itself; the organiser starts the count, two holders count."""
    organiser = house.organiser
    house.wait_until(house.closes_at + GRACE + MOMENT)
    organiser.come_back()
    organiser.go_to_election(TITLE)
    organiser.awaits_next("Opptelling")
    organiser.awaits(organiser.page.get_by_role("link", name="Til opptellingen"))
    house.look(organiser.page, "election-closed")
    organiser.take_next("Til opptellingen")
    organiser.awaits_button("Start opptellingen")
    house.look(organiser.page, "count-ready")
    organiser.press("Start opptellingen")
    organiser.awaits_heading("Komiteen teller")
    house.look(organiser.page, "counting")
    counters = [_open_own_key_page(house, number) for number in range(2)]
    for place, each in enumerate(counters):
        each.count()
        if not place:
            each.sees("Delopptellingen er levert")
            house.look(each.page, "key-counted")
    for each in counters:
        each.sees("Godkjenn protokollen")
    house.look(counters[0].page, "key-approve")
    approve(house, counters)


def _open_own_key_page(house: House, number: int) -> HolderPage:
    holder = house.committee[number]
    holder.come_back()
    holder.go_to_election(TITLE)
    if not number:
        house.look(holder.page, "holder-counts")
    return holder.go_to_key_page(
        house.folder / f"count-{number}", house.key_files[number]
    )


def approve(house: House, counters: list[HolderPage]) -> None:
    """The committee reads the result, and objects; the organiser waits for it."""
    first, organiser = house.committee[0], house.organiser
    first.go_to_election(TITLE)
    house.look(first.page, "holder-approves")
    first.take_next("Les og skriv under")
    first.sees("Les protokollen før du skriver under")
    house.look(first.page, "approval")
    first.fill("Innsigelsen", OBJECTION)
    first.press("Før innsigelsen")
    first.reads("Innsigelsen er ført, og står i protokollen.")
    organiser.go("Valg")
    house.look(organiser.page, "election-counted")
    organiser.go("Protokoll")
    organiser.sees("Resultatet er ikke kunngjort")
    house.look(organiser.page, "result-waits")
    signer, second = counters
    signer.unlock("Signer")
    signer.sees("Signaturen er levert.")
    second.unlock("Signer")
    second.sees("Ingenting å gjøre nå")
    house.look(second.page, "key-idle")
    organiser.go_to_election(TITLE)
    organiser.awaits(organiser.page.get_by_text("Godkjent", exact=True))
    house.look(organiser.page, "election-approved")
    _see_that_everybody_waits(house, organiser)


def _see_that_everybody_waits(house: House, organiser: Newcomer) -> None:
    organiser.follow("Protokollen")
    expect(organiser.page.get_by_role("heading", level=1)).to_contain_text(
        "Resultatet kommer"
    )
    house.look(organiser.page, "public-waits")
    organiser.page.go_back()


def publish_and_archive(house: House) -> None:
    """The set time comes; everybody reads, and the archive gets its papers."""
    organiser, page = house.organiser, house.organiser.page
    house.wait_until(house.publishes_at)
    organiser.come_back()
    organiser.go_to_election(TITLE)
    organiser.go("Protokoll")
    organiser.awaits_link("Arkivpakken (BagIt)")
    house.look(page, "protocol")
    with pikepdf.open(_bytes(house, "Protokollen som PDF, bokmål")) as pdf:
        assert len(pdf.pages) > 1
        assert set(pdf.attachments) == {"protokoll.json", "godkjenning.json"}
    _verify_archive(house)
    record = house.folder / "record.zip"
    organiser.download("Last ned valgprotokollen").save_as(record)
    done = run_verify(record)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ballots"] == VOTES
    organiser.follow("Protokollen for alle")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Protokoll: {TITLE}")
    expect(page.locator("main")).to_contain_text(OBJECTION)
    house.look(page, "protocol-public")


def _verify_archive(house: House) -> None:
    folder = house.folder / "archive"
    with zipfile.ZipFile(_bytes(house, "Arkivpakken (BagIt)")) as packed:
        packed.extractall(folder)
    (bag,) = folder.iterdir()
    assert bagit.Bag(str(bag)).validate()
    assert {"revisjonslogg.json", "valgprotokoll.zip"} <= {
        each.name for each in (bag / "data").iterdir()
    }


def _bytes(house: House, link: str) -> io.BytesIO:
    path: Path = house.organiser.download(link).path()
    return io.BytesIO(path.read_bytes())
