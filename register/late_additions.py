"""A member who was forgotten: added while the election is open, in the open.

Two officials, a reason, a leaf on the board, a line in the protocol; the frozen counts
and the commitment stay as they are.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.statements import addition_parts
from infra.audit import record_event
from infra.config import Settings
from infra.keystore import DataKey, Keystore
from register.persons import (
    EntryId,
    digest_member,
    draw_entry_id,
    person_of,
    reach_columns,
    seal_new_salt,
    seal_person,
)
from register.refusals import ElectionNotOpen
from register.roll import lock_roll, require_roll
from register.roll_findings import RollRow
from register.roll_phases import Channel, RollKind, RollPhase
from register.statements import post_leaf
from register.tables import Roll, RollEntry, VoterGroup

LONGEST_REASON = 1_000


class AdditionRefused(Exception):
    """Nobody is added; see the subclasses."""


class TwoOfficialsNeeded(AdditionRefused):
    """The second official is the first one."""


class ReasonNeeded(AdditionRefused):
    """The board shows a reason of 1 to 1,000 characters, which names nobody."""


class UnknownGroup(AdditionRefused):
    """The election has no such voter group; none can be added."""


class OnTheRoll(AdditionRefused):
    """The member number stands on this roll already."""


def add_late(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    member: RollRow,
    officials: tuple[str, str],
    reason: str,
    now: datetime,
) -> EntryId:
    """Add a member to an open election; return the entry's id. A message comes after.

    `officials`: the ids of the one who asks and the one who agrees.

    Raises:
        UnknownRoll.
        ElectionNotOpen: before the opening or after closing, by this side's clock.
        AdditionRefused: see its subclasses.

    """
    if officials[0] == officials[1]:
        raise TwoOfficialsNeeded
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonNeeded
    lock_roll(session, election_id)
    roll = require_roll(session, election_id)
    fingerprint = _require_open(roll, now)
    group_index = _require_group(session, election_id, member.group)
    number = _count_additions(session, election_id)
    key = keystore.read_key(roll.key_id)
    entry = _new_entry(session, key, election_id, group_index, member)
    post_leaf(
        session,
        settings,
        election_id,
        kind="addition",
        fields={"group": group_index, "number": number, "reason": reason},
        parts=addition_parts(fingerprint, number, group_index, reason),
        at=now,
    )
    record_event(
        session,
        at=now,
        actor=officials[0],
        kind="added-late",
        subject=election_id,
        content={"agreed": officials[1], "entry": entry.hex(), "reason": reason},
    )
    return entry


def require_open_group(
    session: Session, election_id: str, label: str, now: datetime
) -> None:
    """Refuse what could not be added now.

    Raises:
        UnknownRoll, ElectionNotOpen, UnknownGroup: see add_late.

    """
    _require_open(require_roll(session, election_id), now)
    _require_group(session, election_id, label)


def require_not_on_roll(
    session: Session, key: DataKey, election_id: str, member_number: str
) -> None:
    """Refuse a member number that stands on the roll.

    Raises:
        OnTheRoll: it does.

    """
    known = select(RollEntry.id).where(
        RollEntry.election_id == election_id,
        RollEntry.member_digest == digest_member(key, member_number),
    )
    if session.scalar(known) is not None:
        raise OnTheRoll


def _require_open(roll: Roll, now: datetime) -> bytes:
    if roll.fingerprint is None or roll.opens_at is None or roll.closes_at is None:
        raise ElectionNotOpen
    if roll.kind == RollKind.SURVEY:  # its manifest says how many are invited
        raise ElectionNotOpen
    running = roll.phase in {RollPhase.SEALED, RollPhase.OPEN}
    if not running or not roll.opens_at <= now < roll.closes_at:
        raise ElectionNotOpen
    return roll.fingerprint


def _require_group(session: Session, election_id: str, label: str) -> int:
    index = session.scalar(
        select(VoterGroup.index).where(
            VoterGroup.election_id == election_id, VoterGroup.label == label
        )
    )
    if index is None:
        raise UnknownGroup
    return index


def _count_additions(session: Session, election_id: str) -> int:
    query = select(func.count()).where(
        RollEntry.election_id == election_id, RollEntry.added_late.is_(True)
    )
    return session.execute(query).scalar_one()


def _new_entry(
    session: Session, key: DataKey, election_id: str, group_index: int, member: RollRow
) -> EntryId:
    require_not_on_roll(session, key, election_id, member.member_number)
    entry_id = draw_entry_id()
    person = person_of(member)
    session.add(
        RollEntry(
            id=entry_id,
            election_id=election_id,
            group_index=group_index,
            member_digest=digest_member(key, member.member_number),
            sealed_person=seal_person(key, entry_id, person),
            sealed_salt=seal_new_salt(key, entry_id),
            channel=Channel.DIGITAL,
            added_late=True,
            **reach_columns(key, person),
        )
    )
    session.flush()
    return entry_id
