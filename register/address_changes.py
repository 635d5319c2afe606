"""Another address on a frozen roll: two officials agree, the old one is told.

A mail address, a mobile number, or a postal address. The old one is told, or another
that is known; where nobody can be, a letter must have come back, and who noted that is
neither of the two (`register.address_telling`).

Whoever talks one official into it has redirected nothing: a second one must agree, no
link goes anywhere by itself, the earlier links live on, and the old address learns of
it. How many there were and why stands in the protocol, without names.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from infra.audit import record_event
from infra.config import Settings
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey
from register.address_telling import AddressKind, find_told, require_told
from register.contacts import MalformedMobile, parse_address, parse_mobile
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
from register.roll_phases import MessageState, RollPhase
from register.statements import post_to_service
from register.tables import Message, Roll, RollEntry

_FIELD = "old-address"
_POSSIBLE = frozenset({RollPhase.FROZEN, RollPhase.SEALED, RollPhase.OPEN})


class SameAddress(CorrectionRefused):
    """The roll has this address already."""


class PostalMalformed(CorrectionRefused):
    """A letter needs a postcode and a place."""


class MobileMalformed(CorrectionRefused):
    """No SMS can be sent to this number."""


def propose_address(
    session: Session,
    settings: Settings,
    key: DataKey,
    *,
    election_id: str,
    entry_id: bytes,
    kind: AddressKind,
    wanted: str,
    reason: str,
    asking: Asking,
) -> bytes:
    """Ask for another address for a member; return the proposal's id. Changes nothing.

    `wanted`: of a postal one the lines that `register.reaching.join_postal` returns.

    Raises:
        UnknownRoll, EntryNotFound: no such election, or entry in it.
        ElectionNotOpen: not frozen yet, or past its deadline.
        MalformedAddress, MobileMalformed, PostalMalformed: it is no such address.
        NobodyToTell, NotedTheReturn, SameAddress, CorrectionReasonNeeded: see there.

    """
    _require_possible(require_roll(session, election_id), asking)
    entry = require_entry(session, election_id, entry_id)
    address = _read(kind, wanted)
    person = read_person(key, entry)
    if kind.of(person) == address:
        raise SameAddress
    told = _find_told(session, settings, entry, person, kind)
    require_told(entry, person, told, actor=asking.actor)
    return propose(
        session,
        key,
        election_id=election_id,
        kind=CorrectionKind.ADDRESS,
        content={kind.value: address},
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
    """Change the address, and have the old one told; tell whether anybody is.

    No code dies and no link is sent: that is asked for apart, as any resend.

    Raises:
        UnknownCorrection, AlreadyDecided, AnotherOfficialNeeded: see there.
        UnknownRoll, EntryNotFound, ElectionNotOpen: see propose_address.
        NobodyToTell, NotedTheReturn: of either official; see there.

    """
    _require_possible(require_roll(session, election_id), asking)
    row, content, reason = require_undecided(
        session, key, election_id, correction_id, asking.actor
    )
    number = count_agreed(session, election_id, CorrectionKind.ADDRESS)
    entry = require_entry(session, election_id, row.entry_id or b"")
    person = read_person(key, entry)
    ((name, address),) = content.items()
    kind = AddressKind(name)
    told = _find_told(session, settings, entry, person, kind)
    # Also of the one who asked, who may have noted the return only after that.
    for actor in (asking.actor, row.proposed_by):
        require_told(entry, person, told, actor=actor)
    _change(key, entry, person, kind, address)
    _note_former(session, entry, kind)
    if told is not None:
        row.sealed_notice = encrypt_field(key, row.id, _FIELD, told.encode())
        row.notice = NoticeState.QUEUED
    settle_agreed(session, row, asking.actor)
    _record(session, entry, row, reason, asking)
    roll = require_roll(session, election_id)
    said: JsonValue = {"number": number, "reason": reason}
    post_to_service(session, settings, roll, "address-change", said, at=asking.now)
    return told is not None


def kind_of_proposal(key: DataKey, row: Correction) -> AddressKind:
    """Return which of a member's addresses a proposal is of."""
    (name,) = open_proposal(key, row)["content"]
    return AddressKind(name)


def open_told_address(key: DataKey, row: Correction) -> str:
    """Return the address or number that is to be told."""
    return decrypt_field(key, row.id, _FIELD, row.sealed_notice or b"").decode()


def _read(kind: AddressKind, wanted: str) -> str:
    if kind == AddressKind.EMAIL:
        return parse_address(wanted.strip())
    if kind == AddressKind.MOBILE:
        return _read_mobile(wanted.strip())
    if not wanted:
        raise PostalMalformed
    return wanted


def _read_mobile(text: str) -> str:
    try:
        found = parse_mobile(text)
    except MalformedMobile:
        raise MobileMalformed from None
    if not found.is_mobile:
        raise MobileMalformed
    return found.number


def _find_told(
    session: Session,
    settings: Settings,
    entry: RollEntry,
    person: Person,
    kind: AddressKind,
) -> str | None:
    has_gateway = settings.sms is not None
    return find_told(session, entry, person, kind, with_sms=has_gateway)


def _change(
    key: DataKey, entry: RollEntry, person: Person, kind: AddressKind, address: str
) -> None:
    if kind == AddressKind.POSTAL:
        changed = replace(person, postal=address)
        entry.has_postal = True
        entry.letter_came_back, entry.return_noted_by = False, None
    elif kind == AddressKind.MOBILE:
        changed = replace(person, mobile=address)
        entry.has_mobile = True
    else:
        changed = replace(person, email=address)
        entry.email_digest = digest_address(key, address)
        entry.bounced_digest = None
    entry.sealed_person = seal_person(key, EntryId(entry.id), changed)


def _note_former(session: Session, entry: RollEntry, kind: AddressKind) -> None:
    """Let what comes back from now on say nothing of the new address.

    What is queued is still to be addressed, and goes to that one.
    """
    session.execute(
        update(Message)
        .where(
            Message.entry_id == entry.id,
            Message.channel == kind.channel,
            Message.state != MessageState.QUEUED,
        )
        .values(to_former=True)
    )


def _record(
    session: Session, entry: RollEntry, row: Correction, reason: str, asking: Asking
) -> None:
    record_event(
        session,
        at=asking.now,
        actor=asking.actor,
        kind="address-changed",
        subject=row.election_id,
        content={
            "asked": row.proposed_by,
            "correction": row.id.hex(),
            "entry": entry.id.hex(),
            "reason": reason,
        },
    )


def _require_possible(roll: Roll, asking: Asking) -> None:
    if roll.phase not in _POSSIBLE:
        raise ElectionNotOpen
    if roll.closes_at is not None and asking.now >= roll.closes_at:
        raise ElectionNotOpen
