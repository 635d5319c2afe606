"""A whole election through the service's use cases, the test holding every other part.

The register's side is played with its real signing key and real issuer keys: what it
would post is made here and handed to the same use cases that take its documents.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, create_official
from accounts.roles import Role
from crypto.ballot import BallotContext, seal_ballot
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
from crypto.encoding import JsonValue, encode_base64
from crypto.group import SecretScalar, mul, mul_base
from crypto.passwords import CHEAPEST_FOR_TESTS
from crypto.sealing import SealingKey, seal
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from crypto.voprf import hash_to_group
from infra.clock import FixedClock
from infra.config import Settings
from infra.databases import Store
from infra.token_verifier import TokenVerifier
from tests.voting.manifests import AGREEMENT
from voting.board import latest_checkpoint
from voting.casting import CastRequest, Receipt, cast_ballot
from voting.ceremony import Ceremony, load_ceremony, post_message
from voting.counting_room import accept_partial, load_tally
from voting.drafts import Draft, DraftContest
from voting.elections import (
    create_election,
    draft_of,
    get_election,
    note_roll_totals,
    seat_committee,
    start_ceremony,
)
from voting.evidence import prove_tokens
from voting.leaf_signatures import sign_marks
from voting.leaves import leaf_document
from voting.lifecycle import (
    close_election,
    open_election,
    publish_batch,
    take_register_leaf,
)
from voting.long_work import Workbench
from voting.manifest_model import Rules
from voting.partials import make_partial, partial_document
from voting.proposal_signing import proposal_parts, sign_proposal
from voting.sealed import SealedElection, get_sealed
from voting.sealing import seal_election
from voting.tables import Proposal
from voting.tallying import request_count
from voting.tokens import right_input
from voting.verifier_process import IssuerKeys, VerifierServer
from voting.work_steps import carry_out

BEFORE = datetime(2027, 2, 1, 8, tzinfo=UTC)
OPENS = datetime(2027, 3, 1, 8, tzinfo=UTC)
DURING = datetime(2027, 3, 2, 12, tzinfo=UTC)
CLOSES = datetime(2027, 3, 8, 18, tzinfo=UTC)
AFTER = CLOSES + timedelta(hours=1)
ORGANISER = "0" * 32
NAMES = ("Kari Nordmann", "Ola Hansen", "Siri Berg")
YES = (Selection(frozenset({0})),)
NO = (Selection(frozenset({1})),)
BLANK = (Selection(frozenset(), blank=True),)

Result = TypeVar("Result")


@dataclass(slots=True)
class WholeElection:
    """An election, and the secrets of everyone but the service."""

    store: Store
    settings: Settings
    verifier: TokenVerifier
    id: str
    groups: tuple[str, ...]
    seeds: list[SigningSeed] = field(default_factory=list)
    shares: list[SecretScalar] = field(default_factory=list)
    issuers: list[SecretScalar] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)

    @property
    def service_seed(self) -> SigningSeed:
        """The service's signing key."""
        return SigningSeed(self.settings.secrets_of("service").signing_seed.reveal())

    @property
    def register_seed(self) -> SigningSeed:
        """The register's signing key."""
        return SigningSeed(self.settings.secrets_of("register").signing_seed.reveal())

    def sealed(self) -> SealedElection:
        """The election as it stands."""
        with self.store.reading() as session:
            return get_sealed(session, self.id)

    def hold_ceremony(self) -> None:
        """All rounds, every holder in turn."""
        with self.store.begin() as session:
            start_ceremony(
                session, get_election(session, self.id), actor=ORGANISER, at=BEFORE
            )
        sealing = [SealingKey.generate() for _ in NAMES]
        self.seeds = [SigningSeed.generate() for _ in NAMES]
        polynomials = [Polynomial.draw(2) for _ in NAMES]
        indices = range(1, len(NAMES) + 1)
        ceremony_id = self._ceremony().id
        for i in indices:
            keys = post_keys(
                ceremony_id,
                i,
                NAMES[i - 1],
                self.seeds[i - 1],
                sealing[i - 1].public_key,
            )
            self._post("keys", i, keys.entry)
        assembly = self._ceremony().assembly()
        for i in indices:
            commit = post_commit(assembly, i, polynomials[i - 1], self.seeds[i - 1])
            self._post("commit", i, commit.entry)
        for i in indices:
            reveal = post_reveal(assembly, i, polynomials[i - 1], self.seeds[i - 1])
            self._post("reveal", i, reveal.entry)
        for i in indices:
            dealt: list[JsonValue] = [
                deal_share(assembly, i, j, polynomials[i - 1], self.seeds[i - 1]).entry
                for j in indices
            ]
            self._post("share", i, dealt)
        document = self._ceremony().document()
        self.shares = [open_all_shares(document, i, sealing[i - 1]) for i in indices]
        for i in indices:
            signed = sign_transcript(document.transcript, i, self.seeds[i - 1])
            self._post("signature", i, signed.entry)
        for i in indices:
            rehearsal = rehearse(document.transcript, i, self.shares[i - 1])
            self._post("rehearsal", i, rehearsal.entry)

    def freeze_roll(self, entitled: int = 100) -> None:
        """What the register hands over of a frozen roll."""
        self.issuers = [SecretScalar.random() for _ in self.groups]
        self.marks = [0 for _ in self.groups]
        sealed = [seal(self.verifier.public_key(), key.encoded) for key in self.issuers]
        self.verifier.install_keys(self.id, sealed)
        groups: list[JsonValue] = [
            {
                "entitled": entitled,
                "issuer_key": mul_base(key).encoded.hex(),
                "label": label,
                "sealed_issuer_key": encode_base64(box),
            }
            for label, key, box in zip(self.groups, self.issuers, sealed, strict=True)
        ]
        body: JsonValue = {"groups": groups, "roll_commitment": "ab" * 32}
        with self.store.begin() as session:
            note_roll_totals(session, self.id, body)

    def seal(self) -> bytes:
        """Seal the manifest."""
        with self.store.begin() as session:
            election = get_election(session, self.id)
            return seal_election(
                session, self.settings, election, [], actor=ORGANISER, at=BEFORE
            )

    def open(self) -> None:
        """Open at the opening time."""
        with self.store.begin() as session:
            assert open_election(session, self.settings, self.id, OPENS)

    def request(
        self, selections: tuple[Selection, ...] = YES, group: int = 0
    ) -> CastRequest:
        """A ballot of a new voter, sealed and signed; the right is marked."""
        election = self.sealed()
        secret = SecretScalar.random()
        credential = mul_base(secret)
        style = election.manifest.groups[group].style
        context = BallotContext(
            fingerprint=election.fingerprint,
            group=group,
            style=style,
            credential=credential,
            election_key=election.manifest.election_key,
        )
        shape = election.manifest.shape_of_style(style)
        ballot = seal_ballot(context, shape, selections)
        element = hash_to_group(right_input(election.fingerprint, credential))
        token = mul(self.issuers[group], element)
        tracking = tracking_digest(election.fingerprint, credential, ballot)
        signature = sign_ballot(election.fingerprint, secret, token, tracking)
        self.marks[group] += 1
        return CastRequest(election.fingerprint, ballot, credential, token, signature)

    def cast(self, request: CastRequest, now: datetime = DURING) -> Receipt:
        """Cast in a transaction of its own."""
        with self.store.begin() as session:
            return cast_ballot(
                session,
                self.verifier,
                self.service_seed,
                election=get_sealed(session, self.id),
                request=request,
                now=now,
            )

    def vote(self, votes: Sequence[tuple[Selection, ...]], group: int = 0) -> None:
        """One new voter for each."""
        for selections in votes:
            self.cast(self.request(selections, group))

    def publish(self) -> bool:
        """Publish a batch if there are enough."""
        with self.store.begin() as session:
            return publish_batch(session, self.settings, self.id, DURING)

    def close(self, paper: Sequence[int] | None = None) -> None:
        """Close, prove the tokens, take the final marks."""
        with self.store.begin() as session:
            assert close_election(session, self.settings, self.id, AFTER)
        with self.store.begin() as session:
            prove_tokens(session, self.verifier, self.id, AFTER)
        self.hand_in_marks(final=True, paper=paper)

    def hand_in_marks(
        self, *, final: bool = False, paper: Sequence[int] | None = None
    ) -> None:
        """The register's counts at the latest checkpoint."""
        with self.store.reading() as session:
            checkpoint = latest_checkpoint(session, self.id)
        leaf = sign_marks(
            self.register_seed,
            self.sealed().fingerprint,
            size=checkpoint.size,
            root=checkpoint.root,
            final=final,
            counts=self.marks,
            paper=paper or [0] * len(self.groups),
        )
        with self.store.begin() as session:
            take_register_leaf(session, self.settings, self.id, leaf_document(leaf))

    def start_count(self) -> None:
        """Ask for the tally, and have it reckoned."""
        with self.store.begin() as session:
            request_count(session, self.id, actor=ORGANISER)
        self.do_work()

    def do_work(self, at: datetime = AFTER) -> None:
        """What a worker does of the work that was asked for."""
        carry_out(Workbench(self.store, self.settings, FixedClock(at)), self.id)

    def hand_in_partial(self, index: int) -> bool:
        """One holder's partial decryptions."""
        with self.store.reading() as session:
            tally = load_tally(session, self.id)
        partial = make_partial(
            self.sealed().manifest,
            tally,
            index=index,
            share=self.shares[index - 1],
            signing_seed=self.seeds[index - 1],
        )
        with self.store.begin() as session:
            is_enough = accept_partial(
                session,
                self.id,
                index=index,
                value=partial_document(partial),
                actor=ORGANISER,
                at=AFTER,
            )
        self.do_work()
        return is_enough

    def count(self) -> None:
        """Start the count, and have two holders open it."""
        self.start_count()
        assert not self.hand_in_partial(1)
        assert self.hand_in_partial(3)

    def sign(self, kind: str, number: int, index: int, at: datetime = AFTER) -> bool:
        """One holder's signature under a proposal."""
        election = self.sealed()
        with self.store.begin() as session:
            row = session.get_one(Proposal, (self.id, kind, number))
            parts = proposal_parts(election, kind, number, row.document)
            return sign_proposal(
                session,
                self.settings,
                self.id,
                kind=kind,
                number=number,
                index=index,
                signature=sign(self.seeds[index - 1], kind, *parts),
                actor=ORGANISER,
                at=at,
            )

    def approve(self) -> None:
        """Two of three sign the protocol."""
        assert not self.sign("approval", 1, 2)
        assert self.sign("approval", 1, 3)

    def _ceremony(self) -> Ceremony:
        with self.store.begin() as session:
            election = get_election(session, self.id)
            return load_ceremony(session, election, draft_of(election).threshold)

    def _post(self, kind: str, index: int, entry: JsonValue) -> None:
        with self.store.begin() as session:
            election = get_election(session, self.id)
            ceremony = load_ceremony(session, election, 2)
            post_message(
                session, ceremony, kind=kind, index=index, value=entry, at=BEFORE
            )


