"""A polling place: an open election, its issuer, its verifier, and voters."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crypto.ballot import NO_PREDECESSOR, BallotContext, seal_ballot
from crypto.ballot_shape import Selection
from crypto.ballot_signature import sign_ballot, sign_status, tracking_digest
from crypto.codes import Credential, VotingCode, derive_blind, derive_credential
from crypto.encoding import encode_base64
from crypto.group import Point, SecretScalar, mul, mul_base
from crypto.hashing import frames, hash_to_point
from crypto.sealing import seal
from crypto.signing import SigningSeed
from crypto.voprf import blind, evaluate, unblind, verify_evaluations
from infra.config import Settings, load_settings
from infra.databases import Store
from infra.token_verifier import TokenVerifier
from tests.voting.manifests import a_manifest, seed_of
from voting.board import NewLeaf, append_leaves
from voting.casting import CastRequest, Receipt, cast_ballot
from voting.leaf_signatures import sign_schedule
from voting.leaves import Leaf, ManifestLeaf, OpenedLeaf, encode_leaf
from voting.manifest import encode_manifest, fingerprint_of, manifest_document
from voting.manifest_model import Fingerprint, Manifest, Rules
from voting.phases import Phase
from voting.sealed import SealedElection, get_sealed
from voting.tables import Election
from voting.verifier_process import IssuerKeys, VerifierServer

OPENS = datetime(2027, 3, 1, 8, tzinfo=UTC)
CLOSES = datetime(2027, 3, 8, 18, tzinfo=UTC)
DURING = datetime(2027, 3, 2, 12, tzinfo=UTC)
YES = (Selection(frozenset({0})),)
NO = (Selection(frozenset({1})),)
BLANK = (Selection(frozenset(), blank=True),)


@dataclass(frozen=True, slots=True)
class PollingPlace:
    """An election whose keys the test holds."""

    store: Store
    settings: Settings
    verifier: TokenVerifier
    manifest: Manifest
    fingerprint: Fingerprint
    election_secret: SecretScalar
    issuer_secrets: Mapping[int, SecretScalar]

    @property
    def seed(self) -> SigningSeed:
        """The service's signing key."""
        return SigningSeed(self.settings.secrets_of("service").signing_seed.reveal())

    def election(self) -> SealedElection:
        """The election as it stands now."""
        with self.store.reading() as session:
            return get_sealed(session, self.manifest.election)

    def cast(self, request: CastRequest, now: datetime = DURING) -> Receipt:
        """Cast in a transaction of its own."""
        with self.store.begin() as session:
            return cast_ballot(
                session,
                self.verifier,
                self.seed,
                election=get_sealed(session, self.manifest.election),
                request=request,
                now=now,
            )

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - columns of the election
        """Change the election's row."""
        with self.store.begin() as session:
            election = session.get_one(Election, self.manifest.election)
            for name, value in changes.items():
                setattr(election, name, value)


@dataclass(frozen=True, slots=True)
class Voter:
    """A voter's device, done in Python, as docs/protocol.md §3.3 says."""

    place: PollingPlace
    group: int = 0
    code: VotingCode = field(default_factory=VotingCode.draw)
    salt: bytes = bytes(32)

    @property
    def credential(self) -> Credential:
        """The nameless key pair."""
        return derive_credential(self.place.fingerprint, self.code, self.salt)

    def take_right(self, issuer_group: int | None = None) -> Point:
        """Blind, have it evaluated, check the proof, unblind: the token."""
        data = frames("right", self.place.fingerprint, self.credential.public.encoded)
        factor = derive_blind(self.place.fingerprint, self.code, self.salt)
        blinded = blind(data, factor)
        group = self.group if issuer_group is None else issuer_group
        secret = self.place.issuer_secrets[group]
        evaluated, proof = evaluate(secret, [blinded])
        verify_evaluations(mul_base(secret), [blinded], evaluated, proof)
        return unblind(factor, evaluated[0])

    def fill(
        self,
        selections: tuple[Selection, ...] = YES,
        *,
        sequence: int = 0,
        predecessor: bytes = NO_PREDECESSOR,
    ) -> CastRequest:
        """Seal and sign a ballot, with a right taken out for it."""
        manifest = self.place.manifest
        style = manifest.groups[self.group].style
        context = BallotContext(
            fingerprint=self.place.fingerprint,
            group=self.group,
            style=style,
            credential=self.credential.public,
            election_key=manifest.election_key,
            revoting=sequence > 0,
        )
        sealed = seal_ballot(
            context,
            manifest.shape_of_style(style),
            selections,
            sequence=sequence,
            predecessor=predecessor,
        )
        return self.signed(bytes(sealed), self.take_right())

    def signed(self, ballot: bytes, token: Point) -> CastRequest:
        """Sign whatever is to be cast."""
        fingerprint, credential = self.place.fingerprint, self.credential
        tracking = tracking_digest(fingerprint, credential.public, ballot)
        return CastRequest(
            fingerprint=fingerprint,
            ballot=ballot,
            credential=credential.public,
            token=token,
            signature=sign_ballot(fingerprint, credential.secret, token, tracking),
        )

    def status_signature(self) -> bytes:
        """Ask for the own receipts."""
        return sign_status(self.place.fingerprint, self.credential.secret)


