"""The first days: accounts, the election, its roll, its committee, keys and seal."""

from __future__ import annotations

import io
import re
from typing import Final

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from scripts.mailsink.storage import ELSEWHERE, list_mails, read_mail
from scripts.simulation.waiting import wait_for
from tests.browser.holder_pages import HolderPage
from tests.browser.holder_walk import hold_ceremony
from tests.browser.house import HOLDERS, ORGANISATION, SLUG, TITLE, House
from tests.browser.messy_roll import messy_workbook
from tests.browser.newcomer import Newcomer
from tests.browser.visitor import SLOWLY

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ERRORS: Final = 3
"""What stops the first file."""

_INVITATION: Final = re.compile(r"http://\S+/konto/invitasjon#\S+")


def come_in(house: House) -> None:
    """From the front page to an empty list, with a second factor on the way."""
    organiser = house.organiser
    organiser.arrive()
    house.look(organiser.page, "front")
    organiser.follow("Logg inn for tillitsvalgte")
    house.look(organiser.page, "sign-in")
    organiser.sign_in()
    house.look(organiser.page, "no-elections")
    organiser.go("Min konto")
    house.look(organiser.page, "own-account")
    organiser.follow("Sett opp totrinns innlogging")
    house.look(organiser.page, "second-factor")
    organiser.press("Sett opp app")
    organiser.page.get_by_text("Kan du ikke skanne?").click()
    shown = organiser.page.locator("details code").text_content() or ""
    organiser.app_secret = "".join(shown.split())
    house.look(organiser.page, "app")
    organiser.fill("Kode fra appen", organiser.app_code())
    organiser.press("Bekreft")
    organiser.sees("Reservekodene dine")
    house.look(organiser.page, "recovery-codes")
    organiser.follow("Jeg har tatt vare på kodene")


def create_election(house: House) -> None:
    """Make the election; what is forgotten is asked for, and what decides is said."""
    organiser = house.organiser
    organiser.follow("Lag det første valget")
    organiser.press("Lag valget")
    organiser.sees("Dette må rettes før du kan gå videre")
    house.look(organiser.page, "new-election-refused")
    organiser.fill("Tittel", TITLE)
    organiser.fill("Organisasjon", ORGANISATION)
    organiser.fill_time("Åpner", house.opens_at)
    organiser.fill_time("Stenger", house.closes_at)
    organiser.press("Lag valget")
    organiser.sees(TITLE)
    house.look(organiser.page, "election-new")
    organiser.follow("Se og endre")
    house.look(organiser.page, "draft")
    organiser.follow(f"Endre «{TITLE}»")
    organiser.fill("Spørsmål eller forklaring på stemmeseddelen (valgfritt)", QUESTION)
    organiser.page.get_by_label(
        "Et alternativ er vedtatt når det får nok stemmer"
    ).check()
    expect(organiser.page.locator("[data-sentences]")).to_contain_text("Ja")
    house.look(organiser.page, "decision-rule")
    organiser.press("Lagre saken")
    organiser.follow("Se stemmeseddelen")
    house.look(organiser.page, "ballot")
    organiser.go_to_election(TITLE)


QUESTION: Final = "Godtar du forslaget til ny hovedavtale?"


def import_roll(house: House) -> None:
    """Upload what the member system hands out; mend what is wrong; upload it anew."""
    organiser, page = house.organiser, house.organiser.page
    organiser.take_next("Importer manntallet")
    organiser.awaits_button("Se gjennom filen")
    house.look(page, "roll-empty")
    _upload(page, messy_workbook(house.roll, faulty=True))
    organiser.sees(f"Filen har {ERRORS} feil")
    house.look(page, "roll-errors")
    with page.expect_download() as caught:
        organiser.press("Last ned feilene som regneark")
    sheet = load_workbook(io.BytesIO(caught.value.path().read_bytes())).worksheets[0]
    assert sheet.max_row == 1 + ERRORS
    _upload(page, messy_workbook(house.roll, faulty=False))
    organiser.sees("Forhåndsvisning av manntallet")
    organiser.reads("Ingenting er endret ennå.")
    expect(page.locator("main")).to_contain_text("medlemmer har adressen")
    house.look(page, "roll-preview")
    organiser.press("Importer manntallet")
    organiser.reads("1 000 nye".replace(" ", "\u00a0"))
    house.look(page, "roll")


def _upload(page: Page, workbook: bytes) -> None:
    page.get_by_label("Fil fra medlemsregisteret").set_input_files(
        {"name": "uttrekk.xlsx", "mimeType": XLSX, "buffer": workbook}
    )
    page.get_by_role("button", name="Se gjennom filen").click()


