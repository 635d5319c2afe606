"""The documents of proposals, read back: later deadlines and holds (§3.6, §4.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from crypto.encoding import decode_json
from crypto.times import format_time
from voting.documents import read_object
from voting.leaves import IndexedSignature, ScheduleLeaf
from voting.sealed import SealedElection

LONGEST_REASON: Final = 1_000


def schedule_leaf(
    election: SealedElection,
    number: int,
    closes_at: datetime,
    reason: str,
    signatures: tuple[IndexedSignature, ...],
) -> ScheduleLeaf:
    """Return the leaf that a later closing time becomes on the board."""
    return ScheduleLeaf(
        election.fingerprint, number, election.opens_at, closes_at, reason, signatures
    )


def read_schedule(document: bytes) -> tuple[datetime, str]:
    """Return the closing time that is proposed, and why."""
    fields = read_object(decode_json(document), ("closes_at", "reason"))
    return fields.time("closes_at"), fields.text("reason", LONGEST_REASON)


def read_hold_terms(document: bytes) -> tuple[str, str]:
    """Return until when the shredding is to wait, as it is signed, and why."""
    fields = read_object(decode_json(document), ("reason", "until"))
    return format_time(fields.time("until")), fields.text("reason", LONGEST_REASON)
