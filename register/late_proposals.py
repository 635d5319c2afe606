"""Late additions as two officials make them: one asks, and the other agrees."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from infra.config import Settings
from infra.keystore import DataKey, Keystore
from register.correction_tables import CorrectionKind
from register.corrections import (
    Asking,
    propose,
    require_undecided,
    settle_agreed,
)
from register.late_additions import (
    add_late,
    require_not_on_roll,
    require_open_group,
)
from register.resends import By, NoAddress, send_late_link
from register.roll import read_data_key
from register.roll_findings import RollRow
from register.roll_phases import MessageChannel


def propose_addition(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    member: RollRow,
    reason: str,
    asking: Asking,
) -> bytes:
    """Ask that a forgotten member be added; return the proposal's id.

    Raises:
        UnknownRoll, ElectionNotOpen, UnknownGroup, OnTheRoll: it could not be agreed.
        CorrectionReasonNeeded: see there.

    """
    require_open_group(session, election_id, member.group, asking.now)
    require_not_on_roll(session, key, election_id, member.member_number)
    return propose(
        session,
        key,
        election_id=election_id,
        kind=CorrectionKind.ADDITION,
        content=_written(member),
        reason=reason,
        asking=asking,
    )


def agree_to_addition(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    correction_id: bytes,
    asking: Asking,
) -> bytes | None:
    """Add the member, and queue the first link; return the sending's id.

    None where the member cannot be reached by a message: then paper is left.

    Raises:
        UnknownCorrection, AlreadyDecided, AnotherOfficialNeeded: see there.
        UnknownRoll, ElectionNotOpen, UnknownGroup, OnTheRoll: see add_late.

    """
    key = read_data_key(session, keystore, election_id)
    row, content, reason = require_undecided(
        session, key, election_id, correction_id, asking.actor
    )
    entry_id = add_late(
        session,
        settings,
        keystore,
        election_id=election_id,
        member=_read(content),
        officials=(row.proposed_by, asking.actor),
        reason=reason,
        now=asking.now,
    )
    row.entry_id = entry_id
    settle_agreed(session, row, asking.actor)
    try:
        return send_late_link(
            session,
            election_id=election_id,
            entry_id=entry_id,
            by=By(asking.actor, reason, asking.now),
        )
    except NoAddress:
        return None


def _written(member: RollRow) -> dict[str, JsonValue]:
    values = {each.name: getattr(member, each.name) for each in fields(member)}
    return {
        name: str(value) if isinstance(value, str) else value
        for name, value in values.items()
    }


def _read(content: dict[str, Any]) -> RollRow:
    channel = content["channel"]
    return RollRow(
        **{**content, "channel": None if channel is None else MessageChannel(channel)}
    )
