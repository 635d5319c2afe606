"""Both sides of an election that is open, on two ports, as a member's browser meets it.

The register's side came by signed documents, the issuer keys went to a real verifier,
and the pages are those of the application; the test moves the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text

import register.views.voter
import voting.views.board
import voting.views.voter
from accounts.guards import seal_app
from crypto.ballot import decode_ballot, read_header
from crypto.encoding import JsonValue, decode_base64, encode_json
from crypto.group import Scalar, SecretScalar, mul, mul_base
from crypto.signing import SigningSeed
from infra.config import Settings, load_settings
from infra.databases import Store
from infra.runtime import Runtime
from infra.token_verifier import TokenVerifier
from infra.web import init_web
from tests.conftest import Stores
from tests.register.conftest import MONDAY
from tests.register.elections import SLUG, Election, Link, MovedClock
from tests.register.roll_files import ELECTION, KARI, OLA, PER
from tests.services import free_port
from tests.serving import served
from tests.voting.polling import running_verifier
from voting.board import NewLeaf, append_leaves
from voting.box import take_batch
from voting.leaf_signatures import sign_schedule
from voting.leaves import (
    BallotLeaf,
    ManifestLeaf,
    OpenedLeaf,
    decode_leaf,
    encode_leaf,
)
from voting.manifest import decode_manifest, fingerprint_of
from voting.manifest_model import Fingerprint, Manifest, Rules
from voting.phases import Phase
from voting.sealed import get_sealed
from voting.tables import Election as StoredElection

ROOT = Path(__file__).resolve().parents[2]
BATCHES_OF_ONE = Rules(
    batch_size=1, grace_seconds=600, revoting=False, suppression_threshold=20
)


@dataclass(frozen=True, slots=True)
class VotingSite:
    """An installation, and what a test looks into behind its back."""

    service_url: str
    election: Election
    secret: SecretScalar
    """The election's key, whole: only a test ever has it."""

    @property
    def store(self) -> Store:
        """The service's store."""
        return self.election.runtime.store("service")

    @property
    def clock(self) -> MovedClock:
        """The clock of both sides."""
        return self.election.clock

    @property
    def page_url(self) -> str:
        """Where every link leads, without what stands after ``#``."""
        return f"{self.service_url}/s/{SLUG}"

    def link(self, member_number: str) -> Link:
        """Send a member a message."""
        return self.election.link(member_number)

    def address_of(self, link: Link) -> str:
        """The link as it stands in the message."""
        return f"{self.page_url}#{link.code.link_fragment(link.fingerprint)}"

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - columns of the election
        """Change the service's row."""
        with self.store.begin() as session:
            row = session.get_one(StoredElection, ELECTION)
            for name, value in changes.items():
                setattr(row, name, value)

    def ballots(self) -> int:
        """How many ballots are in the box, waiting or published."""
        with self.store.reading() as session:
            return sum(
                session.scalars(text(f"SELECT count(*) FROM {table}")).one()
                for table in ("ballot_intake", "ballots")
            )

    def marks(self) -> int:
        """How many members the register has marked."""
        with self.election.store.reading() as session:
            return sum(
                session.scalars(text(f"SELECT count(*) FROM {table}")).one()
                for table in ("mark_intake", "marks")
            )

    def opened(self, contest: int = 0) -> list[tuple[int, ...]]:
        """Every ballot in the box decrypted, the slots of one contest."""
        with self.store.reading() as session:
            leaves = [
                *session.scalars(text("SELECT leaf FROM ballot_intake")),
                *session.scalars(
                    text("SELECT body FROM board_leaves WHERE tracking IS NOT NULL")
                ),
            ]
            manifest = get_sealed(session, ELECTION).manifest
        return [self._open(manifest, bytes(leaf), contest) for leaf in leaves]

    def _open(self, manifest: Manifest, leaf: bytes, contest: int) -> tuple[int, ...]:
        ballot = decode_leaf(leaf)
        assert isinstance(ballot, BallotLeaf)
        style = manifest.groups[read_header(ballot.ballot).group].style
        decoded = decode_ballot(ballot.ballot, manifest.shape_of_style(style))
        one = mul_base(Scalar.from_int(1))
        return tuple(
            int(slot.ciphertext.b - mul(self.secret, slot.ciphertext.a) == one)
            for slot in decoded.contests[contest].slots
        )

    def pretend_published(self) -> None:
        """Say that all that waits is on the board, and leave it out."""
        with self.store.begin() as session:
            session.execute(
                text(
                    "INSERT INTO ballots"
                    " (election_id, tracking, credential, sequence, batch)"
                    " SELECT election_id, tracking, credential, sequence, 1"
                    " FROM ballot_intake"
                )
            )
            session.execute(text("DELETE FROM ballot_intake"))
        self.set(next_batch=2)

    def publish(self) -> int:
        """Put all that waits on the board."""
        with self.store.begin() as session:
            taken = take_batch(session, ELECTION, 1)
            if taken:
                leaves = [NewLeaf(ballot.leaf, ballot.tracking) for ballot in taken]
                append_leaves(
                    session,
                    ELECTION,
                    Fingerprint(self.election.fingerprint),
                    leaves,
                    _service_seed(self.election.settings),
                )
        return len(taken)