def request_json(request: CastRequest) -> dict[str, Any]:
    """The request as it goes over the wire."""
    return {
        "ballot": encode_base64(request.ballot),
        "credential": request.credential.encoded.hex(),
        "fingerprint": request.fingerprint.hex(),
        "signature": request.signature.hex(),
        "token": request.token.encoded.hex(),
    }


@contextmanager
def running_verifier(folder: Path) -> Iterator[TokenVerifier]:
    """Run a verifier on a Unix socket."""
    server = VerifierServer(folder / "v.sock", IssuerKeys.at(folder / "issuers"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield TokenVerifier(folder / "v.sock")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def open_polling_place(
    store: Store,
    folder: Path,
    *,
    settings: Settings | None = None,
    opens_at: datetime = OPENS,
    revoting: bool = False,
    batch_size: int = 20,
    **changes: Any,  # noqa: ANN401 - fields of the manifest
) -> Iterator[PollingPlace]:
    """Open an election in a store; the issuers' keys are with a real verifier."""
    settings = settings or load_settings(
        {"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(folder)}
    )
    secret = SecretScalar.random()
    with running_verifier(folder) as verifier:
        manifest = a_manifest(
            election_key=mul_base(secret),
            service_key=settings.verify_key("service"),
            register_key=settings.verify_key("register"),
            service_url=settings.service_url,
            register_url=settings.register_url,
            witnesses=(),
            witness_threshold=0,
            rules=Rules(
                batch_size=batch_size,
                grace_seconds=600,
                revoting=revoting,
                suppression_threshold=20,
            ),
            **changes,
        )
        issuers = {group.index: SecretScalar.random() for group in manifest.groups}
        manifest = replace(
            manifest,
            groups=tuple(
                replace(group, issuer_key=mul_base(issuers[group.index]))
                for group in manifest.groups
            ),
        )
        sealed = [
            seal(verifier.public_key(), issuers[group.index].encoded)
            for group in manifest.groups
        ]
        verifier.install_keys(manifest.election, sealed)
        fingerprint = fingerprint_of(encode_manifest(manifest))
        place = PollingPlace(
            store, settings, verifier, manifest, fingerprint, secret, issuers
        )
        _store_election(place, opens_at)
        yield place


def _store_election(place: PollingPlace, opens_at: datetime) -> None:
    manifest, fingerprint = place.manifest, place.fingerprint
    closes_at = opens_at + (CLOSES - OPENS)
    schedule = sign_schedule(place.seed, fingerprint, opens_at, closes_at, "")
    leaves: list[Leaf] = [
        ManifestLeaf(manifest_document(manifest)),
        schedule,
        OpenedLeaf(opens_at + timedelta(seconds=30)),
    ]
    with place.store.begin() as session:
        session.add(
            Election(
                id=manifest.election,
                slug=manifest.slug,
                title=manifest.title,
                phase=Phase.OPEN,
                draft=b"{}",
                manifest=encode_manifest(manifest),
                fingerprint=fingerprint,
                opens_at=opens_at,
                closes_at=closes_at,
                next_batch=1,
            )
        )
        session.flush()
        append_leaves(
            session,
            manifest.election,
            fingerprint,
            [NewLeaf(encode_leaf(leaf)) for leaf in leaves],
            place.seed,
        )


def another_point(name: str) -> Point:
    """A point that nobody knows the logarithm of."""
    return hash_to_point("test", name.encode())


def opened_value(place: PollingPlace, first: Point, second: Point) -> Point:
    """Decrypt a ciphertext with the secret that only a test holds whole."""
    return second - mul(place.election_secret, first)


__all__ = [
    "BLANK",
    "NO",
    "YES",
    "PollingPlace",
    "Voter",
    "open_polling_place",
    "seed_of",
]
