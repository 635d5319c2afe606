import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from infra.json_requests import (
    JsonMalformed,
    NotJson,
    RequestTooLarge,
    WrongFields,
    parse_json,
    read_json,
    require_fields,
)

FIELDS = {"ballot": str, "number": int, "last": bool, "proofs": list, "more": dict}
GOOD = {"ballot": "abc", "number": 1, "last": True, "proofs": [1], "more": {"a": None}}
TYPE = "application/json"


@pytest.fixture
def app() -> Flask:
    return Flask("reading")


def test_what_is_exactly_expected_is_read(app: Flask) -> None:
    for kind in (TYPE, f"{TYPE}; charset=utf-8"):
        with app.test_request_context(
            method="POST", data=json.dumps(GOOD), content_type=kind
        ):
            assert read_json(FIELDS) == GOOD


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_refused(app: Flask, kind: str) -> None:
    with (
        app.test_request_context(
            method="POST", data=json.dumps(GOOD), content_type=kind
        ),
        pytest.raises(NotJson),
    ):
        read_json(FIELDS)


def test_a_request_that_is_too_long_is_refused(app: Flask) -> None:
    long = GOOD | {"ballot": "x" * 1000}
    with (
        app.test_request_context(
            method="POST", data=json.dumps(long), content_type=TYPE
        ),
        pytest.raises(RequestTooLarge),
    ):
        read_json(FIELDS, limit=1000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ballot", 1),
        ("ballot", None),
        ("number", "1"),
        ("number", True),
        ("last", 1),
        ("proofs", {}),
        ("more", []),
    ],
)
def test_a_field_of_another_type_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(WrongFields) as caught:
        require_fields({**GOOD, name: value}, FIELDS)
    assert caught.value.field == name


def test_missing_unknown_and_no_fields_are_refused() -> None:
    others: list[object] = [{}, {**GOOD, "Kari": 1}, [], "x", None, 7]
    for value in others:
        with pytest.raises(WrongFields) as caught:
            require_fields(value, FIELDS)
        assert "Kari" not in str(caught.value)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b'{"a":1,"a":2}', id="twice"),
        pytest.param(b'{"b":{"a":1,"a":2}}', id="twice-inside"),
        pytest.param(b"1.0", id="fraction"),
        pytest.param(b"1e3", id="exponent"),
        pytest.param(b"NaN", id="nan"),
        pytest.param(b"-Infinity", id="infinity"),
        pytest.param(b"9007199254740992", id="large"),
        pytest.param(b"1" * 5000, id="huge"),
        pytest.param(b"[" * 40 + b"]" * 40, id="deep"),
        pytest.param(b"[" * 200_000, id="very-deep"),
        pytest.param(b'"\\ud800"', id="surrogate"),
        pytest.param(b'{"\\ud800":1}', id="surrogate-key"),
        pytest.param(b'"\xff"', id="not-utf8"),
        pytest.param(b"\xef\xbb\xbf{}", id="bom"),
        pytest.param(b"{} {}", id="two"),
        pytest.param(b"'a'", id="quotes"),
    ],
)
def test_what_is_not_strict_json_is_refused(encoded: bytes) -> None:
    with pytest.raises(JsonMalformed) as caught:
        parse_json(encoded)
    assert str(caught.value) == ""


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(encoded: bytes) -> None:
    try:
        parse_json(encoded)
    except JsonMalformed:
        return
    json.loads(encoded)
