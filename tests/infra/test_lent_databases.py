"""A PostgreSQL database is lent to test after test, empty and in its first shape."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from infra.databases import open_store
from infra.sides import Side
from tests.conftest import PreparedCluster

CHANGES = (
    "ALTER TABLE revoked_passes ADD CONSTRAINT broken CHECK (official_id > 'x')",
    "ALTER TABLE revoked_passes ADD COLUMN further integer",
    "ALTER TABLE revoked_passes ALTER COLUMN issued_before DROP NOT NULL",
    "ALTER TABLE revoked_passes SET (autovacuum_enabled = false)",
    "CREATE INDEX further ON revoked_passes (issued_before)",
    "CREATE TABLE further (id integer)",
)
"""What a test may do to its tables; none of it goes away with the rows."""


@pytest.fixture
def prepared(postgres_clusters: Mapping[Side, PreparedCluster]) -> PreparedCluster:
    return postgres_clusters["register"]


def execute(url: str, *statements: str) -> None:
    store = open_store("register", url)
    with store.begin() as session:
        for statement in statements:
            session.execute(text(statement))
    store.dispose()


def count_rows(url: str) -> object:
    store = open_store("register", url)
    with store.reading() as session:
        found = session.scalar(text("SELECT count(*) FROM revoked_passes"))
    store.dispose()
    return found


def test_a_database_is_lent_again_without_its_rows(prepared: PreparedCluster) -> None:
    url = prepared.lend()
    execute(url, "INSERT INTO revoked_passes VALUES ('x', now())")
    prepared.take_back(url)
    assert prepared.lend() == url
    assert count_rows(url) == 0
    prepared.take_back(url)


@pytest.mark.parametrize("change", CHANGES)
def test_a_database_of_another_shape_is_never_lent_again(
    prepared: PreparedCluster, change: str
) -> None:
    url = prepared.lend()
    execute(url, change)
    prepared.take_back(url)
    assert url not in prepared.empty
