"""The blinded voting right: RFC 9497, mode VOPRF, suite ristretto255-SHA512.

The voter blinds the point of a credential, the issuer multiplies it with its key and
proves that it did, the voter takes the blind off again (docs/protocol.md §3.3). What
is left, the unblinded element, is the token: the issuer has not seen it, and whoever
has the issuer's key knows it for genuine. Letters and names are those of the RFC.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from crypto.errors import (
    BatchTooLarge,
    EmptyBatch,
    KeyDerivationFailed,
    ProofRefused,
    TokenRefused,
    WrongLength,
)
from crypto.group import (
    IDENTITY,
    SCALAR_BYTES,
    WIDE_BYTES,
    Point,
    Scalar,
    SecretScalar,
    mul,
    mul_base,
)
from crypto.sodium import require_length

SEED_BYTES = 32
PROOF_BYTES = 2 * SCALAR_BYTES
# The index of an element in a composite has two bytes (section 2.2.1).
BATCH_LIMIT = 2**16 - 1
# Lengths have two bytes as well (section 1.2).
LONGEST_PART = 2**16 - 1

# Section 3.1: "OPRFV1-" || I2OSP(mode, 1) || "-" || identifier, with mode VOPRF.
_CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
_HASH_BYTES = 64
_HASH_BLOCK_BYTES = 128


@dataclass(frozen=True, slots=True)
class DleqProof:
    """That one secret multiplies generator and elements alike (section 2.2.1)."""

    c: Scalar
    s: Scalar

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """The proof of 64 bytes, c || s; raises WrongLength, NonCanonicalScalar."""
        if len(encoded) != PROOF_BYTES:
            raise WrongLength("token proof", PROOF_BYTES, len(encoded))
        return cls(
            Scalar.decode(encoded[:SCALAR_BYTES]), Scalar.decode(encoded[SCALAR_BYTES:])
        )

    @property
    def encoded(self) -> bytes:
        """The 64 bytes c || s."""
        return self.c.encoded + self.s.encoded


def derive_key_pair(seed: bytes, info: bytes) -> tuple[SecretScalar, Point]:
    """DeriveKeyPair (RFC 9497 section 3.2.1): the key pair of a seed of 32 bytes.

    Raises WrongLength; KeyDerivationFailed, which nobody will live to see.
    """
    require_length("seed", SEED_BYTES, seed)
    for counter in range(256):
        secret = hash_to_scalar(
            seed + _prefixed(info) + bytes([counter]), b"DeriveKeyPair" + _CONTEXT
        )
        if not secret.is_zero():
            key = SecretScalar(secret.encoded)
            return key, mul_base(key)
    raise KeyDerivationFailed


def hash_to_group(data: bytes) -> Point:
    """HashToGroup (RFC 9497 section 4.1). Raises IdentityPoint."""
    uniform = expand_message(data, b"HashToGroup-" + _CONTEXT, WIDE_BYTES)
    point = Point.from_uniform(uniform)
    point.require_nonidentity()
    return point


def hash_to_scalar(data: bytes, dst: bytes = b"HashToScalar-" + _CONTEXT) -> Scalar:
    """HashToScalar (RFC 9497 section 4.1)."""
    return Scalar.from_wide(expand_message(data, dst, WIDE_BYTES))


def blind(data: bytes, blind: SecretScalar) -> Point:
    """Blind (RFC 9497 section 3.3.1): the element of `data`, hidden by the blind.

    Raises IdentityPoint for a blind of zero, which would hide nothing.
    """
    blinded = mul(blind, hash_to_group(data))
    blinded.require_nonidentity()
    return blinded


def unblind(blind: SecretScalar, evaluated: Point) -> Point:
    """The element without its blind: the token. Raises ZeroScalar, IdentityPoint.

    The proof on the evaluated element is checked first, by `verify_evaluations`.
    """
    evaluated.require_nonidentity()
    return mul(blind.inverse(), evaluated)


def evaluate(
    secret: SecretScalar, blinded: Sequence[Point]
) -> tuple[tuple[Point, ...], DleqProof]:
    """BlindEvaluate (RFC 9497 section 3.3.2): elements times the key, and the proof.

    Raises IdentityPoint, EmptyBatch, BatchTooLarge.
    """
    evaluated = tuple(mul(secret, element) for element in blinded)
    return evaluated, prove_evaluations(secret, blinded, evaluated)


def prove_evaluations(
    secret: SecretScalar,
    elements: Sequence[Point],
    evaluated: Sequence[Point],
    *,
    nonce: SecretScalar | None = None,
) -> DleqProof:
    """GenerateProof (RFC 9497 section 2.2.1), with A the generator, B the public key.

    `evaluated` are the elements times `secret`, one for one; blinded elements when a
    right is given out, credentials and tokens when they are proven at close
    (docs/protocol.md §4.7). A nonce is given by test vectors alone: used twice, it
    tells the key. Raises IdentityPoint, EmptyBatch, BatchTooLarge, WrongLength.
    """
    public = mul_base(secret)
    m = _weighted_sum(_weights(public, elements, evaluated), elements)
    z = mul(secret, m)
    r = SecretScalar.random() if nonce is None else nonce
    c = _challenge(public, m, z, mul_base(r), mul(r, m))
    return DleqProof(c, (r - c * secret).published())


def verify_evaluations(
    public: Point,
    elements: Sequence[Point],
    evaluated: Sequence[Point],
    proof: DleqProof,
) -> None:
    """VerifyProof (RFC 9497 section 2.2.2), with A the generator, B the public key.

    Raises ProofRefused, IdentityPoint, EmptyBatch, BatchTooLarge, WrongLength.
    """
    weights = _weights(public, elements, evaluated)
    m, z = _weighted_sum(weights, elements), _weighted_sum(weights, evaluated)
    t2 = mul_base(proof.s) + mul(proof.c, public)
    t3 = mul(proof.s, m) + mul(proof.c, z)
    if _challenge(public, m, z, t2, t3) != proof.c:
        raise ProofRefused


def verify_token(secret: SecretScalar, data: bytes, token: Point) -> None:
    """Refuse a token that this key did not make of `data`.

    Raises TokenRefused.
    """
    if mul(secret, hash_to_group(data)) != token:
        raise TokenRefused


def finalize(data: bytes, token: Point) -> bytes:
    """The output of the PRF for a token (Finalize, RFC 9497 section 3.3.2), 64 bytes.

    The protocol has no use for it; with it the RFC's vectors reach to the end.
    """
    return hashlib.sha512(
        _prefixed(data) + _prefixed(token.encoded) + b"Finalize"
    ).digest()


def expand_message(data: bytes, dst: bytes, length: int) -> bytes:
    """expand_message_xmd with SHA-512 (RFC 9380 section 5.3.1), 1 to 255·64 bytes.

    The domain separation tag is at most 255 bytes. Raises WrongLength.
    """
    blocks = -(-length // _HASH_BYTES)
    if not 0 < blocks <= 255:  # noqa: PLR2004 (a block's number is one byte)
        raise WrongLength("expanded message", 255 * _HASH_BYTES, length)
    if len(dst) > 255:  # noqa: PLR2004 (its length is one byte)
        raise WrongLength("domain separation tag", 255, len(dst))
    tag = dst + bytes([len(dst)])
    first = hashlib.sha512(
        bytes(_HASH_BLOCK_BYTES) + data + length.to_bytes(2, "big") + b"\x00" + tag
    ).digest()
    block = bytes(_HASH_BYTES)
    expanded = b""
    for number in range(1, blocks + 1):
        mixed = bytes(x ^ y for x, y in zip(first, block, strict=True))
        block = hashlib.sha512(mixed + bytes([number]) + tag).digest()
        expanded += block
    return expanded[:length]


def _weights(
    public: Point, elements: Sequence[Point], evaluated: Sequence[Point]
) -> list[Scalar]:
    """The factors d_i of ComputeComposites (RFC 9497 section 2.2.1)."""
    if len(elements) != len(evaluated):
        raise WrongLength("evaluated elements", len(elements), len(evaluated))
    if not elements:
        raise EmptyBatch
    if len(elements) > BATCH_LIMIT:
        raise BatchTooLarge
    for point in (public, *elements, *evaluated):
        point.require_nonidentity()
    seed = hashlib.sha512(
        _prefixed(public.encoded) + _prefixed(b"Seed-" + _CONTEXT)
    ).digest()
    return [
        hash_to_scalar(
            _prefixed(seed)
            + index.to_bytes(2, "big")
            + _prefixed(element.encoded)
            + _prefixed(image.encoded)
            + b"Composite"
        )
        for index, (element, image) in enumerate(zip(elements, evaluated, strict=True))
    ]


def _weighted_sum(weights: Sequence[Scalar], points: Sequence[Point]) -> Point:
    total = IDENTITY
    for weight, point in zip(weights, points, strict=True):
        total += mul(weight, point)
    return total


def _challenge(public: Point, m: Point, z: Point, t2: Point, t3: Point) -> Scalar:
    transcript = b"".join(_prefixed(point.encoded) for point in (public, m, z, t2, t3))
    return hash_to_scalar(transcript + b"Challenge")


def _prefixed(part: bytes) -> bytes:
    """I2OSP(len(part), 2) || part."""
    if len(part) > LONGEST_PART:
        raise WrongLength("hashed part", LONGEST_PART, len(part))
    return len(part).to_bytes(2, "big") + part
