"""No table, key, time or count of either store could bring a name to a ballot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest
from sqlalchemy import Date, DateTime, MetaData, Table, Time, inspect, text

from infra.databases import RegisterBase, ServiceBase, Store
from infra.sides import SIDES, Side
from tests.conftest import Stores
from tests.secrecy.columns import (
    OF_A_MEMBER,
    OF_A_VOTE,
    ON_BOTH_SIDES,
    REGISTER,
    SERVICE,
    Columns,
)

DECLARED: Final[Mapping[Side, Columns]] = {"register": REGISTER, "service": SERVICE}
METADATA: Final[Mapping[Side, MetaData]] = {
    "register": RegisterBase.metadata,
    "service": ServiceBase.metadata,
}
VOTES: Final = [(side, name) for side in SIDES for name in sorted(OF_A_VOTE[side])]
MEMBERS: Final = [(side, name) for side in SIDES for name in sorted(OF_A_MEMBER[side])]

COUNTERS: Final = {
    "SELECT relname FROM pg_class WHERE relkind = 'S'": "a sequence",
    "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = 'public'"
    " AND (is_identity = 'YES' OR column_default LIKE '%nextval%')": "an identity",
    "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND is_generated <> 'NEVER'": "a reckoned column",
    "SELECT trigger_name FROM information_schema.triggers": "a trigger",
}


def of_both(stores: Stores) -> Mapping[Side, Store]:
    return {"register": stores.register, "service": stores.service}


def columns_in(store: Store) -> dict[str, set[str]]:
    """Return every column that is in a database, whoever put it there."""
    there = inspect(store.engine)
    return {
        table: {str(each["name"]) for each in there.get_columns(table)}
        for table in there.get_table_names()
    }


def tables_of(side: Side, names: frozenset[str]) -> list[Table]:
    return [METADATA[side].tables[name] for name in sorted(names)]


def is_numbered_by_itself(table: Table) -> bool:
    return any(
        column.identity is not None
        or column.autoincrement is True
        or (
            column.default is not None
            and (column.default.is_sequence or column.default.is_callable)
        )
        for column in table.columns
    )


@pytest.mark.parametrize("side", SIDES)
def test_every_column_of_every_table_is_declared(empty: Stores, side: Side) -> None:
    found, declared = columns_in(of_both(empty)[side]), DECLARED[side]
    undeclared = [
        f"{table}.{column}"
        for table, columns in sorted(found.items())
        for column in sorted(columns - declared.get(table, {}).keys())
    ]
    assert not undeclared, (
        f"The {side}'s store has got {', '.join(undeclared)}. Ask whether it could"
        " bring a member's name and a ballot together, alone or with what stands"
        " beside it; if not, say in tests/secrecy/columns.py what it may tell."
    )
    gone = [
        f"{table}.{column}"
        for table, columns in sorted(declared.items())
        for column in sorted(columns.keys() - found.get(table, set()))
    ]
    assert not gone, f"tests/secrecy/columns.py still tells of {', '.join(gone)}"


@pytest.mark.parametrize("side", SIDES)
def test_nothing_in_a_store_counts_by_itself(empty: Stores, side: Side) -> None:
    store = of_both(empty)[side]
    numbered = [
        table.name
        for table in METADATA[side].sorted_tables
        if is_numbered_by_itself(table)
    ]
    assert numbered == []
    with store.reading() as session:
        if not store.is_postgresql:
            counted = session.execute(
                text("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_sequence'")
            )
            assert counted.all() == []
            return
        for question, what in COUNTERS.items():
            assert session.execute(text(question)).all() == [], what


@pytest.mark.parametrize("side", SIDES)
def test_no_sqlite_table_keeps_the_order_of_insertion(
    sqlite_stores: Stores, side: Side
) -> None:
    store = of_both(sqlite_stores)[side]
    with store.reading() as session:
        tables = session.execute(text("PRAGMA table_list")).mappings().all()
    ours = {each["name"]: each["wr"] for each in tables if each["schema"] == "main"}
    assert ours.keys() >= DECLARED[side].keys()
    kept = [
        name
        for name, without_rowid in ours.items()
        if not without_rowid and not name.startswith("sqlite_")
    ]
    assert kept == [], "WITHOUT ROWID is missing"


@pytest.mark.parametrize(("side", "name"), VOTES)
def test_no_row_of_a_vote_refers_to_another_row(
    empty: Stores, side: Side, name: str
) -> None:
    assert not METADATA[side].tables[name].foreign_keys
    there = inspect(of_both(empty)[side].engine)
    assert there.get_foreign_keys(name) == []
    referring = [
        table
        for table in there.get_table_names()
        for key in there.get_foreign_keys(table)
        if key["referred_table"] == name
    ]
    assert referring == []


@pytest.mark.parametrize(("side", "name"), [*VOTES, *MEMBERS])
def test_no_row_of_a_vote_or_a_member_has_a_time(side: Side, name: str) -> None:
    timed = [
        column.name
        for column in METADATA[side].tables[name].columns
        if isinstance(column.type, DateTime | Date | Time)
        or isinstance(getattr(column.type, "impl", None), DateTime | Date | Time)
    ]
    assert timed == []


def test_rows_of_votes_have_nothing_in_common_but_election_and_group() -> None:
    marks, ballots = (
        {
            column.name
            for table in tables_of(side, OF_A_VOTE[side])
            for column in table.columns
        }
        for side in SIDES
    )
    # A batch and a signature stand on both: other batches, other signatures.
    shared = (marks & ballots) - {"batch"}
    assert shared <= ON_BOTH_SIDES


@pytest.mark.parametrize("side", SIDES)
def test_no_foreign_key_leaves_its_store(empty: Stores, side: Side) -> None:
    there = inspect(of_both(empty)[side].engine)
    tables = set(there.get_table_names())
    referred = {
        key["referred_table"]
        for table in tables
        for key in there.get_foreign_keys(table)
    }
    assert referred <= tables
    assert not {
        key.get("referred_schema")
        for table in tables
        for key in there.get_foreign_keys(table)
    } - {None}


def test_neither_store_has_a_table_of_the_others_rows(empty: Stores) -> None:
    found = {side: columns_in(store) for side, store in of_both(empty).items()}
    shared = found["register"].keys() & found["service"].keys()
    assert shared == {"audit_events", "exchange_inbox", "exchange_outbox"}
    names = {column for table in found["service"].values() for column in table}
    for of_members in OF_A_MEMBER["register"] | OF_A_VOTE["register"]:
        assert of_members not in found["service"]
    assert not names & {"entry_id", "login_key", "member_digest", "sealed_person"}


def test_a_table_that_was_not_declared_is_noticed(sqlite_stores: Stores) -> None:
    with sqlite_stores.service.begin() as session:
        session.execute(text("ALTER TABLE ballots ADD COLUMN cast_at TIMESTAMP"))
    with pytest.raises(AssertionError, match=r"has got ballots\.cast_at"):
        test_every_column_of_every_table_is_declared(sqlite_stores, "service")
