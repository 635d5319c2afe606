"""The processes of an installation, as production runs them, to be killed by a test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import register.jobs
import voting.jobs
from infra.queues import enqueue, queue_of
from infra.runtime import Runtime
from infra.sides import Side
from infra.token_verifier import TokenVerifier, VerifierUnavailable
from register.sending_jobs import SWEEP_JOB as SENDING_SWEEP
from scripts.processes.sessions import kill_session
from tests.services import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
LEASH: Final = ROOT / "scripts" / "processes" / "leash.py"
PYTHON: Final = (sys.executable, "-P")
URNE: Final = (*PYTHON, "-c", "import app; app.main()")
PATIENCE: Final = 60.0
"""Seconds until something that should happen has not."""

SWEEPS: Final[Mapping[Side, tuple[str, ...]]] = {
    "register": (register.jobs.SWEEP_JOB, SENDING_SWEEP),
    "service": (voting.jobs.SWEEP_JOB,),
}
"""What cron queues every few seconds; a test queues it when it wants it."""


@dataclass(slots=True)
class Program:
    """One process, and how it is started again."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(repr=False)
    port: int = 0
    """Where a web server listens."""
    process: subprocess.Popen[bytes] | None = None


@dataclass(slots=True)
class Fleet:
    """All processes of an installation; what they write is kept, file by file."""

    folder: Path
    programs: dict[str, Program] = field(default_factory=dict)

    def start_web(
        self, name: str, port: int, environ: Mapping[str, str], *, workers: int = 1
    ) -> None:
        """Start a web server and wait until it answers."""
        command = (
            *(*PYTHON, "-m", "gunicorn", "app:create_app()"),
            *("--worker-class=gthread", "--threads=8", "--no-control-socket"),
            *("--graceful-timeout=5", f"--workers={workers}"),
            f"--bind=127.0.0.1:{port}",
        )
        self.start(Program(name, command, environ, port))

    def start_urne(
        self, name: str, environ: Mapping[str, str], *arguments: str
    ) -> None:
        """Start one of the commands of `urne`."""
        self.start(Program(name, (*URNE, *arguments), environ))

    def kill(self, name: str) -> None:
        """Kill -9 a process with all that it has started."""
        process = self.programs[name].process
        assert process is not None
        kill_session(process.pid)
        process.wait(PATIENCE)

    def has_ended(self, name: str) -> bool:
        """Tell whether a process is gone."""
        process = self.programs[name].process
        return process is None or process.poll() is not None

    def start_again(self, name: str) -> None:
        """Start what was killed, as a supervisor does."""
        self.start(self.programs[name])

    def logs(self) -> bytes:
        """Return everything that any process has written."""
        return b"\n".join(file.read_bytes() for file in self.folder.glob("*.log"))

    def stop(self) -> None:
        """End everything."""
        for program in self.programs.values():
            if program.process is not None:
                kill_session(program.process.pid)
                program.process.wait(PATIENCE)

    def start(self, program: Program) -> None:
        """Start a program, and wait for it if it is a web server."""
        self.folder.mkdir(exist_ok=True)
        leash = (sys.executable, "-I", "-S", str(LEASH), str(os.getpid()))
        with (self.folder / f"{program.name}.log").open("ab") as log:
            program.process = subprocess.Popen(
                (*leash, *program.command),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **program.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.programs[program.name] = program
        if program.port:
            wait_until(lambda: is_alive(program.port), f"{program.name} answers")


@contextmanager
def a_fleet(folder: Path) -> Iterator[Fleet]:
    """Lend a fleet that ends with the test."""
    fleet = Fleet(folder)
    try:
        yield fleet
    except BaseException:
        sys.stdout.write(fleet.logs().decode(errors="replace"))
        raise
    finally:
        fleet.stop()


def start_both_sides(
    fleet: Fleet,
    environ: Mapping[str, str],
    port: int,
    *,
    web_workers: int = 1,
    workers: bool = True,
) -> None:
    """Start what one installation of both sides needs; a test is its cron."""
    fleet.start_urne("verifier", environ, "verifier")
    for side in ("register", "service") if workers else ():
        fleet.start_urne(f"worker-{side}", environ, "worker", side)
    fleet.start_web("web", port, environ, workers=web_workers)
    wait_for_verifier(environ)


def wait_for_verifier(environ: Mapping[str, str]) -> None:
    """Wait until the verifier listens."""
    verifier = TokenVerifier(Path(environ["URNE_VERIFIER_SOCKET"]))

    def answers() -> bool:
        try:
            verifier.public_key()
        except VerifierUnavailable:
            return False
        return True

    wait_until(answers, "the verifier answers")


def sweep(runtime: Runtime, side: Side) -> None:
    """Have a worker do once what it does every few seconds, and wait for it.

    Raises:
        AssertionError: the work failed; the job says where.

    """
    queue = queue_of(runtime, side)
    for path in SWEEPS[side]:
        wait_for_job(runtime, side, enqueue(queue, path, retries=0))
    wait_until(lambda: not queue.count, f"the {side}'s queue is empty")


def wait_for_job(runtime: Runtime, side: Side, job_id: str) -> None:
    """Wait until a job is done, which leaves nothing of it."""
    connection = runtime.redis(side)

    def is_done() -> bool:
        status = connection.hget(f"rq:job:{job_id}", "status")
        assert status != b"failed", f"a job of the {side} failed"
        return status is None

    wait_until(is_done, f"a job of the {side} is done")


def is_alive(port: int) -> bool:
    """Tell whether a web server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/helse/liv", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def wait_until(
    happened: Callable[[], bool], what: str, *, seconds: float = PATIENCE
) -> None:
    """Wait for something; what it is stands in the failure."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"it never came about that {what}"
        time.sleep(0.05)


__all__ = ["Fleet", "a_fleet", "free_port", "start_both_sides", "sweep", "wait_until"]
