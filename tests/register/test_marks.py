import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from crypto.group import GENERATOR
from register.hours import shown_turnout
from register.jobs import sweep_register
from register.marks import count_marks, find_mark, move_marks
from register.paper_marks import mark_paper
from register.refusals import AlreadyUsed, ElectionNotOpen, VotesOnPaper
from register.resends import By
from register.roll import EntryNotFound
from register.tables import (
    HourlyTotal,
    Mark,
    MarkInIntake,
    Message,
    RollEntry,
    Sending,
    VoterGroup,
    VotingCode,
)
from tests.register.elections import CLOSES, OFFICIAL, Election, Link
from tests.register.roll_files import ELECTION

MEMBERS = [
    (f"{4000 + number}", f"Fornavn{number}", "Etternavn", "", "", "Krets Vest")
    for number in range(45)
]


@pytest.fixture
def crowd(election: Election) -> Election:
    """Lend an open election with 45 members."""
    election.open(*MEMBERS)
    return election


def take_all(election: Election, first: int, last: int) -> list[Link]:
    links = [election.link(row[0]) for row in MEMBERS[first:last]]
    for link in links:
        election.ask(link.request_of(GENERATOR.encoded))
    return links


def paper(election: Election, entry_id: bytes, election_id: str = ELECTION) -> None:
    with election.store.begin() as session:
        mark_paper(
            session,
            election_id=election_id,
            entry_id=entry_id,
            by=By(OFFICIAL, "Konvolutt i posten", election.clock.now()),
        )


def test_marks_move_twenty_or_more_at_a_time(crowd: Election) -> None:
    take_all(crowd, 0, 19)
    sweep_register(crowd.runtime)
    with crowd.store.reading() as session:
        assert len(session.scalars(select(MarkInIntake)).all()) == 19
        assert not session.scalars(select(Mark)).all()
    take_all(crowd, 19, 22)
    sweep_register(crowd.runtime)
    take_all(crowd, 22, 44)
    sweep_register(crowd.runtime)
    with crowd.store.reading() as session:
        assert not session.scalars(select(MarkInIntake)).all()
        batches = [mark.batch for mark in session.scalars(select(Mark))]
        assert count_marks(session, ELECTION).digital == (44,)
    assert (batches.count(0), batches.count(1)) == (22, 22)


def test_rest_moves_after_closing_and_the_store_is_rewritten(crowd: Election) -> None:
    take_all(crowd, 0, 3)
    crowd.clock.instant = datetime.fromisoformat(CLOSES)
    sweep_register(crowd.runtime)
    with crowd.store.reading() as session:
        assert len(session.scalars(select(MarkInIntake)).all()) == 3
    crowd.close()
    sweep_register(crowd.runtime)
    with crowd.store.reading() as session:
        assert not session.scalars(select(MarkInIntake)).all()
        assert [mark.batch for mark in session.scalars(select(Mark))] == [0] * 3
        assert count_marks(session, ELECTION).digital == (3,)
    assert crowd.roll().rewritten_at == crowd.clock.now()


def test_after_closing_no_mark_tells_its_batch(crowd: Election) -> None:
    for first, last in ((0, 21), (21, 43)):
        take_all(crowd, first, last)
        sweep_register(crowd.runtime)
    take_all(crowd, 43, 44)
    crowd.close()
    with crowd.store.reading() as session:
        batches = {mark.batch for mark in session.scalars(select(Mark))}
    assert batches == {0, 1}
    sweep_register(crowd.runtime)
    with crowd.store.reading() as session:
        marks = list(session.scalars(select(Mark)))
        assert not session.scalars(select(MarkInIntake)).all()
        assert count_marks(session, ELECTION).digital == (44,)
        assert {mark.batch for mark in marks} == {0}
        assert all(mark.signature for mark in marks)
        if crowd.store.is_postgresql:
            rows = session.execute(
                text("SELECT entry_id, xmin::text FROM marks ORDER BY ctid")
            ).all()
            ids = [bytes(row[0]) for row in rows]
            assert ids == sorted(ids)
            assert len({row[1] for row in rows}) == 1


def test_moved_mark_is_found_and_answers_again(crowd: Election) -> None:
    (link,) = take_all(crowd, 0, 1)
    request = link.request_of(GENERATOR.encoded)
    first = crowd.ask(request)
    with crowd.store.begin() as session:
        assert move_marks(session, ELECTION, batch_size=1) == 1
        assert move_marks(session, ELECTION, batch_size=1) == 0
    assert crowd.ask(request).evaluated == first.evaluated
    assert crowd.identify(link).mark == "digital"
    with pytest.raises(AlreadyUsed):
        crowd.ask(link.request_of((GENERATOR + GENERATOR).encoded))


@pytest.mark.parametrize("stores", ["postgres"], indirect=True)
def test_moved_marks_stand_in_the_order_of_ids_and_share_a_transaction(
    crowd: Election,
) -> None:
    take_all(crowd, 0, 25)
    with crowd.store.begin() as session:
        move_marks(session, ELECTION, batch_size=20)
    with crowd.store.reading() as session:
        rows = session.execute(
            text("SELECT entry_id, xmin::text FROM marks ORDER BY ctid")
        ).all()
    ids = [bytes(row[0]) for row in rows]
    assert ids == sorted(ids)
    assert len({row[1] for row in rows}) == 1


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
def test_sqlite_keeps_no_order_of_marking(election: Election) -> None:
    for table in (MarkInIntake, Mark, RollEntry, Message, VotingCode, HourlyTotal):
        name = table.__tablename__
        with election.store.reading() as session:
            made = session.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}
            ).scalar_one()
        assert "WITHOUT ROWID" in made


