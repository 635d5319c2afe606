"""Builds whole election records in memory, with the cryptography itself.

Three key holders, two of whom suffice; four voter groups of two styles, one group too
small to be counted alone; about thirty ballots in three batches; a deadline that was
moved, an addition to the roll, paper results, a witness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crypto.ballot import (
    NO_PREDECESSOR,
    BallotContext,
    SealedBallot,
    seal_ballot,
)
from crypto.ballot_shape import Selection
from crypto.ballot_signature import sign_ballot, tracking_digest
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
from crypto.ceremony_record import CeremonyRecord, verify_ceremony
from crypto.encoding import encode_json
from crypto.group import Point, SecretScalar, mul, mul_base
from crypto.merkle import leaf_hash, root_of
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from crypto.voprf import hash_to_group, prove_evaluations
from tests.voting.manifests import a_manifest, seed_of
from voting.approvals import (
    Approvals,
    approval_parts,
    encode_approvals,
    protocol_digest,
    sign_approved,
)
from voting.board_order import BoardOrder, read_board
from voting.checkpoints import sign_checkpoint, witness_checkpoint
from voting.counting import read_cast_ballot, sort_ballots, sum_units
from voting.leaf_signatures import (
    schedule_parts,
    sign_addition,
    sign_codes,
    sign_marks,
    sign_schedule,
)
from voting.leaves import (
    BallotLeaf,
    ClosedLeaf,
    CodesKind,
    IndexedSignature,
    Leaf,
    ManifestLeaf,
    OpenedLeaf,
    ScheduleLeaf,
    encode_leaf,
)
from voting.manifest import (
    Group,
    Holder,
    Manifest,
    Rules,
    encode_manifest,
    fingerprint_of,
    manifest_document,
)
from voting.manifest_model import Fingerprint
from voting.paper import (
    PaperGroup,
    PaperResults,
    encode_paper,
    no_paper,
    paper_parts,
    signed_paper,
)
from voting.partials import make_partial, open_tally, partial_document
from voting.protocol_document import ProtocolInputs, build_protocol
from voting.record import RecordParts, split_board
from voting.results import reckon_groups, reckon_result
from voting.tally import BoardHead, Tally, encode_tally, tally_digest
from voting.tokens import (
    Evidence,
    EvidenceBatch,
    encode_evidence,
    pairs_of_group,
    right_input,
    split_pairs,
)

NAMES = ("Åse Å", "Bo Ø", "Cato Æ")
THRESHOLD = 2
OPENS = datetime(2027, 3, 1, 8, tzinfo=UTC)
CLOSES = datetime(2027, 3, 8, 18, tzinfo=UTC)
LATER = CLOSES + timedelta(days=1)
GRACE = timedelta(minutes=10)

YES, NO = Selection(frozenset({0})), Selection(frozenset({1}))
EMPTY = Selection(frozenset(), blank=True)


@dataclass(frozen=True)
class Voter:
    """Someone who votes, and how, in each of the ballots that she casts."""

    group: int
    ballots: tuple[tuple[Selection, ...], ...]
    credential: SecretScalar = field(default_factory=SecretScalar.random)


@dataclass(frozen=True)
class Plan:
    """What happens in an election."""

    voters: tuple[Voter, ...]
    revoting: bool = False
    paper: bool = True
    witnessed: bool = True
    batch_size: int = 4
    threshold: int = 5
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the manifest that are other than usual."""


@dataclass(frozen=True)
class HeldCeremony:
    """A ceremony, and the secrets that its holders keep."""

    record: CeremonyRecord
    seeds: tuple[SigningSeed, ...]
    shares: tuple[SecretScalar, ...]


@dataclass
class Built:
    """A record and what it was made with."""

    parts: RecordParts
    manifest: Manifest
    fingerprint: Fingerprint
    ceremony: HeldCeremony
    issuers: tuple[SecretScalar, ...]
    leaves: list[Leaf]


