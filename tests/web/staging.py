"""Elections brought to each phase by the use cases themselves, for tests of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from accounts.officials import OfficialIdentity, create_official
from accounts.roles import Role
from crypto.ballot import NO_PREDECESSOR, BallotContext, seal_ballot
from crypto.ballot_shape import Selection
from crypto.ballot_signature import sign_ballot, tracking_digest
from crypto.encoding import JsonValue, encode_base64
from crypto.group import SecretScalar, mul, mul_base
from crypto.passwords import CHEAPEST_FOR_TESTS
from crypto.sealing import seal
from crypto.signing import SigningSeed, sign
from crypto.voprf import hash_to_group
from infra.clock import FixedClock
from infra.config import Settings
from infra.databases import Store
from infra.token_verifier import TokenVerifier
from tests.voting.ceremony_table import CeremonyTable
from voting.board import latest_checkpoint
from voting.board_statements import read_statements
from voting.casting import CastRequest, cast_ballot
from voting.counting_room import accept_partial, load_tally
from voting.draft_editing import (
    Basics,
    CommitteeNumbers,
    Defaults,
    new_draft,
    yes_no_contest,
)
from voting.drafts import DraftContest, with_contest
from voting.elections import (
    create_election,
    draft_of,
    get_election,
    note_roll_draft,
    note_roll_totals,
    start_ceremony,
)
from voting.evidence import prove_tokens
from voting.leaf_signatures import sign_marks
from voting.leaves import leaf_document
from voting.lifecycle import close_election, open_election, take_register_leaf
from voting.long_work import Workbench
from voting.manifest_model import Script
from voting.partials import make_partial, partial_document
from voting.proposal_signing import proposal_parts, sign_proposal
from voting.sealed import get_sealed
from voting.sealing import seal_election, service_seed
from voting.seats import seat_members
from voting.tables import Proposal
from voting.tallying import request_count
from voting.tokens import right_input
from voting.work_steps import carry_out

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
OPENS = NOW + timedelta(days=14)
CLOSES = OPENS + timedelta(days=14)
DURING = OPENS + timedelta(days=1)
AFTER = CLOSES + timedelta(minutes=11)

PASSWORD = "et langt nok passord"
YES, NO = Selection(frozenset({0})), Selection(frozenset({1}))
BLANK = Selection(frozenset(), blank=True)
PRACTICE_TITLE = "Øvelse for tellekorpset"
GROUPS = (("Kommune", 40), ("Spesialisthelsetjenesten", 25), ("Privat", 8))


@dataclass(frozen=True)
class People:
    """Officials of each role; three of the committee, and a fourth who waits."""

    organiser: OfficialIdentity
    auditor: OfficialIdentity
    nobody: OfficialIdentity
    committee: tuple[OfficialIdentity, ...]


def create_people(session: Session) -> People:
    """Create them, with a password that costs nothing to check."""

    def person(name: str, *roles: Role) -> OfficialIdentity:
        return create_official(
            session,
            name=name,
            email=f"{name.partition(' ')[0].lower()}@forbundet.example",
            password=PASSWORD,
            roles=roles,
            profile=CHEAPEST_FOR_TESTS,
        )

    return People(
        organiser=person("Randi Arrangør", Role.ORGANISER),
        auditor=person("Rune Revisor", Role.AUDITOR),
        nobody=person("Nina Ingen"),
        committee=tuple(
            person(name, Role.COMMITTEE)
            for name in ("Aase Aa", "Bo Berg", "Cato Dahl", "Dina Eng")
        ),
    )


@dataclass
class Stage:
    """One election, and the secrets of those who take part in it."""

    store: Store
    settings: Settings
    verifier: TokenVerifier
    people: People
    id: str = ""
    practice: bool = False
    organisation: str = "Forbundet for prøver"
    seeds: list[SigningSeed] = field(default_factory=list)
    shares: list[SecretScalar] = field(default_factory=list)
    issuers: list[SecretScalar] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.store.begin() as session:
            yield session

    def create(self, slug: str, title: str, *, threshold: int = 5) -> None:
        """Create a draft with one contest."""
        basics = Basics(self.organisation, "nb", self.practice, OPENS, CLOSES)
        draft = with_contest(
            new_draft(basics, Defaults(1, threshold)),
            DraftContest(yes_no_contest("Ny hovedavtale")),
        )
        with self.writing() as session:
            election = create_election(
                session,
                self.settings,
                slug=slug,
                title=title,
                draft=draft,
                actor=self.people.organiser.id,
                at=NOW,
                verifier_key=self.verifier.public_key(),
            )
            self.id = election.id

    def import_roll(self) -> None:
        """Let the register tell of its draft."""
        groups: JsonValue = [
            {"count": count, "label": label} for label, count in GROUPS
        ]
        with self.writing() as session:
            note_roll_draft(session, self.id, {"groups": groups})

    def freeze_roll(self) -> None:
        """Let the register hand over its issuer keys."""
        self.issuers = [SecretScalar.random() for _ in GROUPS]
        key = self.verifier.public_key()
        sealed = [seal(key, issuer.encoded) for issuer in self.issuers]
        self.verifier.install_keys(self.id, sealed)
        groups: JsonValue = [
            {
                "entitled": count,
                "issuer_key": mul_base(issuer).encoded.hex(),
                "label": label,
                "sealed_issuer_key": encode_base64(box),
            }
            for (label, count), issuer, box in zip(
                GROUPS, self.issuers, sealed, strict=True
            )
        ]
        body: JsonValue = {"groups": groups, "roll_commitment": bytes(32).hex()}
        with self.writing() as session:
            note_roll_totals(session, self.id, body)

    def seat(self) -> None:
        """Seat three, two of whom suffice."""
        with self.writing() as session:
            seat_members(
                session,
                get_election(session, self.id),
                self.people.committee[:3],
                CommitteeNumbers(2, 2),
                actor=self.people.organiser.id,
                at=NOW,
            )

    def begin_ceremony(self) -> None:
        """Begin it."""
        with self.writing() as session:
            election = get_election(session, self.id)
            start_ceremony(session, election, actor=self.people.organiser.id, at=NOW)

    def table(self) -> CeremonyTable:
        """The three holders, who have drawn nothing yet."""
        names = [member.name for member in self.people.committee[:3]]
        return CeremonyTable(self.store, self.id, NOW, names)

    def post_keys(self, count: int = 3) -> None:
        """Have the first holders post their keys."""
        self.table().post_keys(count)

    def deal_shares(self) -> CeremonyTable:
        """Hold the ceremony until all shares are dealt."""
        table = self.table()
        table.until_shares()
        self.seeds = table.seeds
        return table

    def hold_ceremony(self) -> None:
        """Hold all of it."""
        self.shares = self.deal_shares().sign_and_rehearse()

    def seal(self) -> None:
        """Seal the manifest."""
        with self.writing() as session:
            seal_election(
                session,
                self.settings,
                get_election(session, self.id),
                [Script("/static/js/voter/main.js", bytes(48))],
                actor=self.people.organiser.id,
                at=NOW,
            )

    def open(self) -> None:
        """Open it at its time."""
        with self.writing() as session:
            assert open_election(session, self.settings, self.id, DURING)

    def cast(self, group: int, selection: Selection) -> None:
        """Cast one ballot of a group."""
        with self.writing() as session:
            election = get_sealed(session, self.id)
            manifest, fingerprint = election.manifest, election.fingerprint
            secret = SecretScalar.random()
            public = mul_base(secret)
            style = manifest.groups[group].style
            context = BallotContext(
                fingerprint=fingerprint,
                group=group,
                style=style,
                credential=public,
                election_key=manifest.election_key,
                revoting=False,
            )
            sealed = seal_ballot(
                context,
                manifest.shape_of_style(style),
                (selection,) * len(manifest.contests),
                sequence=0,
                predecessor=NO_PREDECESSOR,
            )
            element = hash_to_group(right_input(fingerprint, public))
            token = mul(self.issuers[group], element)
            tracking = tracking_digest(fingerprint, public, sealed)
            request = CastRequest(
                fingerprint=fingerprint,
                ballot=bytes(sealed),
                credential=public,
                token=token,
                signature=sign_ballot(fingerprint, secret, token, tracking),
            )
            cast_ballot(
                session,
                self.verifier,
                service_seed(self.settings),
                election=election,
                request=request,
                now=DURING,
            )

    def vote(self) -> None:
        """Have a dozen vote: nine in the largest group, three in the next."""
        for number in range(9):
            self.cast(0, (YES, YES, NO, YES, BLANK)[number % 5])
        for selection in (NO, YES, NO):
            self.cast(1, selection)

    def close(self) -> None:
        """Close it after its grace."""
        with self.writing() as session:
            assert close_election(session, self.settings, self.id, AFTER)

    def hand_in_marks(
        self,
        counts: Sequence[int] = (10, 3, 0),
        paper: Sequence[int] = (0, 0, 0),
    ) -> None:
        """Let the register hand in its final marks."""
        seed = SigningSeed(self.settings.secrets_of("register").signing_seed.reveal())
        with self.writing() as session:
            election = get_sealed(session, self.id)
            head = latest_checkpoint(session, self.id)
            leaf = sign_marks(
                seed,
                election.fingerprint,
                size=head.size,
                root=head.root,
                final=True,
                counts=counts,
                paper=paper,
            )
            take_register_leaf(session, self.settings, self.id, leaf_document(leaf))
            assert read_statements(session, self.id).marks is not None

    def prove(self) -> None:
        """Have the tokens proven."""
        with self.writing() as session:
            assert prove_tokens(session, self.verifier, self.id, AFTER)

    def start_count(self) -> None:
        """Have the sums reckoned."""
        with self.writing() as session:
            request_count(session, self.id, actor=self.people.organiser.id)
        self.do_work()

    def do_work(self, at: datetime = AFTER) -> None:
        """What a worker does of the work that was asked for."""
        carry_out(Workbench(self.store, self.settings, FixedClock(at)), self.id)

    def hand_in_partial(self, index: int) -> bool:
        """Have a holder open the sums with the own share."""
        with self.writing() as session:
            election = get_sealed(session, self.id)
            partial = make_partial(
                election.manifest,
                load_tally(session, self.id),
                index=index,
                share=self.shares[index - 1],
                signing_seed=self.seeds[index - 1],
            )
            is_enough = accept_partial(
                session,
                self.id,
                index=index,
                value=partial_document(partial),
                actor=self.people.committee[index - 1].id,
                at=AFTER,
            )
        self.do_work()
        return is_enough

    def sign(self, kind: str, number: int, index: int, at: datetime = AFTER) -> bool:
        """Have a holder sign a proposal."""
        with self.writing() as session:
            election = get_sealed(session, self.id)
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
                actor=self.people.committee[index - 1].id,
                at=at,
            )

    def to_ready(self, slug: str, title: str) -> None:
        """Bring it until it is sealed."""
        self.create(slug, title)
        self.import_roll()
        self.seat()
        self.begin_ceremony()
        self.hold_ceremony()
        self.freeze_roll()
        self.seal()

    def to_closed(self, slug: str, title: str) -> None:
        """Bring it until it can be counted."""
        self.to_ready(slug, title)
        self.open()
        self.vote()
        self.close()
        self.hand_in_marks()
        self.prove()

    def to_counted(self, slug: str, title: str) -> None:
        """Bring it until the protocol lies before the committee."""
        self.to_closed(slug, title)
        self.start_count()
        assert not self.hand_in_partial(1)
        assert self.hand_in_partial(3)

    def to_approved(self, slug: str, title: str) -> None:
        """Bring it until two have signed."""
        self.to_counted(slug, title)
        assert not self.sign("approval", 1, 2)
        assert self.sign("approval", 1, 3)
        self.do_work()

    def draft_title(self) -> str:
        """The title of the first contest."""
        with self.store.reading() as session:
            return draft_of(get_election(session, self.id)).contests[0].contest.title
