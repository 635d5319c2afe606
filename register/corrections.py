"""Proposals about a frozen roll: asked for by one official, decided by another.

What is asked for lies encrypted under the election's data key. The table itself refuses
an agreement by the one who asked (`register.correction_tables`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from infra.audit import record_event
from infra.databases import lock_named
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey
from register.correction_tables import (
    Correction,
    CorrectionKind,
    CorrectionState,
    NoticeState,
)
from register.roll import RollRefused

LONGEST_REASON: Final = 500
SHORTEST_REASON: Final = 5

_FIELD: Final = "correction"
_LOCK: Final = b"corrections"


class CorrectionRefused(RollRefused):
    """Nothing is put right; see the subclasses."""


class UnknownCorrection(CorrectionRefused):
    """The election has no such proposal."""


class AlreadyDecided(CorrectionRefused):
    """Somebody agreed to it or declined it before."""


class AnotherOfficialNeeded(CorrectionRefused):
    """The official who asked is the one who would agree."""


class CorrectionReasonNeeded(CorrectionRefused):
    """A reason of 5 to 500 characters, which names nobody: the protocol shows it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for something or decides on it, and when."""

    actor: str
    name: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ListedCorrection:
    """A proposal as the list shows it: without names."""

    correction_id: str
    kind: CorrectionKind
    state: CorrectionState
    is_own: bool
    """The one who reads has asked for it, so somebody else must decide."""

    notice: NoticeState


@dataclass(frozen=True, slots=True)
class ReadCorrection:
    """A proposal, opened."""

    listed: ListedCorrection
    content: dict[str, Any] = field(repr=False)
    reason: str = field(repr=False)
    asked_by: str
    """Name of the official who asked."""

    entry_id: bytes | None


def require_correction_reason(reason: str) -> str:
    """Return a reason, trimmed.

    Raises:
        CorrectionReasonNeeded: too short or too long.

    """
    trimmed = " ".join(reason.split())
    if not SHORTEST_REASON <= len(trimmed) <= LONGEST_REASON:
        raise CorrectionReasonNeeded
    return trimmed


def propose(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    kind: CorrectionKind,
    content: dict[str, JsonValue],
    reason: str,
    asking: Asking,
    entry_id: bytes | None = None,
) -> bytes:
    """Keep a proposal for another official; return its id, 16 bytes.

    Raises:
        CorrectionReasonNeeded: see there.

    """
    why = require_correction_reason(reason)
    correction_id = secrets.token_bytes(16)
    inside: JsonValue = {"asked_by": asking.name, "content": content, "reason": why}
    row = Correction(
        id=correction_id,
        election_id=election_id,
        kind=kind,
        state=CorrectionState.PROPOSED,
        entry_id=entry_id,
        sealed=encrypt_field(key, correction_id, _FIELD, encode_json(inside)),
        proposed_by=asking.actor,
    )
    session.add(row)
    session.flush()
    _record(session, row, asking, f"{kind}-proposed", reason=why)
    return correction_id


def list_corrections(
    session: Session, election_id: str, actor: str
) -> list[ListedCorrection]:
    """Return every proposal, those that wait first."""
    rows = session.scalars(
        select(Correction)
        .where(Correction.election_id == election_id)
        .order_by(Correction.id)
    )
    listed = [_listed(row, actor) for row in rows]
    return sorted(listed, key=lambda each: each.state != CorrectionState.PROPOSED)


def read_correction(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    correction_id: bytes,
    asking: Asking,
) -> ReadCorrection:
    """Return a proposal with what it says of the member, and note that it was read.

    Raises:
        UnknownCorrection: there is none, or it was declined.

    """
    row = _require(session, election_id, correction_id)
    inside = open_proposal(key, row)
    _record(session, row, asking, "correction-read")
    return ReadCorrection(
        _listed(row, asking.actor),
        inside["content"],
        inside["reason"],
        inside["asked_by"],
        row.entry_id,
    )


def require_undecided(
    session: Session, key: DataKey, election_id: str, correction_id: bytes, actor: str
) -> tuple[Correction, dict[str, Any], str]:
    """Return a proposal that this official may agree to: row, content, reason.

    One at a time decides about an election's proposals.

    Raises:
        UnknownCorrection, AlreadyDecided: see there.
        AnotherOfficialNeeded: the official asked for it.

    """
    lock_named(session, _LOCK, election_id.encode())
    row = _require(session, election_id, correction_id)
    session.refresh(row)
    if row.state != CorrectionState.PROPOSED:
        raise AlreadyDecided
    if row.proposed_by == actor:
        raise AnotherOfficialNeeded
    inside = open_proposal(key, row)
    return row, inside["content"], inside["reason"]


def settle_agreed(session: Session, row: Correction, actor: str) -> None:
    """Note who agreed."""
    row.state, row.decided_by = CorrectionState.AGREED, actor
    session.flush()


def count_agreed(session: Session, election_id: str, kind: CorrectionKind) -> int:
    """Return how many proposals of a kind were agreed to."""
    query = select(func.count()).where(
        Correction.election_id == election_id,
        Correction.kind == kind,
        Correction.state == CorrectionState.AGREED,
    )
    return session.scalars(query).one()


def decline(
    session: Session, *, election_id: str, correction_id: bytes, asking: Asking
) -> None:
    """Decline a proposal, or withdraw one's own; what it said is deleted.

    Raises:
        UnknownCorrection, AlreadyDecided: see there.

    """
    lock_named(session, _LOCK, election_id.encode())
    row = _require(session, election_id, correction_id)
    session.refresh(row)
    if row.state != CorrectionState.PROPOSED:
        raise AlreadyDecided
    row.state, row.decided_by = CorrectionState.DECLINED, asking.actor
    row.sealed = None
    session.flush()
    _record(session, row, asking, f"{row.kind}-declined")


def _require(session: Session, election_id: str, correction_id: bytes) -> Correction:
    row = session.get(Correction, correction_id)
    if row is None or row.election_id != election_id:
        raise UnknownCorrection
    return row


def open_proposal(key: DataKey, row: Correction) -> dict[str, Any]:
    """Return what a proposal says: its `content`, `reason` and who asked.

    Raises:
        UnknownCorrection: it was declined, so nothing is kept of it.

    """
    if row.sealed is None:
        raise UnknownCorrection
    return cast(
        "dict[str, Any]", decode_json(decrypt_field(key, row.id, _FIELD, row.sealed))
    )


def _listed(row: Correction, actor: str) -> ListedCorrection:
    return ListedCorrection(
        row.id.hex(),
        CorrectionKind(row.kind),
        CorrectionState(row.state),
        row.proposed_by == actor,
        NoticeState(row.notice),
    )


def _record(
    session: Session, row: Correction, asking: Asking, kind: str, reason: str = ""
) -> None:
    content: dict[str, JsonValue] = {"correction": row.id.hex()}
    if reason:
        content["reason"] = reason
    record_event(
        session,
        at=asking.now,
        actor=asking.actor,
        kind=kind,
        subject=row.election_id,
        content=content,
    )
