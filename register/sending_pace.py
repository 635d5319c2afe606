"""The pace of one sending: one worker at a time, pauses, and where it had come to.

Kept in Redis and free to be lost. That nobody gets two mails does not rest on it: the
database lets a message be taken once (`register.handing_in`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, cast

import redis

WORK_SECONDS: Final = 180
"""How long a worker that died keeps others away; renewed while it works.

More than a message can take: a mail server may be silent for a minute, at each of
its answers."""

RENEWAL_SECONDS: Final = 5

START: Final = bytes(16)
"""Below every message's id."""

_WORKING: Final = b"working"
_WAITING: Final = b"waiting"
_CURSOR_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Pace:
    """Of one sending, in the register's Redis."""

    connection: redis.Redis
    sending_id: bytes

    def take(self) -> bool:
        """Become the one who works; False while another does, or during a pause."""
        taken = self.connection.set(self._key, _WORKING, ex=WORK_SECONDS, nx=True)
        return bool(taken)

    def renew(self) -> None:
        """Say that the work goes on."""
        self.connection.set(self._key, _WORKING, ex=WORK_SECONDS)

    def release(self, pause_seconds: int = 0) -> None:
        """Let others work, at once or after a pause."""
        if pause_seconds:
            self.connection.set(self._key, _WAITING, ex=pause_seconds)
        else:
            self.connection.delete(self._key)

    def is_waiting(self) -> bool:
        """Tell whether the sending pauses by itself."""
        return self.connection.get(self._key) == _WAITING

    def cursor(self) -> bytes:
        """Return the id of the message dealt with last in this pass, or `START`."""
        return cast("bytes | None", self.connection.get(self._cursor_key)) or START

    def set_cursor(self, message_id: bytes) -> None:
        """Remember how far the pass has come; `START` begins a new one."""
        if message_id != START:
            self.connection.set(self._cursor_key, message_id, ex=_CURSOR_SECONDS)
        else:
            self.connection.delete(self._cursor_key)

    @property
    def _key(self) -> str:
        return f"sending-pace:{self.sending_id.hex()}"

    @property
    def _cursor_key(self) -> str:
        return f"sending-cursor:{self.sending_id.hex()}"


class Strides:
    """A worker's way through one batch: renews its turn, remembers where it came to.

    Redis is told every few seconds and at the end, not twice a message: where a worker
    that dies had come to is known from the database as well.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._renewed = time.monotonic()
        self._reached = START

    def __enter__(self) -> Self:
        self._pace.renew()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reached != START:
            self._pace.set_cursor(self._reached)

    def begin(self) -> None:
        """Say that another message is begun."""
        if time.monotonic() - self._renewed > RENEWAL_SECONDS:
            self._pace.renew()
            self._renewed = time.monotonic()

    def reach(self, message_id: bytes) -> None:
        """Say that a message is dealt with, or left for the next pass."""
        self._reached = message_id
