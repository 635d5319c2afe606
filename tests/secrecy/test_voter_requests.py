"""A voter's request touches one store, sets no cookie, and is not told of anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import redis
from flask import Flask, jsonify
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from accounts.guards import access_of, seal_app, voter
from infra.config import load_settings
from infra.databases import rewrite_store
from infra.runtime import Runtime, open_runtime
from infra.sides import SIDES, Side, other_side
from infra.wall import WallBreached
from infra.web import init_web
from tests.secrecy.conftest import fresh_stores
from tests.secrecy.installation import (
    a_draft,
    an_installation,
    environ_of,
    the_app,
)
from tests.secrecy.watched import (
    EVERY,
    WHERE_NOTHING_IS,
    Watched,
    header,
    is_ok,
    visit_everything,
)
from tests.smtp import smtp_server

KEPT_BY_BROWSERS: Final = {
    "papers.download_record": "public, max-age=86400",
    "voter.manifest": "no-cache",
}
"""What is the same for everyone and names no ballot may be kept and asked after."""


@pytest.fixture(scope="module")
def visits(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Watched]]:
    """Lend what was watched; the election is over."""
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("visits")
    url = request.getfixturevalue("_valkey_url")
    draft = a_draft(batch=2, threshold=3)
    with (
        fresh_stores("sqlite", request) as stores,
        smtp_server() as smtp,
        an_installation(stores, folder, url, smtp, voters=5, draft=draft) as held,
    ):
        found = visit_everything(held)
        with redis.Redis.from_url(url) as connection:
            connection.flushall()
        yield found


@pytest.fixture(scope="module")
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """Lend what a process of both sides holds, over empty stores."""
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("wall")
    url = request.getfixturevalue("_valkey_url")
    with fresh_stores("sqlite", request) as stores, smtp_server() as smtp:
        told = environ_of(stores, folder, url, smtp)
        lent = open_runtime(load_settings(told))
        yield lent
        lent.close()


def voter_views(app: Flask) -> dict[str, Side | None]:
    """Return every view of voters with its side."""
    found = {}
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and access_of(view).kind == "voter":
            found[endpoint] = access_of(view).side
    return found


def test_every_address_of_voters_is_watched_here(runtime: Runtime) -> None:
    known = voter_views(the_app(runtime)).keys()
    assert known == EVERY.keys(), (
        "An address of voters was added or is gone: say in tests/secrecy/watched.py"
        " how a browser asks it, so that what it touches is watched."
    )


@pytest.mark.parametrize("endpoint", EVERY)
def test_a_voters_request_touches_one_side_alone(
    visits: Mapping[str, Watched], endpoint: str
) -> None:
    watched = visits[endpoint]
    assert is_ok(watched.exchange) or endpoint in WHERE_NOTHING_IS
    assert watched.touched == {watched.exchange.side}


@pytest.mark.parametrize("endpoint", EVERY)
def test_a_voters_request_that_reaches_for_both_sides_is_broken_off(
    visits: Mapping[str, Watched], endpoint: str
) -> None:
    watched = visits[endpoint]
    assert watched.with_fault.status == 500
    assert WallBreached.__name__ in watched.log_with_fault


@pytest.mark.parametrize("endpoint", EVERY)
def test_a_voters_request_knows_no_cookie(
    visits: Mapping[str, Watched], endpoint: str
) -> None:
    for exchange in (visits[endpoint].exchange, visits[endpoint].with_fault):
        assert header(exchange, "Set-Cookie") == ""
        # A session that is merely looked into makes answers vary by it.
        assert "cookie" not in header(exchange, "Vary").lower()


@pytest.mark.parametrize("endpoint", EVERY)
def test_no_browser_and_no_proxy_keeps_a_voters_answer(
    visits: Mapping[str, Watched], endpoint: str
) -> None:
    kept = header(visits[endpoint].exchange, "Cache-Control")
    assert kept == KEPT_BY_BROWSERS.get(endpoint, "no-store")
    assert header(visits[endpoint].with_fault, "Cache-Control") == "no-store"
    assert header(visits[endpoint].exchange, "Referrer-Policy") == "no-referrer"


@pytest.mark.parametrize("endpoint", EVERY)
def test_a_voters_request_is_logged_nowhere(
    visits: Mapping[str, Watched], endpoint: str
) -> None:
    watched = visits[endpoint]
    assert watched.exchange.path not in watched.log
    assert watched.exchange.path not in watched.log_with_fault
    assert "127.0.0.1" not in watched.log + watched.log_with_fault


def reach_by_writing(runtime: Runtime, side: Side) -> None:
    with runtime.store(side).begin():
        pass


def reach_by_reading(runtime: Runtime, side: Side) -> None:
    with runtime.store(side).reading():
        pass


def reach_by_redis(runtime: Runtime, side: Side) -> None:
    runtime.redis(side).ping()


def reach_by_keystore(runtime: Runtime, side: Side) -> None:
    runtime.keystore(side)


def reach_by_rewriting(runtime: Runtime, side: Side) -> None:
    rewrite_store(runtime.store(side))


REACHES: Final[tuple[Callable[[Runtime, Side], None], ...]] = (
    reach_by_writing,
    reach_by_reading,
    reach_by_redis,
    reach_by_keystore,
    reach_by_rewriting,
)


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("side", SIDES)
def test_no_way_leads_from_a_voters_request_over_the_wall(
    runtime: Runtime, side: Side, reach: Callable[[Runtime, Side], None]
) -> None:
    app = Flask("wall-test")
    init_web(app, runtime)
    raised: list[type[Exception]] = []

    def remember(failure: Exception) -> Any:  # noqa: ANN401 - an answer
        raised.append(type(failure))
        status = failure.code if isinstance(failure, HTTPException) else 500
        return jsonify(), status

    app.register_error_handler(Exception, remember)
    own = voter(side)(lambda: _done(reach, runtime, side))
    across = voter(side)(lambda: _done(reach, runtime, other_side(side)))
    app.add_url_rule("/own", "own", own)
    app.add_url_rule("/across", "across", across)
    seal_app(app, CSRFProtect(app))
    assert app.test_client().get("/own").status_code == 200
    assert app.test_client().get("/across").status_code == 500
    assert raised == [WallBreached]


def _done(reach: Callable[[Runtime, Side], None], runtime: Runtime, side: Side) -> Any:  # noqa: ANN401 - an answer
    reach(runtime, side)
    return jsonify()


def test_an_installation_serves_both_sides_here(runtime: Runtime) -> None:
    assert runtime.settings.sides == frozenset(SIDES)
    assert set(voter_views(the_app(runtime)).values()) == set(SIDES)
