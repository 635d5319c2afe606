"""Exponential ElGamal over ristretto255 (docs/protocol.md §4.3).

A value v under the key Y is `(A, B) = (r·G, v·G + r·Y)`. Ciphertexts add up: the sum
of two holds the sum of their values, which is how votes are counted unopened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from crypto.errors import WrongLength
from crypto.group import (
    IDENTITY,
    POINT_BYTES,
    Point,
    Scalar,
    SecretScalar,
    mul,
    mul_base,
    sum_points,
)

CIPHERTEXT_BYTES = 2 * POINT_BYTES


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A pair of points: `a` hides the randomness, `b` the value."""

    a: Point
    b: Point

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """The ciphertext of 64 bytes, A || B.

        Raises WrongLength, NonCanonicalPoint, and IdentityPoint: a half that is the
        identity hides nothing.
        """
        if len(encoded) != CIPHERTEXT_BYTES:
            raise WrongLength("ciphertext", CIPHERTEXT_BYTES, len(encoded))
        return cls(
            Point.decode_nonidentity(encoded[:POINT_BYTES]),
            Point.decode_nonidentity(encoded[POINT_BYTES:]),
        )

    @property
    def encoded(self) -> bytes:
        """A || B, 64 bytes."""
        return self.a.encoded + self.b.encoded

    def __add__(self, other: "Ciphertext") -> "Ciphertext":
        return Ciphertext(self.a + other.a, self.b + other.b)

    def times(self, factor: int) -> "Ciphertext":
        """What holds `factor` times the value; the factor is public, from 0 up."""
        scalar = Scalar.from_int(factor)
        return Ciphertext(mul(scalar, self.a), mul(scalar, self.b))


# The sum of no ciphertexts. It hides nothing, and is never sent.
NEUTRAL = Ciphertext(IDENTITY, IDENTITY)


def encrypt(key: Point, value: int, randomness: SecretScalar) -> Ciphertext:
    """`(r·G, v·G + r·Y)`; the randomness is fresh, not zero, and used once.

    `value` is the number itself, from 0 up. See docs/protocol.md §4.3.
    """
    hidden = mul_base(SecretScalar.from_int(value))
    return Ciphertext(mul_base(randomness), hidden + mul(randomness, key))


def sum_ciphertexts(ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """What holds the sum of all values; NEUTRAL of none."""
    every = list(ciphertexts)
    return Ciphertext(
        sum_points(one.a for one in every), sum_points(one.b for one in every)
    )
