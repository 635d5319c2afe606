from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.officials import OfficialIdentity
from infra.clock import FixedClock
from infra.config import load_settings
from infra.runtime import Runtime, open_runtime
from infra.tables import ServiceOutbox
from tests.conftest import Stores
from tests.voting.polling import running_verifier
from tests.web.gallery import Gallery, open_gallery, settings_of
from tests.web.official_site import Visitor, officials_app
from tests.web.staging import AFTER, NOW, People, Stage, create_people
from voting.elections import list_elections
from voting.tables import Election


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """One election in each phase, not to be changed by anybody."""
    with open_gallery(tmp_path_factory.mktemp("gallery")) as built:
        yield built


@pytest.fixture
def gallery_runtime(gallery: Gallery, redis_url: str) -> Iterator[Runtime]:
    """The gallery opened, its clock standing just after closing."""
    settings = settings_of(gallery, redis_url)
    opened = open_runtime(settings, clock=FixedClock(AFTER))
    yield opened
    opened.close()


@pytest.fixture
def gallery_app(gallery_runtime: Runtime) -> Flask:
    """The pages over the gallery."""
    return officials_app(gallery_runtime)


Visit = Callable[[OfficialIdentity | None], Visitor]


@pytest.fixture
def visit(gallery_app: Flask, gallery_runtime: Runtime) -> Visit:
    """Open a browser for an official, or for nobody."""
    store = gallery_runtime.store("service")
    return lambda who: Visitor(gallery_app, store, gallery_runtime, who)


@dataclass(frozen=True)
class Office:
    """An installation with officials, and an election on its way."""

    runtime: Runtime
    people: People
    stage: Stage
    visit: Visit

    def election(self) -> Election:
        """The only election."""
        with self.runtime.store("service").reading() as session:
            (only,) = list_elections(session)
            return only

    def posted_kinds(self) -> list[str]:
        """What was posted to the register, in order."""
        with self.runtime.store("service").reading() as session:
            query = select(ServiceOutbox.kind).order_by(ServiceOutbox.number)
            return list(session.scalars(query))

    @property
    def here(self) -> str:
        """The address of its overview."""
        return f"/valg/{self.election().id}"

    def at(self, now: datetime) -> Office:
        """The same, its clock standing at another time."""
        runtime = replace(self.runtime, clock=FixedClock(now))
        app, store = officials_app(runtime), runtime.store("service")
        return replace(
            self,
            runtime=runtime,
            visit=lambda who: Visitor(app, store, runtime, who),
        )


@pytest.fixture
def office(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Office]:
    """Officials, a running verifier, and no election yet."""
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(tmp_path),
            "URNE_VERIFIER_SOCKET": str(tmp_path / "v.sock"),
            "REDIS_URL": redis_url,
            "SERVICE_DATABASE_URL": stores.urls["service"],
            "REGISTER_DATABASE_URL": stores.urls["register"],
        }
    )
    runtime = open_runtime(settings, clock=FixedClock(NOW))
    app, store = officials_app(runtime), runtime.store("service")
    with store.begin() as session:
        people = create_people(session)
    with running_verifier(tmp_path) as verifier:
        stage = Stage(store, settings, verifier, people)
        yield Office(
            runtime, people, stage, lambda who: Visitor(app, store, runtime, who)
        )
    runtime.close()
