"""The roll of an election: opened, imported, looked up, frozen.

Each function takes a session and commits nothing. Functions that need the election's
data key take the keystore or the key itself; it is destroyed with the roll.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from crypto.hashing import frame
from infra.databases import lock_named
from infra.fields import keyed_digest
from infra.keystore import DataKey, Keystore
from register.persons import (
    EntryId,
    Person,
    digest_address,
    digest_member,
    open_person,
    open_salt,
)
from register.roll_phases import RollPhase
from register.roll_tables import ShelvedEntry
from register.tables import Roll, RollEntry, VoterGroup

DRAFT_LIFETIME: Final = timedelta(days=90)
"""A draft that nobody touches is shredded after this."""

_ELECTION_ID: Final = re.compile(r"[0-9a-f]{32}")
_LOCK: Final = b"roll"


class RollRefused(Exception):
    """Something cannot be done with a roll; the text names no member."""


class UnknownRoll(RollRefused):
    """No election of that id has a roll here."""


class RollExists(RollRefused):
    """The election has a roll already, or another one has its slug."""


class RollFrozen(RollRefused):
    """The roll is counted and committed to: nothing is imported any more."""


class RollEmpty(RollRefused):
    """A roll without members cannot be frozen."""


class EntryNotFound(RollRefused):
    """No such member on this roll."""


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """One voter group as frozen."""

    index: int
    label: str
    entitled: int


@dataclass(frozen=True, slots=True)
class FrozenRoll:
    """What the manifest says of a roll (docs/protocol.md §4.1)."""

    groups: tuple[GroupTotal, ...]
    """In order of index, from 0."""

    commitment: bytes
    """32 bytes, keyed: nobody can try names against it, and its key is shredded."""


def open_roll(
    session: Session,
    keystore: Keystore,
    *,
    election_id: str,
    slug: str,
    title: str,
    now: datetime,
) -> Roll:
    """Make an empty roll and its data key; its last date is 90 days ahead.

    Raises:
        RollExists: the election has one, or the slug is taken.
        ValueError: the id is not 32 hexadecimal digits.

    """
    if not _ELECTION_ID.fullmatch(election_id):
        raise ValueError("an election's id is 32 hexadecimal digits")
    lock_roll(session, election_id)
    taken = select(Roll.election_id).where(
        (Roll.election_id == election_id) | (Roll.slug == slug)
    )
    if session.scalar(taken.limit(1)) is not None:
        raise RollExists
    # The key first: a key without a roll opens nothing, a roll without its key
    # could not be read.
    key = keystore.create_key(secrets.token_hex(16))
    roll = Roll(
        election_id=election_id,
        slug=slug,
        title=title,
        phase=RollPhase.DRAFT,
        key_id=key.key_id,
        last_activity=now,
        last_date=now + DRAFT_LIFETIME,
    )
    session.add(roll)
    session.flush()
    return roll


def lock_roll(session: Session, election_id: str) -> None:
    """Let one transaction at a time change this roll as a whole."""
    lock_named(session, _LOCK, election_id.encode())


def require_roll(session: Session, election_id: str) -> Roll:
    """Return a roll.

    Raises:
        UnknownRoll: there is none.

    """
    roll = session.get(Roll, election_id)
    if roll is None:
        raise UnknownRoll
    return roll


def require_draft(session: Session, election_id: str) -> Roll:
    """Return a roll that may still be imported.

    Raises:
        UnknownRoll: there is none.
        RollFrozen: it is past its draft.

    """
    roll = require_roll(session, election_id)
    if roll.phase != RollPhase.DRAFT:
        raise RollFrozen
    return roll


def read_data_key(session: Session, keystore: Keystore, election_id: str) -> DataKey:
    """Return the data key of a roll.

    Raises:
        UnknownRoll: there is no roll.
        KeyDestroyed: it has been shredded.

    """
    return keystore.read_key(require_roll(session, election_id).key_id)


def find_entry(
    session: Session, key: DataKey, election_id: str, member_number: str
) -> RollEntry:
    """Return the entry of a member number; zeros in front and case do not count.

    Raises:
        EntryNotFound: no such member on this roll.

    """
    entry = session.scalar(
        select(RollEntry).where(
            RollEntry.election_id == election_id,
            RollEntry.member_digest == digest_member(key, member_number.strip()),
        )
    )
    if entry is None:
        raise EntryNotFound
    return entry


def find_entries_by_address(
    session: Session, key: DataKey, election_id: str, email: str
) -> tuple[RollEntry, ...]:
    """Return every entry with a mail address; families share one."""
    found = session.scalars(
        select(RollEntry)
        .where(
            RollEntry.election_id == election_id,
            RollEntry.email_digest == digest_address(key, email.strip()),
        )
        .order_by(RollEntry.id)
    )
    return tuple(found)


def read_person(key: DataKey, entry: RollEntry) -> Person:
    """Return who an entry is.

    Raises:
        FieldUnreadable: changed, or encrypted under another key.

    """
    return open_person(key, EntryId(entry.id), entry.sealed_person)


def read_salt(key: DataKey, entry: RollEntry) -> bytes:
    """Return an entry's salt, 32 bytes.

    Raises:
        FieldUnreadable: changed, or encrypted under another key.

    """
    return open_salt(key, EntryId(entry.id), entry.sealed_salt)


def count_entries(session: Session, election_id: str) -> tuple[GroupTotal, ...]:
    """Return every voter group with its entries counted now, in order of index."""
    counted = session.execute(
        select(VoterGroup.index, VoterGroup.label, func.count(RollEntry.id))
        .outerjoin(
            RollEntry,
            (RollEntry.election_id == VoterGroup.election_id)
            & (RollEntry.group_index == VoterGroup.index),
        )
        .where(VoterGroup.election_id == election_id)
        .group_by(VoterGroup.index, VoterGroup.label)
        .order_by(VoterGroup.index)
    )
    return tuple(GroupTotal(index, label, count) for index, label, count in counted)


def freeze_roll(
    session: Session, keystore: Keystore, *, election_id: str, now: datetime
) -> FrozenRoll:
    """Fix who is entitled, per group, and commit to it; no import comes after.

    Raises:
        UnknownRoll: there is no roll.
        RollFrozen: it is frozen already.
        RollEmpty: it has no members.

    """
    lock_roll(session, election_id)
    roll = require_draft(session, election_id)
    totals = count_entries(session, election_id)
    if not totals:
        raise RollEmpty
    key = keystore.read_key(roll.key_id)
    _clear_shelves(session, roll)
    roll.commitment = commit_to_roll(session, key, election_id)
    roll.phase = RollPhase.FROZEN
    roll.last_activity = now
    roll.last_date = now + DRAFT_LIFETIME
    for total in totals:
        group = session.get_one(VoterGroup, (election_id, total.index))
        group.entitled = total.entitled
    session.flush()
    return FrozenRoll(totals, roll.commitment)


def _clear_shelves(session: Session, roll: Roll) -> None:
    # Nothing can be undone or imported any more, so nobody's row is kept for it.
    session.execute(
        delete(ShelvedEntry).where(ShelvedEntry.election_id == roll.election_id)
    )
    roll.can_undo = False


def commit_to_roll(session: Session, key: DataKey, election_id: str) -> bytes:
    """Return the keyed commitment to who stands in which group, 32 bytes.

    A keyed digest of the sorted keyed digests of every entry's member digest and
    group label; late additions are left out. Names and addresses are not part of it,
    so that a misspelt one can still be put right.
    """
    entries = session.execute(
        select(RollEntry.member_digest, VoterGroup.label)
        .join(
            VoterGroup,
            (VoterGroup.election_id == RollEntry.election_id)
            & (VoterGroup.index == RollEntry.group_index),
        )
        .where(RollEntry.election_id == election_id, RollEntry.added_late.is_(False))
    )
    digests = sorted(
        keyed_digest(key, "roll-entry", frame(member) + frame(label.encode()))
        for member, label in entries
    )
    return keyed_digest(key, "roll", b"".join(digests))
