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


def execute(url: str, statement: str) -> object:
    store = open_store("register", url)
    try:
        with store.begin() as session:
            result = session.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        store.dispose()


def test_a_database_is_lent_again_without_its_rows(prepared: PreparedCluster) -> None:
    url = prepared.lend()
    execute(url, "INSERT INTO revoked_passes VALUES ('x', now())")
    prepared.take_back(url)
    assert prepared.lend() == url
    assert execute(url, "SELECT count(*) FROM revoked_passes") == 0
    prepared.take_back(url)


@pytest.mark.parametrize("change", CHANGES)
def test_a_database_of_another_shape_is_never_lent_again(
    prepared: PreparedCluster, change: str
) -> None:
    url = prepared.lend()
    execute(url, change)
    prepared.take_back(url)
    assert url not in prepared.empty
