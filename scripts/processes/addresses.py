"""Where a running Urne is found: its ports, kept with its data.

Links in mails and the sealed manifests name the addresses, so that a data folder has
the same ports as long as it lives.
"""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

FILE: Final = "addresses.json"
USUAL_PORT: Final = 8000
HOST: Final = "127.0.0.1"


class OtherAddresses(Exception):
    """The folder's elections were sealed with other addresses than asked for."""


class PortTaken(Exception):
    """Another program listens there."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The ports of 127.0.0.1 that one installation uses."""

    service_port: int
    register_port: int
    mail_page_port: int

    @property
    def service_url(self) -> str:
        """The address of elections, ballots and officials."""
        return f"http://{HOST}:{self.service_port}"

    @property
    def register_url(self) -> str:
        """The address of the roll: the same in one process, another in two."""
        return f"http://{HOST}:{self.register_port}"

    @property
    def mail_page_url(self) -> str:
        """The address of the page that shows all mail."""
        return f"http://{HOST}:{self.mail_page_port}"

    @property
    def is_split(self) -> bool:
        """Tell whether register and service are two processes."""
        return self.service_port != self.register_port

    @classmethod
    def read(cls, data: Path) -> Self:
        """Return the addresses of a data folder.

        Raises:
            FileNotFoundError: nothing was started on it yet.

        """
        return cls(**json.loads((data / FILE).read_text("ascii")))

    def write(self, data: Path) -> None:
        """Keep the addresses with the data."""
        (data / FILE).write_text(json.dumps(asdict(self)), "ascii")


def settle_addresses(data: Path, *, port: int | None, split: bool) -> Addresses:
    """Return the folder's addresses, or draw and keep some.

    `port` 0 is any free one, None the folder's own or 8000.

    Raises:
        OtherAddresses: the folder has others already.
        PortTaken: one is in use.

    """
    try:
        known = Addresses.read(data)
    except FileNotFoundError:
        drawn = _draw(USUAL_PORT if port is None else port, split=split)
        drawn.write(data)
        return drawn
    if known.is_split != split or port not in {None, 0, known.service_port}:
        raise OtherAddresses(f"{data} belongs to {known.service_url}; use --fresh")
    for each in (known.service_port, known.register_port):
        require_free(each)
    if not _is_free(known.mail_page_port):
        known = replace(known, mail_page_port=free_port())
        known.write(data)
    return known


def free_port(near: int = 0) -> int:
    """Return a port that nobody listens on at this moment; `near` if it is one."""
    if near and _is_free(near):
        return near
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int) -> None:
    """Refuse a port that is in use; raises PortTaken."""
    if not _is_free(port):
        raise PortTaken(f"port {port} is in use; choose another with --port")


def _draw(port: int, *, split: bool) -> Addresses:
    if port:
        require_free(port)
    service = port or free_port()
    register = free_port(port and port + 1) if split else service
    return Addresses(service, register, free_port(port and port + 25))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As gunicorn does: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