def votes_of(group: int, number: int) -> tuple[Selection, ...]:
    """What voter `number` of a group marks: all kinds of votes, over and over."""
    agreement = (YES, NO, YES, EMPTY, YES)[number % 5]
    if group % 2 == 0:
        return (agreement,)
    delegates = (
        Selection(frozenset({0, 1})),
        Selection(frozenset({2})),
        EMPTY,
        Selection(frozenset({1, 2})),
    )[number % 4]
    return (agreement, delegates)


def plain_plan(sizes: Sequence[int] = (10, 9, 3, 8)) -> Plan:
    """Each voter casts one ballot."""
    return Plan(
        tuple(
            Voter(group, (votes_of(group, number),))
            for group, size in enumerate(sizes)
            for number in range(size)
        )
    )


def revoting_plan() -> Plan:
    """Some vote again, one three times; no paper, no witness needed."""
    twice = [
        replace(voter, ballots=(*voter.ballots, votes_of(voter.group, 1)))
        for voter in plain_plan((3, 2, 1, 2)).voters
    ]
    thrice = replace(twice[0], ballots=(*twice[0].ballots, votes_of(0, 3)))
    once = plain_plan((4, 5, 2, 3)).voters
    return Plan(
        (thrice, *twice[1:], *once), revoting=True, paper=False, witnessed=False
    )


def hold_ceremony(title: str = "Lønnsoppgjør 2027") -> HeldCeremony:
    """Hold a ceremony of three holders, two of whom suffice."""
    ceremony_id = bytes(range(16))
    indices = range(1, len(NAMES) + 1)
    seeds = [SigningSeed.generate() for _ in NAMES]
    sealing = [SealingKey.generate() for _ in NAMES]
    polynomials = [Polynomial.draw(THRESHOLD) for _ in NAMES]
    assembly = Assembly(
        ceremony_id,
        THRESHOLD,
        tuple(
            post_keys(
                ceremony_id, i, NAMES[i - 1], seeds[i - 1], sealing[i - 1].public_key
            )
            for i in indices
        ),
    )
    document = CeremonyDocument(
        title=title,
        assembly=assembly,
        commits=tuple(
            post_commit(assembly, i, polynomials[i - 1], seeds[i - 1]) for i in indices
        ),
        reveals=tuple(
            post_reveal(assembly, i, polynomials[i - 1], seeds[i - 1]) for i in indices
        ),
        shares=tuple(
            deal_share(assembly, i, j, polynomials[i - 1], seeds[i - 1])
            for i in indices
            for j in indices
        ),
    )
    shares = tuple(open_all_shares(document, i, sealing[i - 1]) for i in indices)
    transcript = document.transcript
    record = CeremonyRecord(
        document=document,
        rehearsals=tuple(rehearse(transcript, i, shares[i - 1]) for i in indices),
        signatures=tuple(sign_transcript(transcript, i, seeds[i - 1]) for i in indices),
    )
    return HeldCeremony(record, tuple(seeds), shares)


def seal_manifest(
    plan: Plan, ceremony: HeldCeremony, issuers: Sequence[SecretScalar]
) -> Manifest:
    """Write the manifest of an election that is about to begin."""
    outcome = verify_ceremony(ceremony.record)
    base = a_manifest()
    return replace(
        base,
        ceremony=outcome.transcript,
        election_key=outcome.election_key,
        threshold=THRESHOLD,
        holders=tuple(
            Holder(each.index, each.name, share_key, each.signing_key)
            for each, share_key in zip(
                outcome.assembly.holders, outcome.share_keys, strict=True
            )
        ),
        groups=tuple(
            Group(
                index=index,
                label=f"Krets {index}",
                entitled=20,
                style=index % 2,
                issuer_key=mul_base(issuer),
            )
            for index, issuer in enumerate(issuers)
        ),
        witness_threshold=int(plan.witnessed),
        rules=Rules(
            batch_size=plan.batch_size,
            grace_seconds=int(GRACE.total_seconds()),
            revoting=plan.revoting,
            suppression_threshold=plan.threshold,
        ),
        **plan.changes,
    )


