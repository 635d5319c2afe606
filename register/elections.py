"""The register's copy of an election: what it learns from the service's documents.

It asks the service nothing: manifest and schedule are checked against what the roll
was frozen to and against the keys in them, and time is the register's own clock's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_json
from crypto.statements import approval_parts
from infra.audit import record_event
from infra.config import Settings
from infra.keystore import Keystore
from register.deadlines import CLOCK_SKEW, NEVER_APPROVED, due_date, retention
from register.issuers import destroy_issuer_keys
from register.marks import end_marking
from register.roll import lock_roll, open_roll, require_roll
from register.roll_phases import RollKind, RollPhase, ShreddingState
from register.schedules import Schedule, read_schedule
from register.sealed_manifest import (
    SealedManifest,
    read_manifest,
    verify_holders,
)
from register.survey_manifest import EVERYBODY, read_survey_manifest
from register.survey_rolls import announced_groups
from register.tables import Roll, Shredding

SERVICE = "service"
"""Actor of what a document of the service brings about."""

SYSTEM = "system"
"""Actor of what the clock brings about."""

_RUNNING = frozenset({RollPhase.SEALED, RollPhase.OPEN, RollPhase.CLOSED})


class ElectionRefused(Exception):
    """A document says of an election what cannot be."""


class ManifestMismatch(ElectionRefused):
    """The manifest is not of the roll that was frozen, or names other keys."""


class PhaseMismatch(ElectionRefused):
    """This does not come now: too early, too late, or twice."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What the service says of an approval.

    `protocol`: the digest of what was approved, 32 bytes; `signatures`: the holders',
    as documents have them.
    """

    protocol: bytes
    approved_at: datetime
    signatures: Sequence[JsonValue]


def create_election(
    session: Session,
    keystore: Keystore,
    *,
    election_id: str,
    slug: str,
    title: str,
    organisation: str,
    verifier_key: bytes,
    now: datetime,
    practice: bool = False,
) -> Roll:
    """Open the roll of a new election; `verifier_key` is X25519, 32 bytes.

    Raises:
        RollExists: the election has one, or the slug is taken.

    """
    roll = open_roll(
        session, keystore, election_id=election_id, slug=slug, title=title, now=now
    )
    roll.organisation, roll.verifier_key = organisation, verifier_key
    roll.practice = practice
    session.flush()
    _record(session, roll, SERVICE, "roll-opened", now)
    return roll


def change_organisation(
    session: Session, *, election_id: str, organisation: str, now: datetime
) -> None:
    """Note whose a roll is, until the manifest says it for good.

    Raises:
        UnknownRoll, PhaseMismatch: there is none, or it is sealed.

    """
    lock_roll(session, election_id)
    roll = require_roll(session, election_id)
    if roll.phase not in {RollPhase.DRAFT, RollPhase.FROZEN}:
        raise PhaseMismatch
    roll.organisation = organisation
    session.flush()
    _record(session, roll, SERVICE, "organisation-changed", now)


def accept_manifest(
    session: Session,
    settings: Settings,
    *,
    election_id: str,
    manifest: JsonValue,
    now: datetime,
) -> None:
    """Keep the sealed manifest's bytes, if it is of this roll as it was frozen.

    Raises:
        UnknownRoll, PhaseMismatch: no roll waits for a manifest.
        ManifestMismatch: another election, group, count, key or commitment, or a
            practice election where the roll is of none, or the other way.
        NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint: it is no
            manifest.

    """
    lock_roll(session, election_id)
    roll = require_roll(session, election_id)
    if roll.phase != RollPhase.FROZEN:
        raise PhaseMismatch
    encoded = encode_json(manifest)
    sealed = read_manifest(encoded)
    require_ours(session, settings, roll, sealed)
    roll.manifest, roll.fingerprint = encoded, sealed.fingerprint
    roll.phase = RollPhase.SEALED
    session.flush()
    _record(session, roll, SERVICE, "manifest-accepted", now)


def accept_schedule(
    session: Session, *, election_id: str, leaf: JsonValue, now: datetime
) -> None:
    """Follow a schedule; the phase moves with it.

    Raises:
        UnknownRoll, PhaseMismatch: nothing sealed, or over.
        ScheduleRefused, SignersRefused, BadSignature, NonCanonicalEncoding,
        MalformedTime: see register.schedules.

    """
    end_marking(session, election_id)
    roll = require_roll(session, election_id)
    if roll.phase not in _RUNNING or roll.closed_at is not None:
        raise PhaseMismatch
    schedule = read_schedule(leaf, sealed_manifest_of(roll), schedule_of(roll))
    roll.schedule_number = schedule.number
    roll.opens_at, roll.closes_at = schedule.opens_at, schedule.closes_at
    if roll.kind == RollKind.ELECTION:
        # Of a survey the manifest says it, and nobody approves anything.
        roll.last_date = schedule.closes_at + NEVER_APPROVED
    session.flush()
    _record(session, roll, SERVICE, "schedule-accepted", now)
    move_phase(session, roll, now)


def approve_roll(
    session: Session,
    settings: Settings,
    *,
    election_id: str,
    approval: Approval,
    now: datetime,
) -> datetime | None:
    """Note the approval; return when the roll is to be shredded.

    It is the committee's: the service alone could else have a roll shredded before
    anybody has complained. None for a roll that nobody approved in time: it is gone.

    Raises:
        UnknownRoll.
        PhaseMismatch: it is a survey's, the box was not closed, it is approved or
            cancelled already, or the approval is of a time before closing, or to
            come, which would keep the roll shorter or longer than it may be.
        SignersRefused, BadSignature: not signed by as many holders as it takes.
        NonCanonicalEncoding, WrongLength: a signature is malformed.

    """
    lock_roll(session, election_id)
    roll = require_election(session, election_id)
    if roll.phase == RollPhase.SHREDDED:
        return None
    if roll.phase != RollPhase.CLOSED or roll.closed_at is None:
        raise PhaseMismatch
    approved_at, protocol = approval.approved_at, approval.protocol
    if not roll.closed_at <= approved_at <= now + CLOCK_SKEW:
        raise PhaseMismatch
    manifest = sealed_manifest_of(roll)
    verify_holders(
        manifest,
        approval.signatures,
        manifest.approvals_needed,
        "approval",
        approval_parts(manifest.fingerprint, protocol),
    )
    roll.phase = RollPhase.APPROVED
    roll.protocol, roll.approved_at = protocol, approved_at
    roll.shred_due = approved_at + retention(settings.retention_seconds)
    roll.last_date = roll.shred_due
    session.flush()
    _record(session, roll, SERVICE, "approved", now)
    return roll.shred_due


def cancel_roll(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    now: datetime,
) -> datetime | None:
    """End an election without a result; return when its roll is to be shredded.

    None for a roll that is gone already, such as that of a forgotten draft.

    Raises:
        UnknownRoll.
        PhaseMismatch: it is approved, or cancelled already.

    """
    lock_roll(session, election_id)
    end_marking(session, election_id)
    roll = require_roll(session, election_id)
    if roll.phase == RollPhase.SHREDDED:
        return None
    if roll.phase not in {RollPhase.DRAFT, RollPhase.FROZEN, *_RUNNING}:
        raise PhaseMismatch
    roll.phase = RollPhase.CANCELLED
    roll.last_date = now + retention(settings.retention_seconds)
    session.flush()
    destroy_issuer_keys(session, keystore, election_id, at=now)
    _record(session, roll, SERVICE, "cancelled", now)
    return roll.last_date


def move_phase(session: Session, roll: Roll, now: datetime) -> None:
    """Open or close by this side's clock; a later closing time opens again."""
    if roll.phase not in _RUNNING or roll.opens_at is None or roll.closes_at is None:
        return
    phase = RollPhase.SEALED
    if roll.closed_at is not None or now >= roll.closes_at:
        phase = RollPhase.CLOSED
    elif now >= roll.opens_at:
        phase = RollPhase.OPEN
    if phase != roll.phase:
        roll.phase = phase
        session.flush()
        _record(session, roll, SYSTEM, f"phase-{phase}", now)


