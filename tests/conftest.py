"""Fixtures that lend the real servers of tests/services.py, fresh for each test."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import redis
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from infra.databases import Store, create_schema, open_store
from infra.sides import SIDES
from tests.services import (
    Cluster,
    chromium_options,
    chromium_path,
    postgres_cluster,
    valkey_server,
)
from tests.smtp import SmtpServer
from tests.smtp import smtp_server as running_smtp_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser

    from infra.sides import Side


ON_SQLITE_FIRST = (
    "tests/accounts/",
    "tests/browser/",
    "tests/faults/test_killed_long_work.py",
    "tests/register/test_address_changes.py",
    "tests/register/test_address_telling.py",
    "tests/register/test_bounces.py",
    "tests/register/test_election_documents.py",
    "tests/register/test_late_additions_pages.py",
    "tests/register/test_letter_pages.py",
    "tests/register/test_letters.py",
    "tests/register/test_practice.py",
    "tests/register/test_register_pages.py",
    "tests/register/test_resends.py",
    "tests/register/test_roll_import.py",
    "tests/register/test_roll_readings.py",
    "tests/register/test_scheduled.py",
    "tests/register/test_sending_killed.py",
    "tests/register/test_shredding.py::test_a_crash_at_any_step",
    "tests/register/test_shredding_page.py",
    "tests/register/test_sms_sending.py",
    "tests/register/test_turnout.py",
    "tests/register/test_voter_views.py",
    "tests/secrecy/test_servers_open_nothing.py",
    "tests/secrecy/test_voter_requests.py",
    "tests/voting/test_archive.py",
    "tests/voting/test_casting.py",
    "tests/voting/test_ceremony_disputes.py",
    "tests/voting/test_late_signatures.py",
    "tests/voting/test_long_work.py",
    "tests/voting/test_official_mail.py",
    "tests/voting/test_printed_annex.py",
    "tests/voting/test_printed_protocol.py",
    "tests/voting/test_seats.py",
    "tests/voting/test_whole_election.py",
    "tests/web/",
)
"""What asks both databases the same, mostly pages, through use cases that are tried on
both; so on PostgreSQL it is tried with --long."""

LONG = (
    # Argon2id at its full cost, and the worker, where pages use it, is tried
    "tests/browser/test_crypto_vectors.py::test_vector_is_read_as_it_says[window-own/keyfile/",
    "tests/browser/test_holder_disputes.py",  # Argon2id at its full cost
    "tests/browser/test_holder_page.py",  # test_whole_election walks the same page
    "tests/commands/test_demo.py",  # test_run starts the same, without its voters
    # test_run's other tests start and stop the same
    "tests/commands/test_run.py::test_nothing_outlives_a_killed_supervisor",
    "tests/commands/test_run.py::test_two_web_servers",
    "tests/commands/test_simulate.py",  # test_whole_election goes the same way
    "tests/crypto/test_benchmarks.py::test_a_batch_of_letters",  # a hundred letters
    "tests/faults/test_emptied_redis.py",  # a whole installation for each
    "tests/faults/test_killed_verifier.py",  # a whole installation for each
    "tests/faults/test_killed_web.py",  # a whole installation for each
    "tests/faults/test_killed_workers.py",  # a whole installation for each
    "tests/faults/test_shredded_folder.py",  # a whole installation for each
    "tests/faults/test_verifier_queue.py",  # test_one_link queues as many
    # two processes load all that prints
    "tests/infra/test_typesetting.py::test_same_input_gives_the_same_bytes_in_every",
    "tests/javascript/test_holder_ceremony.py",  # Argon2id at its full cost
    "tests/register/test_register_look.py",  # every page at every width
    "tests/voting/test_archive.py::test_a_spoiled_file",  # an election for each file
    "tests/web/test_official_look.py",  # every page at every width
)
"""What takes minutes, and what it is that a shorter test tries too."""


TOGETHER = {
    "tests/secrecy/test_every_byte.py": "voted",
    "tests/secrecy/test_hidden_order.py": "voted",
    "tests/secrecy/test_servers_open_nothing.py": "voted",
    "tests/web/test_look.py": "gallery",
    "tests/web/test_official_look.py": "gallery",
    "tests/web/test_official_pages.py": "gallery",
}
"""Files that share what is costly to make."""


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Gives a file to one worker, so that what its tests share is made once.

    One database's part of a file is a piece by itself: in the random order the two
    would take turns, and what they share would be made anew at each.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        kind = "postgres" if "postgres" in test.partition("[")[2] else "sqlite"
        return f"{TOGETHER.get(file, file)} {kind}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Hand out tests by file."""
    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the long run what is long, and what SQLite has tried as well."""
    for item in items:
        again = item.nodeid.startswith(ON_SQLITE_FIRST)
        on_postgres = "postgres" in item.nodeid.partition("[")[2]
        if item.nodeid.startswith(LONG) or (again and on_postgres):
            item.add_marker("long")


for _area in ("infra", "accounts", "register", "voting", "surveys"):
    importlib.import_module(f"{_area}.tables")  # so that the schema is whole


@dataclass(frozen=True, slots=True)
class Stores:
    """Both stores, empty and of this test alone, and where they stand."""

    register: Store
    service: Store
    urls: Mapping[Side, str]


@dataclass(slots=True)
class PreparedCluster:
    """A cluster and its database that already holds the schema."""

    cluster: Cluster
    template: str
    shape: frozenset[tuple[str, ...]]
    empty: list[str] = field(default_factory=list)
    """Databases that may be lent: emptying one takes a tenth of making one."""

    def lend(self) -> str:
        """Return the address of a database with the schema and nothing in it."""
        return self.empty.pop() if self.empty else self._make()

    def take_back(self, url: str) -> None:
        """Empty a database for the next test, unless this one changed its shape."""
        if self.cluster.empty_database(url, self.shape):
            self.empty.append(url)
        else:
            self.cluster.drop_database(url)

    def _make(self) -> str:
        return self.cluster.create_database(self.template)


@contextmanager
def _prepared(side: Side) -> Iterator[PreparedCluster]:
    with postgres_cluster(side) as cluster:
        url = cluster.create_database()
        store = open_store(side, url)
        create_schema(store)
        store.dispose()  # a template may have no connection
        prepared = PreparedCluster(
            cluster, url.rpartition("/")[2], cluster.shape_of(url)
        )
        yield prepared
        for each in (*prepared.empty, url):
            cluster.drop_database(each)


@pytest.fixture(scope="session")
def postgres_clusters() -> Iterator[Mapping[Side, PreparedCluster]]:
    """Two PostgreSQL clusters, one a side, never one (docs/adr/0001)."""
    with _prepared("register") as register, _prepared("service") as service:
        yield {"register": register, "service": service}


@contextmanager
def _opened(urls: Mapping[Side, str]) -> Iterator[Stores]:
    register, service = (open_store(side, urls[side]) for side in SIDES)
    try:
        yield Stores(register, service, urls)
    finally:
        register.dispose()
        service.dispose()


@pytest.fixture
def sqlite_stores(tmp_path: Path) -> Iterator[Stores]:
    """Both stores as two SQLite files."""
    urls = {side: f"sqlite:///{tmp_path / side}.sqlite3" for side in SIDES}
    with _opened(urls) as stores:
        create_schema(stores.register)
        create_schema(stores.service)
        yield stores


@pytest.fixture
def postgres_stores(
    postgres_clusters: Mapping[Side, PreparedCluster],
) -> Iterator[Stores]:
    """Both stores as databases of two PostgreSQL clusters."""
    urls = {side: prepared.lend() for side, prepared in postgres_clusters.items()}
    with _opened(urls) as stores:
        yield stores
    for side, url in urls.items():
        postgres_clusters[side].take_back(url)


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Both stores, once as SQLite and once as PostgreSQL."""
    lent: Stores = request.getfixturevalue(f"{request.param}_stores")
    return lent


@pytest.fixture(scope="session")
def _valkey_url() -> Iterator[str]:
    with valkey_server() as url:
        yield url


@pytest.fixture
def redis_url(_valkey_url: str) -> Iterator[str]:
    """Lend an empty Redis or Valkey; its databases are 0 to 15."""
    with redis.Redis.from_url(_valkey_url) as client:
        kept = client.info("keyspace")
        assert not kept, "REDIS_URL must name an empty server: tests empty it"
        yield _valkey_url
        client.flushall()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """Lend a mail server that records, and fails where the test asks."""
    with running_smtp_server() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Lend Chromium; make a context per person (`browser.new_context()`)."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=chromium_options()
        )
        yield chromium
        chromium.close()
