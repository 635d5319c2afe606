"""What the register's roll of a survey tells of who took out a right, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from crypto.times import format_time
from register.elections import Approval, PhaseMismatch, approve_roll
from register.holds import hold_shredding
from register.mark_statements import answer_checkpoint, close_election, note_ballots
from register.roll import require_roll
from tests.conftest import Stores
from tests.surveys.invited_site import (
    CLOSED,
    CLOSES,
    InvitedSite,
    invited_site,
)

Act = Callable[[Session], object]


@pytest.fixture
def site(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[InvitedSite]:
    with invited_site(sqlite_stores, tmp_path, redis_url) as lent:
        yield lent


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
