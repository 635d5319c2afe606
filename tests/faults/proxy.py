"""A proxy between a browser and a server that loses requests and answers on command.

It hands on one whole request at a time. At three moments of each it asks the test what
to do: before the server has heard of the request, while it works on it, and when it has
answered and the browser does not know.
"""

from __future__ import annotations

import enum
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from typing_extensions import override

SECONDS: Final = 60
_END_OF_HEAD: Final = b"\r\n\r\n"


class Moment(enum.Enum):
    """When in a request's life something happens."""

    BEFORE = "the server has not heard of the request"
    DURING = "the server works on it"
    AFTER = "the server has answered, and the browser does not know"


class Cut(Exception):
    """What a test raises to break the connection to the browser."""


Watcher = Callable[[Moment, str], None]
"""Called with the moment and the request's path; may raise Cut."""


class Proxy(socketserver.ThreadingTCPServer):
    """Listens on a port of its own; `upstream` is the server's."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.watcher: Watcher = lambda _moment, _path: None

    @property
    def address(self) -> str:
        """Where browsers find it."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that a test has cut is no error."""


class _Handler(socketserver.BaseRequestHandler):
    server: Proxy

    @override
    def handle(self) -> None:
        asked = _read_message(self.request)
        path = asked.split(b" ", 2)[1].decode("ascii")
        watch = self.server.watcher
        with suppress(Cut, OSError):
            watch(Moment.BEFORE, path)
            given = _ask(self.server.upstream, asked, lambda: watch(_DURING, path))
            watch(Moment.AFTER, path)
            self.request.sendall(given)


_DURING: Final = Moment.DURING


def _ask(port: int, asked: bytes, meanwhile: Callable[[], None]) -> bytes:
    with socket.create_connection(("127.0.0.1", port), SECONDS) as upstream:
        upstream.sendall(asked)
        meanwhile()
        return _read_message(upstream)


def _read_message(connection: socket.socket) -> bytes:
    held = b""
    while _END_OF_HEAD not in held:
        held += _more(connection)
    head, _, body = held.partition(_END_OF_HEAD)
    while len(body) < _length_in(head):
        body += _more(connection)
    return head + _END_OF_HEAD + body


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65_536)
    if not piece:
        raise ConnectionResetError
    return piece


def _length_in(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


@contextmanager
def a_proxy(upstream: int) -> Iterator[Proxy]:
    """Lend a proxy before a server."""
    with Proxy(upstream) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
