"""Stores that several tests only look at, once as SQLite and once as PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from infra.databases import create_schema, open_store
from infra.sides import SIDES, Side
from tests.conftest import Stores
from tests.secrecy.voted import Voted, sixty_voted

BOTH = ("sqlite", "postgres")


@contextmanager
def fresh_stores(kind: str, request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Lend both stores for longer than one test."""
    if kind == "sqlite":
        folder = request.getfixturevalue("tmp_path_factory").mktemp("stores")
        urls = {side: f"sqlite:///{folder / side}.sqlite3" for side in SIDES}
        yield from _opened(urls, with_schema=True)
        return
    clusters = request.getfixturevalue("postgres_clusters")
    urls = {
        side: prepared.cluster.create_database(prepared.template)
        for side, prepared in clusters.items()
    }
    yield from _opened(urls, with_schema=False)
    for side, url in urls.items():
        clusters[side].cluster.drop_database(url)


def _opened(urls: Mapping[Side, str], *, with_schema: bool) -> Iterator[Stores]:
    register, service = (open_store(side, urls[side]) for side in SIDES)
    if with_schema:
        create_schema(register)
        create_schema(service)
    try:
        yield Stores(register, service, urls)
    finally:
        register.dispose()
        service.dispose()


@pytest.fixture(scope="module", params=BOTH)
def empty(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Lend both stores, with their schema alone; nobody writes into them."""
    with fresh_stores(request.param, request) as stores:
        yield stores


@pytest.fixture(scope="session", params=BOTH)
def voted(request: pytest.FixtureRequest) -> Iterator[Voted]:
    """Lend an election in which sixty have voted; nobody changes anything in it."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("voted")
    url = request.getfixturevalue("_valkey_url")
    with (
        fresh_stores(request.param, request) as stores,
        sixty_voted(stores, folder, url) as lent,
    ):
        yield lent
