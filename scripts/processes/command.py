"""The command line of scripts/run."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from infra.secret_values import development_secrets
from scripts.processes.addresses import (
    Addresses,
    OtherAddresses,
    PortTaken,
    free_port,
    settle_addresses,
)
from scripts.processes.announcement import announce, announce_demo
from scripts.processes.data_folder import FolderInUse, NotOurFolder, taken_folder
from scripts.processes.demo import DemoFailed, settle_demo
from scripts.processes.officials import settle_officials
from scripts.processes.plan import ROOT, Installation
from scripts.processes.supervisor import ProgramFailed, Supervisor
from scripts.processes.waiting import NotReady, wait_for_health, wait_for_redis

_REFUSALS: Final = (
    DemoFailed,
    FolderInUse,
    NotOurFolder,
    NotReady,
    OtherAddresses,
    PortTaken,
    ProgramFailed,
)
_LOOK_SECONDS: Final = 0.2


class Stopped(Exception):
    """Somebody asked for an end: Ctrl-C, or a signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an installation until it is told to stop."""
    chosen = _parser().parse_args(arguments)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    try:
        with taken_folder(chosen.data, fresh=chosen.fresh) as data:
            _run(data, chosen)
    except _REFUSALS as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Stopped:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run", description="Run Urne on this machine, for development."
    )
    parser.add_argument("--port", type=int, metavar="N", help="8000; 0: any free one")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "data", metavar="DIR", help="data"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="delete what is in DIR first"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="without the demo election"
    )
    parser.add_argument(
        "--two-processes",
        action="store_true",
        help="register and service as two web servers on two ports",
    )
    parser.add_argument(
        "--sweep",
        type=int,
        default=5,
        metavar="SECONDS",
        help="how often what is due is done (5)",
    )
    parser.add_argument(
        "--web-workers", type=int, default=2, metavar="N", help="of each server (2)"
    )
    return parser


def _run(data: Path, chosen: argparse.Namespace) -> None:
    addresses = settle_addresses(data, port=chosen.port, split=chosen.two_processes)
    development_secrets(data)
    installation = Installation(
        data=data,
        addresses=addresses,
        smtp_port=free_port(),
        sweep_seconds=chosen.sweep,
        web_workers=chosen.web_workers,
    )
    supervisor = Supervisor(data / "logs", ROOT, _say)
    try:
        _start(installation, supervisor)
        logins = settle_officials(data, installation.environment("service"))
        announce(addresses, logins, data)
        if not chosen.no_demo:
            announce_demo(settle_demo(data, supervisor.watch), addresses)
        print("Ctrl-C stops it all.", flush=True)
        while True:
            supervisor.watch()
            time.sleep(_LOOK_SECONDS)
    finally:
        with _undisturbed():
            supervisor.stop()


def _start(installation: Installation, supervisor: Supervisor) -> None:
    for program in installation.ground():
        supervisor.start(program)
        wait_for_redis(program.environment["REDIS_URL"], supervisor.watch)
    for command, settings in installation.schema_commands():
        subprocess.run(command, env=settings, cwd=ROOT, check=True)
    for program in installation.programs():
        supervisor.start(program)
    for address in _web_addresses(installation.addresses):
        wait_for_health(address, supervisor.watch)


def _web_addresses(addresses: Addresses) -> list[str]:
    return sorted({addresses.service_url, addresses.register_url})


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    # A second Ctrl-C while stopping must not leave half of it running.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    yield


if __name__ == "__main__":
    # The children are told by the kernel when this process ends, however it ends.
    os.umask(0o077)
    sys.exit(main())
