"""Key holders at their page: the whole way from a file, and what must not happen."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from crypto.ceremony_messages import SealedShare
from crypto.encoding import encode_base64
from crypto.errors import UnsealRefused
from crypto.keyfile import read_key_file
from crypto.sealing import SealingKey, unseal
from infra.config import Settings
from tests.browser.cheating import Cheat, wait_for
from tests.browser.holder_look import look_closely
from tests.browser.holder_pages import PASSPHRASE, HolderPage, holders_at
from tests.browser.holder_walk import (
    Site,
    a_site,
    close_with_paper,
    count_and_approve,
    hold_ceremony,
    move_deadline,
)
from tests.conftest import Stores
from tests.voting.whole_election import NAMES, NO, YES
from tests.web.holder_site import holder_settings
from voting.ceremony import load_ceremony
from voting.elections import get_election


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, sqlite_stores: Stores) -> Settings:
    return holder_settings(tmp_path, redis_url, sqlite_stores.urls["service"])


@pytest.fixture
def site(settings: Settings, sqlite_stores: Stores, tmp_path: Path) -> Iterator[Site]:
    with a_site(sqlite_stores.service, settings, tmp_path) as opened:
        yield opened


def glance(holder: HolderPage, name: str) -> None:
    """Pass by."""


@pytest.mark.timeout(570)
def test_an_election_is_held_at_pages_opened_from_a_file(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    """The first holder uses the keyboard alone, on a phone; no secret leaves a tab."""
    options = {"reduced_motion": "reduce"}
    with holders_at(browser, tmp_path / "h", site.links(), options) as holders:
        holders[0].by_keyboard = True
        for holder in holders:
            holder.open_saved()
        hold_ceremony(holders, look_closely)
        for holder in holders:
            require_no_secret_sent(site, holder)
            assert holder.page.evaluate("sessionStorage['urne-holder-draft']") is None
        move_deadline(site, holders, look_closely)
        close_with_paper(site, holders, look_closely)
        count_and_approve(site, holders, look_closely)
        for holder in holders:
            require_no_secret_sent(site, holder)


def require_no_secret_sent(site: Site, holder: HolderPage) -> None:
    """Look for everything the holder knows in everything the tab has sent."""
    assert holder.key_file is not None
    _, secrets = read_key_file(holder.key_file.read_bytes(), PASSPHRASE)
    known = {
        PASSPHRASE.encode(),
        secrets.share.encoded,
        secrets.signing_seed.secret,
        secrets.sealing_key.secret,
        *shares_dealt_to(site, secrets.sealing_key),
    }
    assert len(known) == 4 + len(NAMES)
    sent = "\n".join(holder.sent)
    assert "/keys" in sent
    for secret in known:
        forms = (
            secret.hex(),
            encode_base64(secret).rstrip("="),
            base64.urlsafe_b64encode(secret).decode().rstrip("="),
            str(int.from_bytes(secret, "little")),
            str(int.from_bytes(secret, "big")),
            json.dumps(list(secret)),
            secret.decode("latin-1"),
        )
        assert not any(form in sent for form in forms)
    places = [line.split("\n", 1)[0].split(" ")[1] for line in holder.sent]
    own = (site.address, "file://", "data:", "blob:")
    assert [place for place in places if not place.startswith(own)] == []


def shares_dealt_to(site: Site, key: SealingKey) -> list[bytes]:
    """What every dealer sealed to one holder, opened."""
    with site.election.store.begin() as session:
        row = get_election(session, site.election.id)
        messages = load_ceremony(session, row, 2).messages["share"]
    opened = []
    for share in map(SealedShare.read, messages):
        try:
            opened.append(unseal(key, share.sealed)[32:])
        except UnsealRefused:  # dealt to another holder
            continue
    return opened


@pytest.mark.timeout(400)
def test_a_reload_at_every_step_loses_nothing_and_another_tab_has_nothing(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    links = site.links()
    with holders_at(browser, tmp_path / "h", links) as holders:
        first, others = holders[0], holders[1:]
        for holder in holders:
            holder.open_served()
        first.sees("Lag nøklene dine")
        assert first.page.url == links[0].partition("#")[0]
        first.make_keys()
        first.sees("Nøklene dine er klare")
        stored = first.page.evaluate("JSON.stringify(sessionStorage)")
        assert PASSPHRASE not in stored
        assert "seed" not in stored
        first.page.reload()
        first.sees("Fortsett seremonien")
        first.fill("Passordfrase", "en helt annen frase")
        first.press("Fortsett")
        first.reads("Passordfrasen passer ikke.")
        go_on(first)
        first.sees("Nøklene dine er klare")
        for holder in others:
            holder.make_keys()
        first.words()
        first.page.reload()
        go_on(first)
        assert first.words() == others[0].words() == others[1].words()
        first.confirm_words()
        first.sees("Nettleserne utveksler nøkkeldeler")
        first.page.reload()
        first.sees("Fortsett seremonien")
        second_tab = first.context.new_page()
        second_tab.goto(first.link)
        lost = second_tab.get_by_role("heading", level=1)
        expect(lost).to_have_text("Nøklene dine er ikke i denne fanen")
        go_on(first)
        for holder in others:
            holder.confirm_words()
        first.sees("Lagre nøkkelfila")
        # Signed, and the machine closed before the file was saved.
        first.page.reload()
        go_on(first)
        first.save_key_file()
        first.sees("Prøv nøkkelfila")
        first.page.reload()
        first.sees("Prøv nøkkelfila")
        # The download came to nothing: it can be had once more.
        first.press("Jeg har ikke lagret fila ennå")
        go_on(first)
        first.save_key_file()
        first.rehearse()
        first.sees("Nøkkelfila virker")
        first.page.reload()
        first.sees("Nøkkelfila virker")
        assert first.page.evaluate("sessionStorage['urne-holder-saved']") is None


def go_on(holder: HolderPage) -> None:
    """Unlock what lies in the tab after a reload."""
    holder.sees("Fortsett seremonien")
    holder.fill("Passordfrase", PASSPHRASE)
    holder.press("Fortsett")


@pytest.mark.timeout(120)
def test_the_page_speaks_the_browsers_language_and_the_one_chosen(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    options = {"locale": "en-GB"}
    with holders_at(browser, tmp_path / "h", site.links()[:1], options) as holders:
        [first] = holders
        first.open_served()
        first.sees("Make your keys")
        assert first.page.evaluate("document.documentElement.lang") == "en"
        look_closely(first, "english")
        first.press("Nynorsk")
        first.sees("Lag nøklane dine")
        assert first.page.evaluate("document.documentElement.lang") == "nn"
        first.page.reload()
        first.sees("Lag nøklane dine")
        first.press("Bokmål")
        first.sees("Lag nøklene dine")
        first.page.get_by_text("Hjelp, og om du har mistet noe").click()
        first.reads("Si fra til arrangøren med det samme.")
        look_closely(first, "help")


@pytest.mark.timeout(300)
def test_a_server_that_swaps_keys_is_found_out(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with holders_at(browser, tmp_path / "h", site.links()[:1]) as holders:
        [first] = holders
        first.open_saved()
        first.make_keys()
        first.sees("Nøklene dine er klare")
        for index in (2, 3):
            Cheat(site, index).post_keys()
        first.words()
        stranger = Cheat(site, 2).keys()

        def swap(route: Route) -> None:
            told = route.fetch().json()
            told["ceremony"]["holders"][1] = stranger
            route.fulfill(json=told, headers={"Access-Control-Allow-Origin": "*"})

        first.press("Ordene er ikke like")
        first.reads("Gå ikke videre, og ikke lukk fanen.")
        look_closely(first, "words-differ")
        first.press("Vis ordene igjen")
        first.confirm_words()
        first.sees("Nettleserne utveksler nøkkeldeler")
        # Now the server tells of another key than the one whose words were read.
        first.page.route(f"**/api/k/{site.election.id}", swap)
        wait_for(site, "commit", 1, first)
        post_commits_of_others(site)
        first.sees("Stopp: noe er ikke som det skal")
        first.reads("andre enn dem dere leste ordene for")
        first.reads("KeysChanged")
        look_closely(first, "alarm")
        first.page.unroute_all()


def post_commits_of_others(site: Site) -> None:
    """Commitments that the page need not believe: it stops before it reads them."""
    from voting.tables import CeremonyMessage  # noqa: PLC0415 - below every check

    with site.election.store.begin() as session:
        for index in (2, 3):
            session.add(
                CeremonyMessage(
                    election_id=site.election.id,
                    kind="commit",
                    index=index,
                    recipient=0,
                    body=b'{"index":%d}' % index,
                )
            )


@pytest.mark.timeout(300)
def test_a_server_that_shows_other_sums_gets_nothing(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with holders_at(browser, tmp_path / "h", site.links()) as holders:
        for holder in holders:
            holder.open_saved()
        hold_ceremony(holders, glance)
        election = site.election
        election.freeze_roll()
        election.seal()
        election.open()
        election.vote([YES, NO, YES, YES])
        election.close()
        election.start_count()
        first = holders[0]

        def change(route: Route) -> None:
            told = route.fetch().json()
            slots = told["tally"]["units"][0]["contests"][0]
            slots[0] = slots[1]
            route.fulfill(json=told, headers={"Access-Control-Allow-Origin": "*"})

        first.page.route("**/count", change)
        first.page.reload()
        first.sees("Tell opp stemmene")
        first.unlock("Kontroller og regn ut", "feil passordfrase her")
        first.reads("Passordfrasen passer ikke til fila.")
        first.unlock("Kontroller og regn ut")
        first.reads("ikke de samme som nettleseren din har regnet ut")
        other = first.key_file
        first.key_file = holders[1].key_file
        first.unlock("Kontroller og regn ut")
        first.reads("Nøkkelfila hører til en annen avstemning")
        first.key_file = tmp_path / "noe.urnekey"
        first.key_file.write_text("{}")
        first.unlock("Kontroller og regn ut")
        first.reads("Fila er ikke en nøkkelfil")
        look_closely(first, "count-refused")
        assert not any("/partial" in line for line in first.sent)
        first.page.unroute_all()
        first.key_file = other
        first.count()
        first.sees("Delopptellingen er levert")


def test_a_key_that_does_not_hold_leads_back_to_the_entrance(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    link = site.links()[0]
    site.links()  # A new link voids the one before.
    folder = tmp_path / "h" / "1"
    context = browser.new_context(locale="nb-NO")
    folder.mkdir(parents=True)
    holder = HolderPage(context, context.new_page(), folder, link)
    holder.open_served()
    holder.sees("Åpne nøkkelsiden")
    holder.reads("Tilgangsnøkkelen gjelder ikke lenger.")
    holder.fill("Tilgangsnøkkel", "0123")
    holder.press("Åpne")
    holder.reads("Tilgangsnøkkelen har 26 bokstaver og tall.")
    new = site.links()[1]
    holder.fill("Lenken til nøkkelsiden", new)
    holder.press("Åpne")
    holder.sees("Lag nøklene dine")
    holder.reads(f"Du er nøkkelholder 2 av 3: {NAMES[1]}")
    context.close()


def test_a_weak_passphrase_is_refused_with_the_reason_at_its_field(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with holders_at(browser, tmp_path / "h", site.links()[:1]) as holders:
        [first] = holders
        first.open_served()
        first.sees("Lag nøklene dine")
        first.fill("Passordfrase", "for kort")
        first.press("Lag nøklene")
        first.reads("Passordfrasen må ha minst 16 tegn.")
        field = first.page.get_by_label("Passordfrase", exact=True)
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        first.fill("Passordfrase", PASSPHRASE)
        first.fill("Passordfrasen en gang til", PASSPHRASE + "!")
        first.press("Lag nøklene")
        first.reads("De to passordfrasene er ikke like.")
        first.press("Foreslå sju tilfeldige ord")
        first.press("Bruk forslaget")
        assert len(field.input_value().split(" ")) == 7
        look_closely(first, "make-keys-faults")


def test_a_lost_server_is_told_and_found_again(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    [link, *_] = site.links()
    folder = tmp_path / "h"
    folder.mkdir()
    context = browser.new_context(locale="nb-NO")
    holder = HolderPage(context, context.new_page(), folder, link)
    holder.open_served()
    holder.sees("Lag nøklene dine")
    holder.fill("Passordfrase", "halvskrevet")
    context.set_offline(True)
    holder.reads("Får ikke kontakt med serveren")
    look_closely(holder, "offline")
    context.set_offline(False)
    notice = holder.page.get_by_text("Får ikke kontakt med serveren")
    expect(notice).to_be_hidden(timeout=30_000)
    field = holder.page.get_by_label("Passordfrase", exact=True)
    expect(field).to_have_value("halvskrevet")
    context.close()
