"""Where a member's way ends or waits: each screen says what happened and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from crypto.notes import Checkpoint, sign_note
from crypto.signing import SigningSeed
from register.tables import Roll
from register.voting_codes import kill_codes_of_entry
from tests.browser.member import Member, member
from tests.browser.voting_site import BATCHES_OF_ONE, VotingSite, voting_site
from tests.conftest import Stores
from tests.register.elections import CLOSES, OPENS
from tests.register.roll_files import ELECTION
from voting.manifest import SERVICE_SIGNER
from voting.manifest_model import Rules
from voting.phases import Phase

OLA = "1002"
GRACE = timedelta(minutes=10)


@pytest.fixture
def site(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[VotingSite]:
    with voting_site(sqlite_stores, tmp_path, redis_url) as lent:
        yield lent


@contextmanager
def voted(browser: Browser, address: str) -> Iterator[Member]:
    """A member who has just cast a ballot."""
    with member(browser) as ola:
        ola.go_to_ballot(address)
        ola.choose(0, "Ja")
        ola.review()
        ola.cast()
        yield ola


def began(site: VotingSite, browser: Browser, address: str) -> None:
    """Take out the right on a device that dies before the ballot is cast."""
    with member(browser) as device:
        device.go_to_ballot(address)
        device.choose(0, "Ja")
        device.review()
        device.lose("/cast")
        device.press("Avgi stemme")
        device.sees("Vi venter på svar fra urnen")
    assert (site.marks(), site.ballots()) == (1, 0)


def test_code_from_a_letter_is_typed_and_the_check_code_compared(
    site: VotingSite, browser: Browser
) -> None:
    link = site.link(OLA)
    with member(browser) as ola:
        ola.open(site.page_url)
        ola.page.get_by_label("Stemmekode").fill("ABC")
        ola.press("Gå videre")
        ola.reads("En stemmekode har 26 tegn")
        ola.page.get_by_label("Stemmekode").fill(link.code.printed.lower())
        ola.press("Gå videre")
        ola.reads("Kontrollkoden i brevet skal være den samme som denne:")
        shown = ola.page.locator(".compare__code").inner_text().replace("-", "")
        assert shown == link.code.link_fragment(link.fingerprint).partition(".")[2]
        ola.press("Gå til stemmeseddelen")
        ola.choose(0, "Ja")
        ola.review()
        ola.cast()
    assert site.ballots() == 1


def test_link_of_another_election_stops_before_anything_is_sent(
    site: VotingSite, browser: Browser
) -> None:
    link = site.link(OLA)
    other = link.code.link_fragment(bytes(32))
    with member(browser) as ola:
        ola.open(f"{site.page_url}#{other}")
        ola.sees("Stopp. Dette er ikke avstemningen lenken din gjelder")
        assert [each for each in ola.requests if each.method == "POST"] == []
        assert ola.page.get_by_role("button").count() == 0


@pytest.mark.parametrize("cut", [30, 20])
def test_cut_link_asks_for_the_whole_one(
    site: VotingSite, browser: Browser, cut: int
) -> None:
    address = site.address_of(site.link(OLA))
    start = len(site.page_url) + 1
    with member(browser) as ola:
        ola.open(address[: start + cut])
        ola.reads("Se over det du har skrevet." if cut == 20 else "Lenken er ikke hel.")
        assert ola.page.url == site.page_url


def test_another_link_opened_in_the_same_tab_is_followed(
    site: VotingSite, browser: Browser
) -> None:
    first, second = site.link("1001"), site.link(OLA)
    with member(browser) as both:
        both.go_to_ballot(site.address_of(first))
        both.reads("Kari Åsgård")
        both.page.evaluate(
            "(link) => { location.href = link }", site.address_of(second)
        )
        both.press("Gå til stemmeseddelen")
        both.reads("Ola Nordmann")
        assert both.page.url == site.page_url


def test_unknown_code_is_told_from_a_dead_one(
    site: VotingSite, browser: Browser
) -> None:
    link = site.link(OLA)
    unknown = type(link.code).draw().link_fragment(link.fingerprint)
    with site.election.store.begin() as session:
        kill_codes_of_entry(session, link.entry_id)
    with member(browser) as ola:
        ola.open(f"{site.page_url}#{unknown}")
        ola.press("Gå til stemmeseddelen")
        ola.sees("Stemmekoden finnes ikke")
        ola.open(site.address_of(link))
        ola.press("Gå til stemmeseddelen")
        ola.sees("Lenken er erstattet av en nyere")


def test_second_message_says_which_link_to_finish_with(
    site: VotingSite, browser: Browser
) -> None:
    first, second = site.link(OLA), site.link(OLA)
    with voted(browser, site.address_of(first)), member(browser) as ola:
        ola.open(site.address_of(second))
        ola.press("Gå til stemmeseddelen")
        ola.sees("Fullfør med den andre lenken")
        ola.reads("Fullfør med lenken du begynte med (e-post 2. mars).")


@pytest.mark.parametrize(
    ("phase", "late"), [(Phase.OPEN, timedelta(minutes=1)), (Phase.CLOSED, GRACE)]
)
def test_closed_election_takes_out_no_right(
    site: VotingSite, browser: Browser, phase: Phase, late: timedelta
) -> None:
    site.set(phase=phase)
    address = site.address_of(site.link(OLA))
    site.clock.instant = datetime.fromisoformat(CLOSES) + late
    with member(browser) as ola:
        ola.open(address)
        ola.page.get_by_role("heading", name="Avstemningen er lukket").wait_for()
        ola.press("Finn kvitteringen min")
        ola.sees("Avstemningen er lukket")
        ola.reads("Stemmeretten din ble ikke brukt.")
    assert site.marks() == 0


def test_link_can_be_tried_before_the_opening(
    site: VotingSite, browser: Browser
) -> None:
    site.set(phase=Phase.READY)
    address = site.address_of(site.link(OLA))
    site.clock.instant = datetime.fromisoformat(OPENS) - timedelta(days=1)
    with member(browser) as ola:
        ola.open(address)
        ola.reads("Avstemningen har ikke åpnet ennå")
        ola.press("Prøv om lenken virker")
        ola.sees("Lenken virker")
        ola.reads("Du står i manntallet som Ola Nordmann i Krets Vest.")
    assert site.marks() == 0


def test_receipt_is_found_after_closing(site: VotingSite, browser: Browser) -> None:
    address = site.address_of(site.link(OLA))
    with voted(browser, address) as ola:
        code = ola.tracking_code()
    site.publish()
    site.set(phase=Phase.CLOSED)
    site.clock.instant = datetime.fromisoformat(CLOSES) + GRACE
    with member(browser) as later:
        later.open(address)
        later.press("Finn kvitteringen min")
        later.sees("Du har stemt")
        assert later.tracking_code() == code


def test_member_sees_on_the_last_screen_that_a_complaint_keeps_the_roll(
    site: VotingSite, browser: Browser
) -> None:
    voter, absent = site.link(OLA), site.link("1001")
    with voted(browser, site.address_of(voter)):
        pass
    site.publish()
    site.set(phase=Phase.APPROVED)
    site.clock.instant = datetime.fromisoformat(CLOSES) + timedelta(days=20)
    with site.election.store.begin() as session:
        roll = session.get_one(Roll, ELECTION)
        roll.hold_until = site.clock.instant + timedelta(days=30)
    words = "En klage behandles. Manntallet holdes til 28. april 2026."
    for link, title in ((voter, "Du har stemt"), (absent, "Avstemningen er lukket")):
        with member(browser) as one:
            one.open(site.address_of(link))
            one.press("Finn kvitteringen min")
            one.sees(title)
            one.reads(words)
            if link is voter:
                one.press("Se hva manntallet sier om deg")
                one.reads("stemmeretten er brukt digitalt.")
                assert one.page.get_by_text(words).count() == 1


def test_right_taken_out_in_time_is_finished_within_the_grace(
    site: VotingSite, browser: Browser
) -> None:
    address = site.address_of(site.link(OLA))
    began(site, browser, address)
    site.clock.instant = datetime.fromisoformat(CLOSES) + timedelta(minutes=5)
    with member(browser) as later:
        later.open(address)
        later.press("Finn kvitteringen min")
        later.choose(0, "Nei")
        later.review()
        later.cast()
    assert (site.marks(), site.ballots()) == (1, 1)


def test_right_that_nothing_was_cast_with_is_told_after_closing(
    site: VotingSite, browser: Browser
) -> None:
    address = site.address_of(site.link(OLA))
    began(site, browser, address)
    site.clock.instant = datetime.fromisoformat(CLOSES) + GRACE
    with member(browser) as later:
        later.open(address)
        later.press("Finn kvitteringen min")
        later.sees("Stemmen kom ikke fram i tide")


def test_election_that_closes_while_a_ballot_is_filled_in_takes_none(
    site: VotingSite, browser: Browser
) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        site.clock.instant = datetime.fromisoformat(CLOSES) + timedelta(seconds=1)
        ola.press("Avgi stemme")
        ola.sees("Avstemningen er ikke åpen")
        ola.reads("Ingen stemme er avgitt med denne lenken.")
    assert (site.marks(), site.ballots()) == (0, 0)


def test_cancelled_election_says_so_and_runs_no_script(
    site: VotingSite, browser: Browser
) -> None:
    address = site.address_of(site.link(OLA))
    site.set(phase=Phase.CANCELLED)
    with member(browser) as ola:
        ola.page.goto(address)
        ola.sees("Avstemningen er avlyst")
        assert not [each for each in ola.requests if each.url.endswith(".js")]


def test_practice_is_marked_on_every_screen(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, browser: Browser
) -> None:
    made = voting_site(sqlite_stores, tmp_path, redis_url, practice=True)
    with made as site, member(browser) as ola:

        def require_mark() -> None:
            assert ola.page.get_by_text("ØVELSE", exact=True).is_visible()

        ola.open(site.address_of(site.link(OLA)))
        require_mark()
        ola.press("Gå til stemmeseddelen")
        ola.choose(0, "Ja")
        require_mark()
        ola.review()
        require_mark()
        ola.cast()
        require_mark()
        ola.page.goto(f"{site.page_url}/tavle")
        require_mark()


def revoting_site(
    stores: Stores, folder: Path, redis_url: str
) -> AbstractContextManager[VotingSite]:
    rules = Rules(
        batch_size=BATCHES_OF_ONE.batch_size,
        grace_seconds=BATCHES_OF_ONE.grace_seconds,
        revoting=True,
        suppression_threshold=BATCHES_OF_ONE.suppression_threshold,
    )
    return voting_site(stores, folder, redis_url, rules=rules)


def test_member_votes_again_where_that_is_allowed(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, browser: Browser
) -> None:
    made = revoting_site(sqlite_stores, tmp_path, redis_url)
    with made as site, member(browser) as ola:
        address = site.address_of(site.link(OLA))
        ola.go_to_ballot(address)
        ola.choose(0, "Ja")
        ola.review()
        first = ola.cast()
        ola.press("Stem på nytt")
        ola.reads("Den nye stemmen gjelder i stedet for den forrige.")
        ola.choose(0, "Nei")
        ola.review()
        second = ola.cast()
        assert second != first
        ola.open(address)
        ola.press("Gå til stemmeseddelen")
        ola.sees("Du har stemt")
        codes = ola.page.locator("#scene .tracking__code").all_inner_texts()
        assert codes == [second, first]
        ola.reads("Denne gjelder.")
        assert site.marks() == 1
        assert sorted(site.opened()) == [(0, 1, 0), (1, 0, 0)]


def test_another_board_than_the_one_seen_before_is_an_alarm(
    site: VotingSite, browser: Browser
) -> None:
    address = site.address_of(site.link(OLA))
    fingerprint = site.election.fingerprint.hex()
    key = f"urne:checkpoint:{fingerprint}"
    with member(browser) as ola:
        ola.open(address)
        ola.page.wait_for_function("(key) => localStorage.getItem(key)", arg=key)
        assert ola.page.get_by_role("alert").count() == 0
        seed = SigningSeed(
            site.election.settings.secrets_of("service").signing_seed.reveal()
        )
        for size in (2, 3, 9):
            other = Checkpoint(f"urne/v1/{fingerprint}", size, bytes([size]) * 32)
            note = sign_note(other.text, SERVICE_SIGNER, seed).encoded
            script = "([key, note]) => localStorage.setItem(key, note)"
            ola.page.evaluate(script, [key, note])
            ola.open(address)
            ola.page.get_by_role("alert").wait_for()
            ola.reads("Oppslagstavla er ikke den samme som før")


@pytest.mark.parametrize("status", [404, 500])
def test_board_that_gives_no_proof_is_an_alarm(
    site: VotingSite, browser: Browser, status: int
) -> None:
    address = site.address_of(site.link(OLA))
    with voted(browser, address) as ola:
        site.publish()
        ola.page.route("**/konsistens?*", lambda route: route.fulfill(status=status))
        ola.open(address)
        ola.page.get_by_role("alert").wait_for()
        ola.reads("Oppslagstavla kunne ikke kontrolleres")
        ola.page.unroute("**/konsistens?*")
        ola.open(address)
        ola.press("Gå til stemmeseddelen")
        ola.reads("Det er kontrollert nå.")
        assert ola.page.get_by_role("alert").count() == 0


def test_board_that_grows_is_no_alarm(site: VotingSite, browser: Browser) -> None:
    address = site.address_of(site.link(OLA))
    with voted(browser, address) as ola:
        before = ola.storage()
        site.publish()
        ola.open(address)
        ola.page.wait_for_function(
            "(before) => JSON.stringify([{...sessionStorage}, {...localStorage}])"
            " !== before",
            arg=before,
        )
        ola.press("Gå til stemmeseddelen")
        ola.sees("Du har stemt")
        ola.reads("Det er kontrollert nå.")
        assert ola.page.get_by_role("alert").count() == 0


def test_right_by_another_key_than_the_announced_is_not_used(
    site: VotingSite, browser: Browser
) -> None:
    def another_proof(route: Route) -> None:
        answer = route.fetch()
        if route.request.method == "POST":
            route.fulfill(response=answer, json={**answer.json(), "proof": "01" * 64})
        else:
            route.fulfill(response=answer)

    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        ola.page.route("**/right", another_proof)
        ola.press("Avgi stemme")
        ola.sees("Stopp. Manntallet svarte med en stemmerett som ikke er ekte")
        assert ola.posted("/cast") == []
        ola.page.unroute("**/right")
        ola.press("Prøv igjen")
        ola.sees("Stemmen din er avgitt")
    assert (site.marks(), site.ballots()) == (1, 1)


def test_receipt_that_the_box_did_not_sign_is_no_receipt(
    site: VotingSite, browser: Browser
) -> None:
    def another_batch(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "batch": 2})

    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        ola.page.route("**/cast", another_batch)
        ola.press("Avgi stemme")
        ola.sees("Kvitteringen er ikke riktig underskrevet")
        ola.page.unroute("**/cast")
        ola.press("Prøv igjen")
        ola.sees("Stemmen din er avgitt")
    assert (site.marks(), site.ballots()) == (1, 1)


def test_box_that_is_down_is_tried_again(site: VotingSite, browser: Browser) -> None:
    with member(browser) as ola:
        ola.go_to_ballot(site.address_of(site.link(OLA)))
        ola.choose(0, "Ja")
        ola.review()
        ola.page.route("**/cast", lambda route: route.fulfill(status=503, body="{}"))
        ola.press("Avgi stemme")
        ola.sees("Tjenesten svarer ikke akkurat nå")
        ola.find_again("/cast")
        ola.press("Prøv igjen")
        ola.sees("Stemmen din er avgitt")
    assert (site.marks(), site.ballots()) == (1, 1)


def test_script_that_was_changed_on_the_way_is_not_run(
    site: VotingSite, browser: Browser
) -> None:
    def changed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "\nglobalThis.evil = 1;\n")

    with member(browser) as ola:
        ola.page.route("**/js/voter/casting.js", changed)
        ola.page.goto(site.address_of(site.link(OLA)))
        # The page itself tells, when nothing else has come.
        ola.page.get_by_text("Kommer den ikke fram?").wait_for(timeout=20_000)
        assert ola.page.evaluate("globalThis.evil") is None
        assert ola.page.locator("#scene button").count() == 0
        told = [each for each in ola.complaints if "integrity" in each]
        assert told == ola.complaints
        assert told
        ola.complaints.clear()
