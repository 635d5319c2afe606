"""Runs scripts/run as a person does, and sees what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.processes.addresses import Addresses
from scripts.processes.officials import Login, read_logins
from scripts.simulation.web import Answer, HttpClient

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 240
READY: Final = "Ctrl-C stops it all."


@dataclass(frozen=True, slots=True)
class LivingProgram:
    """A process, how it was started, and what it was told."""

    pid: int
    words: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)

    def kill(self) -> None:
        """End it as if it had crashed."""
        os.kill(self.pid, signal.SIGKILL)


@dataclass(slots=True)
class RunningUrne:
    """One scripts/run, and what it has said so far."""

    data: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> Addresses:
        """Where it listens."""
        return Addresses.read(self.data)

    @property
    def logins(self) -> list[Login]:
        """Who may sign in."""
        return read_logins(self.data)

    def wait_until(self, happened: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for something, or fail with all that was said."""
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, "".join(self.said)
            time.sleep(0.05)

    def has_said(self, words: str) -> bool:
        """Tell whether a line with these words was printed."""
        return any(words in line for line in self.said)

    def programs(self) -> list[LivingProgram]:
        """Return every living process that was told of this data folder."""
        return list(living_programs(self.data))

    def program(self, *words: str) -> LivingProgram:
        """Return the one that leads its session and was started with these words."""
        chosen = [
            each
            for each in self.programs()
            if set(words) <= set(each.words) and os.getsid(each.pid) == each.pid
        ]
        assert len(chosen) == 1, chosen
        return chosen[0]

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def fetch(origin: str, path: str = "/") -> Answer:
    """Ask a server once."""
    with HttpClient(origin) as client:
        return client.get(path)


def living_programs(data: Path) -> Iterator[LivingProgram]:
    """Yield every process that has this folder in its settings."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            told = _words(folder / "environ")
            words = _words(folder / "cmdline")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        # What has ended and is not yet waited for has no words.
        if f"URNE_DATA_DIR={data}" in told and words:
            environment = dict(each.split("=", 1) for each in told if "=" in each)
            yield LivingProgram(int(folder.name), words, environment)


def _words(file: Path) -> tuple[str, ...]:
    return tuple(
        word for word in file.read_text("utf-8", "replace").split("\0") if word
    )


@contextmanager
def running_urne(
    data: Path, *arguments: str, port: str = "0", demo: bool = False
) -> Iterator[RunningUrne]:
    """Run scripts/run until it is ready; stop it afterwards."""
    command = [str(ROOT / "scripts" / "run"), "--data", str(data), "--sweep", "1"]
    command += ["--port", port, "--web-workers", "1", *arguments]
    if not demo:
        command.append("--no-demo")
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    running = RunningUrne(data, process)
    reader = threading.Thread(target=_read, args=(running,))
    reader.start()
    try:
        running.wait_until(
            lambda: running.has_said(READY) or process.poll() is not None,
            START_SECONDS,
        )
        assert running.has_said(READY), "".join(running.said)
        yield running
    finally:
        if process.poll() is None:
            running.interrupt()
        reader.join()
        if process.stdout is not None:
            process.stdout.close()


def _read(running: RunningUrne) -> None:
    assert running.process.stdout is not None
    for line in running.process.stdout:
        running.said.append(line)
