"""Another address on a frozen roll: two officials agree, the old one is told.

A mail address, or a postal one. Of a new postal address the member's mail is told: no
letter follows those who have moved. Without mail it is changed only where a letter came
back from the old one, or where there was none.

Whoever talks one official into it has redirected nothing: a second one must agree, no
link goes anywhere by itself, the earlier links live on, and the old address learns of
it. How many there were and why stands in the protocol, without names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from infra.audit import record_event
from infra.config import Settings
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey
from register.contacts import parse_address
from register.correction_tables import Correction, CorrectionKind, NoticeState
from register.corrections import (
    Asking,
    CorrectionRefused,
    count_agreed,
    open_proposal,
    propose,
    require_undecided,
    settle_agreed,
)
from register.persons import EntryId, Person, digest_address, seal_person
from register.refusals import ElectionNotOpen
from register.resends import require_entry
from register.roll import read_person, require_roll
from register.roll_phases import RollPhase
from register.statements import post_to_service
from register.tables import Roll, RollEntry

_FIELD = "old-address"
_POSSIBLE = frozenset({RollPhase.FROZEN, RollPhase.SEALED, RollPhase.OPEN})


class SameAddress(CorrectionRefused):
    """The roll has this address already."""


class PostalMalformed(CorrectionRefused):
    """A letter needs a postcode and a place."""


class NobodyToTell(CorrectionRefused):
    """No mail reaches the member, and no letter came back: it might be theft."""


def propose_address(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    entry_id: bytes,
    address: str,
    reason: str,
    asking: Asking,
) -> bytes:
    """Ask for another address for a member; return the proposal's id. Changes nothing.

    Raises:
        UnknownRoll, EntryNotFound: no such election, or entry in it.
        ElectionNotOpen: not frozen yet, or past its deadline.
        MalformedAddress: the address is none.
        SameAddress, CorrectionReasonNeeded: see there.

    """
    _require_possible(require_roll(session, election_id), asking)
    entry = require_entry(session, election_id, entry_id)
    wanted = parse_address(address.strip())
    if read_person(key, entry).email == wanted:
        raise SameAddress
    return propose(
        session,
        key,
        election_id=election_id,
        kind=CorrectionKind.ADDRESS,
        content={"address": wanted},
        reason=reason,
        asking=asking,
        entry_id=entry_id,
    )


def propose_postal(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    entry_id: bytes,
    postal: str | None,
    reason: str,
    asking: Asking,
) -> bytes:
    """Ask for another postal address; return the proposal's id. Changes nothing.

    `postal`: lines as `register.reaching.join_postal` returns them.

    Raises:
        UnknownRoll, EntryNotFound, ElectionNotOpen: see propose_address.
        PostalMalformed, NobodyToTell, SameAddress, CorrectionReasonNeeded: see there.

    """
    _require_possible(require_roll(session, election_id), asking)
    entry = require_entry(session, election_id, entry_id)
    if not postal:
        raise PostalMalformed
    person = read_person(key, entry)
    if person.postal == postal:
        raise SameAddress
    _require_told(person, entry)
    return propose(
        session,
        key,
        election_id=election_id,
        kind=CorrectionKind.ADDRESS,
        content={"postal": postal},
        reason=reason,
        asking=asking,
        entry_id=entry_id,
    )


def agree_to_address(
    session: Session,
    settings: Settings,
    key: DataKey,
    *,
    election_id: str,
    correction_id: bytes,
    asking: Asking,
) -> bool:
    """Change the address, and have the old one told; tell whether there was one.

    No code dies and no link is sent: that is asked for apart, as any resend.

    Raises:
        UnknownCorrection, AlreadyDecided, AnotherOfficialNeeded: see there.
        UnknownRoll, EntryNotFound, ElectionNotOpen: see propose_address.
        NobodyToTell: see there.

    """
    _require_possible(require_roll(session, election_id), asking)
    row, content, reason = require_undecided(
        session, key, election_id, correction_id, asking.actor
    )
    number = count_agreed(session, election_id, CorrectionKind.ADDRESS)
    entry = require_entry(session, election_id, row.entry_id or b"")
    person = read_person(key, entry)
    _change(key, entry, person, content)
    if person.email is not None:
        row.sealed_notice = encrypt_field(key, row.id, _FIELD, person.email.encode())
        row.notice = NoticeState.QUEUED
    settle_agreed(session, row, asking.actor)
    record_event(
        session,
        at=asking.now,
        actor=asking.actor,
        kind="address-changed",
        subject=election_id,
        content={
            "asked": row.proposed_by,
            "correction": row.id.hex(),
            "entry": entry.id.hex(),
            "reason": reason,
        },
    )
    roll = require_roll(session, election_id)
    told: JsonValue = {"number": number, "reason": reason}
    post_to_service(session, settings, roll, "address-change", told, at=asking.now)
    return row.sealed_notice is not None


def _change(
    key: DataKey, entry: RollEntry, person: Person, content: Mapping[str, str]
) -> None:
    if "postal" in content:
        _require_told(person, entry)
        changed = replace(person, postal=content["postal"])
        entry.has_postal, entry.letter_came_back = True, False
    else:
        changed = replace(person, email=content["address"])
        entry.email_digest = digest_address(key, content["address"])
        entry.bounced_digest = None
    entry.sealed_person = seal_person(key, EntryId(entry.id), changed)


def _require_told(person: Person, entry: RollEntry) -> None:
    if person.email is None and person.postal and not entry.letter_came_back:
        raise NobodyToTell


def is_postal(key: DataKey, row: Correction) -> bool:
    """Tell whether a proposal is of a postal address."""
    return "postal" in open_proposal(key, row)["content"]


def open_old_address(key: DataKey, row: Correction) -> str:
    """Return the address that is to be told."""
    return decrypt_field(key, row.id, _FIELD, row.sealed_notice or b"").decode()


def _require_possible(roll: Roll, asking: Asking) -> None:
    if roll.phase not in _POSSIBLE:
        raise ElectionNotOpen
    if roll.closes_at is not None and asking.now >= roll.closes_at:
        raise ElectionNotOpen
