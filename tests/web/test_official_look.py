"""The officials' pages in Chromium: axe, the narrowest phone, the two small scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.serving import served
from tests.web.gallery import Gallery
from tests.web.staging import PASSWORD
from tests.web.test_look import AXE, RULES

NARROW, WIDE = 320, 1280
TOO_WIDE = """
    [...document.querySelectorAll("main *")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.outerHTML.slice(0, 200))
"""
OF_THE_ORGANISER = (
    ("empty", ""),
    ("draft", ""),
    ("stopped", ""),
    ("open", ""),
    ("approved", ""),
    ("draft", "/rediger"),
    ("empty", "/rediger"),
    ("draft", "/rediger/sak/0"),
    ("draft", "/forhandsvisning"),
    ("keys", "/komite"),
    ("stopped", "/komite"),
    ("ready", "/forsegl"),
    ("ready", "/frist"),
    ("open", "/avlys"),
    ("waiting", "/opptelling"),
    ("paper", "/opptelling"),
    ("counting", "/opptelling"),
    ("counted", "/protokoll"),
    ("approved", "/makulering"),
    ("shredded", "/makulering"),
)
OF_A_MEMBER = (
    ("keys", ""),
    ("keys", "/komite"),
    ("paper", "/papir"),
    ("counting", ""),
    ("counted", "/godkjenning"),
)


@pytest.fixture
def site(gallery_app: Flask) -> Iterator[str]:
    with served(gallery_app) as address:
        yield address


@contextmanager
def opened(browser: Browser, width: int, **options: bool) -> Iterator[Page]:
    context = browser.new_context(
        locale="nb-NO",
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",
        **options,  # type: ignore[arg-type]
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _full_width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(site + "/valg")
    page.get_by_label("E-postadresse").fill(f"{name}@forbundet.example")
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Valg")


def require_clean(page: Page, width: int) -> None:
    wide = page.evaluate(TOO_WIDE) if _full_width(page) != width else []
    assert _full_width(page) == width, (page.url, wide)
    page.evaluate(AXE.read_text("utf-8"))
    tags = {"runOnly": RULES}
    found = page.evaluate("(rules) => axe.run(document, rules)", tags)["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], page.url


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_common_pages_are_clean(browser: Browser, site: str, width: int) -> None:
    with opened(browser, width, bypass_csp=True) as page:
        for path in ("/", "/konto/inn", "/s/godkjent/protokoll"):
            page.goto(site + path)
            require_clean(page, width)
        sign_in(page, site, "randi")
        for path in ("/valg", "/valg/ny"):
            page.goto(site + path)
            require_clean(page, width)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize(
    ("name", "pages"), [("randi", OF_THE_ORGANISER), ("aase", OF_A_MEMBER)]
)
def test_pages_of_an_election_are_clean(  # noqa: PLR0917 - fixtures
    browser: Browser,
    site: str,
    gallery: Gallery,
    width: int,
    name: str,
    pages: tuple[tuple[str, str], ...],
) -> None:
    with opened(browser, width, bypass_csp=True) as page:
        sign_in(page, site, name)
        for stage, path in pages:
            page.goto(f"{site}/valg/{gallery.id(stage)}{path}")
            require_clean(page, width)


def test_policy_refuses_nothing_the_pages_need(
    browser: Browser, site: str, gallery: Gallery
) -> None:
    with opened(browser, WIDE) as page:
        told: list[str] = []
        sign_in(page, site, "randi")
        page.wait_for_load_state("networkidle")
        page.on("console", lambda message: told.append(message.text))
        page.on("requestfailed", lambda request: told.append(request.url))
        for stage, path in (("draft", "/rediger"), ("counted", "/protokoll")):
            page.goto(
                f"{site}/valg/{gallery.id(stage)}{path}", wait_until="networkidle"
            )
        page.goto(
            f"{site}/valg/{gallery.id('draft')}/rediger/sak/0", wait_until="networkidle"
        )
        page.get_by_label("av stemmene").select_option("2/3")
        expect(page.locator("output")).to_contain_text("to tredeler av stemmene")
        assert told == []


def test_short_name_follows_the_title_until_it_is_written(
    browser: Browser, site: str
) -> None:
    with opened(browser, WIDE) as page:
        sign_in(page, site, "randi")
        page.goto(site + "/valg/ny")
        title, slug = page.get_by_label("Tittel"), page.get_by_label("Kortnavn")
        title.fill("Lønnsoppgjøret på Ålesund 2027!")
        expect(slug).to_have_value("lonnsoppgjoret-pa-alesund-2027")
        slug.fill("mitt-eget")
        title.fill("Noe annet")
        expect(slug).to_have_value("mitt-eget")


def test_rule_is_explained_while_it_is_written(
    browser: Browser, site: str, gallery: Gallery
) -> None:
    with opened(browser, NARROW) as page:
        sign_in(page, site, "randi")
        page.goto(f"{site}/valg/{gallery.id('draft')}/rediger/sak/0")
        told = page.locator("output")
        expect(told).to_contain_text("mer enn halvparten")
        expect(page.get_by_label("Teller", exact=True)).to_be_hidden()
        page.get_by_label("av stemmene").select_option("annen")
        page.get_by_label("Teller", exact=True).fill("3")
        page.get_by_label("Nevner", exact=True).fill("5")
        expect(told).to_contain_text("mer enn 3/5 av stemmene")
        page.get_by_label("Alternativer, ett på hver linje").fill("For\nMot\nVet ikke")
        page.get_by_label("Alternativet regelen gjelder").select_option("Mot")
        expect(told).to_contain_text("«Mot» er vedtatt")
        page.get_by_label("Ingen regel").check()
        expect(page.get_by_label("av stemmene")).to_be_hidden()
        expect(told).to_contain_text("Ingen regel: stemmetallene vises som de er.")


def test_removing_a_contest_asks_first(
    browser: Browser, site: str, gallery: Gallery
) -> None:
    with opened(browser, NARROW) as page:
        sign_in(page, site, "randi")
        page.goto(f"{site}/valg/{gallery.id('draft')}/rediger")
        page.get_by_role("button", name="Fjern").first.click()
        dialog = page.get_by_role("dialog", name="Fjerne «Ny hovedavtale»?")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Avbryt").click()
        expect(dialog).to_be_hidden()


def test_wrong_password_is_told_without_saying_which(
    browser: Browser, site: str
) -> None:
    with opened(browser, NARROW) as page:
        page.goto(site + "/konto/inn")
        for email in ("randi@forbundet.example", "ukjent@forbundet.example"):
            page.get_by_label("E-postadresse").fill(email)
            page.get_by_label("Passord").fill("feil passord helt")
            page.get_by_role("button", name="Logg inn").click()
            told = page.locator(".ds-error-summary")
            expect(told).to_contain_text("hører ikke sammen")


def test_signing_out_closes_the_pages(browser: Browser, site: str) -> None:
    with opened(browser, WIDE) as page:
        sign_in(page, site, "randi")
        page.get_by_role("button", name="Logg ut").click()
        page.goto(site + "/valg")
        expect(page.get_by_role("heading", level=1)).to_have_text("Logg inn")
