import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Table, Text, inspect, text

from infra.columns import FixedBytes, UTCDateTime
from infra.databases import ServiceBase, Store, open_store
from infra.migrate import (
    MIGRATIONS,
    SchemaBehind,
    require_current_schema,
    schema_differences,
    upgrade,
    write_revision,
)
from infra.sides import Side
from tests.conftest import PreparedCluster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the two histories, without what they hold so far."""
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    for version in (tmp_path / "migrations").glob("*/versions/*.py"):
        version.unlink()
    return tmp_path / "migrations"


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The service's store before anything is in it."""
    if request.param == "sqlite":
        store = open_store("service", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield store
        store.dispose()
        return
    prepared: dict[Side, PreparedCluster] = request.getfixturevalue("postgres_clusters")
    cluster = prepared["service"].cluster
    url = cluster.create_database()
    store = open_store("service", url)
    yield store
    store.dispose()
    cluster.drop_database(url)


def test_a_written_revision_leads_to_the_schema_of_the_tables(
    empty: Store, folder: Path
) -> None:
    write_revision(empty, "baseline", folder)
    assert schema_differences(empty)
    with pytest.raises(SchemaBehind):
        require_current_schema(empty, folder)
    upgrade(empty, folder)
    assert schema_differences(empty) == []
    require_current_schema(empty, folder)
    upgrade(empty, folder)  # again changes nothing
    written = "".join(each.read_text() for each in folder.glob("*/versions/*.py"))
    assert "infra.columns.FixedBytes(length=32)" in written
    assert "sqlite_with_rowid=False" in written


def test_a_later_change_becomes_a_second_revision(empty: Store, folder: Path) -> None:
    write_revision(empty, "baseline", folder)
    upgrade(empty, folder)
    table = Table(
        "probe",
        ServiceBase.metadata,
        Column("id", FixedBytes(16), primary_key=True),
        Column("at", UTCDateTime, nullable=False),
        Column("note", Text),
    )
    try:
        write_revision(empty, "probe", folder)
        with pytest.raises(SchemaBehind):
            require_current_schema(empty, folder)
        upgrade(empty, folder)
        assert schema_differences(empty) == []
        assert "probe" in inspect(empty.engine).get_table_names()
    finally:
        ServiceBase.metadata.remove(table)


def test_no_migrated_table_has_a_rowid(folder: Path, tmp_path: Path) -> None:
    store = open_store("service", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    write_revision(store, "baseline", folder)
    upgrade(store, folder)
    store.dispose()
    with sqlite3.connect(tmp_path / "empty.sqlite3") as raw:
        rows = raw.execute("SELECT name, wr FROM pragma_table_list").fetchall()
    raw.close()
    own = {name: without for name, without in rows if not name.startswith("sqlite_")}
    assert "alembic_version" in own
    assert set(own.values()) == {1}


UPGRADE = """
import sys
from pathlib import Path
import infra.tables
from infra.databases import open_store
from infra.migrate import upgrade
store = open_store("service", sys.argv[1])
upgrade(store, Path(sys.argv[2]))
store.dispose()
"""


def test_processes_that_start_together_upgrade_once(empty: Store, folder: Path) -> None:
    write_revision(empty, "baseline", folder)
    url = empty.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", UPGRADE, url, str(folder)]
    started = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    with empty.reading() as session:
        versions = session.execute(text("SELECT version_num FROM alembic_version"))
        assert len(versions.all()) == 1
    require_current_schema(empty, folder)


def test_a_migration_that_fails_leaves_nothing(empty: Store, folder: Path) -> None:
    write_revision(empty, "baseline", folder)
    (version,) = folder.glob("service/versions/*.py")
    spoilt = version.read_text().replace(
        "def downgrade", "    op.execute('SELECT * FROM nowhere')\n\n\ndef downgrade"
    )
    version.write_text(spoilt)
    with pytest.raises(Exception, match="nowhere"):
        upgrade(empty, folder)
    assert "audit_events" not in inspect(empty.engine).get_table_names()


def test_the_two_histories_lead_to_their_own_tables(folder: Path) -> None:
    assert {each.name for each in MIGRATIONS.iterdir() if each.is_dir()} >= {
        "register",
        "service",
    }
    for side in ("register", "service"):
        assert (folder / side / "env.py").is_file()
