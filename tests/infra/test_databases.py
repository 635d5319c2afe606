import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, Table, Text, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError, StatementError

from infra.columns import FixedBytes, UTCDateTime
from infra.databases import (
    CommitTimesKept,
    RegisterBase,
    ServiceBase,
    SharedCluster,
    SharedDatabase,
    Store,
    StoreBusy,
    create_schema,
    lock_named,
    open_store,
    require_separate_clusters,
    rewrite_store,
)
from infra.sides import Side
from infra.wall import WallBreached, request_of
from tests import services
from tests.conftest import PreparedCluster, Stores
from tests.services import Cluster

Probe = tuple[Store, Table]


@pytest.fixture
def probe(stores: Stores) -> Iterator[Probe]:
    """A table of the service's, as any other room would declare one."""
    table = Table(
        "probe",
        ServiceBase.metadata,
        Column("id", FixedBytes(16), primary_key=True),
        Column("at", UTCDateTime()),
        Column("note", Text),
        Column("sealed", LargeBinary),
    )
    create_schema(stores.service)
    yield stores.service, table
    ServiceBase.metadata.remove(table)


def _id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _notes(store: Store, table: Table) -> set[str | None]:
    with store.reading() as session:
        return set(session.scalars(select(table.c.note)))


def _file(store: Store) -> Path:
    return Path(store.engine.url.database or "")


def test_a_transaction_commits_when_it_ends_well(probe: Probe) -> None:
    store, table = probe
    with store.begin() as session:
        session.execute(table.insert().values(id=_id(1), note="kept"))
    assert _notes(store, table) == {"kept"}


def test_a_transaction_that_raises_leaves_nothing(probe: Probe) -> None:
    store, table = probe
    with pytest.raises(IntegrityError), store.begin() as session:  # noqa: PT012
        session.execute(table.insert().values(id=_id(1), note="lost"))
        session.execute(table.insert().values(id=_id(1), note="lost"))
    assert _notes(store, table) == set()


def test_reading_never_writes(probe: Probe) -> None:
    store, table = probe
    with pytest.raises(DatabaseError), store.reading() as session:
        session.execute(table.insert().values(id=_id(1)))
    with store.begin() as session:
        session.execute(table.insert().values(id=_id(2), note="after"))
    assert _notes(store, table) == {"after"}


def test_reading_sees_one_snapshot(probe: Probe) -> None:
    store, table = probe
    with store.reading() as session:
        assert session.scalars(select(table.c.note)).all() == []
        with store.begin() as writer:
            writer.execute(table.insert().values(id=_id(1), note="new"))
        assert session.scalars(select(table.c.note)).all() == []
    assert _notes(store, table) == {"new"}


