from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from crypto.ceremony import rehearse
from crypto.encoding import decode_json
from infra.audit import verify_chain
from infra.config import Settings, load_settings
from tests.conftest import Stores
from tests.voting.whole_election import (
    AFTER,
    BEFORE,
    BLANK,
    CLOSES,
    DURING,
    NO,
    OPENS,
    ORGANISER,
    YES,
    WholeElection,
    a_draft,
    a_new_election,
)
from voting.ceremony import (
    CeremonyIncomplete,
    CeremonyNotRunning,
    MessageConflict,
    load_ceremony,
    post_message,
)
from voting.counting_room import CountNotStarted, NotClosed
from voting.drafts import DraftIncomplete
from voting.elections import (
    NotADraft,
    cancel_election,
    change_draft,
    get_election,
    start_ceremony,
)
from voting.evidence import prove_tokens
from voting.leaf_signatures import SignatureRefused
from voting.lifecycle import close_election, open_election, read_board_so_far
from voting.paper import PaperGroup, PaperResults
from voting.phases import ForbiddenTransition, Phase
from voting.proposal_making import (
    CountAlreadyStarted,
    propose_hold,
    propose_paper,
    propose_schedule,
)
from voting.proposals import UnknownProposal
from voting.reconciliation import CountStopped
from voting.schedule import NotLater
from voting.sealed import ElectionNotOpen
from voting.tables import Tally
from voting.tallying import (
    EvidenceMissing,
    MarksMissing,
    PaperMissing,
    request_count,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)})


