"""A small election made in Python, for JavaScript to take part in and to recount."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from crypto.ballot_signature import tracking_digest
from crypto.ceremony import (
    deal_share,
    open_all_shares,
    post_commit,
    post_keys,
    post_reveal,
    rehearse,
    sign_transcript,
)
from crypto.ceremony_messages import Assembly, CeremonyDocument
from crypto.ceremony_record import (
    CeremonyOutcome,
    CeremonyRecord,
    verify_ceremony,
)
from crypto.codes import VotingCode
from crypto.encoding import decode_json
from crypto.group import SecretScalar, mul_base
from crypto.merkle import leaf_hash, root_of
from crypto.notes import Checkpoint, cosign_note, sign_note
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed
from crypto.voprf import hash_to_group, prove_evaluations
from tests.voting.manifests import a_manifest, seed_of
from voting.counting import read_cast_ballot, sort_ballots, sum_units
from voting.leaf_signatures import sign_marks, sign_schedule
from voting.leaves import (
    BallotLeaf,
    ClosedLeaf,
    Leaf,
    ManifestLeaf,
    OpenedLeaf,
    encode_leaf,
)
from voting.manifest import (
    SERVICE_SIGNER,
    Fingerprint,
    Manifest,
    encode_manifest,
    fingerprint_of,
    manifest_document,
)
from voting.tally import BoardHead, Tally
from voting.tokens import (
    Evidence,
    EvidenceBatch,
    encode_evidence,
    pairs_of_group,
    right_input,
)

CEREMONY = bytes(range(16))
NAMES = ("Åse Å", "Bo Ø", "Cato Æ")
THRESHOLD = 2
OPENS = datetime(2027, 3, 1, 8, tzinfo=UTC)
CLOSES = datetime(2027, 3, 8, 8, tzinfo=UTC)
CLOSED = CLOSES + timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class HolderInside:
    """A key holder with all secrets, as a test may see them."""

    index: int
    seed: SigningSeed
    sealing: SealingKey
    polynomial: Polynomial

    @property
    def secrets(self) -> dict[str, str]:
        """As talk.mjs takes them."""
        return {
            "signing_seed": self.seed.secret.hex(),
            "sealing_key": self.sealing.secret.hex(),
        }


@cache
def holders() -> tuple[HolderInside, ...]:
    """Three key holders."""
    return tuple(
        HolderInside(
            index,
            seed_of(name),
            SealingKey.generate(),
            Polynomial.draw(THRESHOLD),
        )
        for index, name in enumerate(NAMES, 1)
    )


@cache
def assembly() -> Assembly:
    """Their keys, posted."""
    keys = [
        post_keys(
            CEREMONY,
            holder.index,
            NAMES[holder.index - 1],
            holder.seed,
            holder.sealing.public_key,
        )
        for holder in holders()
    ]
    return Assembly(CEREMONY, THRESHOLD, tuple(keys))


@cache
def ceremony_document() -> CeremonyDocument:
    """The ceremony up to its shares, held in Python."""
    bound = assembly()
    return CeremonyDocument(
        title="Prøve",
        assembly=bound,
        commits=tuple(
            post_commit(bound, each.index, each.polynomial, each.seed)
            for each in holders()
        ),
        reveals=tuple(
            post_reveal(bound, each.index, each.polynomial, each.seed)
            for each in holders()
        ),
        shares=tuple(
            deal_share(
                bound, dealer.index, recipient.index, dealer.polynomial, dealer.seed
            )
            for dealer in holders()
            for recipient in holders()
        ),
    )


def share_of(index: int) -> SecretScalar:
    """A holder's share of the election key."""
    key = holders()[index - 1].sealing
    return open_all_shares(ceremony_document(), index, key)


@cache
def ceremony_record() -> CeremonyRecord:
    """The whole ceremony, with transcript signatures and rehearsals."""
    document = ceremony_document()
    return CeremonyRecord(
        document=document,
        rehearsals=tuple(
            rehearse(document.transcript, each.index, share_of(each.index))
            for each in holders()
        ),
        signatures=tuple(
            sign_transcript(document.transcript, each.index, each.seed)
            for each in holders()
        ),
    )


@cache
def outcome() -> CeremonyOutcome:
    """What the ceremony gives the election."""
    return verify_ceremony(ceremony_record())


@cache
def issuer_secret(group: int) -> SecretScalar:
    """The register's issuer key of a voter group."""
    return SecretScalar.from_int(1_000_003 + group)


