"""Does an election's long work, and stalls where a test comes to kill it.

Arguments: the address of the service's store, the election's id, the time, the data
folder, the function after whose return it stalls, and at which of its calls.
"""

from __future__ import annotations

import importlib
import signal
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from infra.clock import FixedClock
from infra.config import load_settings
from infra.databases import open_store
from voting.long_work import Workbench
from voting.work_steps import carry_out


def stall_after(function_path: str, call: int) -> None:
    """Let nothing follow that call of a module's function; say so."""
    place, _, name = function_path.rpartition(".")
    module = importlib.import_module(place)
    function, calls = getattr(module, name), []

    def stalling(*arguments: object, **named: object) -> object:
        made = function(*arguments, **named)
        calls.append(made)
        if len(calls) == call:
            sys.stdout.write("here\n")
            sys.stdout.flush()
            signal.pause()
        return made

    setattr(module, name, stalling)


def main(*arguments: str) -> None:
    """Do the work."""
    url, election, at, folder, function_path, call = arguments
    stall_after(function_path, int(call))
    settings = load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": folder})
    clock = FixedClock(datetime.fromisoformat(at))
    carry_out(Workbench(open_store("service", url), settings, clock), election)


main(*sys.argv[1:])
