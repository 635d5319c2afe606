"""A whole installation: both sides, their documents crossing, an election on its way.

What an official, a key holder or a member does is done here through the use cases and
the addresses that they use; the two sides meet in signed documents alone. A test may
give each side a process of its own: then the documents go over HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask

import register.exchange_handlers
import voting.exchange_handlers
from accounts.officials import OfficialIdentity
from app import create_app
from crypto.ballot_shape import Selection
from crypto.encoding import JsonValue
from crypto.signing import SigningSeed, sign
from infra.clock import SystemClock, move_clock
from infra.config import load_settings
from infra.databases import Store
from infra.delivery import deliver_pending
from infra.queues import queue_of
from infra.runtime import Runtime, open_runtime
from infra.sides import SIDES, Side
from infra.token_verifier import TokenVerifier
from register.freezing import freeze_election
from register.jobs import sweep_register
from register.mail_templates import suggested_template
from register.roll_import import import_roll
from register.roll_phases import SendingKind
from register.rollfile import read_roll
from register.sending import create_sending, start_sending, told_number
from register.sending_jobs import (
    SEND_JOB,
    enqueue_sending,
    send_batch,
    sweep_sendings,
)
from register.tables import Sending
from tests.conftest import Stores
from tests.register.post_office import link_in
from tests.register.roll_files import HEADINGS, as_csv
from tests.secrecy.devices import Device, Line, PagesOf
from tests.smtp import SmtpServer
from tests.voting.manifests import AGREEMENT
from tests.voting.whole_election import (
    AFTER,
    BLANK,
    CLOSES,
    DURING,
    NO,
    OPENS,
    ORGANISER,
    YES,
    WholeElection,
    committee,
)
from voting.drafts import Draft, DraftContest
from voting.elections import create_election, get_election, seat_committee
from voting.jobs import sweep_service
from voting.manifest_model import Rules
from voting.sealing import seal_election
from voting.verifier_process import IssuerKeys, VerifierServer

HANDLERS: Final = (register.exchange_handlers, voting.exchange_handlers)
"""Imported for the documents that they take in."""

BEFORE: Final = datetime.fromisoformat("2027-02-01T08:00:00Z")
APPROVED: Final = AFTER + timedelta(hours=1)
SHREDDED: Final = APPROVED + timedelta(days=31)
GROUPS: Final = ("Nord", "Sør")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the roll, invented, in words that stand nowhere by chance."""

    number: str
    first_name: str
    last_name: str
    email: str
    mobile: str
    group: str

    @property
    def row(self) -> tuple[str, ...]:
        """The member's line of the roll file."""
        return (
            self.number,
            self.first_name,
            self.last_name,
            self.email,
            self.mobile,
            self.group,
        )

    @property
    def words(self) -> tuple[str, ...]:
        """What must stand nowhere but where the member is written to or greeted."""
        return (
            self.number,
            self.first_name,
            self.last_name,
            self.email,
            self.mobile,
        )


def members(count: int) -> tuple[Member, ...]:
    """Members of two groups; every third is in the second."""
    return tuple(
        Member(
            number=f"88{n:05}31",
            first_name=f"Torbjoerg{n:03}q",
            last_name=f"Hjelmeland{n:03}z",
            email=f"postkasse{n:03}q@medlem.example",
            mobile=f"+47405{n:05}",
            group=GROUPS[n % 3 == 2],
        )
        for n in range(count)
    )


