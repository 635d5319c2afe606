"""A real HTTP server that takes SMS, and fails where a test asks."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from typing_extensions import override

TOKEN: Final = "gateway-token-of-the-tests"
HANG_UP: Final = -1
SILENCE: Final = -2
GARBAGE: Final = -3

Answer = Callable[[dict[str, Any]], int]


@dataclass(slots=True)
class SmsServer:
    """What a test sees of the gateway."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    """Messages that it has, whether it said so or not."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: Answer = field(default=lambda _: 202)
    released: threading.Event = field(default_factory=threading.Event)

    def behave(self) -> None:
        """Take every message again."""
        self.answer = lambda _: 202

    def always(self, status: int) -> None:
        """Answer so to every message."""
        self.answer = lambda _: status


@contextmanager
def an_sms_server() -> Iterator[SmsServer]:
    """Serve until the block ends."""
    lent = SmsServer()

    class Handler(BaseHTTPRequestHandler):
        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told = json.loads(self.rfile.read(length))
            lent.asked.append(told)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_error(401)
                return
            status = lent.answer(told)
            if status < 300:
                lent.taken.append(told)
            self._reply(status)

        def _reply(self, status: int) -> None:
            if status == SILENCE:
                lent.released.wait(20)
            if status in {HANG_UP, SILENCE}:
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            elif status == GARBAGE:
                self.wfile.write(b"\x00\x01 not HTTP at all\r\n\r\n")
                self.close_connection = True
            else:
                self.send_response(status)
                if status in {301, 302, 307, 308}:
                    self.send_header("Location", lent.url + "elsewhere")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    lent.url = f"http://127.0.0.1:{server.server_port}/v1/messages"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield lent
    finally:
        lent.released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