@cache
def manifest(*, revoting: bool = False) -> Manifest:
    """Three groups, two styles, sums of three ballots and more."""
    base = a_manifest()
    return replace(
        base,
        ceremony=outcome().transcript,
        election_key=outcome().election_key,
        holders=tuple(
            replace(holder, share_key=key)
            for holder, key in zip(base.holders, outcome().share_keys, strict=True)
        ),
        groups=tuple(
            replace(group, issuer_key=mul_base(issuer_secret(group.index)))
            for group in base.groups
        ),
        rules=replace(
            base.rules, batch_size=2, suppression_threshold=3, revoting=revoting
        ),
    )


def encoded_manifest(*, revoting: bool = False) -> bytes:
    """The bytes of the manifest."""
    return encode_manifest(manifest(revoting=revoting))


def fingerprint(*, revoting: bool = False) -> Fingerprint:
    """FP."""
    return fingerprint_of(encoded_manifest(revoting=revoting))


@dataclass(frozen=True, slots=True)
class Voter:
    """A member with a voting code, the register's salt, and a group."""

    group: int
    code: VotingCode
    salt: bytes


def voter(number: int, group: int) -> Voter:
    """A member that is the same in every run."""
    return Voter(group, VotingCode(f"{number:0>26}"), bytes([number]) * 32)


@dataclass(frozen=True, slots=True)
class ClosedBoard:
    """A board that came to its end, its last note, and the token evidence."""

    leaves: tuple[Leaf, ...]
    note: str
    evidence: bytes
    head: BoardHead

    @property
    def record(self) -> dict[str, Any]:
        """What a holder's tool is given of it."""
        return {
            "leaves": [decode_json(encode_leaf(leaf)) for leaf in self.leaves],
            "checkpoint": self.note,
            "evidence": decode_json(self.evidence),
        }


def close_board(
    ballots: Sequence[BallotLeaf],
    *,
    revoting: bool = False,
    shown: bytes | None = None,
) -> ClosedBoard:
    """A closed board with these ballots, sorted into one batch.

    `shown`: the root that the register answers, when it is not this board's.
    """
    digest = fingerprint(revoting=revoting)
    whole = manifest(revoting=revoting)
    ordered = sorted(
        ballots, key=lambda leaf: tracking_digest(digest, leaf.credential, leaf.ballot)
    )
    cast = [read_cast_ballot(digest, leaf) for leaf in ordered]
    counts = sort_ballots(cast).cast_by_group()
    by_group = [counts[group.index] for group in whole.groups]
    leaves: list[Leaf] = [
        ManifestLeaf(manifest_document(whole)),
        sign_schedule(seed_of("service"), digest, OPENS, CLOSES, "Første"),
        OpenedLeaf(OPENS),
        *ordered,
        ClosedLeaf(CLOSED, tuple(by_group)),
    ]
    leaves.append(
        sign_marks(
            seed_of("register"),
            digest,
            size=len(leaves),
            root=shown or _root(leaves),
            final=True,
            counts=by_group,
            paper=[0] * len(by_group),
        )
    )
    head = BoardHead(len(leaves), _root(leaves))
    text = Checkpoint(f"urne/v1/{digest.hex()}", head.size, head.root).text
    note = sign_note(text, SERVICE_SIGNER, seed_of("service"))
    signed = cosign_note(note, "witness.example", seed_of("witness")).encoded
    evidence = Evidence(
        tuple(
            _prove_group(digest, group.index, pairs_of_group(cast, group.index))
            for group in whole.groups
        )
    )
    return ClosedBoard(tuple(leaves), signed, encode_evidence(evidence), head)


def tally_of(board: ClosedBoard, *, revoting: bool = False) -> Tally:
    """The tally as Python reckons it."""
    digest, whole = fingerprint(revoting=revoting), manifest(revoting=revoting)
    cast = [
        read_cast_ballot(digest, leaf)
        for leaf in board.leaves
        if isinstance(leaf, BallotLeaf)
    ]
    return Tally(digest, board.head, sum_units(whole, sort_ballots(cast)))


def _root(leaves: Sequence[Leaf]) -> bytes:
    return root_of([leaf_hash(encode_leaf(leaf)) for leaf in leaves])


def _prove_group(
    digest: bytes, group: int, pairs: Sequence[Any]
) -> tuple[EvidenceBatch, ...]:
    if not pairs:
        return ()
    elements = [hash_to_group(right_input(digest, pair.credential)) for pair in pairs]
    proof = prove_evaluations(
        issuer_secret(group), elements, [pair.token for pair in pairs]
    )
    return (EvidenceBatch(0, len(pairs), proof),)
