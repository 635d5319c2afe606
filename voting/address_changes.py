"""Addresses that were changed after the freezing, as the register tells: no names.

Each is an event of the service's chain, so that the protocol's list of them cannot be
shortened afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_json
from infra.audit import record_event
from infra.tables import ServiceAudit
from voting.documents import read_object
from voting.elections import SYSTEM

ADDRESS_CHANGED: Final = "address-changed"


class AddressChangeOutOfTurn(Exception):
    """It does not have the next number, from 0."""


@dataclass(frozen=True, slots=True)
class AddressChange:
    """One address that two officials changed, and why."""

    number: int
    """From 0."""

    reason: str


def note_address_change(
    session: Session, election_id: str, change: AddressChange, *, at: datetime
) -> None:
    """Put a changed address on record.

    Raises:
        AddressChangeOutOfTurn: see there.

    """
    if change.number != len(list_address_changes(session, election_id)):
        raise AddressChangeOutOfTurn
    record_event(
        session,
        at=at,
        actor=SYSTEM,
        kind=ADDRESS_CHANGED,
        subject=election_id,
        content={"number": change.number, "reason": change.reason},
    )


def list_address_changes(
    session: Session, election_id: str
) -> tuple[AddressChange, ...]:
    """Return an election's changed addresses, in order."""
    query = (
        select(ServiceAudit.content)
        .where(ServiceAudit.subject == election_id)
        .where(ServiceAudit.kind == ADDRESS_CHANGED)
        .order_by(ServiceAudit.seq)
    )
    found = []
    for content in session.scalars(query):
        fields = read_object(decode_json(content or b"{}"), ("number", "reason"))
        found.append(AddressChange(fields.integer("number", 0), fields.text("reason")))
    return tuple(found)
