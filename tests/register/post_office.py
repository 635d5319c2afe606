"""An open election whose mail goes to a real server, and real workers to send it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from sqlalchemy import select

from crypto.codes import login_seed, parse_link_fragment
from crypto.signing import SigningSeed
from crypto.times import format_time
from infra.clock import SystemClock
from infra.config import load_settings
from infra.keystore import DataKey
from infra.queues import queue_of
from infra.runtime import Runtime, open_runtime
from register.mail_templates import suggested_template
from register.paper_marks import mark_paper
from register.queueing import enqueue_quietly
from register.recipients import Plan
from register.resends import By
from register.roll import find_entry, read_data_key, read_person
from register.roll_phases import MessageChannel, MessageState, SendingKind
from register.sending import create_sending, start_sending, told_number
from register.sending_jobs import (
    SEND_JOB,
    SWEEP_JOB,
    enqueue_sending,
    send_batch,
    sweep_sendings,
)
from register.sending_pace import Pace
from register.tables import Message, RollEntry, Sending, VotingCode
from tests.conftest import Stores
from tests.register.elections import OFFICIAL, Election, Link, MovedClock
from tests.register.roll_files import ELECTION, HEADINGS
from tests.smtp import Received, SmtpServer

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import os
import register.sending_jobs  # as `urne worker` has it: not anew for each job
from infra.config import load_settings
from infra.queues import run_worker
from infra.runtime import open_runtime
run_worker(open_runtime(load_settings(os.environ)), "register", burst=True)
"""


def members(count: int) -> list[tuple[str, ...]]:
    """Invented members 1 to `count`, each with an address of their own."""
    return [
        (str(n), f"Fornavn{n}", f"Etternavn{n}", f"medlem{n}@example.no", "", "Alle")
        for n in range(1, count + 1)
    ]


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The register of one election, its mail server, and its workers."""

    election: Election
    smtp: SmtpServer
    environ: Mapping[str, str]

    @property
    def runtime(self) -> Runtime:
        return self.election.runtime

    @property
    def now(self) -> datetime:
        return self.election.clock.now()

    def open(
        self,
        *rows: tuple[str, ...],
        opened: bool = True,
        headings: tuple[str, ...] = HEADINGS,
    ) -> None:
        """Bring the election to its first hour, or to the hour before it."""
        election, hour = self.election, timedelta(hours=-1 if opened else 1)
        election.create()
        election.import_rows(*rows, headings=headings)
        election.freeze()
        election.seal()
        leaf = election.schedule(
            opens_at=format_time(self.now + hour),
            closes_at=format_time(self.now + timedelta(days=7)),
        )
        election.send("schedule", {"leaf": leaf})

    def write(
        self,
        kind: SendingKind = SendingKind.INVITATION,
        *channels: MessageChannel,
        falls_back: bool = True,
    ) -> bytes:
        """Write a sending with the suggested text; by mail unless told otherwise."""
        template = suggested_template(kind)
        with self.election.store.begin() as session:
            return create_sending(
                session,
                election_id=ELECTION,
                kind=kind,
                subject=template.subject,
                body=template.body,
                sms=template.sms,
                plan=Plan(channels or (MessageChannel.EMAIL,), falls_back),
                actor=OFFICIAL,
                now=self.now,
            ).id

    def start(
        self, kind: SendingKind = SendingKind.INVITATION, *channels: MessageChannel
    ) -> bytes:
        """Write a sending and start it; nothing has gone yet."""
        sending_id = self.write(kind, *channels)
        self.start_written(sending_id)
        return sending_id

    def start_written(self, sending_id: bytes, at: datetime | None = None) -> None:
        """Start a draft with the number it tells, now or at a time."""
        with self.election.store.begin() as session:
            told = told_number(session, session.get_one(Sending, sending_id))
            start_sending(
                session,
                ELECTION,
                sending_id,
                told=told,
                actor=OFFICIAL,
                now=self.now,
                at=at,
            )

    def send_all(self, sending_id: bytes) -> None:
        """Do in this process what the queued jobs would, until none is queued."""
        enqueue_sending(self.runtime, sending_id)
        queue = queue_of(self.runtime, "register")
        while queue.count:
            for job in queue.jobs:
                queue.remove(job)
                if job.func_name == SEND_JOB:
                    send_batch(self.runtime, *job.args)
                elif job.func_name == SWEEP_JOB:
                    sweep_sendings(self.runtime)

    def invite(self) -> bytes:
        """Send an invitation to all."""
        sending_id = self.start()
        self.send_all(sending_id)
        return sending_id

    def pass_time(self, sending_id: bytes) -> None:
        """Let the time be over that a dead worker, or a pause, keeps others away."""
        Pace(self.runtime.redis("register"), sending_id).release()

    def sending(self, sending_id: bytes) -> Sending:
        with self.election.store.reading() as session:
            return session.get_one(Sending, sending_id)

    def states(self, sending_id: bytes) -> dict[str, MessageState]:
        """Return the state of each member's message, by member number."""
        key = self._key()
        with self.election.store.reading() as session:
            rows = session.execute(
                select(Message, RollEntry)
                .join(RollEntry, RollEntry.id == Message.entry_id)
                .where(Message.sending_id == sending_id)
            )
            return {
                read_person(key, entry).member_number: MessageState(message.state)
                for message, entry in rows
            }

    def entry(self, member_number: str) -> RollEntry:
        with self.election.store.reading() as session:
            return find_entry(session, self._key(), ELECTION, member_number)

    def codes(self) -> dict[bytes, str]:
        """Return the state of every login key."""
        with self.election.store.reading() as session:
            rows = session.execute(select(VotingCode.login_key, VotingCode.state))
            return {row.login_key: row.state for row in rows}

    def login_key(self, received: Received) -> bytes:
        """Return the login public key that follows from the link in a mail."""
        code, _ = parse_link_fragment(link_in(received).partition("#")[2])
        return SigningSeed(login_seed(self.election.fingerprint, code)).public_key

    def mark(self, received: Received) -> None:
        """Let the member who got a mail take out the right."""
        code, _ = parse_link_fragment(link_in(received).partition("#")[2])
        with self.election.store.reading() as session:
            row = session.get_one(VotingCode, self.login_key(received))
        fingerprint = self.election.fingerprint
        self.election.take(Link(code, fingerprint, row.entry_id, row.message_id))

    def vote_on_paper(self, member_number: str) -> None:
        """Mark a member as one who votes on paper."""
        entry_id = self.entry(member_number).id
        with self.election.store.begin() as session:
            mark_paper(
                session,
                election_id=ELECTION,
                entry_id=entry_id,
                by=By(OFFICIAL, "Konvolutt i posten", self.now),
            )

    def sweep(self) -> None:
        enqueue_quietly(self.runtime, SWEEP_JOB)

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a real worker over the register's queue until it is empty."""
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER], env=dict(self.environ), cwd=ROOT
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                kill_with_children(process.pid)
            process.wait(30)

    def work_off(self, seconds: float = 90) -> None:
        """Run a real worker until the queue is empty."""
        with self.worker() as process:
            assert process.wait(seconds) == 0

    def _key(self) -> DataKey:
        with self.election.store.reading() as session:
            return read_data_key(session, self.election.keystore, ELECTION)


