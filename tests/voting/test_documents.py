"""Strict reading: the refusal names the field by its path and never shows the value."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import JsonValue
from crypto.errors import CryptoError
from voting.documents import (
    DocumentRefused,
    Fields,
    MalformedValue,
    MissingField,
    OtherFormat,
    OutOfBounds,
    UnknownField,
    WrongType,
    read_document,
    read_object,
)
from voting.leaves import CodesKind, decode_leaf, read_leaf

SECRET = "3f9a-hemmelig"


def fields_of(value: JsonValue) -> Fields:
    return read_object({"field": value}, ["field"], path="groups[3]")


READERS: list[Callable[[Fields], object]] = [
    lambda fields: fields.integer("field", 0),
    lambda fields: fields.flag("field"),
    lambda fields: fields.time("field"),
    lambda fields: fields.point("field"),
    lambda fields: fields.hexadecimal("field"),
    lambda fields: fields.base64("field"),
    lambda fields: fields.array("field"),
    lambda fields: fields.text("field", 3),
    lambda fields: fields.one_of("field", CodesKind),
]


def test_a_refusal_says_where_and_not_what() -> None:
    for read in READERS:
        with pytest.raises(DocumentRefused) as refusal:
            read(fields_of(SECRET))
        assert refusal.value.path == "groups[3].field"
        assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("value", [True, False, "7", None, [], {}])
def test_only_whole_numbers_are_integers(value: JsonValue) -> None:
    with pytest.raises(WrongType):
        fields_of(value).integer("field", 0)


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_only_true_and_false_are_flags(value: JsonValue) -> None:
    with pytest.raises(WrongType):
        fields_of(value).flag("field")


def test_bounds_are_part_of_the_range() -> None:
    assert fields_of(3).integer("field", 3, 3) == 3
    for bounds in ((4, 9), (0, 2)):
        with pytest.raises(OutOfBounds):
            fields_of(3).integer("field", *bounds)
    assert fields_of("abc").text("field", 3, shortest=3) == "abc"
    with pytest.raises(OutOfBounds):
        fields_of("").text("field", 3, shortest=1)
    with pytest.raises(OutOfBounds):
        fields_of([1, 2]).array("field", 3)


@pytest.mark.parametrize("value", ["AB" * 32, "ab" * 31, "ab" * 33, "zz" * 32])
def test_digests_are_lower_case_and_of_one_length(value: str) -> None:
    with pytest.raises(MalformedValue):
        fields_of(value).hexadecimal("field")


def test_the_identity_is_no_key() -> None:
    with pytest.raises(MalformedValue):
        fields_of("00" * 32).point("field")


def test_an_object_has_exactly_its_fields() -> None:
    with pytest.raises(MissingField) as missing:
        read_object({}, ["b", "a"])
    assert missing.value.path == "a"
    with pytest.raises(UnknownField, match="'c'"):
        read_object({"a": 1, "c": 2}, ["a"])
    others: list[JsonValue] = [[], None, 3, "x"]
    for value in others:
        with pytest.raises(WrongType):
            read_object(value, ["a"])


def test_a_document_names_its_format() -> None:
    assert read_document({"format": "f", "a": 1}, "f", ["a"]).of("a") == 1
    with pytest.raises(OtherFormat):
        read_document({"format": "g", "a": 1}, "f", ["a"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**33) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcdefgtype", max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
kinds = st.sampled_from(
    [
        "manifest",
        "schedule",
        "opened",
        "codes",
        "addition",
        "ballot",
        "marks",
        "closed",
        "other",
    ]
)


@given(json_values, kinds)
def test_no_value_breaks_the_reading_of_a_leaf(value: JsonValue, kind: str) -> None:
    leaf = {**value, "type": kind} if isinstance(value, dict) else value
    with pytest.raises(DocumentRefused):
        read_leaf(leaf)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading_of_a_leaf(encoded: bytes) -> None:
    with pytest.raises((DocumentRefused, CryptoError)):
        decode_leaf(encoded)
