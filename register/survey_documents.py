"""What the service's documents of surveys bring about in the register (§8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_json
from infra.audit import record_event
from infra.config import Settings
from infra.keystore import Keystore
from register.deadlines import CLOCK_SKEW, retention
from register.elections import (
    SERVICE,
    ManifestMismatch,
    PhaseMismatch,
    create_election,
    require_ours,
)
from register.issuers import destroy_issuer_keys
from register.mark_statements import keep_counts
from register.marks import count_marks, end_marking
from register.roll import lock_roll, require_roll
from register.roll_phases import RollKind, RollPhase
from register.statements import post_to_service
from register.survey_manifest import read_survey_manifest, read_terms
from register.survey_rolls import counts_by_group, last_date_of
from register.survey_tables import SurveyMode, SurveyRoll
from register.tables import Roll

_RUNNING = frozenset({RollPhase.SEALED, RollPhase.OPEN, RollPhase.CLOSED})


def create_survey_roll(
    session: Session,
    keystore: Keystore,
    *,
    survey_id: str,
    slug: str,
    title: str,
    organisation: str,
    mode: SurveyMode,
    verifier_key: bytes,
    now: datetime,
) -> Roll:
    """Open the roll of a new survey; `verifier_key` is X25519, 32 bytes.

    Raises:
        RollExists: the survey has one, or the slug is taken.

    """
    roll = create_election(
        session,
        keystore,
        election_id=survey_id,
        slug=slug,
        title=title,
        organisation=organisation,
        verifier_key=verifier_key,
        now=now,
    )
    roll.kind = RollKind.SURVEY
    session.add(SurveyRoll(election_id=survey_id, mode=mode, marks_at_message=0))
    session.flush()
    return roll


def change_mode(
    session: Session, *, survey_id: str, mode: SurveyMode, now: datetime
) -> None:
    """Note that a survey keeps respondents and answers further apart.

    Of a roll that is frozen for the old mode nothing changes: it cannot be launched.

    Raises:
        UnknownRoll.

    """
    lock_roll(session, survey_id)
    roll = require_roll(session, survey_id)
    if roll.phase != RollPhase.DRAFT:
        return
    session.get_one(SurveyRoll, survey_id).mode = mode
    _record(session, roll, "mode-changed", now)


def accept_survey_manifest(
    session: Session,
    settings: Settings,
    *,
    survey_id: str,
    manifest: JsonValue,
    now: datetime,
) -> None:
    """Keep the sealed manifest's bytes, if it is of this roll as it was frozen.

    Raises:
        UnknownRoll, PhaseMismatch: no roll waits for a manifest.
        ManifestMismatch: another survey, mode, group, count, key or commitment.
        NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint,
        MalformedTime: it is no manifest.

    """
    lock_roll(session, survey_id)
    roll = require_roll(session, survey_id)
    own = session.get(SurveyRoll, survey_id)
    if roll.phase != RollPhase.FROZEN or own is None:
        raise PhaseMismatch
    encoded = encode_json(manifest)
    sealed, terms = read_survey_manifest(encoded), read_terms(encoded)
    require_ours(session, settings, roll, sealed)
    if terms.mode != own.mode:
        raise ManifestMismatch
    roll.manifest, roll.fingerprint = encoded, sealed.fingerprint
    roll.phase = RollPhase.SEALED
    roll.last_date = terms.kept_until
    own.threshold, own.kept_until = terms.threshold, terms.kept_until
    session.flush()
    _record(session, roll, "manifest-accepted", now)


def close_survey_roll(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    survey_id: str,
    closed_at: datetime,
    now: datetime,
) -> datetime:
    """End all marking, tell how many took out a right, destroy the issuer keys.

    Returns when the roll is to be shredded.

    Raises:
        UnknownRoll.
        PhaseMismatch: nothing is sealed, it is over already, or it is not yet time.

    """
    end_marking(session, survey_id)
    roll = require_roll(session, survey_id)
    own = session.get(SurveyRoll, survey_id)
    if roll.phase not in _RUNNING or roll.closed_at is not None or own is None:
        raise PhaseMismatch
    if roll.closes_at is None or not roll.closes_at <= closed_at <= now + CLOCK_SKEW:
        raise PhaseMismatch
    roll.closed_at, roll.phase = closed_at, RollPhase.CLOSED
    keep = retention(settings.retention_seconds)
    roll.last_date = last_date_of(own, closed_at, keep)
    counts = count_marks(session, survey_id)
    own.marks = sum(counts.digital)
    if counts_by_group(session, survey_id):
        keep_counts(session, survey_id, counts)
    post_to_service(session, settings, roll, "marks", {"marks": own.marks}, at=now)
    _record(session, roll, "closed", now)
    # Last: what is destroyed stays so, even if this transaction has to come again.
    destroy_issuer_keys(session, keystore, survey_id, at=now)
    return roll.last_date


def _record(session: Session, roll: Roll, kind: str, now: datetime) -> None:
    session.flush()
    record_event(session, at=now, actor=SERVICE, kind=kind, subject=roll.election_id)