def link_in(received: Received) -> str:
    """Return the one link of a mail, from its text part."""
    part = received.parsed.get_body(("plain",))
    assert part is not None
    (line,) = [
        line for line in part.get_content().splitlines() if line.startswith("http")
    ]
    return str(line)


def kill_with_children(pid: int) -> None:
    """Kill -9 a worker and the process in which it runs its job."""
    processes = psutil.Process(pid).children(recursive=True)
    for each in [psutil.Process(pid), *processes]:
        with suppress(psutil.NoSuchProcess):  # it may just have ended
            each.send_signal(signal.SIGKILL)


def a_post_office(
    stores: Stores, folder: Path, redis_url: str, smtp: SmtpServer, **environ: str
) -> PostOffice:
    """Return an installation that serves both sides, as processes would open it."""
    told = os.environ | {
        "URNE_ENVIRONMENT": "test",
        "URNE_DATA_DIR": str(folder),
        "REDIS_URL": redis_url,
        "REGISTER_DATABASE_URL": stores.urls["register"],
        "SERVICE_DATABASE_URL": stores.urls["service"],
        "URNE_SMTP_HOST": smtp.host,
        "URNE_SMTP_PORT": str(smtp.port),
        "URNE_SERVICE_URL": "http://stemme.test",
        "URNE_REGISTER_URL": "http://manntall.test",
        **environ,
    }
    clock = MovedClock(SystemClock().now())
    runtime = open_runtime(load_settings(told), clock=clock)
    return PostOffice(Election(runtime, clock), smtp, told)
