"""Launching a survey: from draft and frozen roll to a manifest that never changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json
from crypto.errors import CryptoError
from infra.audit import record_event
from infra.config import Settings
from infra.exchange import post_document
from infra.keystore import Keystore
from surveys.definition import definition_digest
from surveys.leaves import schedule_leaf, survey_leaf
from surveys.lint import is_launchable, lint_definition
from surveys.log import append_to_log, service_seed
from surveys.manifest import (
    EVERYBODY,
    IssuerGroup,
    SurveyManifest,
    encode_manifest,
    fingerprint_of,
    is_line,
    is_text,
    manifest_document,
)
from surveys.modes import INVITED_MODES, PERSONAL_MODES, Mode
from surveys.phases import SurveyPhase, require_step
from surveys.responses import intake_key
from surveys.surveys import SavedDefinition, current_definition, hold_survey
from surveys.tables import Survey, SurveyVersion
from surveys.totals import SurveyTotals, read_totals

GRACE_SECONDS: Final = 600
SHORTEST_OPENING: Final = timedelta(minutes=1)


class Missing(StrEnum):
    """What a survey still lacks before it can be launched."""

    PURPOSE = "purpose"
    CONTROLLER = "controller"
    LEGAL_BASIS = "legal-basis"
    PROCESSOR = "processor"
    OPENING = "opening"
    CLOSING = "closing"
    DELETION = "deletion"
    IDENTIFIED_UNTIL = "identified-until"
    DATES_OUT_OF_ORDER = "dates-out-of-order"
    CLOSES_TOO_SOON = "closes-too-soon"
    TEXT_REFUSED = "text-refused"
    QUESTIONS = "questions"
    QUESTIONS_TO_MEND = "questions-to-mend"
    ROLL_NOT_FROZEN = "roll-not-frozen"
    ROLL_OF_ANOTHER_MODE = "roll-of-another-mode"
    TOO_FEW_INVITED = "too-few-invited"
    GROUP_TOO_SMALL = "group-too-small"


class LaunchIncomplete(Exception):
    """The survey cannot be launched yet; `missing` says what is lacking."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """What would be launched now: for review, and by `launch_survey`."""

    manifest: SurveyManifest
    definition: SavedDefinition


def totals_of(survey: Survey) -> SurveyTotals | None:
    """Return what the register announced of a frozen roll, or None."""
    if survey.roll_totals is None:
        return None
    return read_totals(decode_json(survey.roll_totals))


def list_missing(session: Session, survey: Survey, now: datetime) -> list[Missing]:
    """Return what a draft lacks before it can be launched; empty when it can be."""
    missing = [*_missing_texts(survey), *_missing_dates(survey, now)]
    definition = current_definition(session, survey).definition
    if not definition.answered_questions:
        missing.append(Missing.QUESTIONS)
    totals = totals_of(survey)
    invited = None if totals is None else totals.invited
    findings = lint_definition(definition, Mode(survey.mode), invited, survey.threshold)
    if not is_launchable(findings):
        missing.append(Missing.QUESTIONS_TO_MEND)
    if survey.mode in INVITED_MODES:
        missing += _missing_roll(survey)
    return missing


def plan_launch(
    session: Session, settings: Settings, survey: Survey, now: datetime
) -> LaunchPlan:
    """Return the manifest as it would be sealed now.

    Raises:
        LaunchIncomplete: something is missing.

    """
    missing = list_missing(session, survey, now)
    if missing:
        raise LaunchIncomplete(tuple(missing))
    definition = current_definition(session, survey)
    digest = definition_digest(definition.definition)
    try:
        manifest = _compose(settings, survey, digest)
        encode_manifest(manifest)
    except CryptoError:
        # What a roll or an older draft holds and no manifest may.
        raise LaunchIncomplete((Missing.TEXT_REFUSED,)) from None
    return LaunchPlan(manifest, definition)


def launch_survey(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    survey: Survey,
    *,
    actor: str,
    at: datetime,
) -> bytes:
    """Seal the manifest, log it, tell the register; returns its fingerprint.

    What was tried before is thrown away: no response stands before this.
    `keystore`: the service's, where the key of the responses is made.

    Raises:
        ForbiddenStep: it is launched or cancelled already.
        LaunchIncomplete: something is missing.

    """
    hold_survey(session, survey)
    require_step(SurveyPhase(survey.phase), SurveyPhase.READY)
    plan = plan_launch(session, settings, survey, at)
    encoded = encode_manifest(plan.manifest)
    fingerprint = fingerprint_of(encoded)
    # The key first: a key without a survey opens nothing.
    key = keystore.create_key(secrets.token_hex(16))
    survey.key_id, survey.intake_key = key.key_id, intake_key(key).public_key
    survey.manifest, survey.fingerprint = encoded, fingerprint
    survey.phase = SurveyPhase.READY
    session.execute(
        delete(SurveyVersion).where(
            SurveyVersion.survey_id == survey.id,
            SurveyVersion.number != plan.definition.number,
        )
    )
    _announce(session, settings, survey, plan.manifest, at=at)
    record_event(
        session,
        at=at,
        actor=actor,
        kind="survey-launched",
        subject=survey.id,
        content={"fingerprint": fingerprint.hex()},
    )
    return fingerprint


def _announce(
    session: Session,
    settings: Settings,
    survey: Survey,
    manifest: SurveyManifest,
    *,
    at: datetime,
) -> None:
    document = manifest_document(manifest)
    schedule = schedule_leaf(
        service_seed(settings),
        survey.fingerprint or b"",
        number=0,
        opens_at=manifest.opens_at,
        closes_at=manifest.closes_at,
        reason="",
    )
    append_to_log(session, settings, survey.id, [survey_leaf(document), schedule])
    if manifest.mode not in INVITED_MODES:
        return
    bodies: tuple[tuple[str, JsonValue], ...] = (
        ("survey-manifest", {"manifest": document}),
        ("survey-schedule", {"leaf": schedule}),
    )
    for kind, body in bodies:
        post_document(session, settings, kind=kind, subject=survey.id, body=body, at=at)


def _missing_texts(survey: Survey) -> Iterator[Missing]:
    wanted = [
        (survey.purpose, Missing.PURPOSE),
        (survey.controller, Missing.CONTROLLER),
    ]
    if survey.mode in PERSONAL_MODES:
        wanted.append((survey.legal_basis, Missing.LEGAL_BASIS))
        wanted.append((survey.processor, Missing.PROCESSOR))
    yield from (lacking for text, lacking in wanted if not text.strip())
    lines = (survey.controller, survey.legal_basis, survey.processor)
    if not (is_text(survey.purpose) and all(map(is_line, lines))):
        yield Missing.TEXT_REFUSED


def _missing_dates(survey: Survey, now: datetime) -> Iterator[Missing]:
    wanted = [
        (survey.opens_at, Missing.OPENING),
        (survey.closes_at, Missing.CLOSING),
        (survey.deletes_at, Missing.DELETION),
    ]
    if survey.mode in PERSONAL_MODES:
        wanted.append((survey.identified_until, Missing.IDENTIFIED_UNTIL))
    yield from (lacking for date, lacking in wanted if date is None)
    opens, closes, deletes = survey.opens_at, survey.closes_at, survey.deletes_at
    if opens is None or closes is None or deletes is None:
        return
    until = survey.identified_until or deletes
    grace = timedelta(seconds=GRACE_SECONDS)
    if not opens < closes < closes + grace < until <= deletes:
        yield Missing.DATES_OUT_OF_ORDER
    if closes < max(opens, now) + SHORTEST_OPENING:
        yield Missing.CLOSES_TOO_SOON


def _missing_roll(survey: Survey) -> Iterator[Missing]:
    totals = totals_of(survey)
    if totals is None:
        yield Missing.ROLL_NOT_FROZEN
        return
    if totals.mode != survey.mode:
        yield Missing.ROLL_OF_ANOTHER_MODE
    if totals.invited < survey.threshold:
        yield Missing.TOO_FEW_INVITED
    smallest = min(group.entitled for group in totals.groups)
    if survey.mode == Mode.PSEUDONYMOUS and smallest < survey.threshold:
        # A group of one is a name.
        yield Missing.GROUP_TOO_SMALL


def _compose(settings: Settings, survey: Survey, digest: bytes) -> SurveyManifest:
    totals = totals_of(survey)
    opens, closes, deletes = survey.opens_at, survey.closes_at, survey.deletes_at
    if opens is None or closes is None or deletes is None:
        raise LaunchIncomplete((Missing.OPENING,))
    return SurveyManifest(
        survey=survey.id,
        slug=survey.slug,
        title=survey.title,
        organisation=survey.organisation,
        mode=Mode(survey.mode),
        definition=digest,
        threshold=survey.threshold,
        groups=() if totals is None else _issuer_groups(totals),
        roll_commitment=None if totals is None else totals.commitment,
        opens_at=_whole(opens),
        closes_at=_whole(closes),
        grace_seconds=GRACE_SECONDS,
        identified_until=survey.identified_until and _whole(survey.identified_until),
        deletes_at=_whole(deletes),
        purpose=survey.purpose.strip(),
        controller=survey.controller.strip(),
        legal_basis=survey.legal_basis.strip(),
        processor=survey.processor.strip(),
        service_url=settings.service_url,
        register_url=settings.register_url,
        service_key=settings.verify_key("service"),
        register_key=settings.verify_key("register"),
        accepted_risks=("shared-cluster",) if settings.accept_shared_cluster else (),
    )


def _issuer_groups(totals: SurveyTotals) -> tuple[IssuerGroup, ...]:
    if totals.mode is not Mode.PSEUDONYMOUS:
        return (IssuerGroup(EVERYBODY, totals.invited, totals.issuers[0].public),)
    return tuple(
        IssuerGroup(group.label, group.entitled, issuer.public)
        for group, issuer in zip(totals.groups, totals.issuers, strict=True)
    )


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
