"""HTTP to one server over a connection that is kept open."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urlsplit

TIMEOUT_SECONDS: Final = 120
JSON_TYPE: Final = "application/json"


class Refused(Exception):
    """The server answered no, by name where it gave one."""

    def __init__(self, status: int, name: str, path: str) -> None:
        super().__init__(f"{status} {name} at {path}")
        self.status = status
        self.name = name


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """Return the body's value."""
        return json.loads(self.body)


class HttpClient:
    """Asks one origin; not for two threads at once."""

    def __init__(self, origin: str) -> None:
        """`origin`: scheme, host and port. Nothing is connected yet."""
        parts = urlsplit(origin)
        kind = (
            http.client.HTTPSConnection
            if parts.scheme == "https"
            else http.client.HTTPConnection
        )
        self.origin = origin
        self._connection = kind(
            parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, and return whatever the answer is.

        A kept connection that the server has closed meanwhile is opened anew, once.

        Raises:
            OSError, http.client.HTTPException: there was no answer.

        """
        try:
            return self._ask(method, path, body, headers or {})
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            return self._ask(method, path, body, headers or {})
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET."""
        return self.request("GET", path, headers=headers)

    def get_bytes(self, path: str) -> bytes:
        """GET what must be there.

        Raises:
            Refused: it is not.

        """
        return _taken(self.get(path), path).body

    def get_json(self, path: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """GET JSON that must be there.

        Raises:
            Refused: it is not.

        """
        return _taken(self.get(path, headers), path).json()

    def post_json(
        self,
        path: str,
        value: object,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """POST JSON, and return the answer's value.

        Raises:
            Refused: the answer was no.

        """
        sent = {"Content-Type": JSON_TYPE, **(headers or {})}
        body = json.dumps(value).encode()
        return _taken(self.request("POST", path, body=body, headers=sent), path).json()

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        content = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        cookies = tuple(answer.headers.get_all("Set-Cookie") or ())
        return Answer(answer.status, told, cookies, content)


def _taken(answer: Answer, path: str) -> Answer:
    if answer.status != HTTPStatus.OK:
        raise Refused(answer.status, _name_of(answer), path)
    return answer


def _name_of(answer: Answer) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return "without a name"
