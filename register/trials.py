"""A trial of a message to the official who writes it: its link opens nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.clock import Clock
from infra.config import Settings
from infra.mail import open_transport
from register.contacts import parse_address
from register.mails import Letterhead, RenderedMail, address_mail, sender_name


def send_trial(
    settings: Settings,
    clock: Clock,
    head: Letterhead,
    mail: RenderedMail,
    address: str,
) -> None:
    """Hand in an example mail; it goes the way that the real ones will go.

    Raises:
        MalformedAddress, ForeignLetters: this is no address.
        MailRefused, MailDeferred, MailUncertain: see infra.mail.

    """
    message = address_mail(head, mail, parse_address(address.strip()))
    name = sender_name(head)
    with open_transport(settings, clock, sender_name=name) as transport:
        transport.send(message)


def note_trial(
    session: Session, *, election_id: str, sending_id: bytes, actor: str, now: datetime
) -> None:
    """Put on record that an official had a trial sent; not where to."""
    record_event(
        session,
        at=now,
        actor=actor,
        kind="trial-sent",
        subject=election_id,
        content={"sending": sending_id.hex()},
    )
