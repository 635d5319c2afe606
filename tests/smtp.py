"""A real SMTP server that records what it accepts and fails where a test asks."""

from __future__ import annotations

import asyncio
import enum
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from email.message import EmailMessage


class Stage(enum.Enum):
    """A point of the SMTP dialogue at which a test may step in."""

    CONNECT = "before the greeting"
    EHLO = "EHLO was said"
    MAIL = "the sender was named"
    RCPT = "the recipient was named"
    DATA = "the message is about to be sent"
    CONTENT = "the whole message has come, and is not yet taken"
    ACCEPTED = "the message is taken, and its sender does not know"
    QUIT = "the answer was given, and the sender says goodbye"


HANG_UP: Final = ""
"""The answer of an action that breaks the connection without a word."""

Action = Callable[[], str | None]
"""Runs at a stage, in a thread. None goes on; a reply such as "451 later" refuses."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that was taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The message, as the standard library reads it."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass(slots=True)
class SmtpServer:
    """What a test sees of the server."""

    host: str
    port: int
    messages: list[Received] = field(default_factory=list)
    actions: dict[Stage, Action] = field(default_factory=dict)
    stop: Callable[[], object] = field(default=lambda: None, repr=False)

    def at(self, stage: Stage, action: Action) -> None:
        """Run `action` whenever a dialogue reaches `stage`, until `behave`."""
        self.actions[stage] = action

    def refuse_at(self, stage: Stage, reply: str) -> None:
        """Answer `reply`, such as "550 5.1.1 unknown", at a stage."""
        self.at(stage, lambda: reply)

    def hang_up_at(self, stage: Stage) -> None:
        """Break the connection at a stage."""
        self.at(stage, lambda: HANG_UP)

    def behave(self) -> None:
        """Take every message again."""
        self.actions.clear()

    def messages_to(self, address: str) -> list[Received]:
        """Return what one recipient has got, oldest first."""
        return [message for message in self.messages if address in message.recipients]


class _StagedSMTP(SMTP):
    """The dialogue, with a question to the test at each stage."""

    def __init__(self, lent: SmtpServer, **options: Any) -> None:  # noqa: ANN401 - aiosmtpd's own
        super().__init__(self, hostname="localhost", **options)
        self._lent = lent

    async def _goes_on(self, stage: Stage) -> bool:
        reply = await self._reply_at(stage)
        if reply:
            await self.push(reply)
        return reply is None

    async def _reply_at(self, stage: Stage) -> str | None:
        action = self._lent.actions.get(stage)
        if action is None:
            return None
        # In a thread: the action may wait for, or kill, whoever is sending.
        reply = await asyncio.to_thread(action)
        if reply == HANG_UP and isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        return reply

    @override
    async def _handle_client(self) -> None:
        if await self._goes_on(Stage.CONNECT):
            await super()._handle_client()
        elif self.transport is not None:
            self.transport.close()

    @override
    async def smtp_EHLO(self, hostname: str) -> None:
        if await self._goes_on(Stage.EHLO):
            await super().smtp_EHLO(hostname)

    @override
    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self._goes_on(Stage.MAIL):
            await super().smtp_MAIL(arg)

    @override
    async def smtp_RCPT(self, arg: str | None) -> None:
        if await self._goes_on(Stage.RCPT):
            await super().smtp_RCPT(arg)

    @override
    async def smtp_DATA(self, arg: str) -> None:
        if await self._goes_on(Stage.DATA):
            await super().smtp_DATA(arg)

    @override
    async def smtp_QUIT(self, arg: str) -> None:
        if await self._goes_on(Stage.QUIT):
            await super().smtp_QUIT(arg)

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds the hook by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the message, unless the test says otherwise."""
        reply = await self._reply_at(Stage.CONTENT)
        if reply is not None:
            return reply or "421 gone"
        self._lent.messages.append(
            Received(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                envelope.original_content or b"",
            )
        )
        reply = await self._reply_at(Stage.ACCEPTED)
        return "250 OK" if reply is None else reply or "421 gone"


@contextmanager
def smtp_server(tls: ssl.SSLContext | None = None) -> Iterator[SmtpServer]:
    """Lend a server on 127.0.0.1; with `tls` it demands STARTTLS."""
    lent = SmtpServer("127.0.0.1", 0)
    started, ended = threading.Event(), asyncio.Event()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _dialogue(lent, loop, tls), lent.host, 0
        )
        lent.port = server.sockets[0].getsockname()[1]
        lent.stop = lambda: loop.call_soon_threadsafe(ended.set)
        started.set()
        await ended.wait()
        server.close()
        # asyncio.run cancels the dialogues that are still open.

    # A thread of its own: Playwright keeps a loop running in the main one.
    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="smtp")
    thread.start()
    started.wait()
    try:
        yield lent
    finally:
        lent.stop()
        thread.join()


def _dialogue(
    lent: SmtpServer, loop: asyncio.AbstractEventLoop, tls: ssl.SSLContext | None
) -> SMTP:
    wanted = tls is not None
    return _StagedSMTP(lent, loop=loop, tls_context=tls, require_starttls=wanted)
