"""The service's side of voting over HTTP: exact bytes, named refusals, no cookie."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from werkzeug.test import TestResponse

from accounts.guards import seal_app
from crypto.ballot_signature import tracking_code
from crypto.encoding import decode_json
from crypto.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from infra.clock import FixedClock
from infra.config import load_settings
from infra.page_scripts import STATIC, PageScripts, ScriptMissing
from infra.runtime import Runtime
from infra.web import init_web
from tests.conftest import Stores
from tests.voting.polling import (
    DURING,
    NO,
    PollingPlace,
    Voter,
    open_polling_place,
    request_json,
)
from voting.board import NewLeaf, append_leaves
from voting.box import take_batch
from voting.checkpoints import verify_checkpoint
from voting.manifest import encode_manifest
from voting.phases import Phase
from voting.scripts_manifest import page_scripts, voter_scripts
from voting.views import board, voter

ROOT = Path(__file__).resolve().parents[2]
SLUG = "lonnsoppgjor-2027"
PAGE = f"/s/{SLUG}"
CAST = f"/api/s/{SLUG}/cast"
STATUS = f"/api/s/{SLUG}/status"


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[PollingPlace]:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(tmp_path),
            "URNE_VERIFIER_SOCKET": str(tmp_path / "v.sock"),
        }
    )
    with open_polling_place(stores.service, tmp_path, settings=settings) as opened:
        yield opened


@pytest.fixture
def client(place: PollingPlace) -> Iterator[FlaskClient]:
    app = Flask("voter-views", root_path=str(ROOT))
    stores = {"service": place.store}
    init_web(app, Runtime(place.settings, FixedClock(DURING), stores, {}))  # type: ignore[arg-type]
    app.register_blueprint(voter.blueprint)
    app.register_blueprint(board.blueprint)
    seal_app(app, CSRFProtect(app))
    with app.test_client() as lent:
        yield lent


def publish(place: PollingPlace) -> None:
    election = place.manifest.election
    with place.store.begin() as session:
        taken = take_batch(session, election, 1)
        leaves = [NewLeaf(ballot.leaf, ballot.tracking) for ballot in taken]
        append_leaves(session, election, place.fingerprint, leaves, place.seed)


def refusal(response: TestResponse) -> tuple[int, str]:
    body = response.get_json()
    assert set(body) == {"error", "message"}
    assert body["message"].endswith(".")
    return response.status_code, body["error"]


def receipts(client: FlaskClient, place: PollingPlace, who: Voter) -> TestResponse:
    return client.post(
        STATUS,
        json={
            "credential": who.credential.public.encoded.hex(),
            "fingerprint": place.fingerprint.hex(),
            "signature": who.status_signature().hex(),
        },
    )


def soup_of(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def test_ballot_is_cast_and_its_receipt_found(
    client: FlaskClient, place: PollingPlace
) -> None:
    who = Voter(place)
    assert receipts(client, place, who).get_json() == {"receipts": []}
    request = request_json(who.fill())
    first = client.post(CAST, json=request)
    assert first.status_code == 200
    assert client.post(CAST, json=request).get_json() == first.get_json()
    assert receipts(client, place, who).get_json() == {"receipts": [first.get_json()]}
    for answer in (first, receipts(client, place, who)):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_refusals_of_a_ballot_have_names(
    client: FlaskClient, place: PollingPlace
) -> None:
    who, other = Voter(place), Voter(place)
    good = request_json(who.fill())
    foreign = request_json(who.signed(who.fill().ballot, other.take_right()))
    cases: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({**good, "fingerprint": "00" * 32}, (409, "OtherElection")),
        (foreign, (422, "TokenRefused")),
        ({**good, "signature": "00" * 64}, (422, "BallotRefused")),
        ({**good, "token": "00" * 32}, (422, "MalformedValue")),
        ({**good, "more": ""}, (400, "WrongFields")),
        ({**good, "ballot": 1}, (400, "WrongFields")),
    ]
    for body, expected in cases:
        assert refusal(client.post(CAST, json=body)) == expected
    assert client.post(CAST, json=good).status_code == 200
    again = client.post(CAST, json=request_json(who.fill(NO)))
    assert refusal(again) == (409, "CredentialUsed")
    place.set(phase=Phase.CLOSED)
    late = client.post(CAST, json=request_json(other.fill()))
    assert refusal(late) == (409, "ElectionNotOpen")


def test_cast_without_json_or_election_is_refused(
    client: FlaskClient, place: PollingPlace
) -> None:
    good = request_json(Voter(place).fill())
    assert refusal(client.post(CAST, data=good)) == (415, "NotJson")
    twice = '{"ballot":"","ballot":""}'
    malformed = client.post(CAST, data=twice, content_type="application/json")
    assert refusal(malformed) == (400, "JsonMalformed")
    elsewhere = client.post("/api/s/finnes-ikke/cast", json=good)
    assert refusal(elsewhere) == (404, "UnknownElection")
    stranger = receipts(client, place, Voter(place))
    assert stranger.get_json() == {"receipts": []}


def test_silent_verifier_is_a_matter_of_waiting(
    client: FlaskClient, place: PollingPlace
) -> None:
    good = request_json(Voter(place).fill())
    socket = place.settings.verifier_socket
    aside = socket.rename(socket.with_suffix(".aside"))
    assert refusal(client.post(CAST, json=good)) == (503, "VerifierUnavailable")
    aside.rename(socket)
    assert client.post(CAST, json=good).status_code == 200


def test_manifest_is_given_byte_for_byte(
    client: FlaskClient, place: PollingPlace
) -> None:
    name = place.fingerprint.hex()
    answer = client.get(f"{PAGE}/manifest.json?avtrykk={name}")
    assert answer.data == encode_manifest(place.manifest)
    assert answer.get_etag() == (name, False)
    assert "immutable" in answer.headers["Cache-Control"]
    unnamed = client.get(f"{PAGE}/manifest.json")
    assert unnamed.headers["Cache-Control"] == "no-cache"
    again = client.get(f"{PAGE}/manifest.json", headers={"If-None-Match": f'"{name}"'})
    assert again.status_code == 304


def test_page_is_the_same_for_everyone_and_sets_nothing(client: FlaskClient) -> None:
    first, second = client.get(PAGE), client.get(PAGE)
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")
    assert client.get("/s/finnes-ikke").status_code == 404


def test_policy_admits_the_import_map_and_nothing_else_inline(
    client: FlaskClient,
) -> None:
    answer = client.get(PAGE)
    soup = soup_of(answer)
    kinds = [str(tag["type"]) for tag in soup.select("script:not([src])")]
    assert sorted(kinds) == ["application/json", "application/json", "importmap"]
    digest = hashlib.sha256(page_scripts().import_map.encode()).digest()
    source = f"'sha256-{base64.b64encode(digest).decode()}'"
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'self' {source};" in policy
    assert "unsafe" not in policy
    assert soup.select("style, [style]") == []
    classic = soup.select("script[src]:not([type=module])")
    assert all(tag["integrity"].startswith("sha384-") for tag in classic)  # type: ignore[union-attr]


def test_every_script_stands_in_the_manifest_with_its_digest() -> None:
    scripts = {script.path: script.sha384 for script in voter_scripts()}
    assert list(scripts) == sorted(scripts)
    for name in ("voter/main", "voter/worker", "voter/booth"):
        assert f"/static/js/{name}.js" in scripts
    for name in ("take_link", "too_old", "page"):
        assert f"/static/js/visit/{name}.js" in scripts
    assert "/static/js/crypto/ballot.js" in scripts
    assert "/static/vendor/noble-curves/ed25519.js" in scripts
    for path, digest in scripts.items():
        file = STATIC / path.removeprefix("/static/")
        assert hashlib.sha384(file.read_bytes()).digest() == digest
    integrity = json.loads(page_scripts().import_map)["integrity"]
    assert set(integrity) == set(scripts)


def test_script_that_imports_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n')
    with pytest.raises(ScriptMissing):
        PageScripts.reached_from(["a.js"], tmp_path)


def test_board_gives_leaves_that_hash_to_its_checkpoint(
    client: FlaskClient, place: PollingPlace
) -> None:
    for _ in range(3):
        client.post(CAST, json=request_json(Voter(place).fill()))
    publish(place)
    array = client.get(f"{PAGE}/tavle/blader?fra=0&antall=1000").data
    leaves = [
        json.dumps(leaf, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        for leaf in json.loads(array)
    ]
    hashes = [leaf_hash(leaf.encode()) for leaf in leaves]
    note = client.get(f"{PAGE}/tavle/sjekkpunkt").get_data(as_text=True)
    head = verify_checkpoint(place.manifest, place.fingerprint, note).head
    assert (head.size, head.root) == (len(hashes), root_of(hashes))
    notes = client.get(f"{PAGE}/tavle/sjekkpunkter").get_json()
    assert notes[-1] == note
    assert len(notes) == 2
    proof = client.get(f"{PAGE}/tavle/konsistens?fra=3&til=6").get_json()
    older = verify_checkpoint(place.manifest, place.fingerprint, notes[0]).head
    path = [bytes.fromhex(each) for each in proof["hashes"]]
    verify_consistency(3, 6, path, older.root, head.root)


def test_board_proves_a_ballot_without_naming_it_in_the_address(
    client: FlaskClient, place: PollingPlace
) -> None:
    request = Voter(place).fill()
    receipt = client.post(CAST, json=request_json(request)).get_json()
    asked = {"tracking": receipt["tracking"]}
    waiting = client.post(f"{PAGE}/tavle/inklusjon", json=asked).get_json()
    assert waiting == {"found": None, "next_batch": 1}
    publish(place)
    answer = client.post(f"{PAGE}/tavle/inklusjon", json=asked).get_json()
    address = f"{PAGE}/tavle/inklusjon?sporing={receipt['tracking']}"
    assert client.get(address).get_json() == answer
    assert answer["next_batch"] == 2
    found = answer["found"]
    assert found["leaf"]["batch"] == receipt["batch"]
    head = verify_checkpoint(place.manifest, place.fingerprint, found["checkpoint"])
    leaf = client.get(f"{PAGE}/tavle/blader?fra={found['position']}&antall=1").data
    assert decode_json(leaf) == [found["leaf"]]
    verify_inclusion(
        leaf_hash(leaf[1:-1]),
        found["position"],
        found["size"],
        [bytes.fromhex(each) for each in found["hashes"]],
        head.head.root,
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("blader", 400),
        ("blader?fra=-1", 400),
        ("blader?fra=x", 400),
        ("blader?fra=999999999", 400),
        ("inklusjon?sporing=zz", 400),
        ("inklusjon", 400),
        ("konsistens?fra=1", 400),
        ("konsistens?fra=1&til=999", 404),
        ("konsistens?fra=3&til=2", 404),
        ("bunke/1", 404),
        ("bunke/x", 404),
    ],
)
def test_board_refuses_what_it_does_not_have(
    client: FlaskClient, path: str, status: int
) -> None:
    assert client.get(f"{PAGE}/tavle/{path}").status_code == status


def test_search_finds_a_published_ballot(
    client: FlaskClient, place: PollingPlace
) -> None:
    receipt = client.post(CAST, json=request_json(Voter(place).fill())).get_json()
    code = tracking_code(bytes.fromhex(receipt["tracking"]))
    early = client.post(f"{PAGE}/tavle", data={"sporingskode": code})
    assert early.status_code == 200
    assert "legges den ut i neste bunke" in early.get_data(as_text=True)
    publish(place)
    answer = client.post(f"{PAGE}/tavle", data={"sporingskode": code.lower()})
    assert "Stemmeseddelen ligger på tavla" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    batch = soup_of(client.get(f"{PAGE}/tavle/bunke/1"))
    assert [tag.get_text() for tag in batch.select(".tracking-codes li")] == [code]


def test_search_says_what_a_code_looks_like(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/tavle", data={"sporingskode": "<b>kode"})
    assert answer.status_code == 422
    soup = soup_of(answer)
    field = soup.select_one("#sporingskode")
    assert field is not None
    assert field["value"] == "<b>kode"
    assert field["aria-invalid"] == "true"
    assert soup.title is not None
    assert soup.title.get_text().startswith("Feil: ")
