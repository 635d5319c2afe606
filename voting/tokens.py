"""The evidence that every ballot was cast with a right of its group (§4.7).

At closing the verifier process proves, over all tokens of a group, that they were made
with the group's announced key; then the key is destroyed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.errors import CryptoError
from crypto.group import Point
from crypto.hashing import frames
from crypto.voprf import (
    PROOF_BYTES,
    DleqProof,
    hash_to_group,
    verify_evaluations,
)
from voting.counting import CastBallot
from voting.documents import Item, MalformedValue, read_document
from voting.manifest_model import Fingerprint, Manifest

FORMAT: Final = "urne/v1/evidence"
MOST_TOKENS: Final = 10_000
"""In one batch of a proof."""
MOST_GROUPS: Final = 1_000
MOST_BALLOTS: Final = 1_000_000


class EvidenceRefused(Exception):
    """The evidence does not show what it must; the subclasses say why."""


class EvidenceIncomplete(EvidenceRefused):
    """It does not cover every ballot of every group once, in order."""


class FalseEvidence(EvidenceRefused):
    """A proof does not hold: a ballot was cast without a right of its group."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A credential, and the token that it was cast with."""

    credential: Point
    token: Point


@dataclass(frozen=True, slots=True)
class EvidenceBatch:
    """A proof over some consecutive ballots of one group."""

    first: int
    """From 0 within the group."""
    count: int
    proof: DleqProof


@dataclass(frozen=True, slots=True)
class Evidence:
    """The proofs over every ballot, by voter group."""

    groups: tuple[tuple[EvidenceBatch, ...], ...]


def right_input(fingerprint: bytes, credential: Point) -> bytes:
    """What a voting right is issued for: the input of the VOPRF (§3.3)."""
    return frames("right", fingerprint, credential.encoded)


def pairs_of_group(ballots: Iterable[CastBallot], group: int) -> tuple[TokenPair, ...]:
    """Return what is proven for one group: its ballots in the order of the board."""
    return tuple(
        TokenPair(each.leaf.credential, each.leaf.token)
        for each in ballots
        if each.header.group == group
    )


def split_pairs(
    pairs: Sequence[TokenPair], most: int = MOST_TOKENS
) -> Iterator[tuple[int, Sequence[TokenPair]]]:
    """Cut the ballots of a group into the batches that are proven, by their first."""
    for first in range(0, len(pairs), most):
        yield first, pairs[first : first + most]


def encode_evidence(evidence: Evidence) -> bytes:
    """Write the evidence as canonical JSON (docs/protocol.md §4.7)."""
    groups: list[JsonValue] = [
        {"batches": [_batch_document(each) for each in batches], "index": index}
        for index, batches in enumerate(evidence.groups)
    ]
    return encode_json({"format": FORMAT, "groups": groups})


def decode_evidence(encoded: bytes) -> Evidence:
    """Read the evidence, of at most 1 MiB.

    Raises:
        NonCanonicalEncoding: not written the one way.
        DocumentRefused: its subclass says what may not be, its path where.

    """
    fields = read_document(decode_json(encoded), FORMAT, ("groups",))
    return Evidence(
        tuple(
            _read_group(item, index)
            for index, item in enumerate(fields.array("groups", 1, MOST_GROUPS))
        )
    )


def verify_evidence(
    manifest: Manifest,
    fingerprint: Fingerprint,
    ballots: Sequence[CastBallot],
    evidence: Evidence,
) -> None:
    """Check that every ballot was cast with a right of its group (§4.7).

    Raises:
        EvidenceIncomplete: a ballot is not covered, or covered twice.
        FalseEvidence: a proof does not hold.

    """
    if len(evidence.groups) != len(manifest.groups):
        raise EvidenceIncomplete("the evidence does not speak of every group")
    for group, batches in zip(manifest.groups, evidence.groups, strict=True):
        pairs = pairs_of_group(ballots, group.index)
        covered = 0
        for batch in batches:
            if batch.first != covered or covered + batch.count > len(pairs):
                raise EvidenceIncomplete(f"group {group.index}: ballots out of order")
            covered += batch.count
            proven = pairs[batch.first : covered]
            _verify_batch(fingerprint, group.issuer_key, proven, batch.proof)
        if covered != len(pairs):
            raise EvidenceIncomplete(f"group {group.index}: ballots are left out")


def _verify_batch(
    fingerprint: Fingerprint,
    issuer_key: Point,
    pairs: Sequence[TokenPair],
    proof: DleqProof,
) -> None:
    try:
        elements = [
            hash_to_group(right_input(fingerprint, each.credential)) for each in pairs
        ]
        tokens = [each.token for each in pairs]
        verify_evaluations(issuer_key, elements, tokens, proof)
    except CryptoError as refused:
        raise FalseEvidence(str(refused)) from refused


def _batch_document(batch: EvidenceBatch) -> dict[str, JsonValue]:
    return {
        "count": batch.count,
        "first": batch.first,
        "proof": batch.proof.encoded.hex(),
    }


def _read_group(item: Item, index: int) -> tuple[EvidenceBatch, ...]:
    fields = item.fields("batches", "index")
    fields.integer("index", index, index)
    return tuple(_read_batch(batch) for batch in fields.array("batches"))


def _read_batch(item: Item) -> EvidenceBatch:
    fields = item.fields("count", "first", "proof")
    encoded = fields.hexadecimal("proof", PROOF_BYTES)
    try:
        proof = DleqProof.decode(encoded)
    except CryptoError as refused:
        raise MalformedValue(fields.at("proof"), str(refused)) from None
    return EvidenceBatch(
        first=fields.integer("first", 0, MOST_BALLOTS),
        count=fields.integer("count", 1, MOST_TOKENS),
        proof=proof,
    )
