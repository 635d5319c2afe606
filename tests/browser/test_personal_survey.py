"""A survey with personal links in Chromium: from the link to the receipt, once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import text

from app import create_app
from crypto.codes import short_fingerprint
from crypto.encoding import encode_json, group_base32
from crypto.merkle import leaf_hash, node_hash
from crypto.notes import Checkpoint, sign_note
from surveys.log import origin_of, service_seed
from surveys.modes import Mode
from tests.browser.member import NARROW, Member, member
from tests.conftest import Stores
from tests.services import free_port
from tests.serving import served
from tests.surveys.course import course
from tests.surveys.invited_site import CLOSED, InvitedSite, invited_site

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("URNE_TEST_SHOTS")
PARTLY = {
    "deltok": "ja",
    "temaer": ["tariff", "lov"],
    "nytte": 4,
    "enighet": {"tid": "enig"},
    "bedre": "Mer tid.",
}


@dataclass(frozen=True)
class Survey:
    """A survey that is open, and where its links lead."""

    site: InvitedSite
    url: str

    def link(self, at: int = 0) -> str:
        """A message's link to a member, by the place on the roll."""
        link = self.site.link(self.site.members[at])
        fragment = link.code.link_fragment(link.fingerprint)
        return f"{self.url}#{fragment}"

    def rows(self, table: str, side: str = "service") -> int:
        store = self.site.service if side == "service" else self.site.register
        with store.reading() as session:
            counted = session.scalar(text(f"SELECT count(*) FROM {table}"))
        return int(counted or 0)

    def marks(self) -> int:
        return self.rows("mark_intake", "register") + self.rows("marks", "register")

    def answers(self) -> list[object]:
        """Every response, once the survey is closed."""
        self.site.sweep(CLOSED)
        self.site.sweep(CLOSED)
        return [response.answers for response in self.site.responses()]


@contextmanager
def open_survey(
    stores: Stores, folder: Path, redis_url: str, mode: Mode
) -> Iterator[Survey]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        site = stack.enter_context(
            invited_site(stores, folder, redis_url, mode=mode, url=url)
        )
        site.create(course())
        site.import_members(6, ("Øst", "Vest"))
        site.freeze()
        site.launch()
        site.sweep(site.survey().opens_at or site.clock.now())
        stack.enter_context(served(create_app(runtime=site.runtime), port))
        yield Survey(site, f"{url}/u/{site.slug}")


