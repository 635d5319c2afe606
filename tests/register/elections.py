"""A register that an election comes to, by the documents a service would sign."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import select

from crypto.codes import (
    Credential,
    VotingCode,
    derive_blind,
    derive_credential,
    login_seed,
)
from crypto.encoding import JsonValue, decode_json
from crypto.group import Point
from crypto.hashing import frames
from crypto.sealing import SealingKey
from crypto.signing import SigningSeed, sign
from crypto.statements import approval_parts, hold_parts, schedule_parts
from crypto.times import format_time
from crypto.voprf import blind, unblind, verify_evaluations
from infra.config import Settings, load_settings
from infra.databases import Store
from infra.exchange import accept_document, pending_documents, sign_document
from infra.keystore import Keystore
from infra.runtime import Runtime
from register import exchange_handlers
from register.freezing import freeze_election
from register.rights import (
    EvaluatedRight,
    IdentifiedVoter,
    IdentifyRequest,
    RightRequest,
    identify_voter,
    take_right,
)
from register.roll import find_entry, read_data_key, read_salt, require_roll
from register.roll_import import import_roll
from register.rollfile import read_roll
from register.tables import Message, Roll, RollEntry, Sending, VoterGroup
from register.voting_codes import draw_code
from tests.conftest import Stores
from tests.register.roll_files import ELECTION, HEADINGS, KARI, OLA, PER, as_csv
from tests.voting.manifests import a_manifest, seed_of
from voting.manifest import Group, encode_manifest

assert exchange_handlers.__doc__  # imported for what it registers

OFFICIAL = "a" * 32
SLUG = "lonn-2026"
OPENS = "2026-03-02T09:00:00Z"
CLOSES = "2026-03-09T12:00:00Z"
HOLDERS = ("Åse Å", "Bo Ø", "Cato Æ")
VERIFIER = SealingKey(bytes(range(1, 33)))


@dataclass(slots=True)
class MovedClock:
    """A clock that a test moves."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def move(self, **by: float) -> None:
        self.instant += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Link:
    """One member's link, and what the browser derives from it."""

    code: VotingCode
    fingerprint: bytes
    entry_id: bytes
    message_id: bytes
    slug: str = SLUG

    @property
    def seed(self) -> SigningSeed:
        return SigningSeed(login_seed(self.fingerprint, self.code))

    def identify_request(self) -> IdentifyRequest:
        login = self.seed.public_key
        signature = sign(self.seed, "identify", self.fingerprint, login)
        return IdentifyRequest(self.slug, self.fingerprint, login, signature)

    def credential(self, salt: bytes) -> Credential:
        return derive_credential(self.fingerprint, self.code, salt)

    def right_data(self, salt: bytes) -> bytes:
        public = self.credential(salt).public.encoded
        return frames("right", self.fingerprint, public)

    def right_request(self, salt: bytes) -> RightRequest:
        factor = derive_blind(self.fingerprint, self.code, salt)
        return self.request_of(blind(self.right_data(salt), factor).encoded)

    def request_of(self, blinded: bytes) -> RightRequest:
        signature = sign(self.seed, "right", self.fingerprint, blinded)
        return RightRequest(
            self.slug, self.fingerprint, self.seed.public_key, blinded, signature
        )

    def token(self, salt: bytes, issuer_key: bytes, right: EvaluatedRight) -> Point:
        """Check the proof against the manifest's key, and unblind."""
        blinded = Point.decode(self.right_request(salt).blinded)
        public = Point.decode(issuer_key)
        verify_evaluations(public, [blinded], [right.evaluated], right.proof)
        factor = derive_blind(self.fingerprint, self.code, salt)
        return unblind(factor, right.evaluated)


