import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from werkzeug.test import TestResponse

from accounts.guards import seal_app
from crypto.times import format_time
from infra.problems import problem_of
from infra.wall import WallBreached, request_of
from infra.web import init_web
from register.refusals import VotingRefused
from register.tables import Roll
from register.views.voter import (
    ATTEMPTS_OF_A_CODE,
    ATTEMPTS_OF_A_NETWORK,
    blueprint,
)
from register.voting_codes import kill_codes_of_entry
from tests.register.elections import SLUG, Election, Link
from tests.register.roll_files import ELECTION

SERVICE = "http://stemme.test"
IDENTIFY = f"/r/{SLUG}/identify"
RIGHT = f"/r/{SLUG}/right"


@pytest.fixture
def election(election: Election) -> Election:
    """Lend an election that is open."""
    election.open()
    return election


@pytest.fixture
def client(election: Election) -> Iterator[FlaskClient]:
    """Lend the register's voter views as an application mounts them."""
    app = Flask("register")
    init_web(app, election.runtime)
    app.register_blueprint(blueprint)
    seal_app(app, CSRFProtect(app))
    with app.test_client() as lent:
        yield lent


def identify_body(link: Link) -> dict[str, str]:
    asked = link.identify_request()
    return {
        "fingerprint": asked.fingerprint.hex(),
        "login": asked.login.hex(),
        "signature": asked.signature.hex(),
    }


def right_body(election: Election, link: Link) -> dict[str, str]:
    asked = link.right_request(election.salt(link))
    return {
        "blinded": asked.blinded.hex(),
        "fingerprint": asked.fingerprint.hex(),
        "login": asked.login.hex(),
        "signature": asked.signature.hex(),
    }


def error_of(response: TestResponse) -> tuple[int, str]:
    body = response.get_json()
    assert body["message"].endswith(".")
    return response.status_code, body["error"]


def test_voter_is_told_who_stands_on_the_roll(
    election: Election, client: FlaskClient
) -> None:
    link = election.link("1001")
    response = client.post(IDENTIFY, json=identify_body(link))
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    told = found.pop("election")
    assert found == {
        "display_name": "Kari Åsgård",
        "group": 1,
        "group_label": "Krets Øst",
        "mark": "none",
        "salt": election.salt(link).hex(),
    }
    assert told["closes_at"] == "2026-03-09T12:00:00Z"
    assert told["held_until"] is None
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("from_now", "told"),
    [(timedelta(days=20), True), (timedelta(seconds=-1), False)],
)
def test_voter_is_told_until_when_a_complaint_keeps_the_roll(
    election: Election,
    client: FlaskClient,
    from_now: timedelta,
    told: bool,
) -> None:
    until = (election.runtime.clock.now() + from_now).replace(microsecond=0)
    with election.store.begin() as session:
        session.get_one(Roll, ELECTION).hold_until = until
    response = client.post(IDENTIFY, json=identify_body(election.link("1001")))
    expected = format_time(until) if told else None
    assert response.get_json()["election"]["held_until"] == expected