@pytest.fixture
def anonymous(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[Survey]:
    with open_survey(sqlite_stores, tmp_path, redis_url, Mode.ANONYMOUS) as lent:
        yield lent


def picture(page: Page, name: str) -> None:
    """Nothing is wider than the screen; keep a picture where they are asked for."""
    for width in (1280, NARROW):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        if SHOTS:
            path = Path(SHOTS) / f"{name}-{width}.png"
            page.screenshot(path=path, full_page=True)


def passes_axe(page: Page) -> None:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []


def fill_first(kari: Member) -> None:
    kari.page.get_by_label("Ja, hele").check()
    kari.page.get_by_label("Tariff og forhandlinger").check()
    kari.page.get_by_label("Arbeidsmiljøloven").check()
    kari.press("Neste")
    kari.sees("Vurdering")


def fill_rest(kari: Member) -> None:
    group = kari.page.get_by_role("group", name="Hvor nyttig var kurset for deg?")
    group.get_by_label("4", exact=True).check()
    line = kari.page.get_by_role("radiogroup", name="Det var tid nok til spørsmål")
    line.get_by_label("Enig", exact=True).check()
    kari.press("Neste")
    kari.sees("Til slutt")
    kari.page.get_by_label("Hva kan vi gjøre bedre?").fill("Mer tid.")
    kari.press("Neste")
    kari.sees("Se over svarene")


def test_anonymous_survey_from_link_to_receipt(
    anonymous: Survey, browser: Browser
) -> None:
    link = anonymous.link()
    code = link.split("#")[1].split(".")[0]
    with member(browser) as kari:
        kari.open(link)
        assert kari.page.url == anonymous.url
        kari.reads("Denne undersøkelsen er anonym")
        passes_axe(kari.page)
        picture(kari.page, "personal-start")
        assert kari.posted("/identify") == []
        kari.press("Begynn")
        kari.sees("Deltakelse")
        kari.press("Neste")
        assert kari.page.locator(".ds-error-summary a").count() == 1
        passes_axe(kari.page)
        fill_first(kari)
        kari.reads("Du deltok: Ja, hele.")
        passes_axe(kari.page)
        picture(kari.page, "personal-second")
        kari.page.go_back()
        kari.sees("Deltakelse")
        assert kari.page.get_by_label("Ja, hele").is_checked()
        kari.press("Neste")
        fill_rest(kari)
        passes_axe(kari.page)
        picture(kari.page, "personal-review")
        assert (anonymous.marks(), anonymous.rows("response_intake")) == (0, 0)
        kari.press("Send svar")
        kari.sees("Takk, svaret ditt er sendt")
        passes_axe(kari.page)
        picture(kari.page, "personal-receipt")
        assert "Mer tid" not in kari.page.content()
        assert "draft" not in kari.storage()
        assert code not in kari.storage()
        assert kari.context.cookies() == []
        for request in kari.requests:
            headers = request.all_headers()
            assert "cookie" not in headers
            assert "referer" not in headers
            sent = f"{request.url} {headers} {request.post_data}".lower()
            assert code.lower() not in sent.replace("-", "")
        identify, *_ = kari.posted("/identify")
        right, *_ = kari.posted("/right")
        answer, *_ = kari.posted("/answer")
    told = {*identify.values(), *right.values()} - {answer["fingerprint"]}
    assert not told & {value for value in answer.values() if isinstance(value, str)}
    assert (anonymous.marks(), anonymous.rows("response_intake")) == (1, 1)
    with member(browser) as again:
        again.open(link)
        again.press("Begynn")
        again.sees("Det er svart med denne lenken")
    assert anonymous.answers() == [PARTLY]


def test_reload_second_device_and_lost_answer_end_in_one_response(
    anonymous: Survey, browser: Browser
) -> None:
    link = anonymous.link()
    with member(browser) as kari, member(browser) as other:
        kari.open(link)
        kari.press("Begynn")
        kari.sees("Deltakelse")
        fill_first(kari)
        kari.page.wait_for_function(
            "Object.keys(localStorage).some((name) => name.startsWith('urne:draft'))"
        )
        assert "tariff" not in kari.storage()
        kari.reload()
        kari.reads("Dette fylte du ut sist i denne nettleseren.")
        assert kari.page.get_by_label("Arbeidsmiljøloven").is_checked()
        kari.press("Neste")
        fill_rest(kari)
        # A second device comes as far, and the first one's answer is lost on its way.
        other.open(link)
        other.press("Begynn")
        other.page.get_by_label("Nei", exact=True).check()
        other.press("Neste")
        other.press("Neste")
        other.sees("Se over svarene")
        kari.lose("/answer", answer_only=True)
        kari.press("Send svar")
        kari.sees("Vi venter på svar fra tjenesten")
        kari.find_again("/answer")
        other.press("Send svar")
        other.sees("Det er svart med denne lenken")
        other.reads("Det du fylte ut nå, er ikke sendt.")
        kari.press("Prøv igjen")
        kari.sees("Takk, svaret ditt er sendt")
        assert "draft" not in kari.storage() + other.storage()
    assert anonymous.marks() == 1
    assert anonymous.answers() == [PARTLY]


HEADINGS = {
    Mode.PSEUDONYMOUS: "Svaret ditt lagres sammen med gruppa du hører til",
    Mode.NAMED: "Svaret ditt kan knyttes til navnet ditt",
}


@pytest.mark.long
@pytest.mark.parametrize("mode", HEADINGS)
def test_other_modes_say_what_they_are_and_take_one_response(
    request: pytest.FixtureRequest, browser: Browser, mode: Mode
) -> None:
    names = ("sqlite_stores", "tmp_path", "redis_url")
    sqlite_stores, tmp_path, redis_url = map(request.getfixturevalue, names)
    with open_survey(sqlite_stores, tmp_path, redis_url, mode) as survey:
        with member(browser) as kari:
            kari.open(survey.link(1))
            kari.reads(HEADINGS[mode])
            assert "er anonym" not in kari.text().replace("ikke anonym", "")
            kari.press("Begynn")
            fill_first(kari)
            fill_rest(kari)
            kari.press("Send svar")
            kari.sees("Takk, svaret ditt er sendt")
            rights = kari.posted("/right") + kari.posted("/right/named")
        assert ["credential" in right for right in rights] == [mode is Mode.NAMED]
        with survey.site.service.reading() as session:
            row = session.execute(
                text("SELECT group_index, respondent FROM response_intake")
            ).one()
        assert (row[0] is None, row[1] is None) == (
            mode is Mode.NAMED,
            mode is Mode.PSEUDONYMOUS,
        )


def test_survey_other_than_the_links_or_off_the_board_is_not_begun(
    anonymous: Survey, browser: Browser
) -> None:
    def changed(route: Route) -> None:
        body = route.fetch().body()
        other = body.replace(b'"threshold":3', b'"threshold":4').replace(b"Nei", b"Jo!")
        assert other != body
        route.fulfill(body=other)

    def unlogged(route: Route) -> None:
        route.fulfill(status=404, json={"error": "NotOnLog", "message": ""})

    other = "Stopp. Dette er ikke undersøkelsen lenken din gjelder"
    unread = "Stopp. Undersøkelsen kan ikke leses"
    unknown = "Stopp. Undersøkelsen står ikke på oppslagstavla"
    for pattern, answer, stop in (
        ("**/manifest.json*", changed, other),
        ("**/definisjon.json*", changed, unread),
        ("**/inklusjon*", unlogged, unknown),
    ):
        with member(browser) as kari:
            kari.page.route(pattern, answer)
            kari.open(anonymous.link())
            kari.sees(stop)
            assert kari.posted("/identify") == []
    assert anonymous.marks() == 0


def test_words_are_the_definitions_whatever_the_page_says(
    anonymous: Survey, browser: Browser
) -> None:
    def swapped(route: Route) -> None:
        body = route.fetch().text()
        label = '<span data-text="label">'
        first, last = f"{label}Ja, hele", f"{label}Nei"
        assert first in body
        body = body.replace(first, "⇄").replace(last, first).replace("⇄", last)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    with member(browser) as kari:
        kari.page.route(anonymous.url, swapped)
        kari.open(anonymous.link())
        kari.press("Begynn")
        kari.sees("Deltakelse")
        chosen = kari.page.get_by_label("Ja, hele")
        assert chosen.get_attribute("value") == "ja"


def test_code_from_a_letter_is_compared_with_what_was_computed(
    anonymous: Survey, browser: Browser
) -> None:
    def told(route: Route) -> None:
        body = route.fetch().text()
        assert body.count(shown) == 1, "beneath the page, and in no screen of it"
        body = body.replace(shown, "AAAA-AAAA-AAAA-AAAA")
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    link = anonymous.site.link(anonymous.site.members[0])
    shown = group_base32(short_fingerprint(link.fingerprint), 4)
    with member(browser) as kari:
        kari.page.route(anonymous.url, told)
        kari.open(anonymous.url)
        kari.page.get_by_label("Svarkode").fill(link.code.printed)
        kari.press("Gå videre")
        kari.reads("Kontrollkoden i brevet skal være den samme som denne:")
        assert kari.page.locator(".compare__code").inner_text() == shown


def test_a_log_that_is_shown_to_one_respondent_is_an_alarm(
    anonymous: Survey, browser: Browser
) -> None:
    site, link = anonymous.site, anonymous.link()
    seed = service_seed(site.settings)
    hidden = leaf_hash(b"another survey")

    def forked(route: Route) -> None:
        found = route.fetch().json()["found"]
        launch = leaf_hash(encode_json(found["leaf"]))
        root = node_hash(hidden, launch)
        text = Checkpoint(origin_of(seed.public_key), 2, root).text
        found |= {
            "checkpoint": sign_note(text, "service.urne", seed).encoded,
            "hashes": [hidden.hex()],
            "position": 1,
        }
        route.fulfill(json={"found": found})

    with member(browser) as kari:
        kari.open(link)
        kari.sees("Hvordan var kurset?")
        before = kari.storage()
        assert kari.page.get_by_role("alert").count() == 0
        # What is compared is what holds the survey; the true log is shown beside it.
        kari.page.route("**/inklusjon*", forked)
        kari.open(link)
        kari.reads("Oppslagstavla er ikke den samme som før")
        assert kari.storage() == before
        assert kari.posted("/identify") == []


@pytest.mark.long
def test_page_is_whole_in_english_and_says_what_to_do_without_scripts(
    anonymous: Survey, browser: Browser
) -> None:
    with member(browser) as kari:
        kari.open(anonymous.link())
        kari.page.get_by_role("link", name="English").click()
        kari.sees("How was the course?")
        kari.reads("This survey is anonymous")
        kari.press("Begin")
        kari.page.get_by_label("Yes, all of it").check()
        kari.reads("Which topics were useful?")
        kari.page.get_by_role("link", name="Bokmål").click()
        kari.reads("Dette fylte du ut sist i denne nettleseren.")
        assert kari.page.get_by_label("Ja, hele").is_checked()
    with member(browser, java_script_enabled=False) as quiet:
        quiet.page.goto(anonymous.link())
        told = quiet.page.locator("main").inner_text()
        assert "Slå på JavaScript for å svare" in told
        assert "Ingenting er sendt, og lenken virker fortsatt." in told
    assert anonymous.marks() == 0
