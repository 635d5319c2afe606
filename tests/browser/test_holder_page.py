"""Key holders at their page: the whole way from a file, and what must not happen."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from accounts.officials import create_official
from accounts.roles import Role
from crypto.ceremony import deal_share, post_commit, post_keys, post_reveal
from crypto.ceremony_messages import SealedShare
from crypto.ceremony_openings import ShareOpening
from crypto.encoding import JsonValue, encode_base64
from crypto.errors import UnsealRefused
from crypto.group import Scalar
from crypto.integers import u16
from crypto.keyfile import read_key_file
from crypto.passwords import CHEAPEST_FOR_TESTS
from crypto.sealing import SealingKey, unseal
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from infra.config import Settings
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
from tests.voting.ceremony_table import CeremonyTable
from tests.voting.whole_election import BEFORE, NAMES, NO, YES
from tests.web.holder_site import holder_settings
from voting.ceremony import load_ceremony, post_message
from voting.ceremony_exclusion import exclude_dealer
from voting.draft_editing import CommitteeNumbers
from voting.elections import get_election

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, sqlite_stores: Stores) -> Settings:
    return holder_settings(tmp_path, redis_url, sqlite_stores.urls["service"])


@pytest.fixture
def site(settings: Settings, sqlite_stores: Stores, tmp_path: Path) -> Iterator[Site]:
    with a_site(sqlite_stores.service, settings, tmp_path) as opened:
        yield opened


def look_closely(holder: HolderPage, name: str) -> None:
    """Nothing hides beside a narrow phone, and axe finds nothing at either width."""
    for size in (WIDE, NARROW):
        holder.page.set_viewport_size(size)  # type: ignore[arg-type]
        width = holder.page.evaluate("document.documentElement.scrollWidth")
        assert width == size["width"], name
        beside = holder.page.evaluate(
            "[...document.querySelectorAll('main *')].some((one) =>"
            " one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1"
            " && getComputedStyle(one).overflowX === 'auto')"
        )
        assert not beside, name
    assert holder.axe_faults() == [], name


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


def until_cheated(
    site: Site, holders: list[HolderPage], cheated: tuple[int, ...]
) -> Cheat:
    """Holder 3 is played in Python, and deals some another polynomial than revealed."""
    for holder in holders:
        holder.open_saved()
        holder.make_keys()
    cheat = Cheat(site, 3)
    cheat.post_keys()
    for holder in holders:
        holder.words()
        holder.confirm_words()
        holder.sees("Nettleserne utveksler nøkkeldeler")
    wait_for(site, "commit", 2, holders[0])
    cheat.post_commit()
    wait_for(site, "reveal", 2, holders[0])
    cheat.post_reveal()
    wait_for(site, "share", 6, holders[0])
    cheat.post_bad_shares(cheated)
    return cheat


@pytest.mark.timeout(300)
def test_a_disputed_share_is_opened_and_the_ceremony_goes_on(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    """Each page reckons the opened share itself; whoever complained uses it."""
    with holders_at(browser, tmp_path / "h", site.links()[:2]) as holders:
        first, second = holders
        cheat = until_cheated(site, holders, (1,))
        first.sees("Seremonien er stanset")
        first.reads(f"fant en nøkkeldel fra {NAMES[2]} som ikke stemmer")
        second.sees("Seremonien er stanset")
        second.reads(f"Ring {NAMES[2]}.")
        look_closely(second, "stopped")
        cheat.open_share(1)
        first.sees("Lagre nøkkelfila")
        second.sees("Lagre nøkkelfila")
        # And the other way about: a page is asked to open, and opens that share alone.
        second.page.reload()
        cheat.complain(dealer=2)
        second.sees("Fortsett seremonien")
        second.fill("Passordfrase", PASSPHRASE)
        second.press("Fortsett")
        second.sees(f"Åpne nøkkeldelen til {NAMES[2]}")
        look_closely(second, "open-share")
        second.press("Åpne nøkkeldelen for alle")
        second.sees("Lagre nøkkelfila")
        opened = [line for line in second.sent if "/opening" in line.split("\n")[0]]
        [message] = [line for line in opened if line.startswith("POST")]
        told = ShareOpening.read(json.loads(message.partition("\n\n")[2]))
        assert (told.dealer, told.recipient) == (2, 3)
        cheat.sign()
        for holder in holders:
            holder.save_key_file()
            holder.rehearse()
            holder.sees("Nøkkelfila virker")


@pytest.mark.timeout(300)
def test_a_dealer_who_opens_a_wrong_share_is_left_out(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with holders_at(browser, tmp_path / "h", site.links()[:2]) as holders:
        cheat = until_cheated(site, holders, (1,))
        holders[0].sees("Seremonien er stanset")
        cheat.open_share(1, share=Scalar.from_int(7))
        for holder in holders:
            holder.reads("Nettleseren din har regnet etter selv.")
            holder.reads(f"holder en ny uten {NAMES[2]}")
        look_closely(holders[0], "stopped-wrong")
        leave_out(site, 3)
        for holder in holders:
            holder.make_keys()
            holder.sees("Nøklene dine er klare")
            holder.reads("Dina Eng")


@pytest.mark.timeout(300)
def test_as_many_complaints_as_count_a_vote_stop_every_page(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with holders_at(browser, tmp_path / "h", site.links()[:2]) as holders:
        until_cheated(site, holders, (1, 2))
        for holder in holders:
            holder.reads(f"Så mange har klaget på nøkkeldeler fra {NAMES[2]}")
            look_closely(holder, "stopped-crowded")


def leave_out(site: Site, index: int) -> None:
    """The organiser begins anew, with another in the seat."""
    with site.election.store.begin() as session:
        other = create_official(
            session,
            name="Dina Eng",
            email="dina@forbund.example",
            password="et langt nok passord",
            roles=[Role.COMMITTEE],
            profile=CHEAPEST_FOR_TESTS,
        )
        election, numbers = get_election(session, site.election.id), (2, 2)
        exclude_dealer(
            *(session, election, index, other, CommitteeNumbers(*numbers)),
            actor=other.id,
            at=BEFORE,
        )


def wait_for(site: Site, kind: str, count: int, holder: HolderPage) -> None:
    """Wait until so many messages of a round are there."""
    for _ in range(300):
        with site.election.store.begin() as session:
            row = get_election(session, site.election.id)
            if len(load_ceremony(session, row, 2).messages[kind]) == count:
                return
        holder.page.wait_for_timeout(200)
    raise AssertionError(f"not {count} of {kind}")


class Cheat:
    """A holder played in Python, who commits to one polynomial and deals another."""

    def __init__(self, site: Site, index: int) -> None:
        """Draw keys and two polynomials."""
        self.site, self.index = site, index
        self.seed = SigningSeed.generate()
        self.sealing = SealingKey.generate()
        self.shown, self.dealt = Polynomial.draw(2), Polynomial.draw(2)

    def keys(self) -> JsonValue:
        """The entry of step 1."""
        ceremony, name = self._ceremony().id, NAMES[self.index - 1]
        key = self.sealing.public_key
        return post_keys(ceremony, self.index, name, self.seed, key).entry

    def post_keys(self) -> None:
        """Step 1."""
        self._post("keys", self.keys())

    def post_commit(self) -> None:
        """Step 3."""
        made = post_commit(self._ceremony().assembly(), 3, self.shown, self.seed)
        self._post("commit", made.entry)

    def post_reveal(self) -> None:
        """Step 4."""
        made = post_reveal(self._ceremony().assembly(), 3, self.shown, self.seed)
        self._post("reveal", made.entry)

    def post_bad_shares(self, cheated: tuple[int, ...]) -> None:
        """Step 5: signed over what was revealed, and to some of something else."""
        assembly = self._ceremony().assembly()
        entries: list[JsonValue] = []
        for j in (1, 2, 3):
            right = deal_share(assembly, 3, j, self.shown, self.seed)
            wrong = deal_share(assembly, 3, j, self.dealt, self.seed)
            points = b"".join(each.encoded for each in self.shown.commitments)
            where = (assembly.ceremony, assembly.keys, u16(3), u16(j))
            parts = (*where, points, wrong.sealed)
            signature = sign(self.seed, "ceremony/share", *parts).hex()
            bad = {"sealed": encode_base64(wrong.sealed), "signature": signature}
            entries.append({**right.entry, **(bad if j in cheated else {})})
        self._post("share", entries)

    def open_share(self, recipient: int, share: Scalar | None = None) -> None:
        """Answer a complaint: with the right share, or with another."""
        self._table().answer(3, recipient, share)

    def complain(self, dealer: int) -> None:
        """Call a good share bad."""
        self._table().complain(3, dealer)

    def sign(self) -> None:
        """Step 6."""
        self._table().sign(3)

    def _table(self) -> CeremonyTable:
        table = CeremonyTable(
            self.site.election.store, self.site.election.id, BEFORE, NAMES
        )
        # The others' secrets are in their browsers.
        table.seeds = [self.seed] * len(NAMES)
        table.polynomials = [self.shown] * len(NAMES)
        return table

    def _ceremony(self) -> Any:  # noqa: ANN401 - voting.ceremony.Ceremony
        with self.site.election.store.begin() as session:
            row = get_election(session, self.site.election.id)
            return load_ceremony(session, row, 2)

    def _post(self, kind: str, value: JsonValue) -> None:
        with self.site.election.store.begin() as session:
            row = get_election(session, self.site.election.id)
            ceremony = load_ceremony(session, row, 2)
            i = self.index
            post_message(session, ceremony, kind=kind, index=i, value=value, at=BEFORE)


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
