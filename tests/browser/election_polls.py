"""The day itself: links, votes, a reminder, the board."""

from __future__ import annotations

from playwright.sync_api import expect

from crypto.ballot_shape import Selection
from scripts.mailsink.storage import mailbox_name
from scripts.simulation.clocks import move_to
from scripts.simulation.voters import VoterClient
from scripts.simulation.waiting import wait_for
from tests.browser.election_day import (
    ASE,
    BJORN,
    FROYDIS,
    GRO,
    HAKON,
    KARE,
    LIV,
    MEMBERS,
    REMINDED,
    SLUG,
    Day,
)
from tests.browser.member import NARROW, Member
from tests.browser.visitor import SLOWLY


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
