"""Holds: a complaint that keeps a roll from being shredded, for 30 days at most.

Two key holders sign it, with a reason; each renewal has the next number, and is told
to the members it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_json
from crypto.statements import hold_parts
from crypto.times import parse_time
from infra.audit import record_event
from register.deadlines import CLOCK_SKEW, LONGEST_HOLD
from register.elections import (
    SERVICE,
    PhaseMismatch,
    require_election,
    sealed_manifest_of,
)
from register.roll import lock_roll
from register.roll_phases import RollPhase
from register.sealed_manifest import verify_two_holders
from register.tables import Hold


class HoldRefused(Exception):
    """A hold that does not hold; see the subclasses."""


class HoldTooLong(HoldRefused):
    """It would end more than 30 days from now."""


class HoldOutOfTurn(HoldRefused):
    """It does not have the next number, from 0."""


class HoldWithoutReason(HoldRefused):
    """It does not say why."""


def hold_shredding(
    session: Session,
    *,
    election_id: str,
    number: int,
    until: str,
    reason: str,
    signatures: Sequence[JsonValue],
    now: datetime,
) -> None:
    """Keep a roll from being shredded until a time (docs/protocol.md §1.5).

    One that has run out on its way is kept and changes nothing.

    Raises:
        UnknownRoll.
        PhaseMismatch: nothing is sealed, it is shredded, or it is a survey's.
        HoldRefused: see its subclasses.
        SignersRefused, BadSignature: not signed by two holders.
        NonCanonicalEncoding, MalformedTime: malformed.

    """
    lock_roll(session, election_id)
    roll = require_election(session, election_id)
    if roll.phase == RollPhase.SHREDDED:
        raise PhaseMismatch
    manifest = sealed_manifest_of(roll)
    known = select(func.count()).where(Hold.election_id == election_id)
    if number != session.execute(known).scalar_one():
        raise HoldOutOfTurn
    if not reason.strip():
        raise HoldWithoutReason
    ends = parse_time(until)
    if ends > now + LONGEST_HOLD + CLOCK_SKEW:
        raise HoldTooLong
    parts = hold_parts(manifest.fingerprint, number, until, reason)
    verify_two_holders(manifest, signatures, "hold", parts)
    document = encode_json(
        {
            "number": number,
            "reason": reason,
            "signatures": signatures,
            "until": until,
        }
    )
    session.add(
        Hold(election_id=election_id, number=number, until=ends, document=document)
    )
    roll.hold_until = ends if roll.hold_until is None else max(ends, roll.hold_until)
    session.flush()
    record_event(
        session,
        at=now,
        actor=SERVICE,
        kind="shredding-held",
        subject=election_id,
        content={"number": number, "reason": reason, "until": until},
    )
