"""One mail as it is written: to one person, nothing in it that reports back."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final

import idna
from typing_extensions import override

LONGEST_ADDRESS: Final = 254
"""Octets in an address, RFC 5321 section 4.5.3.1.3 less the angle brackets."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_HEADER_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OWN_HEADERS: Final = re.compile(
    r"(to|cc|bcc|from|sender|reply-to|return-path|date|subject|message-id"
    r"|mime-version|content-.*|received|resent-.*|auto-submitted)",
    re.IGNORECASE,
)
_LOCAL_PART: Final = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x20\x7f]{1,64}")


class MessageMalformed(ValueError):
    """A mail that must not be built; the text names the part and not its content."""

    def __init__(self, part: str) -> None:
        super().__init__(f"the mail's {part} cannot stand in a mail")
        self.part = part


class _WholeSubjects(EmailPolicy):
    """The library's policy, with no blank lost where a long subject is folded.

    Python 3.11 puts the blank between two encoded words, where readers drop it
    (RFC 2047 section 6.2).
    """

    @override
    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or value.isascii():
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name)
        return f"{name}: {folded.encode(linesep=self.linesep)}{self.linesep}".encode()


_POLICY: Final = _WholeSubjects(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address taken apart; its domain is in ASCII, as it goes over the wire."""

    local: str = field(repr=False)
    domain: str = field(repr=False)

    @property
    def spec(self) -> str:
        """The whole address."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Tell whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.local.isascii()


def parse_address(text: str, part: str = "address") -> MailAddress:
    """Take an address apart; a domain outside ASCII goes through IDNA 2008.

    Raises:
        MessageMalformed: not one address, or one that no server would take.

    """
    local, at, domain = text.rpartition("@")
    if not at or _LOCAL_PART.fullmatch(local) is None or ".." in f".{local}.":
        raise MessageMalformed(part)
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise MessageMalformed(part) from None
    address = MailAddress(local, ascii_domain)
    if len(address.spec.encode()) > LONGEST_ADDRESS:
        raise MessageMalformed(part)
    return address


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one person. It may hold a voting code: nothing of it is shown."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(repr=False, default=None)
    to_name: str = field(repr=False, default="")
    headers: tuple[tuple[str, str], ...] = field(repr=False, default=())
    token: str = ""
    """Stands in the Message-ID and where the mail comes back to: 32 random
    hexadecimal digits that name nobody. Drawn when there is none."""

    def __post_init__(self) -> None:
        parse_address(self.to, "recipient")
        if self.token and _TOKEN.fullmatch(self.token) is None:
            raise MessageMalformed("token")
        for part, value in (("name", self.to_name), ("subject", self.subject)):
            if _CONTROL.search(value):
                raise MessageMalformed(part)
        for name, value in self.headers:
            if (
                _HEADER_NAME.fullmatch(name) is None
                or _OWN_HEADERS.fullmatch(name)
                or _CONTROL.search(value)
            ):
                raise MessageMalformed("headers")


def write_message(
    message: Message, *, sender: str, sender_name: str, at: datetime
) -> tuple[str, bytes]:
    """Return the Message-ID and the bytes of a mail, with CRLF, RFC 5322.

    The Message-ID is 16 random bytes: no time, process or recipient in it.

    Raises:
        MessageMalformed: the sender's address or name cannot stand in a mail.

    """
    recipient = parse_address(message.to, "recipient")
    from_address = parse_address(sender, "sender")
    if _CONTROL.search(sender_name):
        raise MessageMalformed("sender")
    as_utf8 = recipient.needs_utf8 or from_address.needs_utf8
    written = EmailMessage(policy=policy.SMTPUTF8 if as_utf8 else _POLICY)
    token = message.token or secrets.token_hex(16)
    message_id = f"<{token}@{from_address.domain}>"
    written["Message-ID"] = message_id
    written["Date"] = format_datetime(at)
    written["From"] = _header_address(sender_name, from_address)
    written["To"] = _header_address(message.to_name, recipient)
    written["Subject"] = message.subject
    # Keeps holiday replies, with the quoted link in them, from coming back.
    written["Auto-Submitted"] = "auto-generated"
    for name, value in message.headers:
        written[name] = value
    # Quoted-printable passes servers without 8BITMIME and keeps lines short.
    written.set_content(message.text, cte="quoted-printable")
    if message.html is not None:
        written.add_alternative(message.html, subtype="html", cte="quoted-printable")
        for part in written.iter_parts():
            del part["MIME-Version"]
    return message_id, written.as_bytes()


def _header_address(name: str, address: MailAddress) -> Address:
    return Address(name, address.local, address.domain)
