"""Starting programs, starting again what crashed, stopping all of them.

Each program gets a session of its own, so that Ctrl-C reaches the supervisor alone,
and a leash, so that none outlives it. Signals are sent to the programs in an order that
lets the later ones finish with the earlier ones still there.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.processes.sessions import kill_session, members_of

STOP_SECONDS: Final = 15
"""How long a program may take to finish what it is doing."""

SHORTEST_LIFE: Final = 5.0
"""Seconds; a program that dies sooner did not start."""

MOST_FAILED_STARTS: Final = 5

_LEASH: Final = Path(__file__).with_name("leash.py")
_POLL_SECONDS: Final = 0.1


class ProgramFailed(Exception):
    """A program ends as soon as it is started, again and again; its log tells why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} does not start; see {log}")


@dataclass(frozen=True, slots=True)
class Program:
    """What is run, and with which environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    is_ground: bool = False
    """The others need it to the end: it is stopped last."""


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes]
    since: float
    failed_starts: int = 0


class Supervisor:
    """Programs that live as long as this does. Used from one thread alone."""

    def __init__(self, logs: Path, folder: Path, say: Callable[[str], None]) -> None:
        """`logs`: one file a program; `folder`: where they run; `say` tells people."""
        self._logs, self._folder, self._say = logs, folder, say
        self._running: list[_Running] = []
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)

    def start(self, program: Program) -> None:
        """Start a program, and again whenever it ends."""
        process = self._spawn(program)
        self._running.append(_Running(program, process, time.monotonic()))

    def watch(self) -> None:
        """Start again what has ended since the last look.

        Raises:
            ProgramFailed: it has ended right after its start too often.

        """
        for running in self._running:
            status = running.process.poll()
            if status is not None:
                self._start_again(running, status)

    def stop(self) -> None:
        """Stop everything, and leave nothing behind."""
        for ground in (False, True):
            chosen = [
                each for each in self._running if each.program.is_ground is ground
            ]
            _stop(chosen)
        self._running.clear()

    def _start_again(self, running: _Running, status: int) -> None:
        kill_session(running.process.pid)
        program, now = running.program, time.monotonic()
        lived = now - running.since
        running.failed_starts = (
            running.failed_starts + 1 if lived < SHORTEST_LIFE else 0
        )
        if running.failed_starts >= MOST_FAILED_STARTS:
            raise ProgramFailed(program.name, self._log_of(program))
        self._say(f"{program.name} ended ({_told(status)}); starting it again")
        running.process, running.since = self._spawn(program), now

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        leash = (sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()))
        with self._log_of(program).open("ab") as log:
            return subprocess.Popen(
                (*leash, *program.command),
                cwd=self._folder,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _log_of(self, program: Program) -> Path:
        return self._logs / f"{program.name.replace(' ', '-')}.log"


def _stop(chosen: Sequence[_Running]) -> None:
    for running in chosen:
        if running.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                running.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for running in chosen:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(max(deadline - time.monotonic(), _POLL_SECONDS))
    for running in chosen:
        while members_of(running.process.pid):
            kill_session(running.process.pid)
            running.process.poll()
            time.sleep(_POLL_SECONDS)
        running.process.wait()


def _told(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    return signal.Signals(-status).name
