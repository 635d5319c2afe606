"""What comes back from mail servers: which of our messages it is of, and what it says.

Reads RFC 3464 (``multipart/report``) and the common forms that are not it. A bounce
quotes the mail, and so a voting code: nothing of it is returned or kept but the
message's token, an outcome and a status number. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from enum import StrEnum
from typing import Final

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a bounce that is read; ours are of a few kilobytes."""

TOKEN_BYTES: Final = 16

_MOST_PARTS: Final = 200
_LONGEST_TEXT: Final = 200_000
_TOKEN: Final = r"([0-9a-f]{32})"  # noqa: S105 - a pattern
_RETURN_PATH: Final = re.compile(rf"\+{_TOKEN}@")
_MESSAGE_ID: Final = re.compile(rf"<{_TOKEN}@[^<>\s]+>")
_QUOTED_ID: Final = re.compile(rf"(?im)^\W*message-id:\s*<{_TOKEN}@[^<>\s]+>")
_ADDRESSED: Final = ("delivered-to", "x-original-to", "envelope-to", "to")
_ANSWERED: Final = ("in-reply-to", "references", "x-failed-message-id")
_DAEMON: Final = re.compile(r"(?i)mailer-daemon|postmaster|mail delivery|mailerdaemon")
_STATUS: Final = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_REPLY: Final = re.compile(r"(?m)(?:^|\W)5\d\d[ -]")
_LOST: Final = re.compile(
    r"(?i)undeliver|could not be delivered|delivery (?:has )?failed|returning message"
    r"|user unknown|unknown user|no such user|mailbox (?:unavailable|not found|is full)"
    r"|permanent (?:fatal )?error|kunne ikke leveres|ikke leveres"
)
_DELAYED: Final = re.compile(
    r"(?i)delayed|not yet been delivered|will (?:be retried|keep trying|retry)"
    r"|forsinket"
)


class NotABounce(ValueError):
    """A reply, an advertisement, or a report that says nothing of delivery."""


class UnknownToUs(ValueError):
    """A bounce, but of no mail that bears one of our tokens."""


class Outcome(StrEnum):
    """What became of a message, as far as somebody else tells."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a bounce says."""

    token: bytes
    """The message's, 16 bytes."""

    outcome: Outcome
    status: str
    """RFC 3463, such as 5.1.1; "" where it says none."""


def read_bounce(raw: bytes) -> Bounce:
    """Read one mail that came back.

    Raises:
        NotABounce: it is none, or too large to be one.
        UnknownToUs: no token of ours stands in it.

    """
    if len(raw) > LARGEST:
        raise NotABounce
    # The old policy parses no header, so that none can make it fail.
    message = message_from_bytes(raw, policy=policy.compat32)
    parts = list(_parts_of(message))
    outcome, status = _outcome_of(message, parts)
    return Bounce(_token_of(message, parts), outcome, status)


def _parts_of(message: Message[str, str]) -> Iterator[Message[str, str]]:
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            return
        yield part


def _outcome_of(
    message: Message[str, str], parts: list[Message[str, str]]
) -> tuple[Outcome, str]:
    reports = [
        found
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for found in _read_report(part)
    ]
    for wanted in (Outcome.FAILED, Outcome.DELAYED, Outcome.DELIVERED):
        for outcome, status in reports:
            if outcome == wanted:
                return outcome, status
    if reports or "replied" in _header(message, "auto-submitted").lower():
        raise NotABounce
    return _read_prose(message, parts)


def _read_report(part: Message[str, str]) -> Iterator[tuple[Outcome, str]]:
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else [part]
    for block in blocks:
        if not isinstance(block, Message):
            continue
        action = _header(block, "action").split("(")[0].strip().lower()
        found = _STATUS.search(_header(block, "status"))
        status = found[0] if found else ""
        if action == "failed":
            yield Outcome.FAILED, status
        elif action == "delayed":
            yield Outcome.DELAYED, status
        elif action in {"delivered", "relayed", "expanded"}:
            yield Outcome.DELIVERED, status


def _read_prose(
    message: Message[str, str], parts: list[Message[str, str]]
) -> tuple[Outcome, str]:
    """Read a bounce written for people, as qmail, Exim and old Exchange send them."""
    sender = _header(message, "from") + _header(message, "return-path")
    is_daemon = bool(_DAEMON.search(sender)) or "<>" in sender
    named = bool(_header(message, "x-failed-recipients"))
    if not is_daemon and not named:
        raise NotABounce
    told = _header(message, "subject") + "\n" + _text_of(parts)
    found = _STATUS.search(told)
    status = found[0] if found else ""
    if status.startswith("5") or _REPLY.search(told):
        return Outcome.FAILED, status
    if _DELAYED.search(told) or status.startswith("4"):
        return Outcome.DELAYED, status
    if named or _LOST.search(told):
        return Outcome.FAILED, status
    raise NotABounce


def _token_of(message: Message[str, str], parts: list[Message[str, str]]) -> bytes:
    for name in _ADDRESSED:
        if found := _RETURN_PATH.search(_header(message, name)):
            return bytes.fromhex(found[1])
    for part in parts[1:]:
        if found := _MESSAGE_ID.search(_header(part, "message-id")):
            return bytes.fromhex(found[1])
    if found := _QUOTED_ID.search(_text_of(parts)):
        return bytes.fromhex(found[1])
    for name in _ANSWERED:
        if found := _MESSAGE_ID.search(_header(message, name)):
            return bytes.fromhex(found[1])
    raise UnknownToUs


def _text_of(parts: list[Message[str, str]]) -> str:
    texts = []
    for part in parts:
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                texts.append(payload[:_LONGEST_TEXT].decode("utf-8", "replace"))
    return "\n".join(texts)[:_LONGEST_TEXT]


def _header(message: Message[str, str], name: str) -> str:
    return "\n".join(str(value) for value in message.get_all(name, []))