@contextmanager
def voting_site(
    stores: Stores, folder: Path, redis_url: str, **manifest: object
) -> Iterator[VotingSite]:
    """Serve an open election, the register on a port of its own."""
    ports = free_port(), free_port()
    service_url, register_url = (f"http://127.0.0.1:{port}" for port in ports)
    with running_verifier(folder) as verifier:
        settings = load_settings(
            {
                "URNE_ENVIRONMENT": "test",
                "URNE_DATA_DIR": str(folder),
                "URNE_VERIFIER_SOCKET": str(verifier.socket_path),
                "REDIS_URL": redis_url,
                "URNE_SERVICE_URL": service_url,
                "URNE_REGISTER_URL": register_url,
            }
        )
        clock = MovedClock(MONDAY)
        election = Election(_runtime(settings, stores, clock), clock)
        secret = SecretScalar.random()
        _open(election, verifier, {"election_key": mul_base(secret), **manifest})
        app = _app(election.runtime)
        with served(app, ports[0]), served(app, ports[1]):
            yield VotingSite(service_url, election, secret)
        for connection in election.runtime.connections.values():
            connection.close()


def _runtime(settings: Settings, stores: Stores, clock: MovedClock) -> Runtime:
    return Runtime(
        settings,
        clock,
        {"register": stores.register, "service": stores.service},
        {
            side: redis.Redis.from_url(settings.redis_url(side))
            for side in ("register", "service")
        },
    )


def _app(runtime: Runtime) -> Flask:
    app = Flask("voting-site", root_path=str(ROOT))
    init_web(app, runtime)
    app.register_blueprint(voting.views.voter.blueprint)
    app.register_blueprint(voting.views.board.blueprint)
    app.register_blueprint(register.views.voter.blueprint)
    seal_app(app, CSRFProtect(app))
    return app


def _open(
    election: Election, verifier: TokenVerifier, changes: dict[str, object]
) -> None:
    settings = election.settings
    election.send(
        "election-created",
        {
            "organisation": "Fagforbundet for prøver",
            "practice": bool(changes.get("practice", False)),
            "slug": SLUG,
            "title": "Lønnsoppgjøret 2026",
            "verifier_key": verifier.public_key().hex(),
        },
    )
    election.import_rows(KARI, OLA, PER)
    election.freeze()
    (totals,) = election.posted("roll-totals")
    verifier.install_keys(
        ELECTION,
        [decode_base64(group["sealed_issuer_key"]) for group in totals["groups"]],
    )
    document = election.manifest(
        **{
            "title": "Lønnsoppgjøret 2026",
            "service_url": settings.service_url,
            "register_url": settings.register_url,
            "witnesses": (),
            "witness_threshold": 0,
            "rules": BATCHES_OF_ONE,
            **changes,
        }
    )
    election.send("manifest", {"manifest": document})
    election.send("schedule", {"leaf": election.schedule()})
    _store_sealed(election, document)


def _store_sealed(election: Election, document: JsonValue) -> None:
    encoded = encode_json(document)
    manifest, fingerprint = decode_manifest(encoded), fingerprint_of(encoded)
    roll, seed = election.roll(), _service_seed(election.settings)
    assert roll.opens_at is not None
    assert roll.closes_at is not None
    schedule = sign_schedule(seed, fingerprint, roll.opens_at, roll.closes_at, "")
    assert isinstance(document, dict)
    leaves = (ManifestLeaf(document), schedule, OpenedLeaf(roll.opens_at))
    with election.runtime.store("service").begin() as session:
        session.add(
            StoredElection(
                id=ELECTION,
                slug=manifest.slug,
                title=manifest.title,
                phase=Phase.OPEN,
                draft=b"{}",
                manifest=encoded,
                fingerprint=fingerprint,
                opens_at=roll.opens_at,
                closes_at=roll.closes_at,
                next_batch=1,
            )
        )
        session.flush()
        new = [NewLeaf(encode_leaf(leaf)) for leaf in leaves]
        append_leaves(session, ELECTION, fingerprint, new, seed)


def _service_seed(settings: Settings) -> SigningSeed:
    return SigningSeed(settings.secrets_of("service").signing_seed.reveal())