@dataclass(frozen=True, slots=True)
class Election:
    """The register's side of one election, as documents of the service moved it."""

    runtime: Runtime
    clock: MovedClock
    sealed: list[bytes] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.runtime.settings

    @property
    def store(self) -> Store:
        return self.runtime.store("register")

    @property
    def keystore(self) -> Keystore:
        return self.runtime.keystore("register")

    @property
    def fingerprint(self) -> bytes:
        return self.roll().fingerprint or b""

    def send(self, kind: str, body: JsonValue, subject: str = ELECTION) -> bool:
        """Let the service sign a document, and the register take it in."""
        document = sign_document(self.settings, "service", kind, subject, body)
        return accept_document(self.runtime, "register", document)

    def roll(self) -> Roll:
        with self.store.reading() as session:
            return require_roll(session, ELECTION)

    def posted(self, kind: str) -> list[Any]:
        """Return the bodies of the register's documents of one kind, in order."""
        with self.store.reading() as session:
            documents = pending_documents(session)
        return [decode_json(each.body) for each in documents if each.kind == kind]

    def create(self, *, practice: bool = False) -> None:
        self.send(
            "election-created",
            {
                "organisation": "Forbundet",
                "practice": practice,
                "slug": SLUG,
                "title": "Lønnsoppgjøret 2026",
                "verifier_key": VERIFIER.public_key.hex(),
            },
        )

    def import_rows(
        self, *rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS
    ) -> None:
        data = as_csv(headings, *rows)
        with self.store.begin() as session:
            import_roll(
                session,
                self.keystore,
                election_id=ELECTION,
                preview=read_roll(data, "manntall.csv"),
                source=data,
                now=self.clock.now(),
            )

    def freeze(self) -> None:
        with self.store.begin() as session:
            freeze_election(
                session,
                self.settings,
                self.keystore,
                election_id=ELECTION,
                actor=OFFICIAL,
                now=self.clock.now(),
            )

    def manifest(self, **changes: object) -> JsonValue:
        """Return a manifest of the roll as it was frozen."""
        with self.store.reading() as session:
            roll = require_roll(session, ELECTION)
            groups = session.scalars(select(VoterGroup).order_by(VoterGroup.index))
            frozen = tuple(
                Group(
                    index=each.index,
                    label=each.label,
                    entitled=each.entitled or 0,
                    style=each.index % 2,
                    issuer_key=Point.decode(each.issuer_key or b""),
                )
                for each in groups
            )
        ours: Mapping[str, object] = {
            "election": ELECTION,
            "slug": SLUG,
            "groups": frozen,
            "roll_commitment": roll.commitment,
            "service_key": self.settings.verify_key("service"),
            "register_key": self.settings.verify_key("register"),
        }
        return decode_json(encode_manifest(a_manifest(**{**ours, **changes})))

    def seal(self, **changes: object) -> None:
        self.send("manifest", {"manifest": self.manifest(**changes)})

    def schedule(
        self,
        number: int = 0,
        *,
        opens_at: str = OPENS,
        closes_at: str = CLOSES,
        reason: str = "",
        signers: tuple[int, ...] | None = None,
    ) -> dict[str, JsonValue]:
        """Return a schedule leaf, signed by the service or by holders 1 and 2."""
        fingerprint = self.fingerprint
        parts = schedule_parts(fingerprint, number, opens_at, closes_at, reason)
        chosen = signers if signers is not None else ((1, 2) if number else (0,))
        return {
            "closes_at": closes_at,
            "fingerprint": fingerprint.hex(),
            "number": number,
            "opens_at": opens_at,
            "reason": reason,
            "signatures": [self.signature(each, "schedule", *parts) for each in chosen],
            "type": "schedule",
        }

    def hold(
        self,
        number: int = 0,
        *,
        days: float = 30,
        reason: str = "Klage 4 behandles.",
        signers: tuple[int, ...] = (1, 3),
    ) -> dict[str, JsonValue]:
        until = format_time(self.clock.now() + timedelta(days=days))
        parts = hold_parts(self.fingerprint, number, until, reason)
        return {
            "number": number,
            "reason": reason,
            "signatures": [self.signature(each, "hold", *parts) for each in signers],
            "until": until,
        }

    def signature(self, index: int, tag: str, *parts: bytes) -> JsonValue:
        seed = (
            seed_of(HOLDERS[index - 1])
            if index
            else SigningSeed(self.settings.secrets_of("service").signing_seed.reveal())
        )
        return {"index": index, "signature": sign(seed, tag, *parts).hex()}

    def open(self, *rows: tuple[str, ...]) -> None:
        """Bring an election from nothing to its first hour."""
        self.create()
        self.import_rows(*(rows or (KARI, OLA, PER)))
        self.freeze()
        self.seal()
        self.send("schedule", {"leaf": self.schedule()})

    def close(self) -> None:
        """Let the service close its box ten minutes after closing time."""
        self.clock.instant = datetime.fromisoformat(CLOSES) + timedelta(minutes=10)
        at = format_time(self.clock.now())
        self.send("closed", {"at": at, "root": "cd" * 32, "size": 9})

    def approve(self) -> None:
        self.send("approved", self.approval())

    def approval(
        self, approved_at: str | None = None, signers: tuple[int, ...] = (1, 3)
    ) -> dict[str, JsonValue]:
        protocol = bytes.fromhex("ef" * 32)
        parts = approval_parts(self.fingerprint, protocol)
        return {
            "approved_at": approved_at or format_time(self.clock.now()),
            "protocol": protocol.hex(),
            "signatures": [
                self.signature(each, "approval", *parts) for each in signers
            ],
        }

    def link(self, member_number: str, sending: Sending | None = None) -> Link:
        """Send a member a message, and return the link in it."""
        with self.store.begin() as session:
            key = read_data_key(session, self.keystore, ELECTION)
            entry = find_entry(session, key, ELECTION, member_number)
            sending = sending or self.new_sending()
            sending = session.merge(sending)
            session.flush()
            message = Message(
                id=secrets.token_bytes(16),
                election_id=ELECTION,
                sending_id=sending.id,
                entry_id=entry.id,
                channel="email",
                state="sending",
            )
            session.add(message)
            session.flush()
            code = draw_code(session, message)
        return Link(code, self.fingerprint, entry.id, message.id)

    def new_sending(self, kind: str = "invitation") -> Sending:
        return Sending(
            id=secrets.token_bytes(16),
            election_id=ELECTION,
            kind=kind,
            state="running",
            created_by=OFFICIAL,
            created_on=self.clock.now().date(),
            subject="Du kan stemme",
            body="",
            message_count=0,
        )

    def salt(self, link: Link) -> bytes:
        with self.store.reading() as session:
            key = read_data_key(session, self.keystore, ELECTION)
            return read_salt(key, session.get_one(RollEntry, link.entry_id))

    def identify(self, link: Link) -> IdentifiedVoter:
        with self.store.reading() as session:
            return identify_voter(session, self.keystore, link.identify_request())

    def take(self, link: Link) -> EvaluatedRight:
        return self.ask(link.right_request(self.salt(link)))

    def ask(self, request: RightRequest) -> EvaluatedRight:
        with self.store.begin() as session:
            return take_right(session, self.keystore, request, self.clock.now())


def an_election(
    stores: Stores, folder: Path, redis_url: str, now: datetime
) -> Election:
    """Return the register's side of an installation that serves both sides."""
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "REDIS_URL": redis_url,
            "URNE_SERVICE_URL": "http://stemme.test",
            "URNE_REGISTER_URL": "http://manntall.test",
        }
    )
    clock = MovedClock(now)
    runtime = Runtime(
        settings,
        clock,
        {"register": stores.register, "service": stores.service},
        {
            side: redis.Redis.from_url(settings.redis_url(side))
            for side in ("register", "service")
        },
    )
    return Election(runtime, clock)
