"""Who learns of an address that is changed: the old one, or another that is known.

Where neither mail nor SMS can tell, two officials would be believed without anybody
knowing. Then a letter must have come back, and whoever said so is none of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from register.contacts import parse_mobile
from register.corrections import CorrectionRefused
from register.persons import Person
from register.roll_phases import MessageChannel, MessageState
from register.tables import Message, RollEntry

_MAIL_SIGN: Final = "@"


class NobodyToTell(CorrectionRefused):
    """No mail or SMS reaches the member, and no letter came back: it might be theft."""


class NotedTheReturn(CorrectionRefused):
    """Nobody is told, and this official's word is why: two others must do it."""


class AddressKind(StrEnum):
    """Which of a member's addresses is another one."""

    EMAIL = "address"
    POSTAL = "postal"
    MOBILE = "mobile"

    @property
    def channel(self) -> MessageChannel:
        """What goes to it."""
        return _CHANNELS[self]

    def of(self, person: Person) -> str | None:
        """Return the one that the roll has."""
        if self == AddressKind.EMAIL:
            return person.email
        return person.postal if self == AddressKind.POSTAL else person.mobile


_CHANNELS: Final = {
    AddressKind.EMAIL: MessageChannel.EMAIL,
    AddressKind.POSTAL: MessageChannel.LETTER,
    AddressKind.MOBILE: MessageChannel.SMS,
}


def find_told(
    session: Session,
    entry: RollEntry,
    person: Person,
    kind: AddressKind,
    *,
    with_sms: bool,
) -> str | None:
    """Return the mail address or mobile number that is told of a change, or None.

    The old one itself, where it can be told; else mail, else SMS. One from which a
    message came back only where no other is known. `with_sms`: there is a gateway.
    """
    known = list(_known(session, entry, person, with_sms=with_sms))
    own = kind.channel
    known.sort(key=lambda each: (each[2], each[0] != own))
    return known[0][1] if known else None


def is_mail(told: str) -> bool:
    """Tell whether what `find_told` returned is a mail address; else it is a mobile."""
    return _MAIL_SIGN in told


def require_told(
    entry: RollEntry, person: Person, told: str | None, *, actor: str
) -> None:
    """Require that somebody learns of a change, or that a letter came back before it.

    A member whom neither mail, SMS nor letter reaches has no old address to be told.

    Raises:
        NobodyToTell, NotedTheReturn: see there.

    """
    if told is not None or person.postal is None:
        return
    if not entry.letter_came_back:
        raise NobodyToTell
    if entry.return_noted_by == actor:
        raise NotedTheReturn


def _known(
    session: Session, entry: RollEntry, person: Person, *, with_sms: bool
) -> Iterator[tuple[MessageChannel, str, bool]]:
    """Yield by what a member can be told, where, and whether that is known dead."""
    if person.email is not None:
        is_dead = entry.bounced_digest is not None
        is_dead = is_dead and entry.bounced_digest == entry.email_digest
        yield MessageChannel.EMAIL, person.email, is_dead
    if with_sms and person.mobile and parse_mobile(person.mobile).is_mobile:
        yield MessageChannel.SMS, person.mobile, _has_bounced(session, entry)


def _has_bounced(session: Session, entry: RollEntry) -> bool:
    bounced = exists().where(
        Message.entry_id == entry.id,
        Message.channel == MessageChannel.SMS,
        Message.state == MessageState.BOUNCED,
        Message.to_former.is_(False),
    )
    return bool(session.scalar(select(bounced)))