def test_fifty_writers_under_one_lock_lose_no_update(probe: Probe) -> None:
    store, table = probe
    with store.begin() as session:
        session.execute(table.insert().values(id=_id(1), note="0"))

    def count_up() -> None:
        with store.begin() as session:
            lock_named(session, b"counter", _id(1))
            current = session.scalars(select(table.c.note)).one()
            session.execute(table.update().values(note=str(int(current or "") + 1)))

    threads = [threading.Thread(target=count_up) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _notes(store, table) == {"50"}


def test_a_lock_leaves_no_trace_on_the_row(postgres_stores: Stores) -> None:
    table = Table(
        "probe", ServiceBase.metadata, Column("id", FixedBytes(16), primary_key=True)
    )
    try:
        store = postgres_stores.service
        create_schema(store)
        with store.begin() as session:
            session.execute(table.insert().values(id=_id(1)))
        with store.begin() as session:
            lock_named(session, b"entry", _id(1))
        with store.reading() as session:
            assert session.execute(text("SELECT xmax FROM probe")).scalar() == "0"
    finally:
        ServiceBase.metadata.remove(table)


def test_locks_of_other_names_do_not_wait(probe: Probe) -> None:
    store, _ = probe
    if not store.is_postgresql:
        with store.begin() as session:
            lock_named(session, b"a")  # SQLite: the transaction is the lock
        return
    with store.begin() as first, store.begin() as second:
        lock_named(first, b"ab", b"c")
        second.execute(text("SET LOCAL lock_timeout = '200ms'"))
        lock_named(second, b"a", b"bc")
        with pytest.raises(DatabaseError):
            lock_named(second, b"ab", b"c")
        second.rollback()


def test_no_sqlite_table_has_a_rowid(sqlite_stores: Stores) -> None:
    tables = [
        Table("probe_a", base.metadata, Column("id", FixedBytes(16), primary_key=True))
        for base in (RegisterBase, ServiceBase)
    ]
    try:
        for store in (sqlite_stores.register, sqlite_stores.service):
            create_schema(store)
            with sqlite3.connect(_file(store)) as raw:
                rows = raw.execute("SELECT name, wr FROM pragma_table_list").fetchall()
            raw.close()
            own = {
                name: without
                for name, without in rows
                if not name.startswith("sqlite_")
            }
            assert "probe_a" in own
            assert set(own.values()) == {1}
    finally:
        for table in tables:
            table.metadata.remove(table)


def test_sqlite_is_opened_safely(sqlite_stores: Stores) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
    }
    with sqlite_stores.register.reading() as session:
        for pragma, value in expected.items():
            assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_an_instant_comes_back_in_utc_whatever_its_zone(probe: Probe) -> None:
    store, table = probe
    oslo = timezone(timedelta(hours=2))
    at = datetime(2026, 6, 1, 12, 30, 0, 123456, tzinfo=oslo)
    with store.begin() as session:
        session.execute(table.insert().values(id=_id(1), at=at))
    with store.reading() as session:
        read = session.scalars(select(table.c.at)).one()
        later = select(table.c.id).where(table.c.at > at - timedelta(seconds=1))
        assert session.scalars(later).one() == _id(1)
    assert read == at
    assert read is not None
    assert read.tzinfo is UTC


def test_a_naive_instant_is_refused(probe: Probe) -> None:
    store, table = probe
    naive = datetime(2026, 6, 1)  # noqa: DTZ001 - what must be refused
    with pytest.raises(StatementError, match="time zone"), store.begin() as session:
        session.execute(table.insert().values(id=_id(1), at=naive))


@pytest.mark.parametrize("size", [0, 15, 17])
def test_bytes_of_another_length_are_refused(probe: Probe, size: int) -> None:
    store, table = probe
    with pytest.raises(StatementError, match="bytes"), store.begin() as session:
        session.execute(table.insert().values(id=b"x" * size))


def test_an_exception_of_the_database_hides_its_parameters(probe: Probe) -> None:
    store, table = probe
    with (  # noqa: PT012 - the second insertion raises
        pytest.raises(IntegrityError) as caught,
        store.begin() as session,
    ):
        for _ in range(2):
            session.execute(table.insert().values(id=_id(1), note="Kari Nordmann"))
    assert "Kari" not in str(caught.value)


def test_a_voters_request_opens_one_side_alone(stores: Stores) -> None:
    with request_of("register"):
        with stores.register.reading():
            pass
        for opening in (stores.service.reading, stores.service.begin):
            with pytest.raises(WallBreached), opening():
                pass
        with pytest.raises(WallBreached):
            rewrite_store(stores.service)
        with pytest.raises(WallBreached), request_of("service"):
            pass
    with stores.service.reading():
        pass


def _bytes_of(store: Store) -> bytes:
    file = _file(store)
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def test_a_rewritten_sqlite_store_holds_no_deleted_byte(
    sqlite_stores: Stores,
) -> None:
    store = sqlite_stores.service
    table = Table(
        "probe",
        ServiceBase.metadata,
        Column("id", FixedBytes(16), primary_key=True),
        Column("note", Text),
    )
    try:
        create_schema(store)
        with store.begin() as session:
            for number in range(200):
                note = f"canary-{number}-" + "x" * 300
                session.execute(table.insert().values(id=_id(number), note=note))
        with store.begin() as session:
            session.execute(table.delete())
        assert b"canary-" in _bytes_of(store)  # the log still holds them
        assert rewrite_store(store).checkpointed
        assert b"canary-" not in _bytes_of(store)
    finally:
        ServiceBase.metadata.remove(table)


