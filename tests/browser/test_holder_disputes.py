"""A share in dispute at the key holders' pages; the dealer is played in Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from accounts.officials import create_official
from accounts.roles import Role
from crypto.ceremony_openings import ShareOpening
from crypto.group import Scalar
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.config import Settings
from tests.browser.cheating import Cheat, wait_for
from tests.browser.holder_look import look_closely
from tests.browser.holder_pages import PASSPHRASE, HolderPage, holders_at
from tests.browser.holder_walk import Site, a_site
from tests.conftest import Stores
from tests.voting.whole_election import BEFORE, NAMES
from tests.web.holder_site import holder_settings
from voting.ceremony_exclusion import exclude_dealer
from voting.draft_editing import CommitteeNumbers
from voting.elections import get_election


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, sqlite_stores: Stores) -> Settings:
    return holder_settings(tmp_path, redis_url, sqlite_stores.urls["service"])


@pytest.fixture
def site(settings: Settings, sqlite_stores: Stores, tmp_path: Path) -> Iterator[Site]:
    with a_site(sqlite_stores.service, settings, tmp_path) as opened:
        yield opened


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
        cheat = until_cheated(site, holders, (1, 2))
        for holder in holders:
            holder.sees("Seremonien er stanset")
        # Whichever came first is answered, so that the other looks as well.
        cheat.open_share(cheat.disputes()[0].by)
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
