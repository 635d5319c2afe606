"""The register's pages in Chromium: on a phone, by axe, under the strict policy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from register.roll_phases import SendingKind
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.register_site import HERE, a_pass, an_app
from tests.register.roll_files import HEADINGS, KARI, OLA, as_csv
from tests.serving import served
from tests.smtp import SmtpServer, Stage

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REASON = "Medlemmet ringte og ba om hjelp"
WIDTHS = (320, 1280)
BAD = ("1004", "Liv", "Li", "liv(at)example.no", "", "Krets Øst")


@pytest.fixture
def office(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(sqlite_stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


@pytest.fixture
def address(office: PostOffice) -> Iterator[str]:
    with served(an_app(office)) as address:
        yield address


@pytest.fixture(params=WIDTHS)
def page(
    request: pytest.FixtureRequest, browser: Browser, office: PostOffice
) -> Iterator[Page]:
    width: int = request.param
    context = browser.new_context(
        locale="nb-NO", viewport={"width": width, "height": 800}, bypass_csp=False
    )
    _let_in(context, office)
    opened = context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 422" not in message.text:
            complaints.append(message.text)

    opened.on("console", hear)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def test_the_roll_is_sent_up_and_frozen(
    office: PostOffice, address: str, page: Page
) -> None:
    office.election.create()
    page.goto(f"{address}{HERE}/manntall")
    _require_good(page)
    _upload(page, as_csv(HEADINGS, KARI, BAD))
    assert page.locator("#feil tbody tr").count() == 1
    _require_good(page)
    _upload(page, as_csv(HEADINGS, KARI, OLA))
    _require_good(page)
    page.get_by_role("button", name="Importer manntallet").click()
    page.get_by_text("2 nye").wait_for()
    page.get_by_role("link", name="Frys manntallet").click()
    _require_good(page)
    page.get_by_label("Jeg har sett over tallene").check()
    page.get_by_role("button", name="Frys manntallet").click()
    page.get_by_role("status").get_by_text("Manntallet er frosset.").wait_for()
    _require_good(page)


def test_columns_are_pointed_out(office: PostOffice, address: str, page: Page) -> None:
    office.election.create()
    page.goto(f"{address}{HERE}/manntall")
    _upload(page, as_csv(("Nr", "A", "B", "E-post", "Mobil", "Krets"), KARI))
    _require_good(page)
    page.get_by_label("Medlemsnummer", exact=True).select_option("Nr")
    page.get_by_label("Fornavn", exact=True).select_option("A")
    page.get_by_label("Etternavn", exact=True).select_option("B")
    page.get_by_role("button", name="Les filen på nytt").click()
    page.get_by_role("button", name="Importer manntallet").click()
    page.get_by_text("1 nye").wait_for()


def test_a_sending_is_written_started_and_followed_as_it_goes(
    office: PostOffice, address: str, page: Page
) -> None:
    office.open(*members(5))
    page.goto(f"{address}{HERE}/utsending")
    _require_good(page)
    page.get_by_role("link", name="Skriv innbydelse").click()
    _require_good(page)
    page.get_by_role("button", name="Se meldingen").click()
    _require_good(page)
    page.get_by_label("Skriv antallet mottakere").fill("5")
    page.get_by_role("button", name="Start utsendingen").click()
    page.get_by_text("0 av 5").wait_for()
    _require_good(page)
    sending_id = bytes.fromhex(page.url.rpartition("/")[2])
    loads = page.evaluate("performance.timeOrigin")
    office.smtp.at(Stage.RCPT, _defer_after(2))
    office.send_all(sending_id)
    page.get_by_text("2 av 5").wait_for()
    page.get_by_text("tar ikke imot akkurat nå").wait_for()
    assert page.evaluate("performance.timeOrigin") == loads  # it was not loaded anew
    office.smtp.behave()
    office.pass_time(sending_id)
    office.send_all(sending_id)
    page.get_by_text("Ferdig").wait_for()
    _require_good(page)


def test_doubts_and_one_member_are_seen_for_a_reason(
    office: PostOffice, address: str, page: Page
) -> None:
    office.open(KARI, OLA)
    office.smtp.hang_up_at(Stage.ACCEPTED)
    office.invite()
    page.goto(f"{address}{HERE}/utsending")
    page.get_by_label("Begrunnelse").fill(REASON)
    page.get_by_role("button", name="Vis listen").click()
    page.get_by_role("heading", name="Medlem 1001").wait_for()
    _require_good(page)
    page.get_by_role("link", name="Oppslag", exact=True).click()
    _require_good(page)
    page.get_by_label("Medlemsnummer").fill("1001")
    page.get_by_label("Begrunnelse").fill(REASON)
    page.get_by_role("button", name="Slå opp").click()
    page.get_by_role("heading", name="Kari Åsgård").wait_for()
    _require_good(page)


def test_the_mail_is_readable_by_itself(
    office: PostOffice, address: str, page: Page
) -> None:
    office.open(*members(1))
    sending_id = office.write(SendingKind.REMINDER)
    page.goto(f"{address}{HERE}/utsending/{sending_id.hex()}/e-post/nb")
    _require_narrow(page)
    button = page.get_by_role("link", name="Åpne stemmeseddelen")
    assert button.evaluate("e => getComputedStyle(e).backgroundColor") == (
        "rgb(20, 64, 107)"
    )


def test_without_scripts_the_progress_comes_by_itself(
    office: PostOffice, address: str, browser: Browser
) -> None:
    office.open(*members(2))
    sending_id = office.start()
    context = browser.new_context(locale="nb-NO", java_script_enabled=False)
    _let_in(context, office)
    page = context.new_page()
    page.goto(f"{address}{HERE}/utsending/{sending_id.hex()}")
    page.get_by_text("0 av 2").wait_for()
    office.send_all(sending_id)
    page.get_by_text("2 av 2").wait_for(timeout=20_000)
    context.close()


def _let_in(context: BrowserContext, office: PostOffice) -> None:
    context.add_cookies(
        [
            {
                "name": "urne_register",
                "value": a_pass(office),
                "domain": "127.0.0.1",
                "path": "/r",
            }
        ]
    )


def _upload(page: Page, data: bytes) -> None:
    file = {"name": "manntall.csv", "mimeType": "text/csv", "buffer": data}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Se gjennom filen").click()
    page.wait_for_load_state()


def _require_narrow(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, page.url


def _require_good(page: Page) -> None:
    """Nothing sticks out, and axe finds nothing."""
    page.wait_for_load_state()
    _require_narrow(page)
    page.evaluate(AXE.read_text("utf-8"))
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = page.evaluate("o => axe.run(document, o)", options)
    assert [
        (each["id"], each["nodes"][0]["html"]) for each in found["violations"]
    ] == []


def _defer_after(taken: int) -> Callable[[], str | None]:
    count = iter(range(1000))
    return lambda: None if next(count) < taken else "450 4.2.0 later"