class BoardBuilder:
    """Grows a board and signs its checkpoints, as service and register do."""

    def __init__(self, manifest: Manifest, witnessed: bool) -> None:
        """Begin with the manifest and the first schedule."""
        self.manifest = manifest
        self.fingerprint = fingerprint_of(encode_manifest(manifest))
        self.witnessed = witnessed
        self.leaves: list[Leaf] = [ManifestLeaf(manifest_document(manifest))]
        self.notes: list[str] = []
        self.signed_size = 0
        self.paper_marks = [0] * len(manifest.groups)
        self.spare_marks = 1
        """How many more marks than ballots the register counts until closing."""

    @property
    def head(self) -> BoardHead:
        """Size and root as they are now."""
        hashes = [leaf_hash(encode_leaf(leaf)) for leaf in self.leaves]
        return BoardHead(len(hashes), root_of(hashes))

    def add(self, *leaves: Leaf) -> None:
        """Append leaves."""
        self.leaves.extend(leaves)

    def checkpoint(self) -> None:
        """Sign a checkpoint of what is new, and have the witness sign it too."""
        if self.notes and self.head.size == self.signed_size:
            return
        self.signed_size = self.head.size
        note = sign_checkpoint(seed_of("service"), self.fingerprint, self.head)
        if self.witnessed:
            name = self.manifest.witnesses[0].name
            note = witness_checkpoint(
                seed_of("witness"), name, self.manifest, self.fingerprint, note
            )
        self.notes.append(note)

    def cast_counts(self) -> tuple[int, ...]:
        """How many credentials have a ballot, by group."""
        ballots = [
            read_cast_ballot(self.fingerprint, leaf)
            for leaf in self.leaves
            if isinstance(leaf, BallotLeaf)
        ]
        cast = sort_ballots(ballots).cast_by_group()
        return tuple(cast[group.index] for group in self.manifest.groups)

    def answer(self, *, final: bool = False) -> None:
        """Have the register count its marks: in the end one more than ballots."""
        head = self.head
        spare = 1 if final else self.spare_marks
        counts = [max(cast + spare, 0) for cast in self.cast_counts()]
        self.add(
            sign_marks(
                seed_of("register"),
                self.fingerprint,
                size=head.size,
                root=head.root,
                final=final,
                counts=counts,
                paper=self.paper_marks,
            )
        )


def cast_votes(
    manifest: Manifest,
    fingerprint: Fingerprint,
    issuers: Sequence[SecretScalar],
    voter: Voter,
) -> list[BallotLeaf]:
    """Seal and sign a voter's ballots, in their chain; of no batch yet."""
    style = manifest.groups[voter.group].style
    public = mul_base(voter.credential)
    context = BallotContext(
        fingerprint=fingerprint,
        group=voter.group,
        style=style,
        credential=public,
        election_key=manifest.election_key,
        revoting=manifest.rules.revoting,
    )
    token = issue(fingerprint, issuers[voter.group], public)
    predecessor = NO_PREDECESSOR
    leaves: list[BallotLeaf] = []
    for sequence, selections in enumerate(voter.ballots):
        sealed = seal_ballot(
            context,
            manifest.shape_of_style(style),
            selections,
            sequence=sequence,
            predecessor=predecessor,
        )
        leaf = signed_ballot(fingerprint, voter.credential, token, sealed)
        predecessor = tracking_digest(fingerprint, public, sealed)
        leaves.append(leaf)
    return leaves


def issue(fingerprint: Fingerprint, issuer: SecretScalar, credential: Point) -> Point:
    """Give a voting right, without the blinding."""
    return mul(issuer, hash_to_group(right_input(fingerprint, credential)))


