"""Schema changes: two histories, one per store, each run in one transaction.

``migrations/register`` and ``migrations/service`` never see each other's tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from alembic import autogenerate, command, context
from alembic.config import Config
from alembic.ddl.sqlite import SQLiteImpl
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, text
from sqlalchemy.engine import Connection
from typing_extensions import override

from infra.databases import Store, forbid_statistics

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('urne/v1/migrate'))")


class SchemaBehind(RuntimeError):
    """The store has not been brought up to the schema of this release."""


class _SQLiteWithoutRowid(SQLiteImpl):
    """Alembic's SQLite, whose own table has no rowid either."""

    __dialect__ = "sqlite"

    @override
    def version_table_impl(self, **names: Any) -> Table:
        table = super().version_table_impl(**names)
        table.dialect_options["sqlite"]["with_rowid"] = False
        return table


def upgrade(store: Store, folder: Path = MIGRATIONS) -> None:
    """Bring a store up to the newest schema; all of it or nothing.

    Two processes that start together wait for each other.
    """
    with store.engine.begin() as connection:
        if store.is_postgresql:
            connection.execute(_LOCK)
        command.upgrade(_config(store, connection, folder), "head")
        forbid_statistics(store, connection)


def require_current_schema(store: Store, folder: Path = MIGRATIONS) -> None:
    """Refuse to work on a store with an older or a newer schema.

    Raises:
        SchemaBehind: run ``urne`` with its command for upgrading first.

    """
    with store.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
        script = ScriptDirectory.from_config(_config(store, connection, folder))
    if found != set(script.get_heads()):
        raise SchemaBehind(f"the {store.side} store has another schema")


def write_revision(store: Store, message: str, folder: Path = MIGRATIONS) -> None:
    """Write the change from the store's schema to that of its tables, for review."""
    with store.engine.begin() as connection:
        config = _config(store, connection, folder)
        command.revision(config, message, autogenerate=True)


def schema_differences(store: Store) -> list[Any]:
    """Return what sets the store's schema apart from that of its tables."""
    with store.engine.connect() as connection:
        migration = MigrationContext.configure(connection, opts={"compare_type": True})
        differences: list[Any] = autogenerate.compare_metadata(
            migration, store.metadata
        )
    return differences


def run_migrations() -> None:
    """Run what a command asks for; called by ``migrations/<side>/env.py`` alone."""
    attributes = context.config.attributes
    store: Store = attributes["store"]
    context.configure(
        connection=attributes["connection"],
        target_metadata=store.metadata,
        compare_type=True,
        render_as_batch=not store.is_postgresql,
    )
    context.run_migrations()


def _config(store: Store, connection: Connection, folder: Path) -> Config:
    config = Config(attributes={"store": store, "connection": connection})
    config.set_main_option("script_location", str(folder / store.side))
    config.set_main_option("path_separator", "os")
    return config