@dataclass(slots=True)
class Installation:
    """Both sides of one election, and the secrets of everyone around them."""

    data: Path
    runtimes: Mapping[Side, Runtime]
    """One for both sides, or one for each where they are two processes."""
    line: Line
    smtp: SmtpServer
    election: WholeElection
    members: Sequence[Member]

    def runtime(self, side: Side) -> Runtime:
        """Return what the process of a side would hold."""
        return self.runtimes[side]

    def store(self, side: Side) -> Store:
        """Return one side's database."""
        return self.runtime(side).store(side)

    @property
    def now(self) -> datetime:
        """The time on every clock of the installation."""
        return self.runtime("service").clock.now()

    def move_to(self, instant: datetime) -> None:
        """Move every clock of the installation, also of processes that run."""
        for runtime in self.runtimes.values():
            set_clock(runtime.settings.data_dir, instant)

    def deliver(self) -> None:
        """Let both sides carry over what they have posted, until nothing waits."""
        while True:
            done = [deliver_pending(self.runtime(side), side) for side in SIDES]
            if not any(each.delivered for each in done):
                assert not any(each.waiting for each in done), "a document is refused"
                return

    def sweep(self) -> None:
        """Do once on each side what is done every few seconds, and deliver."""
        sweep_register(self.runtime("register"))
        sweep_service(self.runtime("service"))
        self.deliver()

    def prepare(self) -> None:
        """Roll, freezing, ceremony, manifest: everything until the first mail."""
        self.deliver()
        self.import_roll()
        self.freeze()
        self.deliver()
        self.election.hold_ceremony()
        self.seal()
        self.deliver()

    def import_roll(self) -> None:
        """Import every member."""
        data = as_csv(HEADINGS, *(each.row for each in self.members))
        runtime = self.runtime("register")
        with self.store("register").begin() as session:
            import_roll(
                session,
                runtime.keystore("register"),
                election_id=self.election.id,
                preview=read_roll(data, "manntall.csv"),
                source=data,
                now=self.now,
            )

    def freeze(self) -> None:
        """Freeze the roll; its issuer keys go to the verifier."""
        runtime = self.runtime("register")
        with self.store("register").begin() as session:
            freeze_election(
                session,
                runtime.settings,
                runtime.keystore("register"),
                election_id=self.election.id,
                actor=ORGANISER,
                now=self.now,
            )

    def seal(self) -> None:
        """Seal the manifest."""
        with self.store("service").begin() as session:
            election = get_election(session, self.election.id)
            settings, now = self.election.settings, self.now
            seal_election(session, settings, election, [], actor=ORGANISER, at=now)

    def send(self, kind: SendingKind = SendingKind.INVITATION) -> bytes:
        """Have a sending started by an official; returns its id, nothing has gone."""
        template = suggested_template(kind)
        with self.store("register").begin() as session:
            sending = create_sending(
                session,
                election_id=self.election.id,
                kind=kind,
                subject=template.subject,
                body=template.body,
                actor=ORGANISER,
                now=self.now,
            )
            told = told_number(session, session.get_one(Sending, sending.id))
            start_sending(
                session,
                self.election.id,
                sending.id,
                told=told,
                actor=ORGANISER,
                now=self.now,
            )
        return sending.id

    def invite(self) -> None:
        """Send everyone an invitation, doing here what a worker would do."""
        runtime = self.runtime("register")
        enqueue_sending(runtime, self.send())
        queue = queue_of(runtime, "register")
        while queue.count:
            for job in queue.jobs:
                queue.remove(job)
                if job.func_name == SEND_JOB:
                    send_batch(runtime, *job.args)
        sweep_sendings(runtime)
        self.deliver()

    def device(self, member: Member) -> Device:
        """Return a fresh browser in which a member has followed the own link."""
        return Device(self.line, link_in(self.smtp.messages_to(member.email)[-1]))

    def open(self) -> None:
        """Bring the election to the middle of its voting time."""
        self.move_to(DURING)
        self.sweep()

    def vote(self, some: Sequence[Member]) -> list[Device]:
        """Let members vote, each in a browser: yes, no and blank in turn."""
        devices = [self.device(each) for each in some]
        for number, device in enumerate(devices):
            device.vote(choice_of(number))
        return devices

    def close(self) -> None:
        """Close; the register answers; the tokens are proven."""
        self.move_to(AFTER)
        self.sweep()
        self.sweep()

    def count(self) -> None:
        """Have two holders open the tally."""
        self.election.count()

    def approve(self) -> None:
        """Have two holders approve, and tell the register."""
        self.move_to(APPROVED)
        assert not self.sign_approval(2)
        assert self.sign_approval(3)
        self.deliver()

    def sign_approval(self, index: int) -> bool:
        """One holder's signature under the protocol."""
        return self.election.sign("approval", 1, index, self.now)

    def signature(self, index: int, tag: str, *parts: bytes) -> JsonValue:
        """Return a holder's signature under anything, with the holder's index."""
        seed: SigningSeed = self.election.seeds[index - 1]
        return {"index": index, "signature": sign(seed, tag, *parts).hex()}


