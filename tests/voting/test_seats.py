from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, create_official
from accounts.roles import Role
from accounts.tables import Official
from crypto.ceremony import post_keys
from crypto.passwords import CHEAPEST_FOR_TESTS
from crypto.sealing import SealingKey
from crypto.signing import SigningSeed
from infra.config import load_settings
from infra.databases import Store
from infra.exchange import pending_documents
from infra.tables import ServiceAudit
from tests.conftest import Stores
from voting.ceremony import list_seats, load_ceremony, post_message
from voting.draft_editing import (
    Basics,
    CommitteeNumbers,
    Defaults,
    new_draft,
    with_numbers,
    yes_no_contest,
)
from voting.drafts import DraftContest, DraftIncomplete, with_contest
from voting.elections import (
    DatesOutOfOrder,
    NotADraft,
    SeatTwice,
    ThresholdFixed,
    cancel_election,
    change_draft,
    create_election,
    draft_of,
    get_election,
    start_ceremony,
)
from voting.phases import Phase
from voting.seats import (
    NotSeated,
    SeatsNotNeededYet,
    SeatUnknown,
    lost_seats_revoked,
    open_seat,
    seat_members,
    seat_of,
    with_seats,
)
from voting.tables import CeremonyMessage, Election

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
NAMES = ("Åse Aa", "Bo Berg", "Cato Dahl", "Dina Eng")
TWO_OF_THREE = CommitteeNumbers(2, 2)


@dataclass(frozen=True)
class Union:
    """An election in a store, and four who may sit in its committee."""

    store: Store
    election_id: str
    members: tuple[OfficialIdentity, ...]

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Election]]:
        with self.store.begin() as session:
            yield session, get_election(session, self.election_id)

    def seat(self, count: int = 3, numbers: CommitteeNumbers = TWO_OF_THREE) -> None:
        with self.writing() as (session, election):
            seat_members(
                session,
                election,
                self.members[:count],
                numbers,
                actor="system",
                at=NOW,
            )

    def begin_ceremony(self) -> None:
        self.seat()
        with self.writing() as (session, election):
            start_ceremony(session, election, actor="system", at=NOW)

    def open(self, place: int) -> str:
        with self.writing() as (session, election):
            return open_seat(session, election, self.members[place].id, at=NOW)

    def index_of(self, key: str) -> int:
        with self.store.reading() as session:
            return seat_of(session, self.election_id, key).index


def an_official(session: Session, name: str) -> OfficialIdentity:
    return create_official(
        session,
        name=name,
        email=f"{name.split()[1].lower()}@union.example",
        password="et langt nok passord",
        roles=[Role.COMMITTEE],
        profile=CHEAPEST_FOR_TESTS,
    )


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
        members = tuple(an_official(session, name) for name in NAMES)
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


def post_own_keys(union: Union, index: int = 1) -> None:
    with union.writing() as (session, election):
        ceremony = load_ceremony(session, election, 2)
        keys = post_keys(
            ceremony.id,
            index,
            NAMES[index - 1],
            SigningSeed.generate(),
            SealingKey.generate().public_key,
        )
        post_message(
            session, ceremony, kind="keys", index=index, value=keys.entry, at=NOW
        )


def count_messages(union: Union) -> int:
    with union.store.reading() as session:
        return len(session.scalars(select(CeremonyMessage)).all())


def test_key_opens_its_own_seat_and_the_newest_alone_does(union: Union) -> None:
    union.begin_ceremony()
    first, other = union.open(0), union.open(1)
    assert len(first) == 26
    assert (union.index_of(first), union.index_of(other)) == (1, 2)
    newer = union.open(0)
    assert union.index_of(newer) == 1
    assert union.index_of(newer.lower()) == 1
    with pytest.raises(SeatUnknown):
        union.index_of(first)


@pytest.mark.parametrize("key", ["", "0" * 26, "0" * 25, "ikke en nøkkel", "U" * 26])
def test_no_other_text_opens_a_seat(union: Union, key: str) -> None:
    union.begin_ceremony()
    union.open(0)
    with pytest.raises(SeatUnknown):
        union.index_of(key)


def test_key_opens_no_seat_of_another_election(union: Union) -> None:
    union.begin_ceremony()
    key = union.open(0)
    with union.store.reading() as session, pytest.raises(SeatUnknown):
        seat_of(session, "f" * 32, key)


def test_key_itself_is_kept_nowhere(union: Union) -> None:
    union.begin_ceremony()
    key = union.open(0)
    with union.store.reading() as session:
        (seat, *_) = list_seats(session, union.election_id)
        assert seat.access_digest is not None
        assert key.encode() not in seat.access_digest
        for event in session.scalars(select(ServiceAudit)):
            assert key.encode() not in (event.content or b"")


