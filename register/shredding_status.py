"""What officials see of a roll's shredding: when, what will go, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_json
from crypto.times import parse_time
from register.elections import shredding_due
from register.hours import STEP
from register.roll import RollRefused, require_roll
from register.roll_phases import ShreddingState
from register.shredding import count_rows
from register.tables import Hold, Roll, Shredding

_STEPPED: Final = ("letter_batches", "marks", "messages", "voting_codes")


class NotShredded(RollRefused):
    """There is no certificate before the roll is shredded."""


@dataclass(frozen=True, slots=True)
class ShownHold:
    """A complaint that keeps the roll."""

    number: int
    """From 1, as people count."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One thing that was looked for afterwards."""

    name: str
    passed: bool
    what: str


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """The certificate as the page shows it; its bytes can be downloaded."""

    reason: str
    shredded_at: datetime
    void_in_backups_at: datetime
    checks: tuple[ShownCheck, ...]
    not_seen: tuple[str, ...]
    signature: str

    @property
    def has_passed(self) -> bool:
        """Tell whether nothing was found."""
        return all(each.passed for each in self.checks)


@dataclass(frozen=True, slots=True)
class ShreddingStatus:
    """Where a roll's shredding stands."""

    due: datetime
    is_approved: bool
    held_until: datetime | None
    holds: tuple[ShownHold, ...]
    state: ShreddingState | None
    """None until it begins."""

    counts: Mapping[str, int]
    """Rows of members by table: those that will go, or that went."""

    is_rounded: bool
    """While votes can be cast: what follows the marks is told in steps of 20."""

    certificate: ShownCertificate | None


def read_shredding(session: Session, election_id: str) -> ShreddingStatus:
    """Return where a roll's shredding stands.

    Raises:
        UnknownRoll: there is no roll.

    """
    roll = require_roll(session, election_id)
    row = session.get(Shredding, election_id)
    kept = None if row is None else row.counts
    counts = cast("dict[str, int]", decode_json(kept)) if kept else None
    certificate = None if row is None else row.certificate
    return ShreddingStatus(
        due=shredding_due(roll),
        is_approved=roll.approved_at is not None,
        held_until=roll.hold_until,
        holds=_holds(session, election_id),
        state=None if row is None else ShreddingState(row.state),
        counts=_shown_counts(session, roll) if counts is None else counts,
        is_rounded=counts is None and _is_secret(roll),
        certificate=None if certificate is None else _shown(certificate),
    )


def read_certificate(session: Session, election_id: str) -> bytes:
    """Return the certificate's bytes, canonical JSON (docs/protocol.md §4.12).

    Raises:
        NotShredded: there is none yet.

    """
    row = session.get(Shredding, election_id)
    if row is None or row.certificate is None:
        raise NotShredded
    return row.certificate


def _is_secret(roll: Roll) -> bool:
    return roll.closed_at is None and roll.fingerprint is not None


def _shown_counts(session: Session, roll: Roll) -> dict[str, int]:
    # Two exact numbers, an hour apart, would tell how many voted meanwhile; so would
    # those of messages and codes, since reminders go to the unmarked.
    counts = count_rows(session, roll.election_id)
    if _is_secret(roll):
        counts["marks"] += counts.pop("mark_intake")
        for name in _STEPPED:
            counts[name] = counts[name] // STEP * STEP
    return counts


def _holds(session: Session, election_id: str) -> tuple[ShownHold, ...]:
    rows = session.scalars(
        select(Hold).where(Hold.election_id == election_id).order_by(Hold.number)
    )
    return tuple(
        ShownHold(
            row.number + 1,
            row.until,
            str(cast("dict[str, Any]", decode_json(row.document))["reason"]),
        )
        for row in rows
    )


def _shown(certificate: bytes) -> ShownCertificate:
    fields = cast("dict[str, Any]", decode_json(certificate))
    return ShownCertificate(
        reason=fields["reason"],
        shredded_at=parse_time(fields["shredded_at"]),
        void_in_backups_at=parse_time(fields["void_in_backups_at"]),
        checks=tuple(
            ShownCheck(each["name"], each["passed"], each["what"])
            for each in fields["checks"]
        ),
        not_seen=tuple(fields["not_seen"]),
        signature=fields["signature"],
    )
