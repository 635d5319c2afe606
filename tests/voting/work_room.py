"""A closed election whose long work a test has done, or has broken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import redis

from infra.clock import FixedClock
from infra.config import load_settings
from infra.queues import queue_of
from infra.runtime import Runtime
from tests.conftest import Stores
from tests.voting.whole_election import (
    AFTER,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_new_election,
)
from voting.long_work import Workbench, WorkKind, WorkState, work_states
from voting.tallying import request_count


@dataclass(frozen=True, slots=True)
class Room:
    """A closed election that can be counted, and a runtime."""

    runtime: Runtime
    election: WholeElection

    def at(self, clock: FixedClock) -> Room:
        """The same at another time."""
        return Room(replace(self.runtime, clock=clock), self.election)

    @property
    def bench(self) -> Workbench:
        runtime = self.runtime
        return Workbench(runtime.store("service"), runtime.settings, runtime.clock)

    def request(self) -> None:
        with self.election.store.begin() as session:
            request_count(session, self.election.id, actor=ORGANISER)

    def state(self, kind: WorkKind) -> WorkState | None:
        with self.election.store.reading() as session:
            return work_states(session, self.election.id).get(kind)

    def queued(self) -> list[str]:
        return [each.func_name or "" for each in queue_of(self.runtime, "service").jobs]


@contextmanager
def a_work_room(stores: Stores, folder: Path, redis_url: str) -> Iterator[Room]:
    """Three votes cast, and the election closed."""
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "URNE_VERIFIER_SOCKET": str(folder / "v.sock"),
            "REDIS_URL": redis_url,
            "SERVICE_DATABASE_URL": stores.urls["service"],
        }
    )
    with a_new_election(stores.service, settings, folder) as election:
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        election.vote([YES, YES, NO])
        election.close()
        connection = redis.Redis.from_url(settings.redis_url("service"))
        runtime = Runtime(
            settings,
            FixedClock(AFTER),
            {"register": stores.register, "service": stores.service},
            {"service": connection},
        )
        yield Room(runtime, election)
        connection.close()
