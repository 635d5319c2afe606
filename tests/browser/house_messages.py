"""What reaches the members: mail, SMS and letters, what comes back, and a reminder."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import Final

import pikepdf
from playwright.sync_api import Locator, expect

from scripts.mailsink.storage import list_mails
from tests.browser.house import REPORT_TOKEN, TITLE, House
from tests.browser.messy_roll import Reach
from tests.browser.newcomer import Newcomer
from tests.register.returned_mail import a_report, prose

BOUNCES: Final = 20
WHILE_ALL_IS_SENT: Final = 300_000
"""Milliseconds that a thousand messages may take on a busy machine."""

_LETTERS: Final = "Brev (skrives ut i bunker på 100)"
_REASON: Final = "E-posten kom i retur fra tjeneren"


def send_invitations(house: House) -> None:
    """Mail, SMS and letters in one sending; every member within reach once."""
    organiser, page = house.organiser, house.organiser.page
    organiser.take_next("Send ut lenkene")
    organiser.awaits_link("Skriv innbydelse")
    house.look(page, "sendings-empty")
    organiser.follow("Skriv innbydelse")
    organiser.tick("SMS")
    organiser.tick(_LETTERS)
    house.look(page, "invitation-write")
    organiser.press("Se meldingen")
    for channel, name in (("email", "E-post"), ("sms", "SMS"), ("letter", "Brev")):
        number = len([each for each in house.roll if each.by == channel])
        organiser.reads(f"{name}: {number}")
    organiser.reads("5 medlemmer kan ikke nås på disse kanalene og får ingenting.")
    _add_nynorsk(house)
    _try_it_out(house)
    house.look(page, "invitation-confirm")
    confirm_number(organiser)
    page.locator("[data-letters]").scroll_into_view_if_needed()
    house.look(page, "invitation-running")
    _print_letters(house)
    _expect_done(house)
    _report_sms(house)
    page.reload()
    expect(_count(page.locator("main"), "delivered")).to_have_text("40")
    house.look(page, "invitation-done")
    _expect_everyone_reached(house)


def _add_nynorsk(house: House) -> None:
    organiser = house.organiser
    organiser.follow("Nynorsk")
    organiser.reads("Går til medlemmer som manntallet sier vil ha dette språket.")
    house.look(organiser.page, "invitation-nynorsk")
    organiser.press("Se meldingen")
    organiser.sees("Innbydelse")


def _try_it_out(house: House) -> None:
    organiser = house.organiser
    field = organiser.page.get_by_label("Send en prøve til").first
    field.fill(organiser.email)
    organiser.press("Send prøve")
    organiser.reads("Prøven er sendt")


def confirm_number(organiser: Newcomer) -> None:
    """Type the number that the page shows, and start."""
    page = organiser.page
    shown = page.get_by_text("Det står over:").inner_text()
    number = shown.rpartition(":")[2].strip()
    page.get_by_label("Skriv antallet mottakere for å bekrefte").fill(
        "".join(letter for letter in number if letter.isdecimal())
    )
    organiser.press("Start utsendingen")


def _print_letters(house: House) -> None:
    organiser, page = house.organiser, house.organiser.page
    with page.expect_download(timeout=WHILE_ALL_IS_SENT) as caught:
        organiser.press("Lag PDF")
    letters = caught.value.path().read_bytes()
    with pikepdf.open(io.BytesIO(letters)) as pdf:
        assert len(pdf.pages) == len([e for e in house.roll if e.by == "letter"])
    organiser.awaits_button("Brevene er lagt i posten")
    house.look(page, "letters-printed")
    organiser.press("Brevene er lagt i posten")
    organiser.reads("Bunke 1 er lagt i posten.")


def _expect_done(house: House) -> None:
    done = house.organiser.page.get_by_text("Ferdig", exact=True)
    expect(done).to_be_visible(timeout=WHILE_ALL_IS_SENT)


def _expect_everyone_reached(house: House) -> None:
    boxes = house.boxes()
    mailed = [each.member.email for each in house.roll if each.by == "email"]
    links = [link for email in set(mailed) for link in boxes.links_of(email.lower())]
    assert len(set(links)) == len(mailed)
    texted = {each["to"].replace(" ", "") for each in house.gateway.taken}
    wanted = {e.member.mobile.replace(" ", "") for e in house.roll if e.by == "sms"}
    assert texted == wanted


def _report_sms(house: House) -> None:
    """The gateway tells what it has delivered."""
    for each in house.gateway.taken:
        told = {"reference": each["reference"], "status": "delivered"}
        _report(house, "sms", json.dumps(told).encode(), "application/json")


def return_twenty(house: House) -> None:
    """Mail servers send twenty mails back, each in its own manner."""
    by_mail = [each for each in house.roll if each.by == "email" and not each.postal]
    shared = house.roll[101].member.email
    apart = [each for each in by_mail if each.member.email != shared]
    without = [each for each in apart if not each.member.mobile][: BOUNCES // 2]
    with_mobile = [each for each in apart if each.member.mobile][: BOUNCES // 2]
    house.bounced = [*without, *with_mobile]
    heads = {
        head.recipient.lower(): house.mails / head.folder / f"{head.name}.eml"
        for head in list_mails(house.mails)
    }
    for place, each in enumerate(house.bounced):
        mail = heads[each.member.email.lower()].read_text("utf-8")
        if place % 4:
            returned = a_report("failed", "5.1.1", quoted=mail)
        else:
            returned = prose(f"<{each.member.email}>:\r\nUser unknown\r\n\r\n{mail}")
        _report(house, "retur", returned, "message/rfc822")


def _report(house: House, place: str, body: bytes, media_type: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{house.urne.addresses.register_url}/r/rapport/{place}",
        data=body,
        headers={
            "Authorization": f"Bearer {REPORT_TOKEN}",
            "Content-Type": media_type,
        },
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        assert answer.status == 204


def handle_bounces(house: House) -> None:
    """Ten get another address, from two officials; ten are reached by SMS instead."""
    organiser, page = house.organiser, house.organiser.page
    organiser.go("Utsending")
    row = page.get_by_role("row").filter(has_text="Innbydelse")
    expect(row.get_by_role("cell").last).to_have_text(str(BOUNCES))
    house.look(page, "sendings-with-bounces")
    organiser.fill("Begrunnelse (blir loggført)", _REASON)
    organiser.press("Vis listen")
    numbers = {each.member.number for each in house.bounced}
    headings = page.locator(".doubts h2").all_inner_texts()
    assert {each.removeprefix("Medlem ") for each in headings} == numbers
    house.look(page, "bounced")
    for place, each in enumerate(house.bounced[: BOUNCES // 2]):
        _propose_address(house, each, shown=not place)
    agree_to_addresses(house)
    organiser.go("Utsending")
    organiser.reads(f"{BOUNCES} medlemmer som kan nås, har ikke fått innbydelse.")
    organiser.follow("Skriv innbydelse")
    organiser.tick("SMS")
    organiser.press("Se meldingen")
    organiser.reads(f"E-post: {BOUNCES // 2}")
    organiser.reads(f"SMS: {BOUNCES // 2}")
    house.look(page, "second-invitation")
    before = len(house.gateway.taken)
    confirm_number(organiser)
    _expect_done(house)
    assert len(house.gateway.taken) - before == BOUNCES // 2
    boxes = house.boxes()
    for each in house.bounced[: BOUNCES // 2]:
        assert len(boxes.links_of(new_address(each))) == 1
    organiser.go("Utsending")
    house.look(page, "sendings-after")


def new_address(reach: Reach) -> str:
    """Return where a member can be reached after all."""
    return f"ny.{reach.member.number}@medlem.example"


def _propose_address(house: House, reach: Reach, *, shown: bool) -> None:
    organiser = house.organiser
    number = reach.member.number
    label = f"Slå opp medlem {number} i en ny fane"
    with organiser.context.expect_page() as opened:
        organiser.page.get_by_role("button", name=label, exact=True).click()
    tab = opened.value
    organiser.hear(tab)
    name = f"{reach.member.first_name} {reach.member.last_name}"
    expect(tab.get_by_role("heading", level=1)).to_have_text(name)
    if shown:
        house.look(tab, "member")
    panel = tab.locator("section").filter(has_text="Foreslå ny adresse")
    panel.get_by_label("Ny e-postadresse").fill(new_address(reach))
    panel.get_by_label("Begrunnelse (står i protokollen)").fill(
        "Ringt opp på nummeret i medlemsregisteret"
    )
    panel.get_by_role("button", name="Send til godkjenning").click()
    expect(tab.get_by_text("Forslaget venter.")).to_be_visible()
    if shown:
        house.look(tab, "address-proposed")
    tab.close()


def agree_to_addresses(house: House) -> None:
    """Another official finds the proposals by the pages, and agrees to each."""
    other, page = house.committee[0], house.committee[0].page
    other.go_to_election(TITLE)
    house.look(page, "holder-register")
    other.cross("Rettelser")
    other.sees("Rettelser")
    house.look(page, "corrections")
    for place in range(BOUNCES // 2):
        waiting = page.get_by_role("row").filter(has_text="Venter")
        expect(waiting).to_have_count(BOUNCES // 2 - place)
        waiting.first.get_by_role("link").click()
        if not place:
            house.look(page, "correction")
        other.press("Godkjenn")
        other.reads("Adressen er endret.")
    house.look(page, "corrections-agreed")


def remind(house: House) -> None:
    """A reminder goes to those who have not voted, and to nobody else."""
    organiser, page = house.organiser, house.organiser.page
    organiser.go("Utsending")
    organiser.follow("Skriv påminnelse")
    organiser.tick("SMS")
    house.look(page, "reminder-write")
    organiser.press("Se meldingen")
    house.look(page, "reminder-confirm")
    before = house.boxes()
    confirm_number(organiser)
    _expect_done(house)
    house.look(page, "reminder-done")
    after = house.boxes()
    voted = {each.member.number for each in house.voted}
    for each in house.roll:
        if each.by != "email" or each in house.bounced:
            continue
        email = each.member.email.lower()
        more = len(after.links_of(email)) - len(before.links_of(email))
        if each.member.email == house.roll[101].member.email:
            assert more == 2
        else:
            assert more == (0 if each.member.number in voted else 1)


def _count(place: Locator, name: str) -> Locator:
    return place.locator(f"[data-count={name}]")