def choice_of(number: int) -> tuple[Selection, ...]:
    """Return yes, no and blank in turn."""
    return (YES, NO, BLANK)[number % 3]


def set_clock(data: Path, instant: datetime) -> None:
    """Move the clock of every process on a data folder to an instant."""
    ahead = instant - SystemClock().now()
    move_clock(data, round(ahead.total_seconds()))


def environ_of(
    stores: Stores, data: Path, redis_url: str, smtp: SmtpServer, **more: str
) -> dict[str, str]:
    """Return the settings of an installation as its processes are told them."""
    return {
        "URNE_ENVIRONMENT": "test",
        "URNE_DATA_DIR": str(data),
        "REDIS_URL": redis_url,
        "REGISTER_DATABASE_URL": stores.urls["register"],
        "SERVICE_DATABASE_URL": stores.urls["service"],
        "URNE_SMTP_HOST": smtp.host,
        "URNE_SMTP_PORT": str(smtp.port),
        "URNE_SERVICE_URL": "http://stemme.test",
        "URNE_REGISTER_URL": "http://manntall.test",
        "URNE_VERIFIER_SOCKET": str(data / "v.sock"),
        **more,
    }


def a_draft(*, batch: int = 20, threshold: int = 20) -> Draft:
    """A draft with one contest, Ja / Nei / Blank; times of the tests' own year."""
    return Draft(
        organisation="Fagforbundet Nord",
        language="nb",
        practice=False,
        opens_at=OPENS,
        closes_at=CLOSES,
        contests=(DraftContest(AGREEMENT),),
        rules=Rules(batch, 600, revoting=False, suppression_threshold=threshold),
        threshold=2,
        approvals_needed=2,
    )


def create(runtime: Runtime, draft: Draft, slug: str = "lonn-2027") -> WholeElection:
    """Create an election with its committee seated, at the service."""
    store, settings = runtime.store("service"), runtime.settings
    verifier = TokenVerifier(settings.verifier_socket)
    now = runtime.clock.now()
    with store.begin() as session:
        election = create_election(
            session,
            settings,
            slug=slug,
            title="Lønnsoppgjør 2027",
            draft=draft,
            actor=ORGANISER,
            at=now,
            verifier_key=verifier.public_key(),
        )
        seats: list[OfficialIdentity] = committee(session)
        seat_committee(session, election, seats, actor=ORGANISER, at=now)
        election_id = election.id
    return WholeElection(store, settings, verifier, election_id, GROUPS)


@contextmanager
def running_verifier(data: Path) -> Iterator[None]:
    """Run the verifier's server in a thread of this process."""
    server = VerifierServer(data / "v.sock", IssuerKeys.at(data / "verifier"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def the_app(runtime: Runtime) -> Flask:
    """Return the application that production serves, over a test's runtime."""
    return create_app(runtime=runtime)


@contextmanager
def an_installation(
    stores: Stores,
    data: Path,
    redis_url: str,
    smtp: SmtpServer,
    *,
    voters: int = 60,
    draft: Draft | None = None,
    **environ: str,
) -> Iterator[Installation]:
    """Lend an installation in this process, its election prepared to the first mail."""
    told = environ_of(stores, data, redis_url, smtp, **environ)
    set_clock(data, BEFORE)
    runtime = open_runtime(load_settings(told))
    with running_verifier(data):
        lent = Installation(
            data,
            dict.fromkeys(SIDES, runtime),
            PagesOf(the_app(runtime)),
            smtp,
            create(runtime, draft or a_draft()),
            members(voters),
        )
        lent.prepare()
        yield lent
    runtime.close()