def test_right_is_given_out_and_the_mark_is_shown(
    election: Election, client: FlaskClient
) -> None:
    link = election.link("1001")
    body = right_body(election, link)
    first, second = (client.post(RIGHT, json=body) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.get_json().keys() == {"evaluated", "proof"}
    assert first.get_json()["evaluated"] == second.get_json()["evaluated"]
    assert len(bytes.fromhex(first.get_json()["proof"])) == 64
    shown = client.post(IDENTIFY, json=identify_body(link))
    assert shown.get_json()["mark"] == "digital"


def test_other_code_is_told_which_message_to_use(
    election: Election, client: FlaskClient
) -> None:
    used, other = election.link("1001"), election.link("1001")
    election.take(used)
    for address, body in (
        (IDENTIFY, identify_body(other)),
        (RIGHT, right_body(election, other)),
    ):
        response = client.post(address, json=body)
        assert error_of(response) == (409, "CodeSuperseded")
        answer = response.get_json()
        assert (answer["channel"], answer["sent_on"]) == ("email", "2026-03-02")
        assert "(e-post 2. mars)" in answer["message"]


def test_dead_code_is_gone(election: Election, client: FlaskClient) -> None:
    link = election.link("1001")
    with election.store.begin() as session:
        kill_codes_of_entry(session, link.entry_id)
    response = client.post(IDENTIFY, json=identify_body(link))
    assert error_of(response) == (410, "CodeDead")


def test_closed_election_gives_no_right(
    election: Election, client: FlaskClient
) -> None:
    link = election.link("1001")
    body = right_body(election, link)
    election.close()
    response = client.post(RIGHT, json=body)
    assert error_of(response) == (409, "ElectionNotOpen")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"fingerprint": "00" * 32}, (409, "OtherFingerprint")),
        ({"signature": "00" * 64}, (403, "WrongSignature")),
        ({"login": "00" * 32}, (403, "WrongSignature")),
        ({"login": "00"}, (400, "WrongFields")),
        ({"login": "AB" * 32}, (400, "WrongFields")),
        ({"login": "zz" * 32}, (400, "WrongFields")),
        ({"login": 1}, (400, "WrongFields")),
        ({"login": None}, (400, "WrongFields")),
        ({"login": ["00" * 32]}, (400, "WrongFields")),
        ({"more": "00"}, (400, "WrongFields")),
    ],
)
def test_request_that_is_not_exact_is_refused(
    election: Election,
    client: FlaskClient,
    change: dict[str, object],
    expected: tuple[int, str],
) -> None:
    link = election.link("1001")
    for address, body in (
        (IDENTIFY, identify_body(link)),
        (RIGHT, right_body(election, link)),
    ):
        assert error_of(client.post(address, json={**body, **change})) == expected


@pytest.mark.parametrize("missing", ["fingerprint", "login", "signature", "blinded"])
def test_request_with_a_field_less_is_refused(
    election: Election, client: FlaskClient, missing: str
) -> None:
    body = right_body(election, election.link("1001"))
    del body[missing]
    assert error_of(client.post(RIGHT, json=body)) == (400, "WrongFields")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"text"',
        b"\xff\xfe",
        b'{"login":"a","login":"b"}',
        b'{"login":NaN}',
        b'{"login":1.5}',
        b'{"login":' + b"9" * 400 + b"}",
        b"[" * 5_000,
        b'{"login":"\\ud800"}',
        json.dumps({"login": "0" * 5_000}).encode(),
    ],
)
def test_hostile_bytes_are_refused_by_name(client: FlaskClient, sent: bytes) -> None:
    response = client.post(IDENTIFY, data=sent, content_type="application/json")
    status, name = error_of(response)
    assert (status, name) in {
        (400, "JsonMalformed"),
        (400, "WrongFields"),
        (413, "RequestTooLarge"),
    }


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_other_content_is_refused_as_json(client: FlaskClient, kind: str) -> None:
    response = client.post(IDENTIFY, data="login=1", content_type=kind)
    assert error_of(response) == (415, "NotJson")


def test_point_that_is_none_is_refused(election: Election, client: FlaskClient) -> None:
    link = election.link("1001")
    asked = link.request_of(bytes(32))
    body = {
        "blinded": asked.blinded.hex(),
        "fingerprint": asked.fingerprint.hex(),
        "login": asked.login.hex(),
        "signature": asked.signature.hex(),
    }
    assert error_of(client.post(RIGHT, json=body)) == (400, "MalformedElement")


@pytest.mark.parametrize("slug", ["annet-valg", "..", "%00", "x" * 500, "LONN-2026"])
def test_unknown_election_is_not_found(
    election: Election, client: FlaskClient, slug: str
) -> None:
    body = identify_body(election.link("1001"))
    response = client.post(f"/r/{slug}/identify", json=body)
    assert response.status_code == 404


