"""The sealed ballot: encrypted, proven, of one length (docs/protocol.md §4.3, §5).

Reading a ballot, `decode_ballot`, refuses every form but the canonical one, and tells
nothing about its proofs; `verify_ballot` checks to whom it belongs and every proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from crypto.ballot_shape import (
    CHOICE_PROOF_BYTES,
    HEADER_BYTES,
    ContestShape,
    Selection,
    StyleShape,
    require_valid,
    sealed_length,
)
from crypto.elgamal import CIPHERTEXT_BYTES, Ciphertext, encrypt, sum_ciphertexts
from crypto.errors import CryptoError, WrongLength
from crypto.group import Point, Scalar, SecretScalar
from crypto.hashing import DIGEST_BYTES
from crypto.integers import u16, u32
from crypto.value_proof import (
    Draw,
    ValueProof,
    ValueStatement,
    prove_value,
    value_proof_bytes,
    verify_value,
)

VERSION = 1
# Where the sum proof stands in for a slot (§5.3).
SUM_SLOT = 0xFFFF
NO_PREDECESSOR = bytes(DIGEST_BYTES)

SealedBallot = NewType("SealedBallot", bytes)


class WrongVersion(CryptoError):
    """The ballot is of another version of the protocol."""


class WrongGroup(CryptoError):
    """The ballot says another voter group than it is cast for."""


class WrongStyle(CryptoError):
    """The ballot says another ballot style than its group's."""


class WrongSequence(CryptoError):
    """A later ballot of the same credential, where the first is final."""


class WrongPredecessor(CryptoError):
    """A first ballot names a predecessor, or a later one names none."""


@dataclass(frozen=True, slots=True)
class BallotContext:
    """What every proof of a ballot is bound to.

    `fingerprint`: the election's, 32 bytes; `group` and `style`: indices of the
    manifest; `credential`: X; `election_key`: Y; `revoting`: the manifest's rule.
    """

    fingerprint: bytes
    group: int
    style: int
    credential: Point
    election_key: Point
    revoting: bool = False


@dataclass(frozen=True, slots=True)
class BallotHeader:
    """The first 41 bytes: whose form it is, and its place in the chain of ballots.

    `predecessor`: the tracking digest of the ballot before, 32 bytes, or zeros.
    """

    group: int
    style: int
    sequence: int
    predecessor: bytes

    def __post_init__(self) -> None:
        if len(self.predecessor) != DIGEST_BYTES:
            raise WrongLength("predecessor", DIGEST_BYTES, len(self.predecessor))

    @property
    def encoded(self) -> bytes:
        """The header, 41 bytes."""
        numbers = u16(self.group) + u16(self.style) + u32(self.sequence)
        return bytes([VERSION]) + numbers + self.predecessor


@dataclass(frozen=True, slots=True)
class SealedSlot:
    """One choice or the blank: a ciphertext and the proof that it holds 0 or 1."""

    ciphertext: Ciphertext
    proof: ValueProof


@dataclass(frozen=True, slots=True)
class SealedContest:
    """The slots of a contest, and the proof of their sum."""

    slots: tuple[SealedSlot, ...]
    sum_proof: ValueProof


@dataclass(frozen=True, slots=True)
class DecodedBallot:
    """A ballot of canonical form, of which no proof has been checked yet."""

    header: BallotHeader
    shape: StyleShape
    contests: tuple[SealedContest, ...]


def read_header(sealed: bytes) -> BallotHeader:
    """The header of a sealed ballot, to find its group and style by.

    Raises WrongLength for fewer than 41 bytes, WrongVersion.
    """
    if len(sealed) < HEADER_BYTES:
        raise WrongLength("ballot header", HEADER_BYTES, len(sealed))
    if sealed[0] != VERSION:
        raise WrongVersion
    return BallotHeader(
        group=int.from_bytes(sealed[1:3], "big"),
        style=int.from_bytes(sealed[3:5], "big"),
        sequence=int.from_bytes(sealed[5:9], "big"),
        predecessor=sealed[9:HEADER_BYTES],
    )


def decode_ballot(sealed: bytes, shape: StyleShape) -> DecodedBallot:
    """The parts of a sealed ballot of a style (docs/protocol.md §4.3).

    Raises WrongLength, WrongVersion, NonCanonicalPoint, IdentityPoint,
    NonCanonicalScalar.
    """
    header = read_header(sealed)
    if len(sealed) != sealed_length(shape):
        raise WrongLength("sealed ballot", sealed_length(shape), len(sealed))
    contests: list[SealedContest] = []
    at = HEADER_BYTES
    for contest in shape.contests:
        end = at + contest.sealed_bytes
        contests.append(_decode_contest(sealed[at:end], contest))
        at = end
    return DecodedBallot(header, shape, tuple(contests))


