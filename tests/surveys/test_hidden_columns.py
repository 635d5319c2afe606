"""What the tables of responses keep besides what is written into them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Stores
from tests.surveys.invited_site import CLOSED, DURING, NO, InvitedSite, invited_site

INTAKE = ("response_intake", "spent_intake")
MOVED = ("responses", "spent_tokens")


@pytest.fixture
def site(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[InvitedSite]:
    with invited_site(stores, tmp_path, redis_url) as lent:
        yield lent


def column(site: InvitedSite, query: str) -> list[Any]:
    with site.service.reading() as session:
        found = session.execute(text(query)).all()
    return [
        bytes(row[0]) if isinstance(row[0], memoryview) else row[0] for row in found
    ]


def test_moved_rows_tell_neither_order_nor_what_belongs_together(
    site: InvitedSite,
) -> None:
    site.open(members=6)
    came = site.members[::-1]
    before: set[bytes] = set()
    for member in came[:4]:
        site.answer([member], NO)
        before |= set(column(site, "SELECT sealed_answers FROM response_intake"))
    keys = set(column(site, "SELECT key FROM response_intake"))
    digests = column(site, "SELECT digest FROM spent_intake")
    site.sweep(DURING)
    # No key and no bytes of the intake are met again: an old copy leads to no row.
    moved = column(site, "SELECT key FROM responses")
    assert len(moved) == 4
    assert keys.isdisjoint(moved)
    answers = column(site, "SELECT sealed_answers FROM responses")
    assert before.isdisjoint(answers)
    assert sorted(column(site, "SELECT digest FROM spent_tokens")) == sorted(digests)
    if site.service.is_postgresql:
        xmins = {
            table: set(column(site, f"SELECT xmin::text FROM {table}"))
            for table in MOVED
        }
        assert [len(found) for found in xmins.values()] == [1, 1]
        assert xmins["responses"].isdisjoint(xmins["spent_tokens"])
        for table, name in (("responses", "key"), ("spent_tokens", "digest")):
            laid = column(site, f"SELECT {name} FROM {table} ORDER BY ctid")
            assert laid == sorted(laid), "rows lie in the order of their keys"
    site.answer(came[4:])
    site.sweep(CLOSED)
    for table in INTAKE:
        assert column(site, f"SELECT count(*) FROM {table}") == [0]
    if site.service.is_postgresql:
        # Written anew after closing: no dead row of the intake is left in its file.
        sizes = [f"SELECT pg_relation_size('{table}')" for table in INTAKE]
        assert [column(site, query) for query in sizes] == [[0], [0]]
    else:
        held = site.service.engine.url.database or ""
        content = Path(held).read_bytes() + Path(f"{held}-wal").read_bytes()
        for sealed in before:
            assert sealed not in content


def test_nothing_of_a_respondent_stands_on_both_sides(site: InvitedSite) -> None:
    site.open(members=4)
    site.answer(site.members)
    site.sweep(DURING)
    found: dict[str, set[bytes]] = {"register": set(), "service": set()}
    for side, store in (("register", site.register), ("service", site.service)):
        for table in store.metadata.sorted_tables:
            if table.name.startswith("exchange_"):
                continue
            with store.reading() as session:
                rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()
            values = itertools.chain.from_iterable(rows)
            found[side] |= {
                bytes(value)
                for value in values
                if isinstance(value, bytes | memoryview) and len(bytes(value)) == 32
            }
    # The first event of each audit chain follows nothing.
    shared = (found["register"] & found["service"]) - {bytes(32)}
    assert shared == {site.launched().fingerprint}, "the survey's own, and no more"