def signed_ballot(
    fingerprint: Fingerprint,
    credential: SecretScalar,
    token: Point,
    sealed: SealedBallot,
) -> BallotLeaf:
    """A ballot with its credential's signature, in batch 0."""
    public = mul_base(credential)
    tracking = tracking_digest(fingerprint, public, sealed)
    signature = sign_ballot(fingerprint, credential, token, tracking)
    return BallotLeaf(sealed, 0, public, token, signature)


def in_batch(
    fingerprint: Fingerprint, batch: int, leaves: Sequence[BallotLeaf]
) -> list[BallotLeaf]:
    """The ballots of a batch, sorted by tracking digest."""
    named = [replace(leaf, batch=batch) for leaf in leaves]
    return sorted(
        named,
        key=lambda leaf: tracking_digest(fingerprint, leaf.credential, leaf.ballot),
    )


def later_schedule(
    fingerprint: Fingerprint, ceremony: HeldCeremony, signers: Sequence[int] = (1, 3)
) -> ScheduleLeaf:
    """Schedule 1: a day more, signed by two holders."""
    reason = "Posten var forsinket"
    parts = schedule_parts(fingerprint, 1, OPENS, LATER, reason)
    signatures = tuple(
        IndexedSignature(index, sign(ceremony.seeds[index - 1], "schedule", *parts))
        for index in signers
    )
    return ScheduleLeaf(fingerprint, 1, OPENS, LATER, reason, signatures)


