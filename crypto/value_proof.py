"""That a ciphertext holds one of a few values, and not which (docs/protocol.md §5.1).

A disjunction of Chaum-Pedersen proofs: one branch for each value; the branch of the
true value is proven, the others are simulated with challenges of their own choice, and
strong Fiat-Shamir binds the sum of all challenges.

Every equation is checked on its own. Checking many by one random combination (§5.10)
is faster only with a multi-scalar multiplication, which libsodium does not offer; and
one at a time tells which proof is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Self

from crypto.elgamal import Ciphertext
from crypto.errors import ProofRefused, WrongLength
from crypto.group import (
    ORDER,
    POINT_BYTES,
    SCALAR_BYTES,
    Point,
    Scalar,
    SecretScalar,
    mul,
    mul_base,
)
from crypto.hashing import challenge

_BRANCH_BYTES = 2 * POINT_BYTES + 2 * SCALAR_BYTES

Draw = Callable[[], SecretScalar]


@dataclass(frozen=True, slots=True)
class ValueStatement:
    """What is proven, and to whom it belongs.

    `tag`: the name of the proof; `context`: the parts that it is bound to; `key`: Y;
    `values`: those that the ciphertext may hold, at least one, all different.
    """

    tag: str
    context: tuple[bytes, ...]
    key: Point
    ciphertext: Ciphertext
    values: Sequence[int]

    def challenge(self, commitments: bytes) -> Scalar:
        """The Fiat-Shamir challenge over everything (§5.1)."""
        return challenge(
            self.tag,
            *self.context,
            self.key.encoded,
            self.ciphertext.a.encoded,
            self.ciphertext.b.encoded,
            commitments,
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """One value's commitments `a`, `b`, its challenge and its response."""

    a: Point
    b: Point
    challenge: Scalar
    response: Scalar


@dataclass(frozen=True, slots=True)
class ValueProof:
    """The commitments, all challenges but the last, and the responses."""

    commitments: tuple[tuple[Point, Point], ...]
    challenges: tuple[Scalar, ...]
    responses: tuple[Scalar, ...]

    @classmethod
    def decode(cls, encoded: bytes, values: int) -> Self:
        """The proof over so many values, `128·values - 32` bytes.

        Raises WrongLength, NonCanonicalPoint, IdentityPoint, NonCanonicalScalar.
        """
        if len(encoded) != value_proof_bytes(values):
            raise WrongLength("value proof", value_proof_bytes(values), len(encoded))
        pieces = [
            encoded[at : at + POINT_BYTES] for at in range(0, len(encoded), POINT_BYTES)
        ]
        points = [Point.decode_nonidentity(piece) for piece in pieces[: 2 * values]]
        scalars = [Scalar.decode(piece) for piece in pieces[2 * values :]]
        return cls(
            tuple(zip(points[::2], points[1::2], strict=True)),
            tuple(scalars[: values - 1]),
            tuple(scalars[values - 1 :]),
        )

    @property
    def encoded_commitments(self) -> bytes:
        """`a_0 || b_0 || …`, 64 bytes for each value."""
        return b"".join(a.encoded + b.encoded for a, b in self.commitments)

    @property
    def encoded(self) -> bytes:
        """Commitments, challenges, responses, as §5.1 orders them."""
        scalars = [scalar.encoded for scalar in (*self.challenges, *self.responses)]
        return self.encoded_commitments + b"".join(scalars)


def value_proof_bytes(values: int) -> int:
    """The length of a proof over so many values: the last challenge is left out."""
    return _BRANCH_BYTES * values - SCALAR_BYTES


def prove_value(
    statement: ValueStatement, value: int, randomness: SecretScalar, draw: Draw
) -> ValueProof:
    """Prove that the statement's ciphertext holds `value`, one of its values.

    `randomness` is what it was encrypted with; `draw` gives fresh uniform scalars.
    Raises ValueError when the value is not among those of the statement.
    """
    true = list(statement.values).index(value)
    nonce = draw()
    branches = [
        Branch(mul_base(nonce), mul(nonce, statement.key), nonce, nonce)
        if place == true
        else _simulate(statement, value - other, randomness, draw)
        for place, other in enumerate(statement.values)
    ]
    commitments = b"".join(one.a.encoded + one.b.encoded for one in branches)
    others = (one.challenge for at, one in enumerate(branches) if at != true)
    own = reduce(Scalar.__sub__, others, statement.challenge(commitments))
    response = nonce + own * randomness
    challenges = [one.challenge for one in branches]
    responses = [one.response for one in branches]
    challenges[true], responses[true] = own, response
    return ValueProof(
        tuple((one.a, one.b) for one in branches),
        tuple(Scalar(one.encoded) for one in challenges[:-1]),
        tuple(Scalar(one.encoded) for one in responses),
    )


def verify_value(statement: ValueStatement, proof: ValueProof) -> None:
    """Raise ProofRefused unless every branch's two equations hold (§5.1)."""
    total = statement.challenge(proof.encoded_commitments)
    last = reduce(Scalar.__sub__, proof.challenges, total)
    for value, (a, b), own, response in zip(
        statement.values,
        proof.commitments,
        (*proof.challenges, last),
        proof.responses,
        strict=True,
    ):
        rest = statement.ciphertext.b - _times_generator(value)
        if mul_base(response) != a + mul(own, statement.ciphertext.a):
            raise ProofRefused
        if mul(response, statement.key) != b + mul(own, rest):
            raise ProofRefused


def _simulate(
    statement: ValueStatement, excess: int, randomness: SecretScalar, draw: Draw
) -> Branch:
    """A branch for a value that is `excess` below the true one.

    z·G - c·A is (z - c·r)·G, and z·Y - c·(B - v·G) is (z - c·r)·Y - c·excess·G: the
    prover, who knows r, is spared two multiplications.
    """
    own, response = draw(), draw()
    shifted = response - own * randomness
    correction = mul_base(own * SecretScalar.from_int(excess % ORDER))
    return Branch(
        mul_base(shifted), mul(shifted, statement.key) - correction, own, response
    )


@cache
def _times_generator(value: int) -> Point:
    """v·G of a public value; a ballot has a handful of them."""
    return mul_base(Scalar.from_int(value))
