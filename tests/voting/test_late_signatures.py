"""A signature that comes too late takes no effect: proposals outlive their time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.audit import verify_chain
from infra.config import Settings, load_settings
from infra.tables import AUDIT
from tests.conftest import Stores
from tests.voting.whole_election import (
    AFTER,
    CLOSES,
    DURING,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_new_election,
)
from voting.elections import get_election
from voting.incidents import list_incidents
from voting.lifecycle import read_board_so_far
from voting.paper import PaperGroup, PaperResults
from voting.phases import Phase
from voting.proposal_making import propose_hold, propose_paper, propose_schedule
from voting.proposals import (
    ProposalOutdated,
    UnknownProposal,
    signed_document,
    withdraw_proposal,
)
from voting.tables import Proposal

LATER = CLOSES + timedelta(days=1)
PAPER = PaperResults(
    groups=(PaperGroup(2, 0, 0), PaperGroup(0, 0, 0)),
    styles=(((2, 0, 0),),),
    signatures=(),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)})


@pytest.fixture
def open_one(
    stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    with a_new_election(stores.service, settings, tmp_path) as election:
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        yield election


def half_signed_extension(election: WholeElection) -> int:
    with election.store.begin() as session:
        number = propose_schedule(
            session,
            election.id,
            closes_at=LATER,
            reason="Posten er forsinket",
            actor=ORGANISER,
            at=DURING,
        )
    assert not election.sign("schedule", number, 1, DURING)
    return number


def test_a_deadline_cannot_be_moved_once_the_box_is_closed(
    open_one: WholeElection,
) -> None:
    open_one.vote([YES, NO, YES])
    number = half_signed_extension(open_one)
    open_one.close()
    with pytest.raises(ProposalOutdated):
        open_one.sign("schedule", number, 2, AFTER)
    assert open_one.sealed().closes_at == CLOSES
    with open_one.store.reading() as session:
        read_board_so_far(session, open_one.sealed()).require_finished()
    open_one.count()


def test_a_deadline_that_has_passed_cannot_be_moved(open_one: WholeElection) -> None:
    number = half_signed_extension(open_one)
    with pytest.raises(ProposalOutdated):
        open_one.sign("schedule", number, 2, CLOSES)
    assert open_one.sealed().closes_at == CLOSES


@pytest.mark.parametrize("counted", [False, True])
def test_paper_cannot_be_signed_once_the_count_has_started(
    open_one: WholeElection,
    counted: bool,
) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    with open_one.store.begin() as session:
        number = propose_paper(session, open_one.id, PAPER, actor=ORGANISER, at=AFTER)
    assert not open_one.sign("paper", number, 1)
    if counted:
        open_one.count()
    else:
        open_one.start_count()
    with pytest.raises(ProposalOutdated):
        open_one.sign("paper", number, 2)
    with open_one.store.reading() as session:
        assert signed_document(session, open_one.id, "paper") is None


def test_a_hold_that_has_run_out_is_not_signed(open_one: WholeElection) -> None:
    until = AFTER + timedelta(days=2)
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.count()
    open_one.approve()
    with open_one.store.begin() as session:
        number = propose_hold(
            session,
            open_one.id,
            until=until,
            reason="En klage fra Nord er ikke avgjort",
            actor=ORGANISER,
            at=AFTER,
        )
    assert not open_one.sign("hold", number, 1)
    with pytest.raises(ProposalOutdated):
        open_one.sign("hold", number, 2, until)


def test_what_took_effect_meanwhile_is_not_withdrawn(open_one: WholeElection) -> None:
    number = half_signed_extension(open_one)
    with open_one.store.begin() as session:
        seen = session.get_one(Proposal, (open_one.id, "schedule", number))
        assert seen.state == "open"
        if open_one.store.is_postgresql:
            assert open_one.sign("schedule", number, 2, DURING)
            with pytest.raises(UnknownProposal):
                withdraw_proposal(
                    session,
                    open_one.id,
                    "schedule",
                    number,
                    actor=ORGANISER,
                    at=DURING,
                )
    if not open_one.store.is_postgresql:
        assert open_one.sign("schedule", number, 2, DURING)
    assert open_one.sealed().closes_at == LATER
    with open_one.store.reading() as session:
        row = session.get_one(Proposal, (open_one.id, "schedule", number))
        assert row.state == "signed"


def test_an_approval_after_the_rolls_last_date_ends_the_election(
    open_one: WholeElection,
) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.count()
    with open_one.store.begin() as session:
        get_election(session, open_one.id).certificate = b"{}"
    open_one.approve()
    with open_one.store.reading() as session:
        assert get_election(session, open_one.id).phase == Phase.SHREDDED


def test_whoever_never_heard_the_answer_to_the_last_signature_may_ask_again(
    open_one: WholeElection,
) -> None:
    number = half_signed_extension(open_one)
    assert open_one.sign("schedule", number, 2, DURING)
    assert open_one.sign("schedule", number, 2, DURING)
    with pytest.raises(UnknownProposal):
        open_one.sign("schedule", number, 3, DURING)
    assert open_one.sealed().closes_at == LATER


def test_a_withdrawn_proposal_is_an_event_and_an_incident(
    open_one: WholeElection,
) -> None:
    number = half_signed_extension(open_one)
    with open_one.store.begin() as session:
        withdraw_proposal(
            session, open_one.id, "schedule", number, actor=ORGANISER, at=DURING
        )
    with open_one.store.reading() as session:
        verify_chain(session)
        query = session.query(AUDIT["service"]).filter_by(kind="schedule-withdrawn")
        event = query.one()
        assert (event.actor, event.subject, event.at) == (
            ORGANISER,
            open_one.id,
            DURING,
        )
        incidents = list_incidents(session, open_one.id)
    assert [each.kind for each in incidents] == ["schedule-withdrawn"]
    with open_one.store.begin() as session, pytest.raises(UnknownProposal):
        withdraw_proposal(
            session, open_one.id, "schedule", number, actor=ORGANISER, at=DURING
        )