@pytest.fixture
def election(
    stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    with a_new_election(stores.service, settings, tmp_path) as found:
        yield found


@pytest.fixture
def open_one(election: WholeElection) -> WholeElection:
    election.hold_ceremony()
    election.freeze_roll()
    election.seal()
    election.open()
    return election


def protocol_of(election: WholeElection) -> dict[str, object]:
    with election.store.reading() as session:
        protocol = get_election(session, election.id).protocol
    assert protocol is not None
    document = decode_json(protocol)
    assert isinstance(document, dict)
    return dict(document)


def phase_of(election: WholeElection) -> str:
    with election.store.reading() as session:
        return get_election(session, election.id).phase


def test_an_election_goes_from_draft_to_approved(open_one: WholeElection) -> None:
    open_one.vote([YES, YES, NO, BLANK])
    open_one.vote([NO, NO, YES], group=1)
    assert open_one.publish()
    open_one.hand_in_marks()
    open_one.vote([YES])
    open_one.close()
    open_one.count()
    contests = protocol_of(open_one)["contests"]
    assert isinstance(contests, list)
    assert contests[0]["slots"] == [4, 3, 1]
    open_one.approve()
    assert phase_of(open_one) == Phase.APPROVED
    with open_one.store.reading() as session:
        read_board_so_far(session, open_one.sealed()).require_finished()
        verify_chain(session)


def test_nothing_is_sealed_before_roll_ceremony_and_draft_are_whole(
    election: WholeElection,
) -> None:
    with pytest.raises(ForbiddenTransition):
        election.seal()
    with election.store.begin() as session:
        row = get_election(session, election.id)
        start_ceremony(session, row, actor=ORGANISER, at=BEFORE)
    with pytest.raises(DraftIncomplete, match="roll-not-frozen"):
        election.seal()
    election.freeze_roll()
    with pytest.raises(CeremonyIncomplete):
        election.seal()


def test_a_draft_is_not_changed_after_sealing(open_one: WholeElection) -> None:
    with open_one.store.begin() as session:
        row = get_election(session, open_one.id)
        with pytest.raises(NotADraft):
            change_draft(session, row, a_draft(), actor=ORGANISER, at=BEFORE)


def test_a_committee_that_a_minority_could_open_the_box_with_is_refused(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    draft = a_draft(threshold=1)
    with (
        a_new_election(stores.service, settings, tmp_path, draft=draft) as found,
        found.store.begin() as session,
    ):
        row = get_election(session, found.id)
        with pytest.raises(DraftIncomplete, match="threshold"):
            start_ceremony(session, row, actor=ORGANISER, at=BEFORE)


def test_a_holder_cannot_post_a_second_message_of_a_round(
    election: WholeElection,
) -> None:
    election.hold_ceremony()
    with election.store.begin() as session:
        ceremony = load_ceremony(session, get_election(session, election.id), 2)
        first = ceremony.messages["rehearsal"][0]
        post_message(
            session, ceremony, kind="rehearsal", index=1, value=first, at=BEFORE
        )
        other = rehearse(ceremony.document().transcript, 1, election.shares[0])
        again = partial(
            post_message, session, ceremony, kind="rehearsal", index=1, at=BEFORE
        )
        with pytest.raises(MessageConflict):
            again(value=other.entry)


def test_a_new_ceremony_begins_without_the_old_messages(
    election: WholeElection,
) -> None:
    election.hold_ceremony()
    with election.store.begin() as session:
        row = get_election(session, election.id)
        before = row.ceremony_id
        start_ceremony(session, row, actor=ORGANISER, at=BEFORE)
        ceremony = load_ceremony(session, row, 2)
        assert row.ceremony_id != before
        assert not any(ceremony.messages.values())


def test_no_ceremony_message_is_taken_after_sealing(open_one: WholeElection) -> None:
    with open_one.store.begin() as session:
        ceremony = load_ceremony(session, get_election(session, open_one.id), 2)
        value = ceremony.messages["rehearsal"][0]
        again = partial(
            post_message, session, ceremony, kind="rehearsal", index=1, at=BEFORE
        )
        with pytest.raises(CeremonyNotRunning):
            again(value=value)


def test_it_opens_and_closes_at_its_time_and_once(election: WholeElection) -> None:
    election.hold_ceremony()
    election.freeze_roll()
    election.seal()
    with election.store.begin() as session:
        early = OPENS - timedelta(seconds=1)
        assert not open_election(session, election.settings, election.id, early)
    election.open()
    with election.store.begin() as session:
        assert not open_election(session, election.settings, election.id, OPENS)
        in_grace = CLOSES + timedelta(minutes=9)
        assert not close_election(session, election.settings, election.id, in_grace)
    election.close()
    with election.store.begin() as session:
        assert not close_election(session, election.settings, election.id, AFTER)


def test_a_ballot_is_taken_in_the_grace_and_not_after(open_one: WholeElection) -> None:
    open_one.cast(open_one.request(), CLOSES + timedelta(minutes=9))
    with pytest.raises(ElectionNotOpen):
        open_one.cast(open_one.request(), CLOSES + timedelta(minutes=10))


def test_the_count_waits_for_closing_tokens_and_marks(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    with pytest.raises(NotClosed):
        open_one.start_count()
    with open_one.store.begin() as session:
        close_election(session, open_one.settings, open_one.id, AFTER)
    with pytest.raises(MarksMissing):
        open_one.start_count()
    open_one.hand_in_marks(final=True)
    with pytest.raises(EvidenceMissing):
        open_one.start_count()
    with open_one.store.begin() as session:
        assert prove_tokens(session, open_one.verifier, open_one.id, AFTER)
    with pytest.raises(CountNotStarted):
        open_one.hand_in_partial(1)
    open_one.count()


def test_more_ballots_than_marks_stop_the_count(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    open_one.marks[0] -= 1
    open_one.close()
    with pytest.raises(CountStopped):
        open_one.start_count()


def test_too_few_ballots_are_never_opened(open_one: WholeElection) -> None:
    open_one.vote([YES, NO])
    open_one.close()
    open_one.count()
    protocol = protocol_of(open_one)
    assert protocol["units"] == [
        {"ballots": 2, "contests": [], "groups": [0, 1], "style": 0}
    ]
    assert protocol["turnout"] == {"entitled": 200, "voted": 2}
    contests = protocol["contests"]
    assert isinstance(contests, list)
    assert contests[0]["slots"] == [0, 0, 0]
    assert contests[0]["decision"] is None


def test_a_partial_of_another_holder_is_refused(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.start_count()
    open_one.shares[0] = open_one.shares[1]
    with pytest.raises(Exception, match="holder 1"):
        open_one.hand_in_partial(1)


def test_paper_is_signed_before_the_count_and_joins_it(
    open_one: WholeElection,
) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close(paper=[2, 0])
    with pytest.raises(PaperMissing):
        open_one.start_count()
    results = PaperResults(
        groups=(PaperGroup(2, 0, 0), PaperGroup(0, 0, 0)),
        styles=(((1, 1, 0),),),
        signatures=(),
    )
    with open_one.store.begin() as session:
        number = propose_paper(session, open_one.id, results, actor=ORGANISER, at=AFTER)
    assert not open_one.sign("paper", number, 1)
    with pytest.raises(PaperMissing):
        open_one.start_count()
    assert open_one.sign("paper", number, 2)
    open_one.count()
    contests = protocol_of(open_one)["contests"]
    assert isinstance(contests, list)
    assert contests[0]["total"] == [3, 2, 0]
    with open_one.store.begin() as session, pytest.raises(Exception):  # noqa: B017, PT011
        propose_paper(session, open_one.id, results, actor=ORGANISER, at=AFTER)


def test_paper_is_frozen_once_the_count_has_started(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.start_count()
    results = PaperResults(
        groups=(PaperGroup(0, 0, 0), PaperGroup(0, 0, 0)),
        styles=(((0, 0, 0),),),
        signatures=(),
    )
    with open_one.store.begin() as session, pytest.raises(CountAlreadyStarted):
        propose_paper(session, open_one.id, results, actor=ORGANISER, at=AFTER)


def test_two_holders_move_the_deadline_later_and_never_earlier(
    open_one: WholeElection,
) -> None:
    later = CLOSES + timedelta(days=1)
    with open_one.store.begin() as session, pytest.raises(NotLater):
        propose_schedule(
            session,
            open_one.id,
            closes_at=CLOSES - timedelta(hours=1),
            reason="for tidlig",
            actor=ORGANISER,
            at=DURING,
        )
    with open_one.store.begin() as session:
        number = propose_schedule(
            session,
            open_one.id,
            closes_at=later,
            reason="Posten er forsinket",
            actor=ORGANISER,
            at=DURING,
        )
    assert not open_one.sign("schedule", number, 1, DURING)
    assert open_one.sealed().closes_at == CLOSES
    assert open_one.sign("schedule", number, 3, DURING)
    assert open_one.sealed().closes_at == later
    open_one.cast(open_one.request(), later)
    with pytest.raises(UnknownProposal):
        open_one.sign("schedule", number, 2, DURING)


def test_a_signature_of_another_holder_is_refused(open_one: WholeElection) -> None:
    with open_one.store.begin() as session:
        number = propose_schedule(
            session,
            open_one.id,
            closes_at=CLOSES + timedelta(days=1),
            reason="Posten er forsinket",
            actor=ORGANISER,
            at=DURING,
        )
    open_one.seeds[0] = open_one.seeds[1]
    with pytest.raises(SignatureRefused):
        open_one.sign("schedule", number, 1, DURING)


def test_a_hold_needs_two_and_lasts_at_most_thirty_days(
    open_one: WholeElection,
) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.count()
    open_one.approve()
    with open_one.store.begin() as session:
        number = propose_hold(
            session,
            open_one.id,
            until=AFTER + timedelta(days=30),
            reason="En klage fra Nord er ikke avgjort",
            actor=ORGANISER,
            at=AFTER,
        )
    assert not open_one.sign("hold", number, 1)
    assert open_one.sign("hold", number, 2)


def test_a_cancelled_election_takes_no_ballot(open_one: WholeElection) -> None:
    request = open_one.request()
    with open_one.store.begin() as session:
        row = get_election(session, open_one.id)
        cancel_election(
            session,
            open_one.settings,
            row,
            reason="Feil i spørsmålet",
            actor=ORGANISER,
            at=DURING,
        )
    with pytest.raises(ElectionNotOpen):
        open_one.cast(request)


def test_a_third_partial_changes_nothing(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.count()
    before = protocol_of(open_one)
    with pytest.raises(NotClosed):
        open_one.hand_in_partial(2)
    assert open_one.hand_in_partial(1)
    assert protocol_of(open_one) == before


def test_the_count_starts_once(open_one: WholeElection) -> None:
    open_one.vote([YES, NO, YES])
    open_one.close()
    open_one.start_count()
    with open_one.store.reading() as session:
        before = session.get_one(Tally, open_one.id).digest
    with open_one.store.begin() as session:
        request_count(session, open_one.id, actor=ORGANISER)
    open_one.do_work()
    with open_one.store.reading() as session:
        assert session.get_one(Tally, open_one.id).digest == before
    open_one.hand_in_partial(1)
