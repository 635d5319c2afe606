"""A survey that members are invited to: both sides, the verifier, and respondents."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis

import register.jobs
import surveys.jobs
from crypto.answer_signature import answers_digest, sign_answers
from crypto.ballot_signature import sign_status
from crypto.codes import Credential
from crypto.encoding import JsonValue, encode_json
from crypto.group import Point
from crypto.signing import sign
from crypto.voprf import hash_to_group, verify_evaluations
from infra.config import Settings, load_settings
from infra.databases import Store
from infra.delivery import deliver_pending
from infra.runtime import Runtime
from infra.sides import SIDES, Side
from infra.token_verifier import TokenVerifier
from register.freezing import freeze_election
from register.rights import EvaluatedRight, RightRequest, identify_voter, take_right
from register.roll import find_entry, read_data_key
from register.roll_import import import_roll
from register.rollfile import read_roll
from register.tables import Message, Sending
from register.voting_codes import draw_code
from surveys.casting import (
    AnswerReceipt,
    AnswerRequest,
    answer_survey,
    find_receipt,
    read_answer_request,
)
from surveys.definition import Definition
from surveys.launch import launch_survey
from surveys.log import service_seed
from surveys.modes import Mode
from surveys.responses import StoredResponse, read_responses
from surveys.sealed import LaunchedSurvey, get_launched
from surveys.settings import SurveySettings
from surveys.surveys import create_survey, get_survey
from surveys.tables import Survey
from tests.conftest import Stores
from tests.register.elections import Link, MovedClock
from tests.register.roll_files import HEADINGS, as_csv
from tests.surveys.questionnaires import asking, choices, question
from voting.verifier_process import IssuerKeys, VerifierServer

OFFICIAL = "a" * 32
MADE = datetime(2027, 3, 1, 8, tzinfo=UTC)
OPENS = MADE + timedelta(hours=1)
DURING = OPENS + timedelta(hours=1)
CLOSES = OPENS + timedelta(days=14)
CLOSED = CLOSES + timedelta(minutes=11)
IDENTIFIED_UNTIL = CLOSES + timedelta(days=40)
DELETES = CLOSES + timedelta(days=90)
THRESHOLD = 3

HAPPY = asking(question("q1", "single", choices=choices("ja", "nei"), required=True))
YES: JsonValue = {"q1": "ja"}
NO: JsonValue = {"q1": "nei"}


@dataclass(slots=True)
class InvitedSite:
    """One survey; `slug` and `id` of it, and what its clock says."""

    runtime: Runtime
    clock: MovedClock
    verifier: TokenVerifier
    slug: str
    id: str = ""
    mode: Mode = Mode.ANONYMOUS
    members: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.runtime.settings

    @property
    def register(self) -> Store:
        return self.runtime.store("register")

    @property
    def service(self) -> Store:
        return self.runtime.store("service")

    def survey(self) -> Survey:
        with self.service.reading() as session:
            return get_survey(session, self.id)

    def launched(self) -> LaunchedSurvey:
        with self.service.reading() as session:
            return get_launched(session, self.id)

    def create(
        self, definition: Definition = HAPPY, threshold: int = THRESHOLD
    ) -> None:
        """Make a draft, and let the register open its roll."""
        personal = self.mode in {Mode.PSEUDONYMOUS, Mode.NAMED}
        wanted = SurveySettings(
            title="Arbeidsmiljø 2027",
            organisation="Forbundet",
            mode=self.mode,
            threshold=threshold,
            purpose="Å få vite hvordan medlemmene har det.",
            controller="Forbundet",
            legal_basis="Samtykke" if personal else "",
            processor="Forbundet" if personal else "",
            opens_at=OPENS,
            closes_at=CLOSES,
            deletes_at=DELETES,
            identified_until=IDENTIFIED_UNTIL if personal else None,
        )
        with self.service.begin() as session:
            survey = create_survey(
                session,
                self.settings,
                slug=self.slug,
                wanted=wanted,
                definition=definition,
                actor=OFFICIAL,
                at=self.clock.now(),
                verifier_key=self.verifier.public_key(),
            )
            self.id = survey.id
        self.deliver()

    def import_members(self, number: int, groups: Sequence[str] = ("Øst",)) -> None:
        """Put so many members on the roll, spread over the groups."""
        self.members = [str(1001 + each) for each in range(number)]
        rows = [
            (each, "Kari", "Nes", f"k{each}@example.no", "", groups[at % len(groups)])
            for at, each in enumerate(self.members)
        ]
        data = as_csv(HEADINGS, *rows)
        with self.register.begin() as session:
            import_roll(
                session,
                self.runtime.keystore("register"),
                election_id=self.id,
                preview=read_roll(data, "liste.csv"),
                source=data,
                now=self.clock.now(),
            )

    def freeze(self) -> None:
        with self.register.begin() as session:
            freeze_election(
                session,
                self.settings,
                self.runtime.keystore("register"),
                election_id=self.id,
                actor=OFFICIAL,
                now=self.clock.now(),
            )
        self.deliver()

    def launch(self) -> None:
        with self.service.begin() as session:
            launch_survey(
                session,
                self.settings,
                self.runtime.keystore("service"),
                get_survey(session, self.id),
                actor=OFFICIAL,
                at=self.clock.now(),
            )
        self.deliver()

    def open(self, members: int = 5, groups: Sequence[str] = ("Øst",)) -> None:
        """Bring the survey from nothing to its second hour."""
        self.create()
        self.import_members(members, groups)
        self.freeze()
        self.launch()
        self.sweep(DURING)

    def sweep(self, now: datetime) -> None:
        """Let both sides do what is due at a time, and tell each other of it."""
        self.clock.instant = now
        for _round in range(2):
            surveys.jobs.sweep_surveys(self.runtime)
            register.jobs.sweep_register(self.runtime)
            self.deliver()

    def deliver(self) -> None:
        for side in ("service", "register", "service"):
            assert not deliver_pending(self.runtime, side).waiting

    def link(self, member: str) -> Link:
        """Send a member a message, and return the link in it."""
        with self.register.begin() as session:
            key = read_data_key(session, self.runtime.keystore("register"), self.id)
            entry = find_entry(session, key, self.id, member)
            sending = Sending(
                id=secrets.token_bytes(16),
                election_id=self.id,
                kind="invitation",
                state="done",
                created_by=OFFICIAL,
                created_on=self.clock.now().date(),
                subject="Svar",
                body="",
                message_count=1,
            )
            session.add(sending)
            session.flush()
            message = Message(
                id=secrets.token_bytes(16),
                election_id=self.id,
                sending_id=sending.id,
                entry_id=entry.id,
                channel="email",
                state="sent",
            )
            session.add(message)
            session.flush()
            code = draw_code(session, message)
        fingerprint = self.launched().fingerprint
        return Link(code, fingerprint, entry.id, message.id, self.slug)

    def respondent(self, member: str) -> Respondent:
        return Respondent(self, self.link(member))

    def answer(
        self, members: Sequence[str], answers: JsonValue = YES
    ) -> list[AnswerReceipt]:
        """Let members answer, one after the other."""
        return [self.send(self.respondent(each).fill(answers)) for each in members]

    def send(self, request: AnswerRequest) -> AnswerReceipt:
        with self.service.begin() as session:
            return answer_survey(
                session,
                self.verifier,
                service_seed(self.settings),
                survey=get_launched(session, self.id),
                request=request,
                now=self.clock.now(),
            )

    def responses(self) -> list[StoredResponse]:
        """What results may read."""
        key_id = self.launched().key_id
        key = self.runtime.keystore("service").read_key(key_id)
        with self.service.reading() as session:
            return list(read_responses(session, key, self.id))


@dataclass(frozen=True, slots=True)
class Respondent:
    """A respondent's device, done in Python, as docs/protocol.md §8 says."""

    site: InvitedSite
    link: Link

    @property
    def salt(self) -> bytes:
        with self.site.register.reading() as session:
            keystore = self.site.runtime.keystore("register")
            request = self.link.identify_request()
            return identify_voter(session, keystore, request).salt

    @property
    def group(self) -> int:
        if self.site.mode is not Mode.PSEUDONYMOUS:
            return 0
        with self.site.register.reading() as session:
            keystore = self.site.runtime.keystore("register")
            request = self.link.identify_request()
            return identify_voter(session, keystore, request).group

    @property
    def credential(self) -> Credential:
        return self.link.credential(self.salt)

    def right_request(self) -> RightRequest:
        if self.site.mode is not Mode.NAMED:
            return self.link.right_request(self.salt)
        element = hash_to_group(self.link.right_data(self.salt)).encoded
        return self.named_request(element, self.credential.public.encoded)

    def named_request(self, element: bytes, credential: bytes) -> RightRequest:
        signed = (self.link.fingerprint, element, credential)
        signature = sign(self.link.seed, "right/named", *signed)
        usual = self.link.request_of(element)
        return replace(usual, signature=signature, credential=credential)

    def take(self, request: RightRequest | None = None) -> EvaluatedRight:
        with self.site.register.begin() as session:
            return take_right(
                session,
                self.site.runtime.keystore("register"),
                request or self.right_request(),
                self.site.clock.now(),
            )

    def token(self) -> Point:
        right, groups = self.take(), self.site.launched().manifest.groups
        key = groups[self.group].issuer_key
        if self.site.mode is Mode.NAMED:
            element = Point.decode(self.right_request().blinded)
            verify_evaluations(key, [element], [right.evaluated], right.proof)
            return right.evaluated
        return self.link.token(self.salt, key.encoded, right)

    def fill(self, answers: JsonValue = YES) -> AnswerRequest:
        return read_answer_request(self.document(answers))

    def document(
        self, answers: JsonValue = YES, token: Point | None = None
    ) -> dict[str, JsonValue]:
        fingerprint, credential = self.link.fingerprint, self.credential
        token = token or self.token()
        signed = answers_digest(fingerprint, encode_json(answers))
        signature = sign_answers(fingerprint, credential.secret, token, signed)
        return {
            "answers": answers,
            "credential": credential.public.encoded.hex(),
            "fingerprint": fingerprint.hex(),
            "group": self.group,
            "signature": signature.hex(),
            "token": token.encoded.hex(),
        }

    def status(self) -> AnswerReceipt | None:
        site, credential = self.site, self.credential
        with site.service.reading() as session:
            return find_receipt(
                session,
                service_seed(site.settings),
                get_launched(session, site.id),
                fingerprint=self.link.fingerprint,
                credential=credential.public,
                signature=sign_status(self.link.fingerprint, credential.secret),
            )


@contextmanager
def invited_site(
    stores: Stores,
    folder: Path,
    redis_url: str,
    *,
    mode: Mode = Mode.ANONYMOUS,
    url: str = "http://svar.test",
) -> Iterator[InvitedSite]:
    """An installation that serves both sides, before its first survey."""
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(folder),
            "REDIS_URL": redis_url,
            "URNE_SERVICE_URL": url,
            "URNE_VERIFIER_SOCKET": str(folder / "v.sock"),
        }
    )
    clock = MovedClock(MADE)
    connections: dict[Side, redis.Redis] = {
        side: redis.Redis.from_url(settings.redis_url(side)) for side in SIDES
    }
    opened: dict[Side, Store] = {"register": stores.register, "service": stores.service}
    runtime = Runtime(settings, clock, opened, connections)
    server = VerifierServer(settings.verifier_socket, IssuerKeys.at(folder / "keys"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    verifier = TokenVerifier(settings.verifier_socket)
    try:
        yield InvitedSite(runtime, clock, verifier, "arbeidsmiljo-2027", mode=mode)
    finally:
        server.shutdown()
        server.server_close()
        for connection in connections.values():
            connection.close()
