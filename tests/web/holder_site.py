"""The key holders' rooms alone, over a store and a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

import voting.views.holders
from accounts.guards import seal_app
from infra.config import Settings, load_settings
from infra.databases import Store
from infra.runtime import Runtime, open_runtime
from infra.web import init_web
from tests.voting.whole_election import BEFORE, WholeElection
from voting.elections import get_election
from voting.seats import open_seat
from voting.tables import CommitteeSeat

ROOT = Path(__file__).resolve().parents[2]


def holder_settings(folder: Path, redis_url: str, service_url: str) -> Settings:
    """Settings of a test installation whose service database is given."""
    return load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "REDIS_URL": redis_url,
            "SERVICE_DATABASE_URL": service_url,
        }
    )


@dataclass(slots=True)
class SetClock:
    """A clock that stands where the test sets it: first before the opening."""

    instant: datetime = BEFORE

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.instant


@contextmanager
def holder_runtime(settings: Settings, clock: SetClock) -> Iterator[Runtime]:
    """A runtime that keeps the test's time."""
    runtime = open_runtime(settings, clock=clock)
    yield runtime
    runtime.close()


def holder_app(runtime: Runtime) -> Flask:
    """The holders' rooms, guarded as create_app guards them."""
    app = Flask("holders-test", root_path=str(ROOT))
    init_web(app, runtime)
    app.register_blueprint(voting.views.holders.blueprint)
    seal_app(app, CSRFProtect(app))
    return app


def access_keys(store: Store, election_id: str) -> Mapping[int, str]:
    """A fresh access key for each seat, by its index."""
    with store.begin() as session:
        election = get_election(session, election_id)
        seats = session.query(CommitteeSeat).filter_by(election_id=election_id).all()
        return {
            seat.index: open_seat(session, election, seat.official_id, at=BEFORE)
            for seat in seats
        }


def seat_everyone(election: WholeElection) -> Mapping[int, str]:
    """The access keys of an election under test."""
    return access_keys(election.store, election.id)
