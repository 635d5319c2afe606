"""Check 5: the structure, the proofs and the signature of every ballot.

This is nearly all the work of a verifier, so that from some hundreds of ballots two
processes share it. Each starts anew and gets bytes only.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from typing import Final

from crypto.ballot import (
    BallotContext,
    SealedBallot,
    WrongGroup,
    decode_ballot,
    read_header,
    verify_ballot,
)
from crypto.errors import CryptoError
from crypto.group import Point
from voting.leaf_signatures import SignatureRefused, verify_credential
from voting.leaves import BallotLeaf
from voting.manifest import decode_manifest, fingerprint_of
from voting.manifest_model import Fingerprint, Manifest
from voting.verification.facts import CheckFailed, Facts

PROCESSES: Final = 2
CHUNK: Final = 50


@dataclass(frozen=True, slots=True)
class PlainBallot:
    """A ballot's leaf as bytes, for another process."""

    ballot: bytes
    credential: bytes
    token: bytes
    signature: bytes


def check(facts: Facts) -> None:
    """Raise, naming the first, unless every ballot on the board holds."""
    leaves = [each.leaf for each in facts.ballots]
    total = len(leaves)
    facts.progress(0, total)
    if total < facts.parallel_from:
        found = _verify_here(facts, leaves)
    else:
        found = _verify_in_processes(facts, leaves)
    for done, reason in enumerate(found, 1):
        if reason:
            raise CheckFailed(f"ballot {done - 1} of the board: {reason}")
        if done % CHUNK == 0 or done == total:
            facts.progress(done, total)


def verify_one(manifest: Manifest, fingerprint: Fingerprint, leaf: BallotLeaf) -> None:
    """Check one ballot of a board, as every key holder does too (§5.1-5.3, §5.6).

    Raises:
        CryptoError: its structure or a proof; the subclass says which.
        SignatureRefused: the credential's signature.

    """
    header = read_header(leaf.ballot)
    if header.group >= len(manifest.groups):
        raise WrongGroup("the ballot is of a group that is not there")
    style = manifest.groups[header.group].style
    context = BallotContext(
        fingerprint=fingerprint,
        group=header.group,
        style=style,
        credential=leaf.credential,
        election_key=manifest.election_key,
        revoting=manifest.rules.revoting,
    )
    verify_credential(fingerprint, leaf)
    verify_ballot(context, decode_ballot(leaf.ballot, manifest.shape_of_style(style)))


def find_fault(
    manifest: Manifest, fingerprint: Fingerprint, leaf: BallotLeaf
) -> str | None:
    """Return why a ballot does not hold, or nothing."""
    try:
        verify_one(manifest, fingerprint, leaf)
    except (CryptoError, SignatureRefused) as refused:
        return f"{type(refused).__name__}: {refused}"
    return None


def _verify_here(facts: Facts, leaves: Sequence[BallotLeaf]) -> Iterator[str | None]:
    for leaf in leaves:
        yield find_fault(facts.manifest, facts.fingerprint, leaf)


def _verify_in_processes(
    facts: Facts, leaves: Sequence[BallotLeaf]
) -> Iterator[str | None]:
    encoded = facts.parts.manifest
    # Spawned, not forked: the same on every system, and nothing is inherited.
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        chunks = (
            [
                PlainBallot(
                    each.ballot,
                    each.credential.encoded,
                    each.token.encoded,
                    each.signature,
                )
                for each in leaves[start : start + CHUNK]
            ]
            for start in range(0, len(leaves), CHUNK)
        )
        jobs = [pool.submit(_verify_chunk, encoded, chunk) for chunk in chunks]
        try:
            for job in jobs:
                yield from job.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _verify_chunk(encoded: bytes, ballots: Sequence[PlainBallot]) -> list[str | None]:
    manifest = _read_once(encoded)
    fingerprint = fingerprint_of(encoded)
    return [
        find_fault(
            manifest,
            fingerprint,
            BallotLeaf(
                ballot=SealedBallot(each.ballot),
                batch=0,
                credential=Point.decode_nonidentity(each.credential),
                token=Point.decode_nonidentity(each.token),
                signature=each.signature,
            ),
        )
        for each in ballots
    ]


@cache
def _read_once(encoded: bytes) -> Manifest:
    return decode_manifest(encoded)
