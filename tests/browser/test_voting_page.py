"""A member votes in Chromium: the way to the receipt, however it is interrupted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.member import NARROW, member
from tests.browser.voting_site import VotingSite, voting_site
from tests.conftest import Stores

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
KARI, OLA, PER = "1001", "1002", "1003"
YES, NO, BLANK = (1, 0, 0), (0, 1, 0), (0, 0, 1)


@pytest.fixture
def site(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[VotingSite]:
    with voting_site(sqlite_stores, tmp_path, redis_url) as lent:
        yield lent


def test_member_votes_on_a_narrow_phone(site: VotingSite, browser: Browser) -> None:
    link = site.link(OLA)
    with member(browser, width=NARROW) as ola:
        ola.open(site.address_of(link))
        assert ola.page.url == site.page_url
        assert site.marks() == 0
        ola.press("Gå til stemmeseddelen")
        ola.reads("Du stemmer som Ola Nordmann i Krets Vest.")
        ola.choose(0, "Nei")
        ola.review()
        assert "Nei" in ola.text()
        assert (site.marks(), site.ballots()) == (0, 0)
        reviewed = ola.tracking_code()
        assert ola.cast() == reviewed
        assert "Nei" not in ola.text()
        ola.reads("legges ut på oppslagstavla i bunke 1")
        assert link.code.symbols not in ola.storage()
        ola.press("Se hva manntallet sier om deg")
        ola.reads("Ola Nordmann, Krets Vest: stemmeretten er brukt digitalt.")
        for width in (NARROW, 1280):
            ola.page.set_viewport_size({"width": width, "height": 700})
            assert ola.page.evaluate("document.documentElement.scrollWidth") == width
    assert (site.marks(), site.ballots()) == (1, 1)
    assert site.opened() == [NO]


def test_requests_carry_no_cookie_and_never_the_code(
    site: VotingSite, browser: Browser
) -> None:
    link = site.link(OLA)
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(link))
        ola.choose(0, "Ja")
        ola.review()
        ola.cast()
        assert ola.context.cookies() == []
        sent = [
            (request.url, request.all_headers(), request.post_data or "")
            for request in ola.requests
        ]
        identify, *_ = ola.posted("/identify")
        right, *_ = ola.posted("/right")
        cast, *_ = ola.posted("/cast")
    assert len(sent) > 10
    code = link.code.symbols.lower()
    for url, headers, body in sent:
        assert "?" not in url or "manifest.json?avtrykk=" in url
        assert "cookie" not in headers
        assert "referer" not in headers
        everything = f"{url} {headers} {body}".lower().replace("-", "")
        assert code not in everything
    # Nothing that one side is told is told to the other.
    told_register = {*identify.values(), *right.values()} - {cast["fingerprint"]}
    told_service = set(cast.values())
    assert not told_register & told_service
    assert "Nordmann" not in str(told_service)


def test_blank_vote_is_cast_as_such(site: VotingSite, browser: Browser) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Blank stemme")
        ola.review()
        ola.cast()
    assert site.opened() == [BLANK]


def test_some_of_several_choices_are_cast(site: VotingSite, browser: Browser) -> None:
    with member(browser) as kari:
        kari.go_to_ballot(site.address_of(site.link(KARI)))
        kari.press("Se over stemmeseddelen")
        focused = "document.activeElement.className"
        assert kari.page.evaluate(focused) == "ds-error-summary"
        assert kari.page.locator(".ds-error-summary a").count() == 2
        kari.choose(0, "Ja")
        kari.choose(1, "Ås", "Berg", "Dahl")
        kari.reads("3 av 2 valgt")
        kari.press("Se over stemmeseddelen")
        kari.reads("Du har valgt 3 i «Utsendinger», men kan velge 2. Ta bort 1.")
        kari.choose(1, "Blank stemme")
        assert kari.page.locator("#contest-1 :checked").count() == 1
        kari.choose(1, "Ås", "Dahl")
        kari.reads("2 av 2 valgt")
        assert kari.page.locator("#contest-1 [data-blank] :checked").count() == 0
        kari.review()
        kari.cast()
    assert site.opened(contest=0) == [YES]
    assert site.opened(contest=1) == [(1, 0, 1, 0)]


def test_double_click_casts_once(site: VotingSite, browser: Browser) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        ola.page.get_by_role("button", name="Avgi stemme").dblclick()
        ola.sees("Stemmen din er avgitt")
        assert len(ola.posted("/cast")) == 1
    assert (site.marks(), site.ballots()) == (1, 1)


def test_reload_between_right_and_cast_sends_the_very_same_ballot(
    site: VotingSite, browser: Browser
) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        code = ola.tracking_code()
        ola.lose("/cast")
        ola.press("Avgi stemme")
        ola.sees("Vi venter på svar fra urnen")
        assert (site.marks(), site.ballots()) == (1, 0)
        ola.find_again("/cast")
        ola.reload()
        ola.sees("Stemmen din er avgitt")
        assert ola.tracking_code() == code
        first, *later = ola.posted("/cast")
        assert later
        assert all(body == first for body in later)
    assert (site.marks(), site.ballots()) == (1, 1)


@pytest.mark.parametrize("act", ["/right", "/cast"])
def test_lost_answer_is_asked_for_again(
    site: VotingSite, browser: Browser, act: str
) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        code = ola.tracking_code()
        ola.lose(act, answer_only=True)
        ola.press("Avgi stemme")
        ola.sees("Vi venter på svar fra urnen")
        ola.reads("Den kan ha kommet fram.")
        assert site.marks() == 1
        assert site.ballots() == int(act == "/cast")
        ola.find_again(act)
        ola.press("Prøv igjen")
        ola.sees("Stemmen din er avgitt")
        assert ola.tracking_code() == code
    assert (site.marks(), site.ballots()) == (1, 1)


def test_lost_connection_waits_for_the_net(site: VotingSite, browser: Browser) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        ola.context.set_offline(True)
        ola.press("Avgi stemme")
        ola.sees("Vi venter på svar fra urnen")
        ola.press("Prøv igjen")
        ola.sees("Vi venter på svar fra urnen")
        ola.context.set_offline(False)
        ola.press("Prøv igjen")
        ola.sees("Stemmen din er avgitt")
    assert (site.marks(), site.ballots()) == (1, 1)


def test_lost_connection_before_casting_says_that_nothing_is_cast(
    site: VotingSite, browser: Browser
) -> None:
    with member(browser) as ola:
        ola.open(site.address_of(site.link(OLA)))
        ola.lose("/identify")
        ola.press("Gå til stemmeseddelen")
        ola.sees("Ingen forbindelse")
        ola.reads("Ingenting er avgitt.")
        ola.find_again("/identify")
        ola.press("Prøv igjen")
        ola.page.wait_for_selector("#contest-0")


def test_another_device_finishes_what_one_began(
    site: VotingSite, browser: Browser
) -> None:
    address = site.address_of(site.link(OLA))
    with member(browser) as phone, member(browser, width=1280) as desk:
        phone.go_to_ballot(address)
        phone.choose(0, "Ja")
        phone.review()
        phone.lose("/cast")
        phone.press("Avgi stemme")
        phone.sees("Vi venter på svar fra urnen")
        desk.go_to_ballot(address)
        desk.reads("stemmen har ikke kommet fram til urnen")
        desk.choose(0, "Nei")
        desk.review()
        code = desk.cast()
        phone.find_again("/cast")
        phone.press("Prøv igjen")
        phone.sees("Du har stemt")
        phone.reads("Stemmeseddelen du fylte ut nå, er ikke avgitt.")
        assert phone.tracking_code() == code
    assert (site.marks(), site.ballots()) == (1, 1)
    assert site.opened() == [NO]


def test_link_finds_the_receipt_again_and_proves_the_place(
    site: VotingSite, browser: Browser
) -> None:
    address = site.address_of(site.link(OLA))
    with member(browser) as ola:
        ola.go_to_ballot(address)
        ola.choose(0, "Ja")
        ola.review()
        code = ola.cast()
    assert site.publish() == 1
    with member(browser) as later:
        later.open(address)
        later.press("Gå til stemmeseddelen")
        later.sees("Du har stemt")
        assert later.tracking_code() == code
        later.reads("Stemmeseddelen ligger på oppslagstavla, i bunke 1.")
        assert later.posted("/cast") == []


def test_broken_promise_is_an_alarm(site: VotingSite, browser: Browser) -> None:
    address = site.address_of(site.link(OLA))
    with member(browser) as ola:
        ola.go_to_ballot(address)
        ola.choose(0, "Ja")
        ola.review()
        ola.cast()
        site.pretend_published()
        ola.open(address)
        ola.press("Gå til stemmeseddelen")
        ola.page.get_by_role("alert").get_by_text("bunke 1").wait_for()
        ola.reads("Stemmeseddelen mangler på oppslagstavla")


def test_back_goes_to_the_ballot_and_never_out_of_the_receipt(
    site: VotingSite, browser: Browser
) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        first = ola.tracking_code()
        ola.page.go_back()
        assert ola.page.locator("#contest-0 :checked").input_value() == "0"
        ola.choose(0, "Nei")
        ola.review()
        assert ola.tracking_code() != first
        ola.press("Endre")
        assert ola.page.locator("#contest-0 :checked").input_value() == "1"
        ola.review()
        code = ola.cast()
        ola.page.go_back()
        ola.page.wait_for_timeout(300)
        assert ola.tracking_code() == code
    assert site.opened() == [NO]


def test_reload_of_the_ballot_shows_it_again_and_keeps_no_choice(
    site: VotingSite, browser: Browser
) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.reload()
        ola.page.wait_for_selector("#contest-0")
        assert ola.page.locator(":checked").count() == 0
        assert ola.page.url == site.page_url


def test_whole_way_goes_by_keyboard(site: VotingSite, browser: Browser) -> None:
    with member(browser, width=1280) as ola:
        ola.open(site.address_of(site.link(OLA)))
        keyboard = ola.page.keyboard

        def tab_to(name: str) -> None:
            script = "document.activeElement.innerText || document.activeElement.value"
            for _ in range(30):
                keyboard.press("Tab")
                if ola.page.evaluate(script) == name:
                    return
            raise AssertionError(name)

        tab_to("Gå til stemmeseddelen")
        keyboard.press("Enter")
        ola.page.wait_for_selector("#contest-0")
        tab_to("0")
        keyboard.press("Space")
        keyboard.press("ArrowDown")
        tab_to("Se over stemmeseddelen")
        keyboard.press("Enter")
        ola.sees("Se over stemmen din")
        heading = "document.activeElement.tagName"
        assert ola.page.evaluate(heading) == "H1"
        tab_to("Avgi stemme")
        keyboard.press("Enter")
        ola.sees("Stemmen din er avgitt")
    assert site.opened() == [NO]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(
    site: VotingSite, browser: Browser, scheme: str
) -> None:
    with member(browser, color_scheme=scheme, bypass_csp=True) as kari:
        kari.open(site.page_url)
        _require_accessible(kari.page)
        kari.open(site.address_of(site.link(KARI)))
        _require_accessible(kari.page)
        kari.press("Gå til stemmeseddelen")
        kari.page.wait_for_selector("#contest-1")
        kari.press("Se over stemmeseddelen")
        _require_accessible(kari.page)
        kari.choose(0, "Ja")
        kari.choose(1, "Ås")
        kari.review()
        _require_accessible(kari.page)
        code = kari.cast()
        _require_accessible(kari.page)
        site.publish()
        kari.page.goto(f"{site.page_url}/tavle")
        kari.page.fill("#sporingskode", code)
        kari.press("Søk")
        kari.reads("Stemmeseddelen ligger på tavla")
        _require_accessible(kari.page)


def _require_accessible(page: Page) -> None:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)
    faults = [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]]
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW


def test_page_without_scripts_says_why_and_whom_to_ask(
    site: VotingSite, browser: Browser
) -> None:
    with member(browser, java_script_enabled=False) as ola:
        ola.page.goto(site.address_of(site.link(OLA)))
        text = ola.page.locator("main").inner_text()
        assert "Slå på JavaScript for å stemme" in text
        assert "Ta kontakt med Fagforbundet for prøver" in text
        ola.page.goto(f"{site.page_url}/tavle")
        ola.page.fill("#sporingskode", "A" * 20)
        ola.press("Søk")
        assert re.search(r"bunke 1 på kvitteringen", ola.page.inner_text("main"))
        assert ola.page.url == f"{site.page_url}/tavle"