def test_page_of_the_service_may_read_and_no_other(
    election: Election, client: FlaskClient
) -> None:
    body = identify_body(election.link("1001"))
    ours = client.post(IDENTIFY, json=body, headers={"Origin": SERVICE})
    assert ours.headers["Access-Control-Allow-Origin"] == SERVICE
    assert ours.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in ours.headers
    for origin in ("https://annen.test", "null", "http://manntall.test", SERVICE + "0"):
        other = client.post(IDENTIFY, json=body, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in other.headers
        assert "Origin" in other.headers["Vary"]


def test_refusal_too_can_be_read_by_the_services_page(client: FlaskClient) -> None:
    response = client.post(IDENTIFY, json={}, headers={"Origin": SERVICE})
    assert error_of(response) == (400, "WrongFields")
    assert response.headers["Access-Control-Allow-Origin"] == SERVICE


def test_browser_may_ask_beforehand(client: FlaskClient) -> None:
    for address in (IDENTIFY, RIGHT):
        allowed = client.options(
            address,
            headers={
                "Origin": SERVICE,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )
        assert allowed.status_code == 200
        assert allowed.headers["Access-Control-Allow-Methods"] == "POST"
        assert allowed.headers["Access-Control-Allow-Headers"] == "Content-Type"
        assert allowed.headers["Access-Control-Allow-Origin"] == SERVICE
        assert (
            client.options(address).headers.get("Access-Control-Allow-Origin") is None
        )


def test_one_code_is_not_asked_for_without_end(
    election: Election, client: FlaskClient
) -> None:
    link = election.link("1001")
    body = identify_body(link)
    for _ in range(ATTEMPTS_OF_A_CODE):
        assert client.post(IDENTIFY, json=body).status_code == 200
    refused = client.post(IDENTIFY, json=body)
    assert error_of(refused) == (429, "TooManyAttempts")
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    other = identify_body(election.link("1002"))
    assert client.post(IDENTIFY, json=other).status_code == 200


def test_network_that_only_guesses_is_stopped_and_leaves_no_address(
    election: Election, client: FlaskClient
) -> None:
    known = election.link("1001")
    stranger = Link(type(known.code).draw(), known.fingerprint, b"", b"")
    redis = election.runtime.redis("register")
    address = "203.0.113.77"
    body = identify_body(stranger)
    first = client.post(IDENTIFY, json=body, environ_base={"REMOTE_ADDR": address})
    assert error_of(first) == (404, "UnknownVotingCode")
    (key,) = redis.scan_iter("throttle:network:*")
    redis.set(key, ATTEMPTS_OF_A_NETWORK, keepttl=True)
    refused = client.post(IDENTIFY, json=body, environ_base={"REMOTE_ADDR": address})
    assert error_of(refused) == (429, "TooManyAttempts")
    other = client.post(
        IDENTIFY, json=body, environ_base={"REMOTE_ADDR": "2001:db8::1"}
    )
    assert error_of(other) == (404, "UnknownVotingCode")
    for name in redis.scan_iter():
        held = b"".join(
            each for each in (name, redis.get(name)) if isinstance(each, bytes)
        )
        assert address.encode() not in held
        assert body["login"].encode() not in held
        assert bytes.fromhex(body["login"]) not in held


def test_good_code_begins_the_count_of_its_network_anew(
    election: Election, client: FlaskClient
) -> None:
    client.post(IDENTIFY, json=identify_body(election.link("1001")))
    redis = election.runtime.redis("register")
    assert list(redis.scan_iter("throttle:network:*")) == []


def test_voters_request_touches_the_register_alone(
    election: Election, client: FlaskClient
) -> None:
    body = right_body(election, election.link("1001"))
    with request_of("register"):
        assert client.post(RIGHT, json=body).status_code == 200
    with request_of("service"), pytest.raises(WallBreached):
        election.runtime.store("register").begin().__enter__()


def test_every_refusal_has_a_status_and_a_sentence(
    election: Election, client: FlaskClient
) -> None:
    del election
    with client.application.test_request_context():
        for refusal in VotingRefused.__subclasses__():
            raised = refusal.__new__(refusal)
            problem = problem_of(raised)
            assert problem.name == refusal.__name__
            assert 400 <= problem.status < 500
            assert problem.message.endswith(".")
