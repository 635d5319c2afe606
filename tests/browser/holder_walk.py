"""The way of three key holders through an election, screen by screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from infra.config import Settings
from infra.databases import Store
from tests.browser.holder_pages import HolderPage
from tests.serving import served
from tests.voting.whole_election import (
    AFTER,
    BEFORE,
    BLANK,
    CLOSES,
    DURING,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_draft,
    a_new_election,
)
from tests.web.holder_site import (
    SetClock,
    holder_app,
    holder_runtime,
    seat_everyone,
)
from voting.elections import get_election, start_ceremony
from voting.paper import PaperGroup, PaperResults
from voting.proposal_making import propose_hold, propose_paper, propose_schedule

Look = Callable[[HolderPage, str], None]
"""Looks at a screen, by its name."""


@dataclass(frozen=True, slots=True)
class Site:
    """An election, and the address it is served at."""

    election: WholeElection
    address: str
    clock: SetClock

    def links(self) -> list[str]:
        """A fresh link for each holder."""
        keys = seat_everyone(self.election)
        place = f"{self.address}/nokkel/{self.election.id}"
        return [f"{place}#{keys[index]}" for index in sorted(keys)]


@contextmanager
def a_site(store: Store, settings: Settings, folder: Path) -> Iterator[Site]:
    """An election whose ceremony has begun, served on loopback."""
    with (
        a_new_election(store, settings, folder, draft=a_draft()) as election,
        holder_runtime(settings, clock := SetClock()) as runtime,
        served(holder_app(runtime)) as address,
    ):
        with election.store.begin() as session:
            row = get_election(session, election.id)
            start_ceremony(session, row, actor=ORGANISER, at=BEFORE)
        yield Site(election, address, clock)


def hold_ceremony(holders: list[HolderPage], look: Look) -> None:
    """From the first keys to the rehearsed files."""
    first, *others = holders
    first.sees("Lag nøklene dine")
    look(first, "make-keys")
    first.make_keys()
    first.sees("Nøklene dine er klare")
    look(first, "wait-keys")
    for holder in others:
        holder.make_keys()
    read = [holder.words() for holder in holders]
    assert len(read[0]) == 16
    assert read[0] == read[1] == read[2]
    look(first, "words")
    first.confirm_words()
    first.sees("Nettleserne utveksler nøkkeldeler")
    look(first, "exchange")
    for holder in others:
        holder.confirm_words()
    first.sees("Lagre nøkkelfila")
    look(first, "save")
    for holder in holders:
        holder.save_key_file()
    first.sees("Prøv nøkkelfila")
    look(first, "rehearse")
    first.rehearse()
    first.sees("Nøkkelfila virker")
    look(first, "rehearsed")
    for holder in others:
        holder.rehearse()
    first.sees("Seremonien er ferdig")
    look(first, "rehearsed-all")


def move_deadline(site: Site, holders: list[HolderPage], look: Look) -> None:
    """Seal, open, and have two holders sign a later closing time."""
    election = site.election
    election.freeze_roll()
    election.seal()
    holders[0].page.reload()
    holders[0].sees("Ingenting å gjøre nå")
    look(holders[0], "idle-ready")
    election.open()
    site.clock.instant = DURING
    with election.store.begin() as session:
        propose_schedule(
            session,
            election.id,
            closes_at=CLOSES + timedelta(minutes=30),
            reason="Posten er forsinket i Nord-Troms",
            actor=ORGANISER,
            at=DURING,
        )
    for holder in holders[:2]:
        holder.page.reload()
        holder.sees("Flytt stengetiden")
        look(holder, "sign-schedule")
        holder.unlock("Signer")
    holders[1].sees("Ingenting å gjøre nå")
    assert election.sealed().closes_at == CLOSES + timedelta(minutes=30)


def close_with_paper(site: Site, holders: list[HolderPage], look: Look) -> None:
    """Members vote, two by paper; the paper results are signed; the count starts."""
    election = site.election
    election.vote([YES, NO, YES, BLANK])
    election.vote([NO, YES], group=1)
    site.clock.instant = AFTER
    election.close(paper=[3, 0])
    results = PaperResults(
        groups=(PaperGroup(3, 1, 1), PaperGroup(0, 0, 0)),
        styles=(((1, 1, 0),),),
        signatures=(),
    )
    with election.store.begin() as session:
        propose_paper(session, election.id, results, actor=ORGANISER, at=AFTER)
    signers = {holders[0]: "Signaturen er levert.", holders[2]: "Ingenting å gjøre nå"}
    for holder, afterwards in signers.items():
        holder.page.reload()
        holder.sees("Signer papirresultatet")
        look(holder, "sign-paper")
        holder.unlock("Signer")
        holder.sees(afterwards)
    look(holders[2], "idle-closed")
    election.start_count()


def count_and_approve(site: Site, holders: list[HolderPage], look: Look) -> None:
    """Two holders count, two approve, and a hold is signed."""
    for holder in holders:
        holder.page.reload()
    first, second, third = holders
    first.sees("Tell opp stemmene")
    expect(first.page.get_by_text("Måler …")).to_be_hidden(timeout=30_000)
    look(first, "count")
    first.count(before_sending=lambda: look(first, "count-ready"))
    first.sees("Delopptellingen er levert")
    look(first, "counted")
    third.sees("Tell opp stemmene")
    second.count()
    third.sees("Det er kommet nok delopptellinger")
    look(third, "count-enough")
    site.election.do_work()
    for holder in (first, second):
        holder.sees("Godkjenn protokollen")
    look(first, "sign-approval")
    first.unlock("Signer")
    first.sees("Signaturen er levert.")
    look(first, "signed")
    second.unlock("Signer")
    second.sees("Ingenting å gjøre nå")
    election = site.election
    with election.store.begin() as session:
        assert get_election(session, election.id).phase == "approved"
        propose_hold(
            session,
            election.id,
            until=AFTER + timedelta(days=20),
            reason="En klage fra Nord er ikke avgjort",
            actor=ORGANISER,
            at=AFTER,
        )
    first.page.reload()
    first.sees("Utsett makuleringen")
    look(first, "sign-hold")
