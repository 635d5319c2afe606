"""Who signs what on the board (docs/protocol.md §4.5).

What the register signs is spelt out in crypto.statements, beneath both sides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from crypto.ballot_signature import tracking_digest, verify_ballot_signature
from crypto.errors import CryptoError
from crypto.integers import u16
from crypto.signing import SigningSeed, sign, verify_signature
from crypto.statements import addition_parts, codes_parts, marks_parts
from crypto.times import format_time
from voting.leaves import (
    SERVICE_INDEX,
    AdditionLeaf,
    BallotLeaf,
    CodesKind,
    CodesLeaf,
    IndexedSignature,
    Leaf,
    MarksLeaf,
    ScheduleLeaf,
)
from voting.manifest_model import Fingerprint, Manifest

SIGNERS_OF_A_CHANGE: Final = 2
"""Holders that move a deadline, or vouch for paper results."""


class SignersRefused(Exception):
    """Not exactly those who must have signed did so, in order of index."""


class OtherElection(Exception):
    """A statement is about another election."""


class SignatureRefused(Exception):
    """A signature does not hold; the text says whose."""

    def __init__(self, whose: str) -> None:
        super().__init__(f"the signature of {whose} does not hold")
        self.whose = whose


def schedule_parts(
    fingerprint: bytes,
    number: int,
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
) -> tuple[bytes, ...]:
    """What is signed with the tag ``schedule``."""
    return (
        fingerprint,
        u16(number),
        format_time(opens_at).encode("ascii"),
        format_time(closes_at).encode("ascii"),
        reason.encode("utf-8"),
    )


def sign_schedule(
    seed: SigningSeed,
    fingerprint: Fingerprint,
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
) -> ScheduleLeaf:
    """Return the first schedule, number 0, signed by the service."""
    parts = schedule_parts(fingerprint, 0, opens_at, closes_at, reason)
    signature = IndexedSignature(SERVICE_INDEX, sign(seed, "schedule", *parts))
    return ScheduleLeaf(fingerprint, 0, opens_at, closes_at, reason, (signature,))


def sign_codes(
    seed: SigningSeed,
    fingerprint: Fingerprint,
    *,
    number: int,
    kind: CodesKind,
    count: int,
    root: bytes,
) -> CodesLeaf:
    """Return what the register says of a batch of codes, signed by it."""
    parts = codes_parts(fingerprint, number, kind, count, root)
    return CodesLeaf(number, kind, count, root, sign(seed, "codes", *parts))


def sign_addition(
    seed: SigningSeed, fingerprint: Fingerprint, number: int, group: int, reason: str
) -> AdditionLeaf:
    """Return an addition to the roll, signed by the register."""
    parts = addition_parts(fingerprint, number, group, reason)
    return AdditionLeaf(number, group, reason, sign(seed, "addition", *parts))


def sign_marks(
    seed: SigningSeed,
    fingerprint: Fingerprint,
    *,
    size: int,
    root: bytes,
    final: bool,
    counts: Sequence[int],
    paper: Sequence[int],
) -> MarksLeaf:
    """Return the register's mark counts at a checkpoint, signed by it."""
    parts = marks_parts(
        fingerprint, size=size, root=root, final=final, counts=counts, paper=paper
    )
    return MarksLeaf(
        size, root, final, tuple(counts), tuple(paper), sign(seed, "marks", *parts)
    )


def verify_leaf(manifest: Manifest, fingerprint: Fingerprint, leaf: Leaf) -> None:
    """Check a leaf's signatures; leaves that nobody signs pass.

    A ballot's is the credential's, over ballot and right (§5.6); its proofs are
    checked elsewhere.

    Raises:
        SignatureRefused: naming whose.
        SignersRefused: of a schedule.
        OtherElection: of a schedule.

    """
    match leaf:
        case ScheduleLeaf():
            _verify_schedule(manifest, fingerprint, leaf)
        case CodesLeaf():
            parts = codes_parts(
                fingerprint, leaf.number, leaf.kind, leaf.count, leaf.root
            )
            _verify_register(manifest, leaf.signature, "codes", parts)
        case AdditionLeaf():
            parts = addition_parts(fingerprint, leaf.number, leaf.group, leaf.reason)
            _verify_register(manifest, leaf.signature, "addition", parts)
        case MarksLeaf():
            parts = marks_parts(
                fingerprint,
                size=leaf.size,
                root=leaf.root,
                final=leaf.final,
                counts=leaf.counts,
                paper=leaf.paper,
            )
            _verify_register(manifest, leaf.signature, "marks", parts)
        case BallotLeaf():
            verify_credential(fingerprint, leaf)
        case _:
            pass


def verify_credential(fingerprint: Fingerprint, leaf: BallotLeaf) -> None:
    """Check a credential's signature over its ballot; raises SignatureRefused."""
    tracking = tracking_digest(fingerprint, leaf.credential, leaf.ballot)
    try:
        verify_ballot_signature(
            fingerprint, leaf.credential, leaf.token, tracking, leaf.signature
        )
    except CryptoError as refused:
        raise SignatureRefused("a credential") from refused


def verify_holders(
    manifest: Manifest,
    signatures: Sequence[IndexedSignature],
    needed: int,
    tag: str,
    parts: Sequence[bytes],
) -> None:
    """Check that exactly so many different holders signed, in order of index.

    Raises:
        SignersRefused: fewer, more, one twice, out of order, or no holder.
        SignatureRefused: naming the holder.

    """
    indices = [each.index for each in signatures]
    if len(indices) != needed or indices != sorted(set(indices)):
        raise SignersRefused(f"not {needed} different holders, in order, have signed")
    for each in signatures:
        holder = manifest.holder(each.index)
        if holder is None:
            raise SignersRefused(f"there is no holder {each.index}")
        verify_statement(
            holder.signing_key, each.signature, f"holder {each.index}", tag, parts
        )


def verify_statement(
    key: bytes, signature: bytes, whose: str, tag: str, parts: Sequence[bytes]
) -> None:
    """Check one Ed25519 signature; raises SignatureRefused, naming whose."""
    try:
        verify_signature(key, signature, tag, *parts)
    except CryptoError as refused:
        raise SignatureRefused(whose) from refused


def _verify_schedule(
    manifest: Manifest, fingerprint: Fingerprint, leaf: ScheduleLeaf
) -> None:
    if leaf.fingerprint != fingerprint:
        raise OtherElection("a schedule names another election")
    parts = schedule_parts(
        fingerprint, leaf.number, leaf.opens_at, leaf.closes_at, leaf.reason
    )
    if leaf.number:
        verify_holders(
            manifest, leaf.signatures, SIGNERS_OF_A_CHANGE, "schedule", parts
        )
        return
    if [each.index for each in leaf.signatures] != [SERVICE_INDEX]:
        raise SignersRefused("the first schedule is signed by the service alone")
    signature = leaf.signatures[0].signature
    verify_statement(manifest.service_key, signature, "the service", "schedule", parts)


def _verify_register(
    manifest: Manifest, signature: bytes, tag: str, parts: Sequence[bytes]
) -> None:
    verify_statement(manifest.register_key, signature, "the register", tag, parts)
