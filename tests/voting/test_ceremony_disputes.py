"""A share in dispute: complaint, answer, silence, and a ceremony without the dealer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, create_official
from accounts.roles import Role
from crypto.ceremony_openings import ShareOpening
from crypto.encoding import JsonValue
from crypto.group import Scalar
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.config import load_settings
from infra.databases import Store
from infra.tables import ServiceAudit
from tests.conftest import Stores
from tests.voting.ceremony_table import CeremonyTable
from voting.ceremony import (
    CeremonyStopped,
    MessageConflict,
    MessageRefused,
    RoundNotOpen,
    outcome_of,
)
from voting.ceremony_complaints import open_share_in_public, report_bad_share
from voting.ceremony_disputes import (
    ANSWER_TIME,
    Dispute,
    Fault,
    fault_of,
    unsettled,
)
from voting.ceremony_exclusion import (
    DealerMayStay,
    DealerMustLeave,
    LeftOutBefore,
    begin_ceremony,
    choose_committee,
    exclude_dealer,
)
from voting.ceremony_memory import count_complaints, left_out_of
from voting.draft_editing import (
    Basics,
    CommitteeNumbers,
    Defaults,
    fitting_numbers,
    new_draft,
    yes_no_contest,
)
from voting.drafts import DraftContest, DraftIncomplete, with_contest
from voting.elections import SeatTwice, create_election, draft_of, get_election
from voting.incidents import list_incidents
from voting.organiser_contact import Contact, contact_of
from voting.seats import open_seat, seat_of
from voting.tables import Election

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
LATE = NOW + ANSWER_TIME
NAMES = ("Åse Aa", "Bo Berg", "Cato Dahl", "Dina Eng", "Eva Fjell")


@dataclass(frozen=True)
class Union:
    """An election in its ceremony, and five who may sit in its committee."""

    store: Store
    election_id: str
    members: tuple[OfficialIdentity, ...]

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Election]]:
        with self.store.begin() as session:
            yield session, get_election(session, self.election_id)

    def seat(self, count: int, threshold: int) -> CeremonyTable:
        """Seat the first few, begin, and hold it until the shares are dealt."""
        numbers = CommitteeNumbers(threshold, threshold)
        with self.writing() as (session, election):
            who = self.members[:count]
            actor = self.members[4].id
            choose_committee(session, election, who, numbers, actor=actor, at=NOW)
            begin_ceremony(session, election, actor=actor, at=NOW)
        table = CeremonyTable(self.store, self.election_id, NOW, NAMES[:count])
        table.until_shares()
        return table

    def exclude(
        self,
        index: int,
        replacement: OfficialIdentity | None,
        numbers: CommitteeNumbers,
        at: datetime = NOW,
    ) -> None:
        with self.writing() as (session, election):
            exclude_dealer(
                *(session, election, index, replacement, numbers),
                actor=self.members[4].id,
                at=at,
            )

    def seated(self) -> list[str]:
        table = CeremonyTable(self.store, self.election_id, NOW, ())
        with table.sitting() as (_, ceremony):
            return [seat.name for seat in ceremony.seats]

    def events(self) -> list[str]:
        with self.store.reading() as session:
            query = select(ServiceAudit.kind).order_by(ServiceAudit.seq)
            return list(session.scalars(query))


@pytest.fixture
def union(stores: Stores, tmp_path: Path) -> Union:
    settings = load_settings(
        {"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)}
    )
    basics = Basics(
        "Forbundet", "nb", False, NOW + timedelta(days=7), NOW + timedelta(days=14)
    )
    draft = with_contest(
        new_draft(basics, Defaults(1, 3)), DraftContest(yes_no_contest("Avtalen"))
    )
    with stores.service.begin() as session:
        members = tuple(
            create_official(
                session,
                name=name,
                email=f"{name.split()[1].lower()}@union.example",
                password="et langt nok passord",
                roles=[Role.COMMITTEE],
                profile=CHEAPEST_FOR_TESTS,
            )
            for name in NAMES
        )
        election = create_election(
            session,
            settings,
            slug="avtalen",
            title="Avtalen",
            draft=draft,
            actor=members[0].id,
            at=NOW,
            verifier_key=bytes(32),
        )
        return Union(stores.service, election.id, members)


def test_a_right_answer_lets_the_ceremony_go_on_to_its_end(union: Union) -> None:
    table = union.seat(3, 2)
    table.complain(by=1, dealer=3)
    with pytest.raises(CeremonyStopped):
        table.sign(2)
    with table.sitting() as (_, ceremony):
        assert ceremony.stopped is not None
        assert (ceremony.stopped.by, ceremony.stopped.dealer) == (1, 3)
    assert table.answer(dealer=3, to=1)
    assert table.answer(dealer=3, to=1)  # a lost answer, sent again
    with table.sitting() as (_, ceremony):
        assert ceremony.stopped is None
        [dispute] = ceremony.disputes
        opening = ShareOpening.read(dispute.opening)
    table.complain(by=1, dealer=3)  # said again, it opens nothing anew
    table.sign_and_rehearse([opening])
    with table.sitting() as (_, ceremony):
        assert outcome_of(ceremony).transcript == ceremony.document().transcript
    assert union.events().count("ceremony-bad-share") == 1
    with union.store.reading() as session:
        told = [each.kind for each in list_incidents(session, union.election_id)]
    assert told[-2:] == ["ceremony-bad-share", "ceremony-share-opened"]


def test_a_wrong_answer_ends_the_dealers_part(union: Union) -> None:
    table = union.seat(3, 2)
    table.complain(by=1, dealer=3)
    assert not table.answer(dealer=3, to=1, share=Scalar.from_int(7))
    with pytest.raises(MessageConflict):
        table.answer(dealer=3, to=1)
    with pytest.raises(CeremonyStopped):
        table.sign(2)
    two = CommitteeNumbers(2, 2)
    with union.writing() as (session, election):
        actor = union.members[4].id
        with pytest.raises(DealerMustLeave):
            begin_ceremony(session, election, actor=actor, at=NOW)
        who = union.members[:3]
        with pytest.raises(DealerMustLeave):
            choose_committee(session, election, who, two, actor=actor, at=NOW)
    with pytest.raises(DealerMustLeave):
        union.exclude(3, union.members[2], two)
    with pytest.raises(SeatTwice):
        union.exclude(3, union.members[0], two)
    with pytest.raises(DraftIncomplete):
        union.exclude(3, None, two)  # two are too few
    with pytest.raises(DealerMayStay):
        union.exclude(1, union.members[3], two)
    union.exclude(3, union.members[3], two)
    assert union.seated() == ["Åse Aa", "Bo Berg", "Dina Eng"]
    with table.sitting() as (_, ceremony):
        assert not ceremony.messages["keys"]
        assert ceremony.disputes == ()
    assert "ceremony-dealer-excluded" in union.events()
    anew = CeremonyTable(
        union.store, union.election_id, NOW, ("Åse Aa", "Bo Berg", "Dina Eng")
    )
    anew.until_shares()
    with union.writing() as (session, election):
        # Whoever was put out does not come back by another door.
        actor, who = union.members[4].id, union.members[:3]
        with pytest.raises(LeftOutBefore):
            choose_committee(session, election, who, two, actor=actor, at=NOW)
    anew.complain(by=1, dealer=2)
    with pytest.raises(LeftOutBefore):
        union.exclude(2, union.members[2], two, at=LATE)
    assert anew.answer(dealer=2, to=1)
    with union.store.reading() as session:
        assert left_out_of(session, union.election_id) == {union.members[2].id}
        counted = count_complaints(session, union.election_id)
    assert counted == {union.members[0].id: 2}
    anew.sign_and_rehearse()


def test_silence_after_the_own_signature_puts_nobody_out(union: Union) -> None:
    """Nobody can hold the own signature back until the others are gone."""
    table = union.seat(3, 2)
    table.sign(2)
    table.complain(by=1, dealer=2)
    table.complain(by=1, dealer=3)
    two = CommitteeNumbers(2, 2)
    with pytest.raises(DealerMayStay):
        union.exclude(2, union.members[3], two, at=LATE)
    with union.writing() as (session, election):
        begin_ceremony(session, election, actor=union.members[4].id, at=LATE)
    assert union.seated() == list(NAMES[:3])
    table.until_shares()
    # An answer that shows a cheat puts the dealer out, signed or not.
    table.sign(2)
    table.complain(by=1, dealer=2)
    assert not table.answer(dealer=2, to=1, share=Scalar.from_int(7))
    union.exclude(2, union.members[3], two)


def test_silence_is_declared_when_the_time_is_over_and_not_before(
    union: Union,
) -> None:
    table = union.seat(4, 3)
    with union.writing() as (session, election):
        keys = [
            open_seat(session, election, each.id, at=NOW) for each in union.members[:4]
        ]
    table.complain(by=4, dealer=2)
    numbers = CommitteeNumbers(2, 2)
    with pytest.raises(DealerMayStay):
        union.exclude(2, None, numbers, at=LATE - timedelta(seconds=1))
    with pytest.raises(DraftIncomplete):
        union.exclude(2, None, CommitteeNumbers(3, 3), at=LATE)  # 3 of 3
    union.exclude(2, None, numbers, at=LATE)
    assert union.seated() == ["Åse Aa", "Cato Dahl", "Dina Eng"]
    with union.store.reading() as session:
        # Who stays keeps the link to the own page, in the place that is now theirs.
        places = [
            seat_of(session, union.election_id, key).index
            for key in (keys[0], keys[2], keys[3])
        ]
        assert draft_of(get_election(session, union.election_id)).threshold == 2
        contact = contact_of(session, union.election_id)
    assert places == [1, 2, 3]
    assert contact == Contact("Eva Fjell", "fjell@union.example")


def test_as_many_complaints_as_count_a_vote_end_the_dealers_part(union: Union) -> None:
    table = union.seat(3, 2)
    table.complain(by=1, dealer=3)
    assert table.answer(dealer=3, to=1)
    table.complain(by=2, dealer=3)
    assert table.answer(dealer=3, to=2)
    with pytest.raises(CeremonyStopped):
        table.sign(1)
    union.exclude(3, union.members[3], CommitteeNumbers(2, 2))


def test_what_is_no_complaint_or_answer_is_refused(union: Union) -> None:
    table = union.seat(3, 2)
    with table.sitting() as (session, ceremony):
        good = table.opening(ceremony, 3, 1)
        with pytest.raises(RoundNotOpen):  # nobody has complained
            open_share_in_public(session, ceremony, 3, good.entry, NOW)
    with pytest.raises(MessageRefused):
        table.complain(by=2, dealer=2)
    table.complain(by=1, dealer=3)
    for index, entry in (
        (2, good.entry),  # another dealer's
        (3, {**good.entry, "signature": "00" * 64}),
        (3, {**good.entry, "recipient": 9}),
        (3, {**good.entry, "share": "ff" * 32}),
        (3, []),
    ):
        with table.sitting() as (session, ceremony), pytest.raises(MessageRefused):
            open_share_in_public(session, ceremony, index, entry, NOW)
    assert table.answer(dealer=3, to=1)
    table.sign(2)
    with pytest.raises(MessageConflict):  # who has signed has no complaint
        table.complain(by=2, dealer=1)
    false: JsonValue = {"dealer": 1, "signature": "00" * 64}
    with table.sitting() as (session, ceremony), pytest.raises(MessageRefused):
        report_bad_share(session, ceremony, 3, false, NOW)


def a_dispute(
    by: int, dealer: int, right: bool | None, minutes: int, has_signed: bool
) -> Dispute:
    opening = None if right is None else {"right": right}
    at = NOW + timedelta(minutes=minutes)
    return Dispute(by, dealer, at, {}, opening, right, has_signed)


disputes = st.lists(
    st.builds(
        a_dispute,
        st.integers(1, 5),
        st.integers(1, 5),
        st.sampled_from([None, True, False]),
        st.integers(0, 60),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: (each.by, each.dealer),
)


@given(disputes, st.integers(2, 8), st.integers(0, 120))
def test_a_ceremony_goes_on_when_nobody_is_awaited_and_nobody_failed(
    found: list[Dispute], threshold: int, minutes: int
) -> None:
    now = NOW + timedelta(minutes=minutes)
    faults = {
        each.dealer: fault_of(each.dealer, found, threshold, now) for each in found
    }
    stopping = unsettled(found, threshold)
    is_awaited = any(each.is_awaited for each in found)
    unshown = {None, Fault.SILENT}
    shown = {dealer for dealer, fault in faults.items() if fault not in unshown}
    assert (stopping is None) == (not is_awaited and not shown)
    if stopping is not None:
        assert stopping.dealer in shown or (not shown and stopping.is_awaited)
    for dealer, fault in faults.items():
        own = [each for each in found if each.dealer == dealer]
        if fault is Fault.SILENT:
            late = [each for each in own if each.is_awaited and now >= each.answer_by]
            assert not all(each.dealer_has_signed for each in late)
        if any(each.right is False for each in own):
            assert fault is Fault.WRONG


@pytest.mark.parametrize("holders", range(3, 10))
@pytest.mark.parametrize("k", range(1, 10))
def test_numbers_that_fit_are_kept_and_others_replaced(holders: int, k: int) -> None:
    fitting = fitting_numbers(CommitteeNumbers(k, k), holders)
    assert holders < 2 * fitting.threshold < 2 * holders
    assert holders < 2 * fitting.approvals_needed <= 2 * holders
    if holders < 2 * k < 2 * holders:
        assert fitting.threshold == k
