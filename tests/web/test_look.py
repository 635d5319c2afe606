"""The look holds: on the narrowest phone, by keyboard, under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page

from tests.web.specimen import REFUSALS, specimen_app, specimen_site

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["/official", "/voter", *(f"/refusal/{status}" for status in REFUSALS)]
NARROW = 320
THUMB = 44


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with specimen_site() as address:
        yield address


def source(path: str) -> str:
    return specimen_app().test_client().get(path).get_data(as_text=True)


def opened(browser: Browser, address: str, **options: object) -> Page:
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.goto(address)
    return page


@pytest.mark.parametrize("path", PAGES)
def test_page_is_valid_and_says_what_it_is(path: str) -> None:
    text = source(path)
    html5lib.HTMLParser(strict=True).parse(text)
    soup = BeautifulSoup(text, "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == "nb"
    assert len(soup.select("h1")) == 1
    assert soup.title is not None
    name, mark, product = soup.title.get_text().partition(" – ")
    assert name.strip()
    assert (mark, product) == (" – ", "Urne")
    assert soup.select_one("a.ds-skip-link[href='#innhold']") is not None
    assert soup.select_one("main#innhold") is not None


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_script_or_style(path: str) -> None:
    soup = BeautifulSoup(source(path), "html.parser")
    assert soup.select("style, [style], script:not([src])") == []
    attributes = [name for tag in soup.find_all(True) for name in tag.attrs]
    assert [name for name in attributes if name.startswith("on")] == []


@pytest.mark.parametrize("status", REFUSALS)
def test_refusal_says_what_to_do(status: int) -> None:
    soup = BeautifulSoup(source(f"/refusal/{status}"), "html.parser")
    assert f"Feil {status}" in soup.get_text()
    assert len(soup.select("main p")) >= 3
    assert soup.select_one("main a.ds-button[href]") is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, 1280])
@pytest.mark.parametrize("path", ["/official", "/voter", "/refusal/403"])
def test_axe_finds_nothing(
    browser: Browser, site: str, path: str, width: int, scheme: str
) -> None:
    page = opened(
        browser,
        site + path,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,  # for axe alone; the policy has a test of its own
    )
    page.evaluate(AXE.read_text("utf-8"))
    tags = {"runOnly": RULES}
    found = page.evaluate("(rules) => axe.run(document, rules)", tags)["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_page_fits_the_narrowest_phone(browser: Browser, site: str, path: str) -> None:
    page = opened(browser, site + path, viewport={"width": NARROW, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    page.context.close()


def test_voter_can_hit_everything_with_a_thumb(browser: Browser, site: str) -> None:
    page = opened(browser, site + "/voter", viewport={"width": NARROW, "height": 640})
    targets = page.locator("main .choice, main .ds-button").all()
    assert len(targets) == 4
    for target in targets:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= THUMB
        assert box["width"] >= 200
    page.context.close()


def test_policy_refuses_nothing_the_pages_need(browser: Browser, site: str) -> None:
    page = browser.new_context().new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("requestfailed", lambda request: told.append(request.url))
    for path in ("/refusal/404", "/voter", "/official"):
        page.goto(site + path, wait_until="networkidle")
    assert page.evaluate("document.fonts.check('16px Inter')")
    assert told == []
    page.context.close()


def test_faults_lead_to_their_fields(browser: Browser, site: str) -> None:
    page = opened(browser, site + "/official")
    assert page.evaluate("document.activeElement.className") == "ds-error-summary"
    links = page.locator(".ds-error-summary a").all()
    assert len(links) == 5
    for link in links:
        target = page.locator(str(link.get_attribute("href")))
        link.click()
        assert target.evaluate("(input) => input === document.activeElement")
        assert target.get_attribute("aria-invalid") == "true"
    described = page.locator("#title").get_attribute("aria-describedby")
    assert described == "title-hint title-faults"
    assert page.locator("#title-faults").inner_text() == "Skriv et navn."
    page.context.close()


def test_grave_step_asks_first_and_escape_leaves(browser: Browser, site: str) -> None:
    page = opened(browser, site + "/official", reduced_motion="reduce")
    dialog = page.get_by_role("dialog", name="Avlyse?")
    page.get_by_role("button", name="Avlys", exact=True).click()
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#d").evaluate("(dialog) => dialog.open")
    page.get_by_role("button", name="Avlys", exact=True).click()
    dialog.get_by_role("button", name="Avbryt").click()
    assert not page.locator("#d").evaluate("(dialog) => dialog.open")
    page.context.close()


def test_menu_marks_the_page_one_is_on() -> None:
    marked = BeautifulSoup(source("/official"), "html.parser").select("[aria-current]")
    assert [link.get_text() for link in marked] == ["Manntall"]


def test_print_leaves_the_receipt_and_no_buttons(browser: Browser, site: str) -> None:
    page = opened(browser, site + "/voter")
    page.emulate_media(media="print")
    assert page.locator(".tracking__code").is_visible()
    for unwanted in (".actions", ".site-footer", ".steps"):
        assert not page.locator(unwanted).is_visible()
    page.context.close()