def test_a_rewrite_says_so_when_a_reader_holds_the_old_log(
    sqlite_stores: Stores,
) -> None:
    store = sqlite_stores.service
    with sqlite3.connect(_file(store)) as raw:
        raw.execute("CREATE TABLE t (id BLOB PRIMARY KEY) WITHOUT ROWID")
    raw.close()
    impatient = open_store("service", str(store.engine.url))
    with impatient.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=100")
    with store.reading() as session:
        session.execute(text("SELECT * FROM t")).all()
        with impatient.begin() as writer:
            writer.execute(text("INSERT INTO t VALUES (x'01')"))
        with pytest.raises(StoreBusy):
            rewrite_store(impatient)
    assert rewrite_store(impatient).checkpointed
    impatient.dispose()


def test_a_rewritten_postgresql_table_is_a_new_file_and_keeps_no_statistics(
    postgres_stores: Stores,
) -> None:
    store = postgres_stores.service
    table = Table(
        "probe",
        ServiceBase.metadata,
        Column("id", FixedBytes(16), primary_key=True),
        Column("note", Text),
    )
    node = text("SELECT pg_relation_filenode('probe'), pg_relation_size('probe')")
    sampled = text("SELECT count(*) FROM pg_stats WHERE tablename = 'probe'")
    try:
        create_schema(store)
        with store.begin() as session:
            for number in range(200):
                session.execute(table.insert().values(id=_id(number), note="canary"))
        with store.begin() as session:
            session.execute(text("ANALYZE probe"))
        with store.begin() as session:
            assert session.execute(sampled).scalar() == 0
            before = session.execute(node).one()
            session.execute(table.delete())
        assert not rewrite_store(store).checkpointed  # a plain role may not
        with store.reading() as session:
            after = session.execute(node).one()
        assert after[0] != before[0]
        assert before[1] > 0
        assert after[1] == 0
    finally:
        ServiceBase.metadata.remove(table)


def test_two_clusters_and_two_files_are_accepted(stores: Stores) -> None:
    require_separate_clusters(stores.register, stores.service, accepted=False)


def test_one_cluster_is_refused_unless_accepted(
    postgres_clusters: dict[Side, PreparedCluster],
) -> None:
    cluster: Cluster = postgres_clusters["register"].cluster
    urls = [cluster.create_database(), cluster.create_database()]
    register, service = open_store("register", urls[0]), open_store("service", urls[1])
    try:
        with pytest.raises(SharedCluster):
            require_separate_clusters(register, service, accepted=False)
        require_separate_clusters(register, service, accepted=True)
    finally:
        register.dispose()
        service.dispose()
        for url in urls:
            cluster.drop_database(url)


def test_one_database_is_refused_even_when_accepted(stores: Stores) -> None:
    same = open_store("service", stores.urls["register"])
    with pytest.raises(SharedDatabase):
        require_separate_clusters(stores.register, same, accepted=True)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://u@h/d", "sqlite:///"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="register"):
        open_store("register", url)


def test_a_server_that_keeps_commit_times_is_refused(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REGISTER_DATABASE_URL", raising=False)
    monkeypatch.setitem(services.POSTGRES_SETTINGS, "track_commit_timestamp", "on")
    with services.postgres_cluster("register") as cluster:
        register = open_store("register", cluster.create_database())
        with pytest.raises(CommitTimesKept):
            require_separate_clusters(register, stores.service, accepted=False)
        require_separate_clusters(register, stores.service, accepted=True)
        register.dispose()
