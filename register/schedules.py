"""From when to when an election is open, as the register was handed it.

The register opens and closes by its own clock, and believes a schedule only if those
signed it who may (docs/protocol.md §4.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crypto.documents import Fields
from crypto.encoding import JsonValue
from crypto.statements import schedule_parts
from crypto.times import parse_time
from register.sealed_manifest import (
    SealedManifest,
    verify_service,
    verify_two_holders,
)

LARGEST_NUMBER = 2**16 - 1


class ScheduleRefused(Exception):
    """A schedule that may not follow the one before; the subclasses say why."""


class ScheduleOutOfTurn(ScheduleRefused):
    """It does not have the next number."""


class OpeningMoved(ScheduleRefused):
    """A later schedule says another opening time."""


class NotLater(ScheduleRefused):
    """It does not close later than the one before, or than it opens."""


class NoReason(ScheduleRefused):
    """A closing time is moved without saying why."""


class ScheduleOfAnother(ScheduleRefused):
    """It names another election's manifest."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an election is open: from `opens_at` to before `closes_at`."""

    number: int
    opens_at: datetime
    closes_at: datetime


def read_schedule(
    leaf: JsonValue, manifest: SealedManifest, current: Schedule | None
) -> Schedule:
    """Read a schedule leaf, check who signed it and that it may come now.

    Raises:
        ScheduleRefused: see its subclasses.
        SignersRefused, BadSignature: not signed by those who may.
        NonCanonicalEncoding, WrongLength, MalformedTime: no schedule leaf.

    """
    names = ("closes_at", "fingerprint", "number", "opens_at", "reason", "signatures")
    fields = Fields.of(leaf, "type", *names)
    fields.require("type", "schedule")
    if fields.hex("fingerprint", 32) != manifest.fingerprint:
        raise ScheduleOfAnother
    number = fields.integer("number", 0, LARGEST_NUMBER)
    opens_at, closes_at = fields.text("opens_at"), fields.text("closes_at")
    schedule = Schedule(number, parse_time(opens_at), parse_time(closes_at))
    reason = fields.text("reason")
    _require_follows(current, schedule, reason)
    parts = schedule_parts(manifest.fingerprint, number, opens_at, closes_at, reason)
    # A survey has no key holders.
    two_sign = number and manifest.holder_keys
    verify = verify_two_holders if two_sign else verify_service
    verify(manifest, fields.items("signatures"), "schedule", parts)
    return schedule


def _require_follows(current: Schedule | None, coming: Schedule, reason: str) -> None:
    if coming.number != (0 if current is None else current.number + 1):
        raise ScheduleOutOfTurn
    if coming.closes_at <= coming.opens_at:
        raise NotLater
    if current is None:
        return
    if coming.opens_at != current.opens_at:
        raise OpeningMoved
    if coming.closes_at <= current.closes_at:
        raise NotLater
    if not reason.strip():
        raise NoReason
