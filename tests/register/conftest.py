"""A register with one open roll, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.databases import Store
from infra.keystore import DataKey, Keystore
from infra.secret_values import Secret
from register.roll import open_roll, read_data_key
from register.roll_import import RollDifference, import_roll
from register.rollfile import read_roll
from tests.conftest import Stores
from tests.register.elections import Election, an_election
from tests.register.roll_files import ELECTION, HEADINGS, as_csv

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Register:
    """The register's store and keystore, with an empty roll in it."""

    store: Store
    keystore: Keystore

    def import_rows(
        self, *rows: Sequence[str], now: datetime = MONDAY
    ) -> RollDifference:
        """Import members below the usual headings, in a transaction of its own."""
        data = as_csv(HEADINGS, *rows)
        with self.store.begin() as session:
            return import_roll(
                session,
                self.keystore,
                election_id=ELECTION,
                preview=read_roll(data, "manntall.csv"),
                source=data,
                now=now,
            )

    def data_key(self) -> DataKey:
        """Return the roll's data key."""
        with self.store.reading() as session:
            return read_data_key(session, self.keystore, ELECTION)


@pytest.fixture
def register(stores: Stores, tmp_path: Path) -> Register:
    """Lend a register with one open, empty roll."""
    keystore = Keystore(tmp_path / "keystore", Secret(bytes(range(32))))
    with stores.register.begin() as session:
        open_roll(
            session,
            keystore,
            election_id=ELECTION,
            slug="lonn-2026",
            title="Lønnsoppgjøret 2026",
            now=MONDAY,
        )
    return Register(stores.register, keystore)


@pytest.fixture
def election(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Election]:
    """Lend the register's side of an installation, before any election."""
    lent = an_election(stores, tmp_path, redis_url, MONDAY)
    yield lent
    for connection in lent.runtime.connections.values():
        connection.close()
