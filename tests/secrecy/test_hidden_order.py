"""No hidden column and no order of the disk brings a name to a ballot."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import pytest
from sqlalchemy import text

from infra.sides import SIDES, Side
from tests.secrecy.hidden import most_joined, orders_of, rows_as_they_lie, values_in
from tests.secrecy.voted import BATCHES, VOTERS, Voted

BY_CHANCE: Final = 20
"""Of 60 in three batches, three are joined rightly by chance; 20 never are."""

TOUCHED_BY_A_VOTE: Final[Mapping[Side, set[str]]] = {
    "register": {"hourly_totals", "mark_intake"},
    "service": {"ballot_intake"},
}
INTAKE: Final[Mapping[Side, str]] = {
    "register": "mark_intake",
    "service": "ballot_intake",
}
BOXES: Final = {"ballots": "tracking", "marks": "entry_id"}
VOTES: Final[tuple[tuple[Side, str, str], ...]] = (
    ("register", "marks", "entry_id"),
    ("service", "ballots", "tracking"),
)


def joined(voted: Voted, marks: Any, ballots: Any) -> int:  # noqa: ANN401 - rows
    return most_joined(
        orders_of(marks, "entry_id"), orders_of(ballots, "tracking"), voted.truth
    )


def as_voted(voted: Voted, table: str) -> list[bytes]:
    """Return the keys of a table's rows in the order of voting."""
    if table == "marks":
        return list(voted.entries)
    return [device.tracking for device in voted.devices]


def is_postgresql(voted: Voted) -> bool:
    return voted.installation.store("service").is_postgresql


def test_a_vote_touches_its_intake_and_the_hours_count_alone(voted: Voted) -> None:
    for side in SIDES:
        before, fresh = voted.before[side], voted.fresh[side]
        touched = {table for table, rows in fresh.items() if rows != before[table]}
        assert touched == TOUCHED_BY_A_VOTE[side]


def test_nothing_locks_or_changes_the_rows_of_the_roll(voted: Voted) -> None:
    for table in ("roll_entries", "voting_codes", "messages", "voter_groups"):
        before, fresh = (
            each["register"][table] for each in (voted.before, voted.fresh)
        )
        assert before == fresh
        assert len(fresh) >= 2


def test_where_the_order_stands_the_join_by_order_finds_every_name(
    voted: Voted,
) -> None:
    marks = voted.fresh["register"]["mark_intake"]
    ballots = voted.fresh["service"]["ballot_intake"]
    assert len(marks) == len(ballots) == BATCHES[0]
    if is_postgresql(voted):
        # This is what the batches are for.
        assert joined(voted, marks, ballots) == BATCHES[0]
    else:
        assert joined(voted, marks, ballots) < BY_CHANCE


def test_after_the_batches_no_order_brings_names_to_ballots(voted: Voted) -> None:
    marks = voted.after["register"]["marks"]
    ballots = voted.after["service"]["ballots"]
    leaves = [
        row
        for row in voted.after["service"]["board_leaves"]
        if row["tracking"] is not None
    ]
    assert len(marks) == len(ballots) == len(leaves) == VOTERS
    assert joined(voted, marks, ballots) < BY_CHANCE
    assert joined(voted, marks, leaves) < BY_CHANCE


@pytest.mark.parametrize(("side", "table", "key"), VOTES)
def test_moved_rows_lie_in_the_order_of_their_random_keys(
    voted: Voted, side: Side, table: str, key: str
) -> None:
    rows = voted.after[side][table]
    lying = [(row["batch"], row[key]) for row in rows]
    if is_postgresql(voted):
        assert lying == sorted(lying)
    else:
        assert [row for _, row in lying] == sorted(row for _, row in lying)
    assert [row for _, row in lying] != as_voted(voted, table)


@pytest.mark.parametrize(("side", "table", "key"), VOTES)
def test_hidden_columns_tell_the_batch_alone(
    voted: Voted, side: Side, table: str, key: str
) -> None:
    rows = voted.after[side][table]
    sizes: dict[int, int] = {}
    for row in rows:
        sizes[row["batch"]] = sizes.get(row["batch"], 0) + 1
    # The board names each ballot's batch for ever; a mark tells none after closing.
    told = BATCHES if side == "service" else (VOTERS,)
    assert tuple(size for _, size in sorted(sizes.items())) == told
    assert {row[key] for row in rows} == set(as_voted(voted, table))
    if is_postgresql(voted):
        assert {row["xmax"] for row in rows} == {0}
        by_batch = {(row["batch"], row["xmin"]) for row in rows}
        assert len(by_batch) == len(told)


@pytest.mark.parametrize("side", SIDES)
def test_intake_is_empty_and_its_old_rows_are_cut_off_the_disk(
    voted: Voted, side: Side
) -> None:
    table = INTAKE[side]
    assert not voted.after[side][table]
    store = voted.installation.store(side)
    if not store.is_postgresql:
        return  # its pages are looked at in tests/secrecy/test_every_byte.py
    with store.reading() as session:
        size = f"SELECT pg_relation_size('{table}')"
        assert session.execute(text(size)).scalar_one() == 0


def test_no_value_stands_in_rows_of_both_sides_but_what_is_public(
    voted: Voted,
) -> None:
    of_votes = {"register": ("mark_intake", "marks"), "service": ("ballots",)}
    of_people = ("messages", "roll_entries", "voting_codes")
    leaves = ("ballots", "board_leaves")
    public = {voted.installation.election.id.encode()}
    marks = values_in(voted.after["register"], of_votes["register"])
    people = values_in(voted.after["register"], of_people)
    ballots = values_in(voted.after["service"], leaves)
    assert (marks | people) & ballots <= public
    everything = values_in(voted.after["service"], list(voted.after["service"]))
    assert (marks | people) & everything <= public


@pytest.mark.parametrize("side", SIDES)
def test_no_sample_of_a_columns_values_is_kept(voted: Voted, side: Side) -> None:
    store = voted.installation.store(side)
    with store.begin() as session:
        session.execute(text("ANALYZE"))
    kept = "SELECT name FROM sqlite_master WHERE name = 'sqlite_stat4'"
    if store.is_postgresql:
        kept = "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public'"
    with store.reading() as session:
        assert session.execute(text(kept)).all() == []


@pytest.mark.parametrize(("side", "table", "key"), VOTES)
def test_a_dump_that_asks_for_no_order_gets_none_of_voting(
    voted: Voted, side: Side, table: str, key: str
) -> None:
    lying = rows_as_they_lie(voted.installation.store(side), table)
    order = as_voted(voted, table)
    places = [order.index(row[key]) for row in lying]
    rising = sum(later > earlier for earlier, later in pairwise(places))
    # Of 59 neighbours about half follow each other; the order of voting has all.
    assert 12 <= rising <= 50
