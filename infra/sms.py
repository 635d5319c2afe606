"""Handing SMS in by HTTP: surely not taken, refused, or uncertain.

As with mail (`infra.mail`) the three are never mixed up. The gateway gets one JSON
object by POST, ``{"to","from","text","reference"}``, with a bearer token; an answer of
2xx means that it has the message. Another gateway is another class of this protocol.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable
from typing import Final, Protocol
from urllib.parse import urlsplit

from infra.message_settings import SmsSettings

TIMEOUT_SECONDS: Final = 30.0

_TAKEN: Final = range(200, 300)
_REFUSED: Final = frozenset({400, 410, 422})
"""This number, or this text: another try is no use."""

_NOT_TAKEN: Final = frozenset({401, 402, 403, 404, 405, 408, 425, 429, 503})
"""Our own account, our own address of the gateway, or its pace."""

_MOVED: Final = range(300, 400)
_LONGEST_ANSWER: Final = 65_536


class SmsFailed(Exception):
    """An SMS was not surely taken. No number and no gateway's text is kept."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__("" if code is None else str(code))
        self.code = code
        """The gateway's status, where there was one."""


class SmsRefused(SmsFailed):
    """Surely not taken, for good: this number takes no SMS."""


class SmsDeferred(SmsFailed):
    """Surely not taken; another try may do: no gateway, no credit, too fast."""


class SmsUncertain(SmsFailed):
    """The gateway answered by a fault, or not at all: it may have sent the message."""


class SmsGateway(Protocol):
    """Something that SMS are handed to."""

    def send(self, number: str, text: str, reference: str) -> None:
        """Hand one SMS in; `reference` comes back in its delivery report.

        Raises:
            SmsRefused: surely not taken, for good.
            SmsDeferred: surely not taken; another try may do.
            SmsUncertain: it may have been sent.

        """
        ...  # pragma: no cover


class HttpSmsGateway:
    """A gateway at an address. It follows no redirect: the token goes nowhere else."""

    def __init__(
        self,
        settings: SmsSettings,
        *,
        timeout: float = TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Open nothing yet; `tls` defaults to the system's trusted authorities."""
        self._settings = settings
        self._timeout = timeout
        self._tls = tls

    def send(self, number: str, text: str, reference: str) -> None:
        """Hand one SMS in; `reference` comes back in its delivery report.

        Raises:
            SmsRefused: surely not taken, for good.
            SmsDeferred: surely not taken; another try may do.
            SmsUncertain: it may have been sent.

        """
        told = {
            "from": self._settings.sender,
            "reference": reference,
            "text": text,
            "to": number,
        }
        connection = self._open()
        try:
            status = self._ask(connection, json.dumps(told).encode())
        finally:
            connection.close()
        if status in _TAKEN:
            return
        raise _failure(status)(status)

    def _open(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._settings.url)
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            tls = self._tls or ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=self._timeout, context=tls
            )
        else:
            connection = http.client.HTTPConnection(
                parts.hostname or "", parts.port, timeout=self._timeout
            )
        try:
            connection.connect()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise SmsDeferred from None
        return connection

    def _ask(self, connection: http.client.HTTPConnection, body: bytes) -> int:
        parts = urlsplit(self._settings.url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path
        token = self._settings.token.reveal().decode()
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        try:
            connection.request("POST", path or "/", body, headers)
            answer = connection.getresponse()
            answer.read(_LONGEST_ANSWER)
        except (OSError, http.client.HTTPException):
            # Begun, and not answered: it may have it.
            raise SmsUncertain from None
        return answer.status


def _failure(status: int) -> Callable[[int], SmsFailed]:
    if status in _REFUSED:
        return SmsRefused
    if status in _NOT_TAKEN or status in _MOVED:
        return SmsDeferred
    return SmsUncertain
