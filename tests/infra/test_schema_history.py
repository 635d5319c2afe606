from __future__ import annotations

from pathlib import Path

import pytest

from infra.databases import open_store
from infra.migrate import require_current_schema, schema_differences, upgrade
from infra.sides import SIDES, Side
from tests.conftest import PreparedCluster


@pytest.mark.parametrize("side", SIDES)
def test_the_history_leads_to_the_tables_on_sqlite(side: Side, tmp_path: Path) -> None:
    store = open_store(side, f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    upgrade(store)
    assert schema_differences(store) == []
    require_current_schema(store)
    store.dispose()


@pytest.mark.parametrize("side", SIDES)
def test_the_history_leads_to_the_tables_on_postgresql(
    side: Side, postgres_clusters: dict[Side, PreparedCluster]
) -> None:
    cluster = postgres_clusters[side].cluster
    url = cluster.create_database()
    store = open_store(side, url)
    upgrade(store)
    assert schema_differences(store) == []
    require_current_schema(store)
    store.dispose()
    cluster.drop_database(url)
