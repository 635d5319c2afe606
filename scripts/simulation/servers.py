"""The server of a simulation: one that is started for it, or one that runs already."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scripts.processes.addresses import Addresses
from scripts.processes.plan import ROOT
from scripts.simulation.elections import Place
from scripts.simulation.waiting import wait_for
from scripts.simulation.web import HttpClient

START_SECONDS: Final = 120
SWEEP_SECONDS: Final = 2
USUAL_BATCH: Final = 20
_STOP_SECONDS: Final = 60
_WELL: Final = 200


class ServerEnded(Exception):
    """The server did not start; what it said stands above."""


@contextmanager
def started_server(data: Path, *, smallest: int, split: bool) -> Iterator[Place]:
    """Start a server on a fresh folder, and stop it afterwards.

    `smallest`: batch size and suppression threshold, 20 where that many vote.

    Raises:
        ServerEnded: it did not start.

    """
    leash = ROOT / "scripts" / "processes" / "leash.py"
    command = [sys.executable, "-I", "-S", str(leash), str(os.getpid())]
    command += [sys.executable, "-P", "-m", "scripts.processes.command"]
    command += ["--data", str(data), "--port", "0", "--fresh", "--no-demo"]
    command += ["--sweep", str(SWEEP_SECONDS)]
    if split:
        command.append("--two-processes")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "URNE_BATCH_SIZE": str(smallest),
        "URNE_SUPPRESSION_THRESHOLD": str(smallest),
    }
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield wait_for(
                "the server to start",
                lambda: _place(data, process),
                seconds=START_SECONDS,
            )
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def running_server(url: str, data: Path) -> Place:
    """Return the server of scripts/run at an address, whose data folder is known."""
    return Place(url, data)


def _place(data: Path, process: subprocess.Popen[bytes]) -> Place | None:
    if process.poll() is not None:
        raise ServerEnded(f"status {process.returncode}")
    try:
        addresses = Addresses.read(data)
        place = Place(addresses.service_url, data)
        both = (addresses.service_url, addresses.register_url)
        well = all(_is_well(each) for each in both) and place.logins
    except (OSError, ValueError):
        return None  # not yet
    return place if well else None


def _is_well(url: str) -> bool:
    with HttpClient(url) as client:
        return client.get("/helse").status == _WELL
