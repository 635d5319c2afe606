"""Partial decryptions, their proofs, and combining them (docs/protocol.md §5.4, §5.7).

A key holder with the share x of the election key answers D = x·A for a ciphertext
(A, B), and proves that the same x stands behind the public share key X = x·G.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from crypto.elgamal import Ciphertext
from crypto.errors import CryptoError, ProofRefused, WrongLength
from crypto.group import (
    ORDER,
    POINT_BYTES,
    Point,
    Scalar,
    SecretScalar,
    mul,
    mul_base,
    sum_points,
)
from crypto.hashing import challenge, hash_to_point
from crypto.integers import u16

DECRYPTION_BYTES = 128


class TooFewPartials(CryptoError):
    """Fewer key holders answered than the threshold asks for."""


@dataclass(frozen=True, slots=True)
class DecryptionStatement:
    """That `D = x·base` for the x of `share_key = x·G`.

    `tag` and `parts` are what the challenge hashes before D (docs/protocol.md §5.4).
    """

    tag: str
    parts: tuple[bytes, ...]
    share_key: Point
    base: Point


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a tally a ciphertext stands: three indices, from 0.

    `contest` is the contest's index in the manifest; `slot` counts within the contest.
    """

    unit: int
    contest: int
    slot: int


@dataclass(frozen=True, slots=True)
class PartialDecryption:
    """D, the commitments K1 = w·G and K2 = w·base, and the response z."""

    share: Point
    k1: Point
    k2: Point
    response: Scalar

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """The partial decryption and its proof, 128 bytes.

        Raises WrongLength, NonCanonicalPoint, IdentityPoint, NonCanonicalScalar.
        """
        if len(encoded) != DECRYPTION_BYTES:
            raise WrongLength("partial decryption", DECRYPTION_BYTES, len(encoded))
        share, k1, k2, response = (
            encoded[at : at + POINT_BYTES]
            for at in range(0, DECRYPTION_BYTES, POINT_BYTES)
        )
        return cls(
            Point.decode_nonidentity(share),
            Point.decode_nonidentity(k1),
            Point.decode_nonidentity(k2),
            Scalar.decode(response),
        )

    @property
    def encoded(self) -> bytes:
        """D || K1 || K2 || z, 128 bytes."""
        points = (self.share, self.k1, self.k2)
        return b"".join(point.encoded for point in points) + self.response.encoded


def counting_statement(
    fingerprint: bytes,
    tally: bytes,
    *,
    index: int,
    share_key: Point,
    place: Place,
    ciphertext: Ciphertext,
) -> DecryptionStatement:
    """What holder `index` proves of one ciphertext of a tally (§5.4).

    `fingerprint` and `tally` are 32-byte digests; `index` counts from 1.
    """
    parts = (
        fingerprint,
        tally,
        u16(index),
        u16(place.unit),
        u16(place.contest),
        u16(place.slot),
        share_key.encoded,
        ciphertext.a.encoded,
        ciphertext.b.encoded,
    )
    return DecryptionStatement("proof/decryption", parts, share_key, ciphertext.a)


def rehearsal_point(transcript: bytes) -> Point:
    """`Z = P("rehearsal", transcript)` of a ceremony's 32-byte digest (§3.1)."""
    return hash_to_point("rehearsal", transcript)


def rehearsal_statement(
    transcript: bytes, index: int, share_key: Point
) -> DecryptionStatement:
    """What holder `index`, from 1, proves of the rehearsal's point (§5.4)."""
    point = rehearsal_point(transcript)
    parts = (transcript, u16(index), share_key.encoded, point.encoded)
    return DecryptionStatement("proof/rehearsal", parts, share_key, point)


def decrypt_partially(
    statement: DecryptionStatement, share: SecretScalar, nonce: SecretScalar
) -> PartialDecryption:
    """`D = x·base` with its proof; the nonce is fresh, uniform and used once."""
    answer = mul(share, statement.base)
    k1, k2 = mul_base(nonce), mul(nonce, statement.base)
    response = nonce + _challenge(statement, answer, k1, k2) * share
    return PartialDecryption(answer, k1, k2, Scalar(response.encoded))


def verify_partial(statement: DecryptionStatement, partial: PartialDecryption) -> None:
    """Raise ProofRefused unless both equations of §5.4 hold."""
    c = _challenge(statement, partial.share, partial.k1, partial.k2)
    if mul_base(partial.response) != partial.k1 + mul(c, statement.share_key):
        raise ProofRefused
    if mul(partial.response, statement.base) != partial.k2 + mul(c, partial.share):
        raise ProofRefused


def combine(shares: Mapping[int, Point], threshold: int) -> Point:
    """`Σ λ_i·D_i` over the `threshold` lowest indices (§5.7).

    `shares`: verified D_i by holder's index, from 1. Raises TooFewPartials.
    """
    chosen = sorted(shares)[:threshold]
    if len(chosen) < threshold:
        raise TooFewPartials(f"{len(chosen)} of {threshold}")
    return sum_points(mul(lagrange(index, chosen), shares[index]) for index in chosen)


def decrypted_point(
    ciphertext: Ciphertext, shares: Mapping[int, Point], threshold: int
) -> Point:
    """`M = B - Σ λ_i·D_i`, which is v·G (§5.7); raises TooFewPartials."""
    return ciphertext.b - combine(shares, threshold)


def lagrange(index: int, indices: list[int]) -> Scalar:
    """`λ_i = Π j/(j - i)` over the other indices, modulo the order (§5.7)."""
    numerator, denominator = 1, 1
    for other in indices:
        if other != index:
            numerator = numerator * other % ORDER
            denominator = denominator * (other - index) % ORDER
    return Scalar.from_int(numerator) * Scalar.from_int(denominator).inverse()


def _challenge(
    statement: DecryptionStatement, share: Point, k1: Point, k2: Point
) -> Scalar:
    points = (share.encoded, k1.encoded, k2.encoded)
    return challenge(statement.tag, *statement.parts, *points)
