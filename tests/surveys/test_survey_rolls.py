"""What the register's roll of a survey tells of who took out a right, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.times import format_time
from register.elections import Approval, PhaseMismatch, approve_roll
from register.holds import hold_shredding
from register.mark_statements import answer_checkpoint, close_election, note_ballots
from register.roll import require_roll
from register.roll_phases import RollPhase
from register.shredding_jobs import shred_roll
from register.tables import VoterGroup
from register.turnout import NotYourGroup, Turnout, read_turnout
from surveys.lifecycle import cancel_survey
from surveys.modes import Mode
from surveys.surveys import get_survey
from tests.conftest import Stores
from tests.surveys.invited_site import (
    CLOSED,
    CLOSES,
    DURING,
    OFFICIAL,
    InvitedSite,
    invited_site,
)

Act = Callable[[Session], object]

SHREDDED = CLOSED + timedelta(days=31)


@pytest.fixture
def site(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[InvitedSite]:
    with invited_site(sqlite_stores, tmp_path, redis_url) as lent:
        yield lent


def turnout(site: InvitedSite) -> Turnout:
    with site.register.reading() as session:
        return read_turnout(session, site.id)


def kept(site: InvitedSite) -> list[int | None]:
    groups = select(VoterGroup.digital_marks).where(VoterGroup.election_id == site.id)
    with site.register.reading() as session:
        return list(session.scalars(groups.order_by(VoterGroup.index)))


def shred(site: InvitedSite) -> None:
    site.clock.instant = SHREDDED
    shred_roll(site.runtime, site.id)
    with site.register.reading() as session:
        assert require_roll(session, site.id).phase == RollPhase.SHREDDED


def documents_of_elections(site: InvitedSite) -> dict[str, Act]:
    keystore, settings = site.runtime.keystore("register"), site.settings
    now = site.clock.now()
    approval = Approval(protocol=bytes(32), approved_at=now, signatures=[])
    return {
        "checkpoint": lambda session: answer_checkpoint(
            session, settings, election_id=site.id, size=1, root=bytes(32), now=now
        ),
        "closed": lambda session: close_election(
            session,
            settings,
            keystore,
            election_id=site.id,
            closed_at=CLOSES,
            size=1,
            root=bytes(32),
            now=now,
        ),
        "ballot-counts": lambda session: note_ballots(session, site.id, [1, 1]),
        "approved": lambda session: approve_roll(
            session, settings, election_id=site.id, approval=approval, now=now
        ),
        "hold": lambda session: hold_shredding(
            session,
            election_id=site.id,
            number=0,
            until=format_time(now + timedelta(days=9)),
            reason="Klage",
            signatures=[],
            now=now,
        ),
    }


def require_all_refused(site: InvitedSite) -> None:
    for name, act in documents_of_elections(site).items():
        try:
            with site.register.begin() as session:
                act(session)
        except PhaseMismatch:
            continue
        pytest.fail(f"{name} was taken")


def test_documents_of_an_election_are_none_of_a_survey(site: InvitedSite) -> None:
    site.open(members=4, groups=("Øst", "Vest"))
    site.answer(site.members[:3])
    require_all_refused(site)
    site.clock.instant = CLOSED
    require_all_refused(site)
    site.sweep(CLOSED)
    require_all_refused(site)
    with site.register.reading() as session:
        last_date = require_roll(session, site.id).last_date
    assert last_date - CLOSED == timedelta(days=30)


def test_an_anonymous_survey_tells_and_keeps_the_total_alone(site: InvitedSite) -> None:
    site.open(members=5, groups=("Øst", "Vest"))
    site.answer(site.members[:3])
    assert (turnout(site).groups, turnout(site).total) == ((), 0)
    site.sweep(CLOSED)
    assert (turnout(site).groups, turnout(site).total) == ((), 3)
    with site.register.reading() as session, pytest.raises(NotYourGroup):
        read_turnout(session, site.id, frozenset({0}))
    assert kept(site) == [None, None]
    shred(site)
    assert (turnout(site).groups, turnout(site).total) == ((), 3)
    assert kept(site) == [None, None]


def test_a_pseudonymous_survey_tells_of_its_groups(site: InvitedSite) -> None:
    site.mode = Mode.PSEUDONYMOUS
    site.open(members=6, groups=("Øst", "Vest"))
    site.answer(site.members[:3])
    site.sweep(CLOSED)
    assert sorted(each.digital for each in turnout(site).groups) == [1, 2]
    assert turnout(site).total == 3
    assert sorted(each or 0 for each in kept(site)) == [1, 2]


def test_a_cancelled_survey_keeps_no_counts_of_groups(site: InvitedSite) -> None:
    site.open(members=4, groups=("Øst", "Vest"))
    site.answer(site.members[:3])
    with site.service.begin() as session:
        cancel_survey(
            session,
            site.settings,
            get_survey(session, site.id),
            reason="Feil skjema",
            actor=OFFICIAL,
            at=DURING,
        )
    site.sweep(DURING)
    shred(site)
    assert kept(site) == [None, None]
