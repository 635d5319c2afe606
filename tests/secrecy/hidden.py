"""What a store keeps beside what was written into it, and who could make use of it.

PostgreSQL keeps with every row which transaction wrote it (xmin), which locked or
deleted it last (xmax), and where it lies (ctid). SQLite keeps where it lies. Whoever
has both stores can lay rows beside each other by any of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

from sqlalchemy import inspect, text

from infra.databases import Store

HIDDEN: Final = ("ctid", "xmin", "xmax")

Row = Mapping[str, Any]
Rows = Sequence[Row]


def rows_as_they_lie(store: Store, table: str) -> list[dict[str, Any]]:
    """Return every row of a table in the order of the disk, hidden columns included."""
    with store.reading() as session:
        if not store.is_postgresql:
            found = session.execute(text(f'SELECT * FROM "{table}"'))
            return [_plain(row) for row in found.mappings()]
        found = session.execute(
            text(
                f"SELECT (ctid::text::point)[0]::int * 10000"
                f" + (ctid::text::point)[1]::int AS ctid,"
                f" xmin::text::bigint AS xmin, xmax::text::bigint AS xmax, *"
                f' FROM "{table}" ORDER BY {table}.ctid'
            )
        )
        return [_plain(row) for row in found.mappings()]


def everything_as_it_lies(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table."""
    tables = inspect(store.engine).get_table_names()
    return {table: rows_as_they_lie(store, table) for table in tables}


def orders_of(rows: Rows, key: str) -> dict[str, list[bytes]]:
    """Return a column's values in every order that the rows can be put in."""
    if not rows:
        return {}
    orders = {"as they lie": [row[key] for row in rows]}
    for column in rows[0]:
        values = [row[column] for row in rows]
        if any(value is None for value in values):
            continue
        ordered = sorted(enumerate(rows), key=lambda each: (each[1][column], each[0]))
        orders[column] = [row[key] for _, row in ordered]
    return orders


def most_joined(
    marks: Mapping[str, Sequence[bytes]],
    ballots: Mapping[str, Sequence[bytes]],
    truth: Mapping[bytes, bytes],
) -> int:
    """Return how many names the best of all joins by order brings to their ballots.

    `truth`: the ballot of each marked entry, which only a test knows.
    """
    best = 0
    for some, others in product(marks.values(), ballots.values()):
        for order in (others, list(reversed(others))):
            pairs = zip(some, order, strict=False)
            hits = sum(truth.get(entry) == ballot for entry, ballot in pairs)
            best = max(best, hits)
    return best


def values_in(tables: Mapping[str, Rows], names: Sequence[str]) -> set[bytes]:
    """Return every value of some tables that is long enough to be no chance."""
    found = set()
    for name in names:
        for row in tables[name]:
            for column, value in row.items():
                if column not in HIDDEN:
                    found.add(_as_bytes(value))
    return {value for value in found if len(value) >= _LONG}


_LONG: Final = 8


def _as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): bytes(value) if isinstance(value, memoryview) else value
        for name, value in row.items()
    }
