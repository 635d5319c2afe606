"""Ed25519 as in RFC 8032, and only for the purpose it was made for."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadSignature, WrongLength
from crypto.group import ORDER
from crypto.hashing import frames
from crypto.signing import (
    SigningSeed,
    sign,
    sign_raw,
    verify_raw,
    verify_signature,
)
from tests.strategies.group import parts

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/rfc/rfc8032.json").read_text("utf-8")
)["vectors"]
SEED = SigningSeed(bytes(range(32)))

# The points of order 1, 2, 4 and 8 on edwards25519, and other encodings of theirs:
# the list that libsodium keeps in ge25519_has_small_order, with both signs.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_signatures_are_those_of_the_rfc(vector: dict[str, str]) -> None:
    seed = SigningSeed(bytes.fromhex(vector["secret_key"]))
    message = bytes.fromhex(vector["message"])
    signature = bytes.fromhex(vector["signature"])
    assert seed.public_key.hex() == vector["public_key"]
    assert sign_raw(seed, message) == signature
    verify_raw(seed.public_key, signature, message)
    with pytest.raises(BadSignature):
        verify_raw(seed.public_key, signature, message + b"\x00")


@given(parts)
def test_signature_is_over_the_frames(given_parts: list[bytes]) -> None:
    signature = sign(SEED, "receipt", *given_parts)
    assert signature == sign_raw(SEED, frames("receipt", *given_parts))
    verify_signature(SEED.public_key, signature, "receipt", *given_parts)


def test_signature_holds_for_no_other_purpose_parts_or_key() -> None:
    signature = sign(SEED, "receipt", b"ab", b"c")
    other = SigningSeed.generate().public_key
    for key, tag, given_parts in (
        (SEED.public_key, "right", (b"ab", b"c")),
        (SEED.public_key, "receipt", (b"a", b"bc")),
        (SEED.public_key, "receipt", (b"ab",)),
        (SEED.public_key, "receipt", (b"ab", b"c", b"")),
        (other, "receipt", (b"ab", b"c")),
    ):
        with pytest.raises(BadSignature):
            verify_signature(key, signature, tag, *given_parts)


@given(st.integers(0, 511))
def test_signature_with_one_bit_changed_is_refused(bit: int) -> None:
    signature = bytearray(sign(SEED, "x", b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        verify_signature(SEED.public_key, bytes(signature), "x", b"message")


def test_signature_with_an_s_that_is_not_canonical_is_refused() -> None:
    signature = sign_raw(SEED, b"message")
    s = int.from_bytes(signature[32:], "little")
    with pytest.raises(BadSignature):
        verify_raw(
            SEED.public_key,
            signature[:32] + (s + ORDER).to_bytes(32, "little"),
            b"message",
        )


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_key_of_small_order_is_refused(key: str) -> None:
    """With such a key R = S·B - 0·A = identity would hold for many messages."""
    for r in SMALL_ORDER:
        with pytest.raises(BadSignature):
            verify_raw(bytes.fromhex(key), bytes.fromhex(r) + bytes(32), b"message")


def test_other_lengths_are_refused() -> None:
    signature = sign_raw(SEED, b"")
    with pytest.raises(WrongLength):
        verify_raw(SEED.public_key[:31], signature, b"")
    with pytest.raises(WrongLength):
        verify_raw(SEED.public_key, signature + b"\x00", b"")
    with pytest.raises(WrongLength):
        SigningSeed(bytes(31))


def test_seed_shows_nothing_of_itself() -> None:
    seed = SigningSeed.generate()
    assert seed != SigningSeed.generate()
    for shown in (repr(seed), str(seed)):
        assert repr(seed.secret) not in shown
        assert seed.secret.hex() not in shown
