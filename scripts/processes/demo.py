"""The demo election: made once a data folder, by the clients of scripts/simulate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from scripts.processes.plan import ROOT

FILE: Final = "demo.json"
_PAUSE: Final = 0.1


class DemoFailed(Exception):
    """The demo election could not be made; what it said stands above."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What a newcomer has to know of it."""

    election: str
    slug: str
    title: str
    ballots: int
    mailbox: str
    """A member's whose link is unused."""
    key_files: str
    passphrase: str

    def write(self, data: Path) -> None:
        """Keep it with the data: it is made once."""
        (data / FILE).write_text(json.dumps(asdict(self)), "utf-8")


def read_demo(data: Path) -> Demo:
    """Return the demo election of a data folder; raises FileNotFoundError."""
    return Demo(**json.loads((data / FILE).read_text("utf-8")))


def settle_demo(data: Path, meanwhile: Callable[[], None]) -> Demo:
    """Return the folder's demo election; make it the first time.

    Raises:
        DemoFailed: it could not be made.

    """
    if not (data / FILE).exists():
        print("  Making the demo election (half a minute) ...", flush=True)
        _make(data, meanwhile)
    return read_demo(data)


def _make(data: Path, meanwhile: Callable[[], None]) -> None:
    leash = ROOT / "scripts" / "processes" / "leash.py"
    command = (
        *(sys.executable, "-I", "-S", str(leash), str(os.getpid())),
        *(sys.executable, "-P", "-m", "scripts.simulation.demo", str(data)),
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with subprocess.Popen(command, env=environment, start_new_session=True) as making:
        try:
            while making.poll() is None:
                meanwhile()
                time.sleep(_PAUSE)
        finally:
            making.terminate()
    if making.returncode != 0:
        raise DemoFailed("the demo election could not be made")