def a_draft(*, threshold: int = 2, suppression: int = 3, batch: int = 2) -> Draft:
    """A draft with one contest, Ja / Nei / Blank."""
    return Draft(
        organisation="Fagforbundet Nord",
        language="nb",
        practice=False,
        opens_at=OPENS,
        closes_at=CLOSES,
        contests=(DraftContest(AGREEMENT),),
        rules=Rules(batch, 600, revoting=False, suppression_threshold=suppression),
        threshold=threshold,
        approvals_needed=2,
    )


def committee(session: Session) -> list[OfficialIdentity]:
    """Three officials who hold keys."""
    return [
        create_official(
            session,
            name=name,
            email=f"{name.split()[0].lower()}@forbund.example",
            password="et langt nok passord",
            roles=[Role.COMMITTEE],
            profile=CHEAPEST_FOR_TESTS,
        )
        for name in NAMES
    ]


@contextmanager
def a_new_election(
    store: Store,
    settings: Settings,
    folder: Path,
    *,
    draft: Draft | None = None,
    groups: tuple[str, ...] = ("Nord", "Sør"),
) -> Iterator[WholeElection]:
    """A draft with its committee seated, and a verifier process that listens."""
    server = VerifierServer(folder / "v.sock", IssuerKeys.at(folder / "verifier"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    verifier = TokenVerifier(folder / "v.sock")
    try:
        with store.begin() as session:
            election = create_election(
                session,
                settings,
                slug="lonnsoppgjor-2027",
                title="Lønnsoppgjør 2027",
                draft=draft or a_draft(),
                actor=ORGANISER,
                at=BEFORE,
                verifier_key=verifier.public_key(),
            )
            members = committee(session)
            seat_committee(session, election, members, actor=ORGANISER, at=BEFORE)
            election_id = election.id
        yield WholeElection(store, settings, verifier, election_id, groups)
    finally:
        server.shutdown()
        server.server_close()
