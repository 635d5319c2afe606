"""Looking for the own ballot on the board, as the voter's page does (§3.4)."""

from __future__ import annotations

from enum import Enum
from typing import Any

from crypto.encoding import decode_hex, encode_json
from crypto.merkle import leaf_hash, verify_inclusion
from scripts.simulation.voters import Receipt, VoterClient
from scripts.simulation.web import HttpClient
from voting.checkpoints import verify_checkpoint
from voting.counting import read_cast_ballot
from voting.leaves import BallotLeaf, read_leaf


class Place(Enum):
    """Where a ballot is."""

    OUT = "out"
    """On the board, under a signed checkpoint."""
    WAITING = "waiting"
    """In the box, until the batch of its receipt is out."""


class PromiseBroken(Exception):
    """The receipt's batch is out, and the ballot is not in it."""


def find_on_board(voter: VoterClient, receipt: Receipt) -> Place:
    """Ask the service for a proof, and check it.

    Raises:
        PromiseBroken: see there.
        CheckpointRefused, BadInclusionProof: the proof is none.

    """
    manifest = voter.manifest
    path = f"/s/{manifest.slug}/tavle/inklusjon"
    with HttpClient(manifest.service_url) as client:
        told = client.post_json(path, {"tracking": receipt.tracking.hex()})
    if told["found"] is None:
        if receipt.batch < told["next_batch"]:
            raise PromiseBroken
        return Place.WAITING
    _verify(voter, receipt, told["found"])
    return Place.OUT


def count_ballots(service_url: str, slug: str) -> int:
    """Return how many ballots the board's first leaves hold, at most 1,000."""
    with HttpClient(service_url) as client:
        leaves = client.get_json(f"/s/{slug}/tavle/blader?fra=0&antall=1000")
    return sum(leaf["type"] == "ballot" for leaf in leaves)


def _verify(voter: VoterClient, receipt: Receipt, found: dict[str, Any]) -> None:
    manifest, fingerprint = voter.manifest, voter.fingerprint
    head = verify_checkpoint(manifest, fingerprint, found["checkpoint"]).head
    leaf = read_leaf(found["leaf"])
    if not isinstance(leaf, BallotLeaf) or leaf.batch != receipt.batch:
        raise PromiseBroken
    if read_cast_ballot(fingerprint, leaf).tracking != receipt.tracking:
        raise PromiseBroken
    verify_inclusion(
        leaf_hash(encode_json(found["leaf"])),
        found["position"],
        head.size,
        [decode_hex(each, length=32) for each in found["hashes"]],
        head.root,
    )