def hidden_columns(election: Election) -> dict[str, list[Any]]:
    """Return what PostgreSQL keeps beside every row that names or finds a member."""
    found = {}
    with election.store.reading() as session:
        for table in (RollEntry, VotingCode, Message, Sending, VoterGroup):
            rows = session.execute(
                text(
                    "SELECT ctid::text, xmin::text, xmax::text"
                    f" FROM {table.__tablename__} ORDER BY ctid"
                )
            )
            found[table.__tablename__] = [tuple(row) for row in rows]
    return found


@pytest.mark.parametrize("stores", ["postgres"], indirect=True)
def test_marking_leaves_no_trace_in_any_row_of_a_member(crowd: Election) -> None:
    links = [crowd.link(row[0]) for row in MEMBERS[:4]]
    before = hidden_columns(crowd)
    for link in links[:3]:
        crowd.identify(link)
        crowd.ask(link.request_of(GENERATOR.encoded))
        crowd.ask(link.request_of(GENERATOR.encoded))
    paper(crowd, links[3].entry_id)
    with crowd.store.reading() as session:
        assert count_marks(session, ELECTION).digital == (3,)
    assert hidden_columns(crowd) == before
    with crowd.store.begin() as session:
        move_marks(session, ELECTION, batch_size=3)
    assert hidden_columns(crowd) == before


@pytest.mark.parametrize("stores", ["postgres"], indirect=True)
def test_marking_sets_no_xmax_where_nothing_was_sent(crowd: Election) -> None:
    # What the message's own foreign keys left behind is wiped by a rewrite.
    link = crowd.link("4000")
    with crowd.store.engine.execution_options(
        isolation_level="AUTOCOMMIT"
    ).connect() as connection:
        for table in ("roll_entries", "voting_codes", "messages", "voter_groups"):
            connection.exec_driver_sql(f"VACUUM FULL {table}")
    crowd.ask(link.request_of(GENERATOR.encoded))
    for name, rows in hidden_columns(crowd).items():
        if name != "sendings":
            assert rows
            assert {row[2] for row in rows} == {"0"}, name


def test_marks_refer_to_nothing_by_a_foreign_key() -> None:
    for table in (MarkInIntake, Mark, HourlyTotal):
        assert not inspect(table).local_table.foreign_keys  # type: ignore[attr-defined]


def test_paper_voter_is_marked_once_and_counted_apart(crowd: Election) -> None:
    (digital,) = take_all(crowd, 0, 1)
    voter = crowd.link(MEMBERS[1][0])
    paper(crowd, voter.entry_id)
    with pytest.raises(VotesOnPaper):
        paper(crowd, voter.entry_id)
    with pytest.raises(AlreadyUsed):
        paper(crowd, digital.entry_id)
    with crowd.store.reading() as session:
        counts = count_marks(session, ELECTION)
        mark = find_mark(session, voter.entry_id)
        hours = session.scalars(select(HourlyTotal.count)).all()
    assert (counts.digital, counts.paper) == ((1,), (1,))
    assert mark is not None
    assert (mark.element_digest, mark.login_key) == (None, None)
    assert hours == [1]


def test_paper_marks_are_taken_from_opening_until_the_box_is_closed(
    crowd: Election,
) -> None:
    links = [crowd.link(row[0]) for row in MEMBERS[:2]]
    crowd.clock.instant = datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
    with pytest.raises(ElectionNotOpen):
        paper(crowd, links[0].entry_id)
    crowd.clock.instant = datetime.fromisoformat(CLOSES) + timedelta(minutes=5)
    paper(crowd, links[0].entry_id)
    crowd.close()
    with pytest.raises(ElectionNotOpen):
        paper(crowd, links[1].entry_id)


def test_entry_of_nobody_is_not_marked(crowd: Election) -> None:
    with pytest.raises(EntryNotFound):
        paper(crowd, secrets.token_bytes(16))


def test_paper_mark_on_a_cancelled_election_is_refused(crowd: Election) -> None:
    link = crowd.link(MEMBERS[0][0])
    crowd.send("cancelled", {"at": "2026-03-02T10:00:00Z"})
    with pytest.raises(ElectionNotOpen):
        paper(crowd, link.entry_id)


def test_hours_are_shown_in_steps_of_twenty(crowd: Election) -> None:
    take_all(crowd, 0, 21)
    crowd.clock.move(hours=1)
    take_all(crowd, 21, 40)
    hour = int(crowd.clock.now().timestamp()) // 3600
    with crowd.store.reading() as session:
        assert shown_turnout(session, ELECTION) == ((hour - 1, 20),)
    sweep_register(crowd.runtime)
    take_all(crowd, 40, 41)
    sweep_register(crowd.runtime)
    sweep_register(crowd.runtime)
    first = {"count": 20, "hour": "2026-03-02T09:00:00Z"}
    second = {"count": 20, "hour": "2026-03-02T10:00:00Z"}
    assert crowd.posted("turnout") == [{"hours": [first]}, {"hours": [first, second]}]