def running_elections(session: Session) -> list[Roll]:
    """Return the rolls whose phase the clock moves."""
    query = select(Roll).where(Roll.phase.in_(_RUNNING)).order_by(Roll.election_id)
    return list(session.scalars(query))


def due_rolls(session: Session, now: datetime) -> list[str]:
    """Return the elections whose rolls are to be shredded now, whoever asked or not.

    Also those whose shredding was broken off: of a roll that says it is shredded the
    files may still be unwritten.
    """
    rolls = session.scalars(select(Roll).where(Roll.phase != RollPhase.SHREDDED))
    due = {roll.election_id for roll in rolls if shredding_due(roll) <= now}
    broken_off = select(Shredding.election_id).where(
        Shredding.state != ShreddingState.CERTIFIED
    )
    return sorted(due | set(session.scalars(broken_off)))


def require_election(session: Session, election_id: str) -> Roll:
    """Return the roll of an election: a survey's has no box, committee or approval.

    Raises:
        UnknownRoll.
        PhaseMismatch: it is a survey's.

    """
    roll = require_roll(session, election_id)
    if roll.kind != RollKind.ELECTION:
        raise PhaseMismatch
    return roll


def shredding_due(roll: Roll) -> datetime:
    """Return when a roll is to be shredded, as things stand."""
    return due_date(
        shred_due=roll.shred_due,
        last_date=roll.last_date,
        hold_until=roll.hold_until,
    )


def sealed_manifest_of(roll: Roll) -> SealedManifest:
    """Return what the register reads of a roll's manifest.

    Raises:
        PhaseMismatch: nothing is sealed.

    """
    if roll.manifest is None:
        raise PhaseMismatch
    if roll.kind == RollKind.SURVEY:
        return read_survey_manifest(roll.manifest)
    return read_manifest(roll.manifest)


def schedule_of(roll: Roll) -> Schedule | None:
    """Return the schedule that holds, or None."""
    if roll.schedule_number is None or roll.opens_at is None or roll.closes_at is None:
        return None
    return Schedule(roll.schedule_number, roll.opens_at, roll.closes_at)


def require_ours(
    session: Session, settings: Settings, roll: Roll, sealed: SealedManifest
) -> None:
    """Refuse a manifest that is not of this roll as it was frozen, or of other keys.

    Raises:
        ManifestMismatch: see there.

    """
    ours = announced_groups(session, roll, EVERYBODY)
    theirs = [(each.label, each.entitled, each.issuer_key) for each in sealed.groups]
    matches = (
        ours == theirs
        and sealed.election == roll.election_id
        and sealed.slug == roll.slug
        and sealed.practice == roll.practice
        and sealed.roll_commitment == roll.commitment
        and sealed.register_key == settings.verify_key("register")
        and sealed.service_key == settings.verify_key("service")
    )
    if not matches:
        raise ManifestMismatch


def _record(session: Session, roll: Roll, actor: str, kind: str, now: datetime) -> None:
    record_event(session, at=now, actor=actor, kind=kind, subject=roll.election_id)
