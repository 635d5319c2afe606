"""Answering over HTTP: an honest respondent, hostile ones, and what is left behind."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.serving import make_server

from app import create_app
from crypto.encoding import JsonValue, encode_json
from crypto.merkle import leaf_hash, verify_inclusion
from crypto.notes import Checkpoint, NoteKey, parse_note, verify_note
from infra.databases import create_schema, open_store
from infra.sides import SIDES
from infra.wall import WallBreached, request_of
from scripts.simulation.respondents import RespondentClient
from scripts.simulation.web import Refused
from surveys.log import origin_of
from surveys.modes import Mode
from tests.conftest import Stores
from tests.surveys.invited_site import NO, YES, InvitedSite, invited_site


@pytest.fixture
def site(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[InvitedSite]:
    with invited_site(sqlite_stores, tmp_path, redis_url) as lent:
        lent.open()
        yield lent


@pytest.fixture
def client(site: InvitedSite) -> FlaskClient:
    return create_app(runtime=site.runtime).test_client()


def test_a_response_leaves_no_cookie_no_line_and_no_session(
    site: InvitedSite, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    document = site.respondent(site.members[0]).document()
    base, keys = f"/u/{site.slug}", set(site.runtime.redis("service").keys())
    manifest = client.get(f"{base}/manifest.json")
    assert manifest.data == site.launched().encoded
    definition = client.get(f"{base}/definisjon.json")
    assert (
        hashlib.sha256(definition.data).digest() == site.launched().manifest.definition
    )
    assert client.get(f"{base}/ordlyd.json").data == definition.data
    caplog.clear()
    posted = client.post(base, data={"steg": "send"})
    # Thanks would be untrue: a form is no way to answer here.
    assert (posted.status_code, posted.location) == (303, base)
    taken = client.post(f"/api{base}/answer", json=document)
    again = client.post(f"/api{base}/answer", json=document)
    assert taken.status_code == again.status_code == 200
    assert taken.json == again.json
    assert taken.json is not None
    assert set(taken.json) == {"credential", "fingerprint", "signature"}
    for answer in (manifest, definition, taken, again):
        assert "Set-Cookie" not in answer.headers
    assert caplog.records == []
    # Nothing is counted by address, and no job is queued.
    assert set(site.runtime.redis("service").keys()) == keys


@pytest.mark.parametrize(
    "change",
    [
        {"answers": []},
        {"answers": {"q1": 1.5}},
        {"answers": {"q1": "\ud800"}},
        {"answers": {"finnes_ikke": "ja"}},
        {"answers": {}},
        {"answers": {"q1": "x" * 300_000}},
        {"group": "0"},
        {"group": True},
        {"group": 1},
        {"group": 10**9},
        {"credential": "00" * 32},
        {"credential": "zz"},
        {"token": "00" * 32},
        {"signature": "00" * 64},
        {"signature": ""},
        {"fingerprint": "00" * 32},
        {"extra": 1},
    ],
)
def test_hostile_requests_are_refused_by_name_and_store_nothing(
    hostile: tuple[InvitedSite, FlaskClient, dict[str, JsonValue]],
    change: dict[str, JsonValue],
) -> None:
    site, client, document = hostile
    body = json.dumps({**document, **change})
    answer = client.post(
        f"/api/u/{site.slug}/answer", data=body, content_type="application/json"
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json is not None
    assert answer.json["error"] not in {"InternalError", ""}
    waiting = "SELECT 1 FROM response_intake UNION SELECT 1 FROM spent_intake"
    with site.service.reading() as session:
        assert session.execute(text(waiting)).all() == []


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, _valkey_url: str
) -> Iterator[tuple[InvitedSite, FlaskClient, dict[str, JsonValue]]]:
    folder = tmp_path_factory.mktemp("hostile")
    urls = {side: f"sqlite:///{folder / side}.sqlite3" for side in SIDES}
    register, service = (open_store(side, urls[side]) for side in SIDES)
    for store in (register, service):
        create_schema(store)
    stores = Stores(register, service, urls)
    with invited_site(stores, folder, _valkey_url) as lent:
        lent.open()
        client = create_app(runtime=lent.runtime).test_client()
        yield lent, client, lent.respondent(lent.members[0]).document()
    for store in (register, service):
        store.dispose()


def test_a_request_that_answers_cannot_reach_the_register(site: InvitedSite) -> None:
    request = site.respondent(site.members[0]).fill()
    with request_of("service"):
        site.send(request)
        with pytest.raises(WallBreached):
            site.runtime.store("register").begin().__enter__()


def test_the_log_proves_the_launch(site: InvitedSite, client: FlaskClient) -> None:
    log, fingerprint = "/undersokelser/tavle", site.launched().fingerprint
    found = client.get(f"{log}/inklusjon?avtrykk={fingerprint.hex()}")
    assert found.json is not None
    proof = found.json["found"]
    leaves = json.loads(client.get(f"{log}/blader?fra=0").data)
    assert [leaf["type"] for leaf in leaves] == ["survey", "schedule"]
    assert leaves[0]["manifest"] == json.loads(site.launched().encoded)
    note = parse_note(client.get(f"{log}/sjekkpunkt").text)
    key = site.settings.verify_key("service")
    assert verify_note(note, [NoteKey("service.urne", key)]) == ("service.urne",)
    checkpoint = Checkpoint.parse(note.text)
    assert checkpoint.origin == origin_of(key)
    verify_inclusion(
        leaf_hash(encode_json(proof["leaf"])),
        proof["position"],
        proof["size"],
        [bytes.fromhex(each) for each in proof["hashes"]],
        checkpoint.root,
    )
    page = client.get(log)
    assert page.status_code == 200
    assert "Arbeidsmiljø 2027" in page.text
    assert "Set-Cookie" not in page.headers
    for asked, status in (
        (f"inklusjon?avtrykk={'0' * 64}", 404),
        ("inklusjon?avtrykk=x", 400),
        ("konsistens?fra=1&til=2", 200),
        ("konsistens?fra=1&til=3", 404),
        ("blader", 400),
    ):
        assert client.get(f"{log}/{asked}").status_code == status, asked


@pytest.mark.parametrize("mode", [Mode.ANONYMOUS, Mode.NAMED])
def test_a_respondent_goes_from_the_link_to_the_receipt(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, mode: Mode
) -> None:
    server = make_server("127.0.0.1", 0, lambda _e, _s: [], threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    with invited_site(sqlite_stores, tmp_path, redis_url, mode=mode, url=url) as site:
        site.open()
        server.app = create_app(runtime=site.runtime)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            link = site.link(site.members[0])
            address = f"{url}/u/{site.slug}#{link.code.link_fragment(link.fingerprint)}"
            with RespondentClient(address) as respondent:
                assert respondent.identity.display_name == "Kari Nes"
                assert respondent.receipt() is None
                assert respondent.definition().title.nb == "Prøve"
                given = respondent.answer(YES)
                assert respondent.receipt() == given
                with pytest.raises(Refused, match="AlreadyAnswered"):
                    respondent.answer(NO)
        finally:
            server.shutdown()
            server.server_close()
