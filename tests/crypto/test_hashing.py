"""Frames keep every part in its place, and every purpose to itself."""

import hashlib

import pytest
from hypothesis import given

from crypto.group import ORDER, Point
from crypto.hashing import (
    challenge,
    digest,
    frame,
    frames,
    hash_to_point,
    wide_digest,
)
from tests.strategies.group import parts


def test_frame_is_eight_bytes_of_length_and_the_part() -> None:
    assert frame(b"") == bytes(8)
    assert frame(b"abc") == b"\x00\x00\x00\x00\x00\x00\x00\x03abc"
    assert frame(bytes(300))[:8] == b"\x00\x00\x00\x00\x00\x00\x01\x2c"


def test_frames_are_those_of_the_protocol() -> None:
    assert frames("cast", b"a", b"bc") == (
        b"\x00\x00\x00\x00\x00\x00\x00\x0curne/v1/cast"
        b"\x00\x00\x00\x00\x00\x00\x00\x01a"
        b"\x00\x00\x00\x00\x00\x00\x00\x02bc"
    )


@given(parts, parts)
def test_different_parts_give_different_frames(
    left: list[bytes], right: list[bytes]
) -> None:
    assert (frames("x", *left) == frames("x", *right)) == (left == right)
    assert (digest("x", *left) == digest("x", *right)) == (left == right)


def test_part_cannot_slip_into_its_neighbour() -> None:
    assert digest("x", b"ab", b"c") != digest("x", b"a", b"bc")
    assert digest("x", b"a", b"") != digest("x", b"a")
    assert digest("x", b"a") != digest("y", b"a")


@given(parts)
def test_each_hash_is_the_standard_one_of_the_frames(given_parts: list[bytes]) -> None:
    framed = frames("t", *given_parts)
    wide = hashlib.sha512(framed).digest()
    assert digest("t", *given_parts) == hashlib.sha256(framed).digest()
    assert wide_digest("t", *given_parts) == wide
    assert int(challenge("t", *given_parts)) == int.from_bytes(wide, "little") % ORDER
    assert hash_to_point("t", *given_parts) == Point.from_uniform(wide)


@pytest.mark.parametrize("tag", ["", "rødgrønn"])
def test_tag_that_is_empty_or_not_ascii_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        frames(tag)
