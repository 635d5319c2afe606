"""What a running process holds: settings, clock, stores, keystores, Redis.

Built once at start and handed to whoever needs it; nothing reaches for a global.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import redis

from infra.clock import Clock, clock_for
from infra.config import Settings
from infra.databases import Store, open_store, require_separate_clusters
from infra.keystore import Keystore
from infra.sides import SIDES, Side
from infra.wall import touch


@dataclass(frozen=True, slots=True)
class Runtime:
    """The opened parts of the side or sides that this process serves."""

    settings: Settings
    clock: Clock
    stores: Mapping[Side, Store]
    connections: Mapping[Side, redis.Redis]

    def store(self, side: Side) -> Store:
        """Return a side's database.

        Raises:
            SideNotServed: this process does not serve it.

        """
        self.settings.require_side(side)
        return self.stores[side]

    def redis(self, side: Side) -> redis.Redis:
        """Return a side's Redis.

        Raises:
            SideNotServed: this process does not serve it.
            WallBreached: the running voter's request is bound to the other side.

        """
        self.settings.require_side(side)
        touch(side)
        return self.connections[side]

    def keystore(self, side: Side) -> Keystore:
        """Return a side's data keys.

        Raises:
            SideNotServed: this process does not serve it.
            WallBreached: the running voter's request is bound to the other side.

        """
        touch(side)
        secrets = self.settings.secrets_of(side)
        folder = self.settings.data_dir / "keystore" / side
        return Keystore(folder, secrets.wrapping_key)

    def forget_connections(self) -> None:
        """Drop the pools after a fork, without closing what the parent still uses."""
        for store in self.stores.values():
            store.engine.dispose(close=False)
        for connection in self.connections.values():
            connection.connection_pool.reset()

    def close(self) -> None:
        """Close every connection."""
        for store in self.stores.values():
            store.dispose()
        for connection in self.connections.values():
            connection.close()


def open_runtime(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Open what these settings name; the clock is the settings' unless given.

    Raises:
        SharedDatabase: one database was given for both sides.
        SharedCluster: both stand in one PostgreSQL cluster, and none accepted it.
        CommitTimesKept: a server keeps commit timestamps, and none accepted it.

    """
    sides = [side for side in SIDES if side in settings.sides]
    stores = {side: open_store(side, settings.database_url(side)) for side in sides}
    if len(stores) == len(SIDES):
        require_separate_clusters(
            stores["register"],
            stores["service"],
            accepted=settings.accept_shared_cluster,
        )
    return Runtime(
        settings,
        clock or clock_for(settings),
        stores,
        {side: redis.Redis.from_url(settings.redis_url(side)) for side in sides},
    )
