"""An open survey in Chromium: without scripts, by the keyboard alone, and by axe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Stores
from tests.serving import served
from tests.surveys.course import course
from tests.surveys.open_site import PAGE, OpenSite, open_site

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
NARROW, WIDE = 320, 1280
SHOTS = os.environ.get("URNE_TEST_SHOTS")
EVERYTHING = {
    "deltok": "delvis",
    "temaer": ["tariff", "@other"],
    "temaer:other": "Økonomi",
    "bransje": "helse",
    "nytte": 4,
    "anbefale": 9,
    "enighet": {"holdt": "enig", "tid": "@dont_know"},
    "viktigst": ["praksis", "lengde", "sted"],
    "timer": "2.5",
    "sist": "2027-03-01",
    "ett_ord": "Nyttig",
    "bedre": "Mer tid.\nFærre lysark.",
    "samtykke": True,
}


@pytest.fixture
def site(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[OpenSite]:
    lent = open_site(sqlite_stores.service, tmp_path, course(), redis_url)
    yield lent
    lent.runtime.close()


@pytest.fixture
def address(site: OpenSite) -> Iterator[str]:
    with served(site.app) as base:
        yield base + PAGE


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sees(page: Page, heading: str) -> None:
    page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()


def test_survey_is_answered_without_scripts_and_nothing_is_kept(
    site: OpenSite, address: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="nb-NO")
    page = context.new_page()
    page.goto(address)
    fits_without_scripts(page, "start")
    press(page, "Begynn")
    press(page, "Neste")
    page.get_by_role("link", name="Deltok du på kurset?: Velg et svar.").wait_for()
    fits_without_scripts(page, "fault")
    page.get_by_label("Ja, noe av det").check()
    press(page, "Neste")
    page.get_by_text("førte til flere spørsmål").wait_for()
    press(page, "Neste")
    page.get_by_text("Du deltok: Ja, noe av det.").wait_for()
    press(page, "Tilbake")
    assert page.get_by_label("Ja, noe av det").is_checked()
    page.get_by_label("Tariff og forhandlinger").check()
    page.get_by_label("Annet", exact=True).check()
    page.get_by_label("Skriv hva det er").first.fill("Økonomi")
    page.get_by_label("Hvilken bransje jobber du i?").select_option("Helse og omsorg")
    fits_without_scripts(page, "first")
    press(page, "Neste")
    fill_second(page)
    fits_without_scripts(page, "second")
    press(page, "Neste")
    fill_third(page)
    fits_without_scripts(page, "third")
    press(page, "Neste")
    sees(page, "Se over svarene")
    fits_without_scripts(page, "review")
    assert site.responses() == []
    press(page, "Send svar")
    sees(page, "Takk, svaret ditt er sendt")
    fits_without_scripts(page, "receipt")
    assert "Nyttig" not in page.content()
    assert context.cookies() == []
    assert site.responses() == [EVERYTHING]
    context.close()


def test_every_kind_is_answered_by_the_keyboard_and_passes_axe(
    site: OpenSite, address: str, browser: Browser
) -> None:
    page = browser.new_page(locale="en-GB", viewport={"width": NARROW, "height": 700})
    page.goto(address)
    by_keyboard(page, "Begin")
    tab_to(page, "deltok-0", "Space", "ArrowDown")
    by_keyboard(page, "Next")
    tab_to(page, "temaer-0", "Space")
    tab_to(page, "temaer-other", "Space")
    tab_to(page, "temaer-written")
    page.keyboard.type("Økonomi")
    tab_to(page, "bransje-0")
    page.keyboard.type("Health")
    by_keyboard(page, "Next")
    tab_to(page, "nytte-0", "Space", "ArrowRight", "ArrowRight", "ArrowRight")
    tab_to(page, "anbefale-0", "Space", "ArrowLeft")
    tab_to(page, "enighet-holdt-0", "Space", "ArrowDown", "ArrowDown")
    tab_to(page, "enighet-tid-0", "Space", "ArrowUp")
    for line, place in (("lengde", "2"), ("sted", "3"), ("praksis", "1")):
        tab_to(page, f"viktigst-{line}")
        page.keyboard.type(place)
    by_keyboard(page, "Next")
    for field, words in (("timer-0", "2.5"), ("sist-0", "1.3.2027")):
        tab_to(page, field)
        page.keyboard.type(words)
    tab_to(page, "ett_ord-0")
    page.keyboard.type("Nyttig")
    tab_to(page, "bedre-0")
    page.keyboard.type("Mer tid.")
    page.keyboard.press("Enter")
    page.keyboard.type("Færre lysark.")
    tab_to(page, "samtykke-0", "Space")
    by_keyboard(page, "Next")
    by_keyboard(page, "Send response")
    sees(page, "Thank you, your response has been sent")
    passes_axe(page)
    answered = {**EVERYTHING, "anbefale": 10}
    assert site.responses() == [answered]
    page.close()


def tab_to(page: Page, field: str, *keys: str) -> None:
    """Go forward with Tab until a field has the focus; then press keys."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            break
    else:
        pytest.fail(f"the keyboard does not reach {field}")
    for key in keys:
        page.keyboard.press(key)


def by_keyboard(page: Page, button: str) -> None:
    """Check the page as it stands, then press a button with the keyboard."""
    passes_axe(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == button:
            break
    else:
        pytest.fail(f"the keyboard does not reach {button}")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def passes_axe(page: Page) -> None:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa',"
        "'best-practice']})"
    )
    told = [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in found["violations"]
    ]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW


def fits_without_scripts(page: Page, name: str) -> None:
    """As `fits`, where no script may ask how wide the page is: only pictures."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        sheet = page.locator("main").bounding_box()
        assert sheet is not None
        assert sheet["width"] <= width
        if SHOTS:
            path = Path(SHOTS) / f"{name}-{width}.png"
            page.screenshot(path=path, full_page=True)


def fill_second(page: Page) -> None:
    group = page.get_by_role("group", name="Hvor nyttig var kurset for deg?")
    group.get_by_label("4", exact=True).check()
    page.get_by_role("group", name="Hvor sannsynlig").get_by_label("9").check()
    for row, cell in (
        ("Kurslederen holdt seg til temaet", "Enig"),
        ("Det var tid nok til spørsmål", "Vet ikke"),
    ):
        line = page.get_by_role("radiogroup", name=row)
        line.get_by_label(cell, exact=True).check()
    for place, label in enumerate(
        ("Flere øvelser", "Kortere dager", "Nærmere hjemmet"), 1
    ):
        page.get_by_label(label).select_option(str(place))


def fill_third(page: Page) -> None:
    hours = page.get_by_role("group", name="Hvor mange timer")
    hours.get_by_role("textbox").fill("2,5")
    page.get_by_role("group", name="Når var du").get_by_role("textbox").fill("1.3.2027")
    page.get_by_label("Beskriv kurset med ett ord").fill("Nyttig")
    page.get_by_label("Hva kan vi gjøre bedre?").fill("Mer tid.\nFærre lysark.")
    page.get_by_label("Ja, det jeg har skrevet").check()
