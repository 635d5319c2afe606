"""The day before: the election, its roll, its keys, its seal."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scripts.simulation.rolls import write_roll
from tests.browser.election_day import MEMBERS, SLUG, TITLE, Day
from tests.browser.holder_walk import hold_ceremony


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
