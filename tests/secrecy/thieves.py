"""Somebody who has taken every key of both servers, and tries each on a ballot."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from crypto.elgamal import Ciphertext
from crypto.errors import CryptoError
from crypto.group import GENERATOR, IDENTITY, ORDER, SecretScalar, mul
from crypto.sealing import SealingKey, unseal

KEY: Final = 32
"""Bytes in every key and every scalar of the protocol."""

_HEX: Final = re.compile(rb"[0-9a-fA-F]{64,}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{43,}={0,2}")
_SHORT: Final = 256
"""In a value of so many bytes a key could begin anywhere."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opened."""

    ballots: int
    boxes: int


def keys_in(values: Iterable[bytes]) -> set[bytes]:
    """Return all that could be a key of 32 bytes in some values, raw or encoded."""
    return {key for value in values for key in _keys_in(value)}


def try_every_key(
    keys: Iterable[bytes], ciphertexts: Iterable[Ciphertext], boxes: Iterable[bytes]
) -> Opened:
    """Try each key as a scalar on the ciphertexts, and as a secret key on the boxes."""
    halves, sealed = list(ciphertexts), list(boxes)
    ballots = opened = 0
    for key in keys:
        for scalar in _scalars_of(key):
            ballots += sum(_opens(scalar, each) for each in halves)
        opened += sum(_unseals(key, box) for box in sealed)
    return Opened(ballots, opened)


def _keys_in(value: bytes) -> Iterator[bytes]:
    yield from _windows(value)
    for found in _HEX.findall(value):
        yield from _windows(bytes.fromhex(found[: len(found) // 2 * 2].decode()))
    for found in _BASE64.findall(value):
        plain = found.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        whole = plain[: len(plain) - (len(plain) % 4 == 1)]
        yield from _windows(base64.b64decode(whole + b"=" * (-len(whole) % 4)))


def _windows(value: bytes) -> Iterator[bytes]:
    last = len(value) - KEY
    step = 1 if len(value) <= _SHORT else KEY
    for at in range(0, last + 1, step):
        yield value[at : at + KEY]


def _scalars_of(key: bytes) -> Iterator[SecretScalar]:
    for order in ("little", "big"):
        number = int.from_bytes(key, order) % ORDER
        yield SecretScalar.from_int(number)


def _opens(scalar: SecretScalar, ciphertext: Ciphertext) -> bool:
    # A choice is encrypted as 0 or 1 in the exponent.
    return ciphertext.b - mul(scalar, ciphertext.a) in {IDENTITY, GENERATOR}


def _unseals(key: bytes, box: bytes) -> bool:
    try:
        unseal(SealingKey(key), box)
    except CryptoError:
        return False
    return True