def fill_board(
    plan: Plan, board: BoardBuilder, ceremony: HeldCeremony, ballots: list[BallotLeaf]
) -> None:
    """Let the election happen: two batches while open, the rest at closing."""
    fingerprint, register = board.fingerprint, seed_of("register")
    root = root_of(leaf_hash(bytes([number])) for number in range(40))
    board.add(sign_schedule(seed_of("service"), fingerprint, OPENS, CLOSES, ""))
    board.checkpoint()
    board.answer()
    board.add(
        sign_codes(
            register,
            fingerprint,
            number=0,
            kind=CodesKind.INVITATION,
            count=40,
            root=root,
        )
    )
    board.add(OpenedLeaf(OPENS))
    board.checkpoint()
    third = max(len(ballots) // 3, plan.batch_size)
    board.add(*in_batch(fingerprint, 1, ballots[:third]))
    board.checkpoint()
    board.answer()
    board.add(later_schedule(fingerprint, ceremony))
    board.add(sign_addition(register, fingerprint, 0, 1, "Meldt inn i februar"))
    board.add(
        sign_codes(
            register, fingerprint, number=1, kind=CodesKind.LATE, count=1, root=root
        )
    )
    if plan.paper:
        board.paper_marks = [3, 3, 0, 0]
    board.add(*in_batch(fingerprint, 2, ballots[third : 2 * third]))
    board.checkpoint()
    board.answer()
    board.add(*in_batch(fingerprint, 3, ballots[2 * third :]))
    board.add(ClosedLeaf(LATER + GRACE, board.cast_counts()))
    board.checkpoint()
    board.answer(final=True)
    board.checkpoint()


def count_paper(
    manifest: Manifest, fingerprint: Fingerprint, ceremony: HeldCeremony
) -> PaperResults:
    """Three envelopes in group 0, two in group 1 (where three are marked)."""
    empty = no_paper(manifest)
    results = replace(
        empty,
        groups=(PaperGroup(3, 1, 1), PaperGroup(2, 0, 0), *empty.groups[2:]),
        styles=(((1, 1, 0),), ((2, 0, 0), (1, 1, 0, 1))),
    )
    parts = paper_parts(fingerprint, results)
    return signed_paper(
        results,
        [
            IndexedSignature(index, sign(ceremony.seeds[index - 1], "paper", *parts))
            for index in (2, 1)
        ],
    )


def prove_tokens(
    manifest: Manifest, order: BoardOrder, issuers: Sequence[SecretScalar]
) -> Evidence:
    """Prove every token, six in a batch, so that a group has several batches."""
    fingerprint = fingerprint_of(encode_manifest(manifest))
    groups: list[tuple[EvidenceBatch, ...]] = []
    for group, issuer in enumerate(issuers):
        batches: list[EvidenceBatch] = []
        for first, pairs in split_pairs(pairs_of_group(order.ballots, group), 6):
            elements = [
                hash_to_group(right_input(fingerprint, each.credential))
                for each in pairs
            ]
            proof = prove_evaluations(issuer, elements, [each.token for each in pairs])
            batches.append(EvidenceBatch(first, len(pairs), proof))
        groups.append(tuple(batches))
    return Evidence(tuple(groups))


def approve(
    manifest: Manifest,
    fingerprint: Fingerprint,
    ceremony: HeldCeremony,
    protocol: bytes,
) -> bytes:
    """Have as many holders as needed sign the protocol."""
    digest = protocol_digest(protocol)
    approved_at = LATER + timedelta(days=2)
    return encode_approvals(
        Approvals(
            approvals=tuple(
                IndexedSignature(
                    index,
                    sign(
                        ceremony.seeds[index - 1],
                        "approval",
                        *approval_parts(fingerprint, digest),
                    ),
                )
                for index in range(1, manifest.approvals_needed + 1)
            ),
            approved_at=approved_at,
            signature=sign_approved(
                seed_of("service"), fingerprint, digest, approved_at
            ),
        )
    )


def build(plan: Plan) -> Built:
    """Hold an election as planned, and write its record."""
    ceremony = hold_ceremony()
    issuers = tuple(SecretScalar.random() for _ in range(4))
    manifest = seal_manifest(plan, ceremony, issuers)
    board = BoardBuilder(manifest, plan.witnessed)
    ballots = [
        leaf
        for voter in plan.voters
        for leaf in cast_votes(manifest, board.fingerprint, issuers, voter)
    ]
    fill_board(plan, board, ceremony, ballots)
    parts = count(plan, board, ceremony, issuers)
    return Built(parts, manifest, board.fingerprint, ceremony, issuers, board.leaves)


def count(
    plan: Plan,
    board: BoardBuilder,
    ceremony: HeldCeremony,
    issuers: Sequence[SecretScalar],
) -> RecordParts:
    """Count what is on a finished board, approve it, and give the record."""
    manifest, fingerprint = board.manifest, board.fingerprint
    order = read_board(manifest, fingerprint, board.leaves)
    box = sort_ballots(order.ballots)
    paper = count_paper(manifest, fingerprint, ceremony) if plan.paper else None
    tally = Tally(fingerprint, board.head, sum_units(manifest, box))
    partials = [
        make_partial(
            manifest,
            tally,
            index=index,
            share=ceremony.shares[index - 1],
            signing_seed=ceremony.seeds[index - 1],
        )
        for index in (1, 2, 3)
    ]
    encoded_tally = encode_tally(tally)
    files = {
        "ceremony": encode_json(ceremony.record.entry),
        "checkpoints": encode_json(board.notes),
        "evidence": encode_evidence(prove_tokens(manifest, order, issuers)),
        "partials": encode_json([partial_document(each) for each in partials]),
    }
    if paper is not None:
        files["paper"] = encode_paper(paper)
    result = reckon_result(
        manifest,
        tally,
        open_tally(manifest, tally, partials),
        reckon_groups(manifest, order, box, paper),
        paper,
    )
    protocol = build_protocol(
        ProtocolInputs(
            manifest=manifest,
            fingerprint=fingerprint,
            board=order,
            head=board.head,
            result=result,
            tally=tally_digest(encoded_tally),
            files=files,
        )
    )
    return RecordParts(
        manifest=encode_manifest(manifest),
        board=tuple(split_board(map(encode_leaf, board.leaves))),
        tally=encoded_tally,
        protocol=protocol,
        approvals=approve(manifest, fingerprint, ceremony, protocol),
        ceremony=files["ceremony"],
        checkpoints=files["checkpoints"],
        evidence=files["evidence"],
        partials=files["partials"],
        paper=files.get("paper"),
    )
