"""Handing mail in: what was surely not taken, what was refused, what is uncertain.

The three are never mixed up: a deferred mail may be tried again, a refused one has
a wrong address, and an uncertain one may have arrived, so that only an official may
decide to send another (nobody gets two mails unasked).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from infra.clock import Clock
from infra.config import Settings
from infra.message_settings import SmtpSettings
from infra.messages import Message, parse_address, write_message

TIMEOUT_SECONDS: Final = 60.0
"""How long a server may be silent; it may scan a mail before it answers."""

_PERMANENT: Final = 500
_NEGATIVE: Final = 400
_OUR_LOGIN: Final = frozenset({530, 534, 535, 538})
_GO_AHEAD: Final = 354
_TAKEN: Final = 250
_LINE_WITH_DOT: Final = re.compile(rb"(?m)^\.")


class MailFailed(Exception):
    """A mail was not surely taken. No address and no server's text is kept."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__("" if code is None else str(code))
        self.code = code
        """The server's reply code, where there was one."""


class MailRefused(MailFailed):
    """Surely not taken, for good: this recipient does not exist or does not want it."""


class MailDeferred(MailFailed):
    """Surely not taken; another try may do: no server, no login, a temporary no."""


class MailTlsMissing(MailDeferred):
    """The server offers no TLS, or a certificate that does not name it."""


class MailUncertain(MailFailed):
    """The connection was lost after the mail was begun: it may have arrived."""


class Transport(Protocol):
    """Something that mail is handed to; used in a ``with`` for a batch."""

    def send(self, message: Message) -> str:
        """Hand a mail in; return its Message-ID once it is surely taken.

        Raises:
            MailRefused: surely not taken, for good.
            MailDeferred: surely not taken; another try may do.
            MailUncertain: it may have arrived.

        """
        ...  # pragma: no cover

    def __enter__(self) -> Self: ...  # pragma: no cover

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom mail is sent."""

    address: str
    name: str
    clock: Clock


class SmtpTransport:
    """One connection to the union's mail server, opened at the first mail."""

    def __init__(
        self,
        smtp: SmtpSettings,
        sender: Sender,
        *,
        timeout: float = TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Open nothing yet; `tls` defaults to the system's trusted authorities."""
        self._smtp = smtp
        self._sender = sender
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def send(self, message: Message) -> str:
        """Hand a mail in; return its Message-ID once it is surely taken.

        Raises:
            MailRefused: surely not taken, for good.
            MailDeferred: surely not taken; another try may do.
            MailUncertain: it may have arrived.

        """
        message_id, content = write_message(
            message,
            sender=self._sender.address,
            sender_name=self._sender.name,
            at=self._sender.clock.now(),
        )
        with self._losing_connection_is(MailDeferred):
            server = self._connected()
            self._say_envelope(server, message)
        with self._losing_connection_is(MailUncertain):
            server.send(_LINE_WITH_DOT.sub(b"..", content) + b".\r\n")
            code, _ = server.getreply()
            if code < _TAKEN or _TAKEN + 9 < code < _NEGATIVE:
                raise MailUncertain  # an answer that is no answer
        if code >= _NEGATIVE:
            raise _refusal(code)
        return message_id

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._server.rset()[0] == _TAKEN:
                    return self._server
            self._drop()  # gone since the last mail: begin anew
        smtp, domain = self._smtp, parse_address(self._sender.address).domain
        if smtp.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                smtp.host, smtp.port, domain, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(smtp.host, smtp.port, domain, timeout=self._timeout)
        self._server = server
        server.ehlo_or_helo_if_needed()
        if smtp.tls == "starttls":
            if not server.has_extn("starttls"):
                raise MailTlsMissing
            server.starttls(context=self._tls)
            server.ehlo_or_helo_if_needed()
        if smtp.user is not None and smtp.password is not None:
            server.login(smtp.user, smtp.password.reveal().decode())
        return server

    def _say_envelope(self, server: smtplib.SMTP, message: Message) -> None:
        recipient = parse_address(message.to, "recipient")
        sender = parse_address(self._return_path(message), "sender")
        options: list[str] = []
        if recipient.needs_utf8 or sender.needs_utf8:
            if not server.has_extn("smtputf8"):
                raise MailRefused
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, _ = server.mail(sender.spec, options)
        if code != _TAKEN:
            raise MailDeferred(code)  # our own address is no fault of the recipient
        code, _ = server.rcpt(recipient.spec)
        if code not in {_TAKEN, _TAKEN + 1}:
            raise _refusal(code)
        code, _ = server.docmd("DATA")
        if code != _GO_AHEAD:
            raise _refusal(code)

    def _return_path(self, message: Message) -> str:
        # Variable envelope return path: what comes back says by its address alone
        # which mail it is of.
        local, at, domain = (self._smtp.bounce_address or "").rpartition("@")
        if not at or not message.token:
            return self._smtp.bounce_address or self._sender.address
        return f"{local}+{message.token}@{domain}"

    @contextlib.contextmanager
    def _losing_connection_is(self, failure: type[MailFailed]) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError:
            self._drop()
            raise MailTlsMissing from None
        except smtplib.SMTPResponseException as refused:
            self._drop()
            raise failure(refused.smtp_code) from None
        except (smtplib.SMTPException, OSError, ValueError):
            # ValueError: smtplib's answer to a reply that is no SMTP.
            self._drop()
            raise failure from None
        except MailFailed as known:
            if not isinstance(known, MailRefused):
                self._drop()
            raise

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _refusal(code: int) -> MailFailed:
    if code >= _PERMANENT and code not in _OUR_LOGIN:
        return MailRefused(code)
    return MailDeferred(code)


def open_transport(
    settings: Settings, clock: Clock, *, sender_name: str = ""
) -> Transport:
    """Return what these settings send with."""
    sender = Sender(settings.smtp.from_address, sender_name, clock)
    return SmtpTransport(settings.smtp, sender)