def invite_holders(house: House) -> None:
    """The committee has no accounts yet; the page says so, and leads to invitations."""
    organiser, page = house.organiser, house.organiser.page
    organiser.go_to_election(TITLE)
    house.look(page, "election-with-roll")
    organiser.follow("Velg komité")
    organiser.sees("Det må være minst tre brukere med rollen valgkomité")
    house.look(page, "committee-empty")
    for place, (name, email, _) in enumerate(HOLDERS):
        organiser.follow("Inviter en bruker")
        organiser.fill("Navn", name)
        organiser.fill("E-postadresse", email)
        organiser.tick("Valgkomité: holder nøkkel, teller og godkjenner")
        if not place:
            house.look(page, "invite")
        organiser.press("Send invitasjonen")
        organiser.reads("Invitasjonen er på vei.")
    house.look(page, "officials")
    for each in house.committee:
        _accept_invitation(house, each)


def _accept_invitation(house: House, holder: Newcomer) -> None:
    """Open the link in the mail, and choose a password; the two differ at first."""
    link = wait_for("the invitation", lambda: _invitation_of(house, holder.email))
    first = holder is house.committee[0]
    holder.page.goto(link)
    if first:
        house.look(holder.page, "invitation")
        holder.fill("Nytt passord", holder.password)
        holder.fill("Gjenta passordet", "noe helt annet")
        holder.press("Lagre passordet")
        holder.sees("Dette må rettes før du kan gå videre")
        house.look(holder.page, "invitation-refused")
    holder.fill("Nytt passord", holder.password)
    holder.fill("Gjenta passordet", holder.password)
    holder.press("Lagre passordet")
    expect(holder.page.locator(".account__name")).to_contain_text(holder.name)
    if first:
        house.look(holder.page, "holder-arrives")


def _invitation_of(house: House, email: str) -> str | None:
    for head in list_mails(house.mails):
        if head.folder == ELSEWHERE and head.recipient == email:
            mail = read_mail(house.mails, head.folder, head.name)
            text = mail.get_body(("plain",))
            found = _INVITATION.search(text.get_content()) if text else None
            return found[0] if found else None
    return None


def make_keys(house: House) -> None:
    """Seat the three, and have them hold the ceremony each at an own page."""
    organiser = house.organiser
    organiser.go_to_election(TITLE)
    organiser.follow("Velg komité")
    for each in house.committee:
        organiser.tick(each.name)
    organiser.fill("Så mange må til for å telle", "2")
    organiser.fill("Så mange må skrive under på protokollen", "2")
    house.look(organiser.page, "committee-chosen")
    organiser.press("Lagre komiteen")
    organiser.reads("Komiteen er lagret.")
    house.look(organiser.page, "committee-ready")
    organiser.press("Start seremonien")
    organiser.reads("Nå: runde 1.")
    house.look(organiser.page, "ceremony-begun")
    holders = [_open_key_page(house, number) for number in range(len(HOLDERS))]
    hold_ceremony(holders, lambda holder, name: house.look(holder.page, f"key-{name}"))
    for holder in holders:
        assert holder.key_file is not None
        house.key_files.append(holder.key_file)
        holder.page.close()
    organiser.page.reload()
    organiser.sees("Nøkkelen er laget, og alle har øvd")
    house.look(organiser.page, "ceremony-done")


def _open_key_page(house: House, number: int) -> HolderPage:
    holder = house.committee[number]
    holder.go_to_election(TITLE)
    if not number:
        house.look(holder.page, "holder-election")
    return holder.go_to_key_page(house.folder / f"holder-{number}")


def freeze_and_seal(house: House) -> None:
    """Freeze the roll, set when the result becomes public, and seal."""
    organiser, page = house.organiser, house.organiser.page
    organiser.go_to_election(TITLE)
    organiser.take_next("Gå gjennom og frys")
    organiser.follow("Frys manntallet")
    house.look(page, "freeze")
    organiser.tick("Jeg har sett over tallene og vil fryse manntallet")
    organiser.press("Frys manntallet")
    organiser.reads("Manntallet er frosset.")
    house.look(page, "roll-frozen")
    organiser.follow("Tilbake til valget")
    organiser.awaits_next("Forsegling")
    _set_publication(house)
    organiser.take_next("Gå gjennom og forsegl")
    house.look(page, "seal")
    organiser.tick(
        "Jeg har lest gjennom alt, og forstår at ingenting kan endres etterpå"
    )
    organiser.press("Forsegl valget")
    expect(page.get_by_text("Klar til åpning").first).to_be_visible(timeout=SLOWLY)
    house.look(page, "election-sealed")
    assert SLUG in page.locator("main").inner_text()


def _set_publication(house: House) -> None:
    organiser = house.organiser
    organiser.follow("Når resultatet kunngjøres")
    organiser.tick("Ikke før en bestemt tid")
    organiser.fill_time("Tiden (valgfritt)", house.publishes_at)
    organiser.press("Lagre")
    organiser.reads("Tiden for kunngjøringen er satt.")
    house.look(organiser.page, "publication")
    organiser.go_to_election(TITLE)