def test_who_has_no_seat_gets_no_key(union: Union) -> None:
    union.begin_ceremony()
    with pytest.raises(NotSeated):
        union.open(3)


def test_draft_and_cancelled_election_open_no_seat(union: Union) -> None:
    union.seat()
    with pytest.raises(SeatsNotNeededYet):
        union.open(0)


def test_committee_that_does_not_fit_its_numbers_is_refused(union: Union) -> None:
    with pytest.raises(DraftIncomplete):
        union.seat(count=4)
    with pytest.raises(DraftIncomplete):
        union.seat(count=2)


def test_one_member_cannot_have_two_seats(union: Union) -> None:
    twice = (*union.members[:2], union.members[0])
    with union.writing() as (session, election), pytest.raises(SeatTwice):
        seat_members(session, election, twice, TWO_OF_THREE, actor="system", at=NOW)


def test_who_loses_the_seat_loses_the_passes_and_nobody_else(
    union: Union, tmp_path: Path
) -> None:
    settings = load_settings(
        {"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)}
    )
    union.seat()
    with union.writing() as (session, election):
        with lost_seats_revoked(session, settings, election.id, NOW):
            seat_members(
                session,
                election,
                (union.members[0], *union.members[2:]),
                TWO_OF_THREE,
                actor="system",
                at=NOW,
            )
        told = [
            each.subject
            for each in pending_documents(session)
            if each.kind == "passes-revoked"
        ]
        assert told == [union.members[1].id]
        assert with_seats(session, union.members[0]).seats == {election.id}
        assert with_seats(session, union.members[1]).seats == frozenset()


@pytest.mark.parametrize("change", [{"disabled": True}, {"union": "Et annet"}])
def test_key_opens_nothing_once_the_account_may_not(
    union: Union, change: dict[str, object]
) -> None:
    union.begin_ceremony()
    key, other = union.open(0), union.open(1)
    account = Official.id == union.members[0].id
    with union.writing() as (session, _election):
        session.execute(update(Official).where(account).values(union="Forbundet"))
    assert union.index_of(key) == 1, "of the election's own union"
    with union.writing() as (session, _election):
        session.execute(update(Official).where(account).values(**change))
    with pytest.raises(SeatUnknown):
        union.index_of(key)
    assert union.index_of(other) == 2


def test_new_committee_begins_the_ceremony_anew(union: Union) -> None:
    union.begin_ceremony()
    key = union.open(0)
    post_own_keys(union)
    assert count_messages(union) == 1
    with union.store.reading() as session:
        before = get_election(session, union.election_id).ceremony_id
    union.seat(count=4, numbers=CommitteeNumbers(3, 3))
    assert count_messages(union) == 0
    with union.store.reading() as session:
        election = get_election(session, union.election_id)
        assert election.phase == Phase.KEYS
        assert election.ceremony_id != before
        assert draft_of(election).threshold == 3
    with pytest.raises(SeatUnknown):
        union.index_of(key)


def test_question_can_be_put_right_during_the_ceremony(union: Union) -> None:
    union.begin_ceremony()
    post_own_keys(union)
    with union.writing() as (session, election):
        draft = with_contest(
            draft_of(election), DraftContest(yes_no_contest("Avtala")), 0
        )
        change_draft(session, election, draft, actor="system", at=NOW)
    assert count_messages(union) == 1
    with union.store.reading() as session:
        election = get_election(session, union.election_id)
        assert draft_of(election).contests[0].contest.title == "Avtala"


def test_threshold_stays_that_of_the_ceremony(union: Union) -> None:
    union.begin_ceremony()
    with union.writing() as (session, election):
        changed = with_numbers(draft_of(election), CommitteeNumbers(3, 3))
        with pytest.raises(ThresholdFixed):
            change_draft(session, election, changed, actor="system", at=NOW)


def test_cancelled_election_takes_no_change(union: Union, tmp_path: Path) -> None:
    settings = load_settings(
        {"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)}
    )
    union.begin_ceremony()
    with union.writing() as (session, election):
        cancel_election(
            session, settings, election, reason="Feil", actor="system", at=NOW
        )
    with union.writing() as (session, election), pytest.raises(NotADraft):
        change_draft(session, election, draft_of(election), actor="system", at=NOW)
    with pytest.raises(NotADraft):
        union.seat()
    with pytest.raises(SeatsNotNeededYet):
        union.open(0)


def test_election_that_closes_before_it_opens_is_refused(union: Union) -> None:
    with union.writing() as (session, election):
        draft = draft_of(election)
        changed = replace(draft, closes_at=draft.opens_at)
        with pytest.raises(DatesOutOfOrder):
            change_draft(session, election, changed, actor="system", at=NOW)
