"""The two stores: how they are opened, read, written, locked and rewritten.

The register names members, the service holds ballots; nothing here ever joins
them. What keeps an order that could join them (SQLite's rowid, PostgreSQL's xmin
on a shared transaction counter, commit timestamps, sampled column statistics) is
switched off here, once, for every table.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    MetaData,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session

from infra.sides import Side
from infra.wall import touch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

__all__ = [
    "RegisterBase",
    "ServiceBase",
    "Side",
    "Store",
    "create_schema",
    "lock_named",
    "open_store",
    "require_separate_clusters",
    "rewrite_store",
    "side_of",
]

BUSY_TIMEOUT_MS: Final = 30_000
"""How long a SQLite writer waits for the one before it, in milliseconds."""

MODE: Final = "urne_mode"
"""Execution option: "write" (the default), "read" or "maintenance"."""

SIDE: Final = "urne_side"
"""Execution option: the side that an engine belongs to."""

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class SharedDatabase(RuntimeError):
    """Both sides were given one and the same database: never accepted."""


class SharedCluster(RuntimeError):
    """Both sides draw transaction ids from one counter."""


class CommitTimesKept(RuntimeError):
    """The server keeps the commit time of every transaction."""


class StoreBusy(RuntimeError):
    """Readers kept the old write-ahead log alive for all of the waiting time."""


class RegisterBase(DeclarativeBase):
    """Base of every table of the identity store."""

    metadata = MetaData(naming_convention=NAMING)


class ServiceBase(DeclarativeBase):
    """Base of every table of elections, surveys, officials, boxes and board."""

    metadata = MetaData(naming_convention=NAMING)


@event.listens_for(Table, "after_parent_attach")
def _without_rowid(table: Table, parent: object) -> None:
    # A rowid is an insertion order kept for ever. Set on the table itself, so that
    # a class with __table_args__ of its own cannot forget it. It follows that no
    # primary key counts by itself: ids are random bytes or digests.
    if parent is RegisterBase.metadata or parent is ServiceBase.metadata:
        table.dialect_options["sqlite"]["with_rowid"] = False


@dataclass(frozen=True, slots=True)
class Store:
    """One side's database."""

    side: Side
    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open one writing transaction: commits on success, else rolls back.

        SQLite: BEGIN IMMEDIATE, so writers queue up instead of failing late.
        PostgreSQL: READ COMMITTED; serialise with `lock_named`.

        Raises:
            WallBreached: the running voter's request is bound to the other side.

        """
        touch(self.side)
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one read-only transaction over a single snapshot, rolled back.

        Raises:
            WallBreached: the running voter's request is bound to the other side.

        """
        touch(self.side)
        # Closing rolls back and leaves what was read usable: no explicit rollback,
        # which would expire it.
        with Session(self._reader(), expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    @property
    def is_postgresql(self) -> bool:
        """Tell whether this store stands on a PostgreSQL server."""
        return self.engine.dialect.name == "postgresql"

    @property
    def metadata(self) -> MetaData:
        """The tables of this side."""
        return metadata_of(self.side)

    def _reader(self) -> Engine:
        if self.is_postgresql:
            return self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        return self.engine.execution_options(**{MODE: "read"})


def metadata_of(side: Side) -> MetaData:
    """Return the tables of one side."""
    return RegisterBase.metadata if side == "register" else ServiceBase.metadata


def open_store(side: Side, url: str) -> Store:
    """Open one side's database by its address; nothing is connected yet.

    ``sqlite:///path`` or ``postgresql://...`` (psycopg 3). Parameters are hidden
    in every exception text.

    Raises:
        ValueError: an address of another kind, or SQLite without a file.

    """
    target = make_url(url)
    family = target.get_backend_name()
    if family == "postgres":
        family = "postgresql"
    if family == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
        return Store(side, create_engine(target, **_options(side), **_POSTGRESQL))
    if family != "sqlite" or target.database in {None, "", ":memory:"}:
        message = f"the {side} store needs a SQLite file or a PostgreSQL address"
        raise ValueError(message)
    engine = create_engine(target, **_options(side))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(side, engine)


def side_of(session: Session) -> Side:
    """Return the side whose store a session was opened on."""
    side: Side = session.get_bind().engine.get_execution_options()[SIDE]
    return side


def _options(side: Side) -> dict[str, Any]:
    return {"hide_parameters": True, "execution_options": {SIDE: side}}


_POSTGRESQL: Final[dict[str, Any]] = {
    "isolation_level": "READ COMMITTED",
    "pool_pre_ping": True,
}


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI
    # isolation_level None: this module alone says BEGIN. temp_store in memory:
    # VACUUM would else leave a copy of the whole store in a folder for temporary
    # files. synchronous FULL: a ballot that got its receipt survives a power cut.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get(MODE, "write")
    if mode == "maintenance":
        return
    reads = mode == "read"
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def create_schema(store: Store) -> None:
    """Create every table of this side that is not there yet."""
    with store.engine.begin() as connection:
        store.metadata.create_all(connection)
        forbid_statistics(store, connection)


def forbid_statistics(store: Store, connection: Connection) -> None:
    """Keep PostgreSQL from sampling column values into its own catalogue.

    ``pg_statistic`` keeps most common values, which outlive the deleted rows they
    were read from: a shredded digest would still stand there.
    """
    if not store.is_postgresql:
        return
    there = set(inspect(connection).get_table_names())
    for table in store.metadata.sorted_tables:
        if table.name not in there:
            continue
        name = f'"{table.name}"'
        changes = ", ".join(
            f'ALTER COLUMN "{column.name}" SET STATISTICS 0' for column in table.columns
        )
        connection.exec_driver_sql(f"ALTER TABLE {name} {changes}")


def lock_named(session: Session, *parts: bytes, shared: bool = False) -> None:
    """Hold a named lock until this transaction ends; others wait.

    Holders of a shared lock wait for an exclusive one only, and it for all of them.

    PostgreSQL: an advisory lock on a digest of the length-prefixed parts. Not
    SELECT FOR UPDATE: that writes the locker's transaction id into the row's xmax,
    where it stays, and the order of marking could be read from the roll.
    SQLite: BEGIN IMMEDIATE already lets one writer in at a time.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    digest = hashlib.sha256(b"urne/v1/lock")
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    number = int.from_bytes(digest.digest()[:8], "big", signed=True)
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    session.execute(text(f"SELECT {function}(:number)"), {"number": number})


def require_separate_clusters(
    register: Store, service: Store, *, accepted: bool
) -> None:
    """Refuse two stores whose hidden columns name each other.

    Two databases of one PostgreSQL cluster draw transaction ids from one counter:
    a mark at n and a ballot at n + 1 belong together. Commit timestamps join them
    likewise. An operator may accept either; the protocol then says so.

    Raises:
        SharedDatabase: one database for both; never accepted.
        SharedCluster: one system identifier, and not accepted.
        CommitTimesKept: ``track_commit_timestamp`` is on, and not accepted.

    """
    if register.engine.url == service.engine.url:
        raise SharedDatabase("register and service must be two databases")
    if accepted:
        return
    clusters = [_cluster_of(store) for store in (register, service)]
    if clusters[0] is not None and clusters[0] == clusters[1]:
        raise SharedCluster("register and service stand in one PostgreSQL cluster")


def _cluster_of(store: Store) -> str | None:
    if not store.is_postgresql:
        return None
    with store.reading() as session:
        tracked = session.execute(text("SHOW track_commit_timestamp")).scalar_one()
        if tracked != "off":
            raise CommitTimesKept(f"the {store.side} server keeps commit timestamps")
        identity = "SELECT system_identifier FROM pg_control_system()"
        return str(session.execute(text(identity)).scalar_one())


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewrite did."""

    checkpointed: bool
    """False where the database role may not ask PostgreSQL for a checkpoint."""


def rewrite_store(store: Store) -> Rewritten:
    """Write the whole store anew, so that no deleted byte stays in its files.

    Call it outside any transaction. SQLite: VACUUM, then the write-ahead log is
    emptied into the file and cut to nothing. PostgreSQL: VACUUM FULL of every
    table and of the column statistics (the role owns the database), which cuts the
    old files to nothing at once; then a checkpoint, where the role is a member of
    pg_checkpoint. Segments of PostgreSQL's own log stay until they expire
    (docs/threat-model.md).

    Raises:
        StoreBusy: another connection still reads the old SQLite log.
        WallBreached: the running voter's request is bound to the other side.

    """
    touch(store.side)
    if store.is_postgresql:
        return _rewrite_postgresql(store)
    return _rewrite_sqlite(store)


def _rewrite_sqlite(store: Store) -> Rewritten:
    engine = store.engine.execution_options(**{MODE: "maintenance"})
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("VACUUM")
        answer = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if answer[0] != 0:
        raise StoreBusy(f"the {store.side} store is being read; rewrite it again")
    return Rewritten(checkpointed=True)


def _rewrite_postgresql(store: Store) -> Rewritten:
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in store.metadata.sorted_tables:
            connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')
        connection.exec_driver_sql("VACUUM FULL pg_catalog.pg_statistic")
        allowed = bool(connection.exec_driver_sql(_MAY_CHECKPOINT).scalar_one())
        if allowed:
            connection.exec_driver_sql("CHECKPOINT")
    return Rewritten(checkpointed=allowed)


_MAY_CHECKPOINT: Final = (
    "SELECT count(*) FROM pg_roles WHERE rolname = 'pg_checkpoint'"
    " AND pg_has_role(current_user, oid, 'USAGE')"
)
