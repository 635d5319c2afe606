"""Mail as files: one folder an election, so that shredding can empty its outbox.

Every mail is written beside its place and renamed, so that nobody reads half of one.
Voting codes stand in these files: production refuses to start with a mail sink.
"""

from __future__ import annotations

import email.policy
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Final

ELSEWHERE: Final = "other"
"""The folder of mail that names no election."""

_LIST_ID: Final = re.compile(r"<([0-9a-f]{32})\.urne>")
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_FOLDER: Final = re.compile(r"[0-9a-f]{32}|other")


class NoSuchMail(Exception):
    """There is no mail of this name, or not any more."""


@dataclass(frozen=True, slots=True)
class MailHead:
    """What a list shows of a mail, and where it is."""

    folder: str
    name: str
    recipient: str = field(repr=False)
    subject: str
    taken_at: int
    """Nanoseconds; the later, the higher."""

    @property
    def mailbox(self) -> str:
        """The mailbox's name in an address: no person's."""
        return mailbox_name(self.recipient)


def mailbox_name(recipient: str) -> str:
    """Return 16 hexadecimal digits that stand for an e-mail address."""
    return hashlib.sha256(recipient.lower().encode()).hexdigest()[:16]


def keep_mail(root: Path, content: bytes) -> Path:
    """Write a mail into its election's folder; return the file, mode 0600."""
    head = BytesHeaderParser(policy=email.policy.default).parsebytes(content)
    match = _LIST_ID.search(str(head.get("List-Id", "")))
    folder = root / (match[1] if match else ELSEWHERE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    aside = folder / f".{name}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    place = folder / f"{name}.eml"
    aside.rename(place)
    return place


def list_mails(root: Path) -> list[MailHead]:
    """Return the heads of all mails, newest first."""
    found = [head for file in root.glob("*/*.eml") for head in _read_head(file)]
    return sorted(found, key=lambda head: (head.taken_at, head.name), reverse=True)


def read_mail(root: Path, folder: str, name: str) -> EmailMessage:
    """Return a mail.

    Raises:
        NoSuchMail: none of this name, or a name that is none.

    """
    if not _FOLDER.fullmatch(folder) or not _NAME.fullmatch(name):
        raise NoSuchMail
    try:
        content = (root / folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        raise NoSuchMail from None
    return message_from_bytes(content, policy=email.policy.default)


def _read_head(file: Path) -> Iterator[MailHead]:
    try:
        with file.open("rb") as opened:
            head = BytesHeaderParser(policy=email.policy.default).parse(opened)
            taken_at = os.fstat(opened.fileno()).st_mtime_ns
    except FileNotFoundError:
        return  # shredded meanwhile
    recipient = parseaddr(str(head.get("To", "")))[1]
    subject = str(head.get("Subject", ""))
    yield MailHead(file.parent.name, file.stem, recipient, subject, taken_at)
