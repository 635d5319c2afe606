"""Serves an application on loopback, for a browser."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typing_extensions import override
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class _Silent(WSGIRequestHandler):
    @override
    def log_request(self, *_args: object) -> None:
        """Keep the test output quiet."""


def _whole(app: WSGIApplication) -> WSGIApplication:
    """Answer with a list, so that a file is closed whatever the browser does.

    Werkzeug's server leaves an answer unclosed when the browser hangs up while
    the rest of its request is read away.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start)
        try:
            return list(parts)
        finally:
            close: Callable[[], None] | None = getattr(parts, "close", None)
            if close:
                close()

    return answer


@contextmanager
def served(app: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Serve on a port of loopback, a free one unless it is given; yield the address."""
    server = make_server(
        "127.0.0.1", port, _whole(app), threaded=True, request_handler=_Silent
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