def verify_ballot(context: BallotContext, ballot: DecodedBallot) -> None:
    """Check to whom a ballot belongs, and every proof (§5.1-5.3).

    Raises WrongGroup, WrongStyle, WrongSequence, WrongPredecessor, ProofRefused.
    """
    _verify_header(context, ballot.header)
    for shape, contest in zip(ballot.shape.contests, ballot.contests, strict=True):
        for slot, sealed in enumerate(contest.slots):
            statement = choice_statement(context, shape, slot, sealed.ciphertext)
            verify_value(statement, sealed.proof)
        ciphertexts = [sealed.ciphertext for sealed in contest.slots]
        verify_value(sum_statement(context, shape, ciphertexts), contest.sum_proof)


def seal_ballot(
    context: BallotContext,
    shape: StyleShape,
    selections: Sequence[Selection],
    *,
    sequence: int = 0,
    predecessor: bytes = NO_PREDECESSOR,
    draw: Draw = SecretScalar.random,
) -> SealedBallot:
    """Encrypt and prove one selection for each contest of the style.

    `predecessor`: 32 bytes; `draw` gives fresh uniform scalars, and is replaced only
    to write test vectors. Raises InvalidSelection, WrongSequence, WrongPredecessor.
    """
    require_valid(shape, selections)
    header = BallotHeader(context.group, context.style, sequence, predecessor)
    _verify_header(context, header)
    sealed = [
        _seal_contest(context, contest, selection, draw)
        for contest, selection in zip(shape.contests, selections, strict=True)
    ]
    return SealedBallot(header.encoded + b"".join(sealed))


def choice_statement(
    context: BallotContext, contest: ContestShape, slot: int, ciphertext: Ciphertext
) -> ValueStatement:
    """That one slot holds 0 or 1 (§5.2)."""
    parts = _proof_context(context, contest, slot)
    return ValueStatement(
        "proof/choice", parts, context.election_key, ciphertext, range(2)
    )


def sum_statement(
    context: BallotContext, contest: ContestShape, ciphertexts: Sequence[Ciphertext]
) -> ValueStatement:
    """That choices + max·blank is one of min … max (§5.3).

    Since min >= 1, a blank leaves room for no choice.
    """
    total = sum_ciphertexts(ciphertexts[: contest.choices])
    if contest.blank:
        total += ciphertexts[contest.choices].times(contest.maximum)
    parts = _proof_context(context, contest, SUM_SLOT)
    return ValueStatement("proof/sum", parts, context.election_key, total, contest.sums)


def _seal_contest(
    context: BallotContext, contest: ContestShape, selection: Selection, draw: Draw
) -> bytes:
    sealed: list[bytes] = []
    ciphertexts: list[Ciphertext] = []
    total: Scalar = Scalar.from_int(0)
    for slot, bit in enumerate(selection.bits(contest)):
        randomness = draw()
        ciphertext = encrypt(context.election_key, bit, randomness)
        statement = choice_statement(context, contest, slot, ciphertext)
        proof = prove_value(statement, bit, randomness, draw)
        sealed.append(ciphertext.encoded + proof.encoded)
        ciphertexts.append(ciphertext)
        weight = contest.maximum if slot == contest.choices else 1
        total += Scalar.from_int(weight) * randomness
    whole = sum_statement(context, contest, ciphertexts)
    secret = SecretScalar(total.encoded)
    sum_proof = prove_value(whole, selection.total(contest), secret, draw)
    return b"".join(sealed) + sum_proof.encoded


def _decode_contest(encoded: bytes, contest: ContestShape) -> SealedContest:
    slots: list[SealedSlot] = []
    at = 0
    for _ in range(contest.slots):
        middle = at + CIPHERTEXT_BYTES
        end = middle + CHOICE_PROOF_BYTES
        ciphertext = Ciphertext.decode(encoded[at:middle])
        slots.append(SealedSlot(ciphertext, ValueProof.decode(encoded[middle:end], 2)))
        at = end
    sums = len(contest.sums)
    last = encoded[at : at + value_proof_bytes(sums)]
    return SealedContest(tuple(slots), ValueProof.decode(last, sums))


def _verify_header(context: BallotContext, header: BallotHeader) -> None:
    if header.group != context.group:
        raise WrongGroup
    if header.style != context.style:
        raise WrongStyle
    if header.sequence > 0 and not context.revoting:
        raise WrongSequence
    if (header.sequence == 0) != (header.predecessor == NO_PREDECESSOR):
        raise WrongPredecessor


def _proof_context(
    context: BallotContext, contest: ContestShape, slot: int
) -> tuple[bytes, ...]:
    return (
        context.fingerprint,
        u16(context.group),
        u16(context.style),
        u16(contest.index),
        u16(slot),
        context.credential.encoded,
    )
