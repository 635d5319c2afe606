"""Members' mailboxes: what the mail sink has kept of an election."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterable
from email import message_from_bytes
from pathlib import Path
from typing import Final

from scripts.mailsink.storage import MailHead, list_mails

_LINK: Final = re.compile(r"https?://[^\s#]+/s/[a-z0-9-]+#[0-9A-Za-z.-]+")


class NoLink(Exception):
    """There is no mail for this member, or no link in it."""


class Mailboxes:
    """The mailboxes of everyone, read from the sink's folder as a mail program would.

    It is read once a call of `refresh`, and not once a member.
    """

    def __init__(self, folder: Path, election: str) -> None:
        """`folder`: the sink's; `election`: its id."""
        self._root, self._election = folder, election
        self._boxes: dict[str, list[MailHead]] = {}

    def refresh(self) -> int:
        """Read the folder anew; return how many mailboxes have got something."""
        self._boxes = {}
        for head in list_mails(self._root):
            if head.folder == self._election:
                self._boxes.setdefault(head.recipient.lower(), []).append(head)
        return len(self._boxes)

    def has_mail(self, addresses: Iterable[str]) -> bool:
        """Tell whether each of these has got something."""
        return all(address.lower() in self._boxes for address in addresses)

    def link_of(self, address: str) -> str:
        """Return the link in a member's newest mail.

        Raises:
            NoLink: there is none.

        """
        return self.links_of(address)[0]

    def links_of(self, address: str) -> list[str]:
        """Return the link of every mail of a member, the newest first.

        Raises:
            NoLink: there is none.

        """
        heads = self._boxes.get(address.lower())
        if not heads:
            raise NoLink
        return [self._link_in(head) for head in heads]

    def _link_in(self, head: MailHead) -> str:
        content = (self._root / head.folder / f"{head.name}.eml").read_bytes()
        mail = message_from_bytes(content, policy=email.policy.default)
        part = mail.get_body(("plain",))
        found = _LINK.search(part.get_content()) if part is not None else None
        if found is None:
            raise NoLink
        return found[0]
