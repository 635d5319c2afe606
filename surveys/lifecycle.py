"""What becomes of a launched survey: opened, extended, closed, cancelled, deleted.

Each step is a transaction of its own and may be asked for again: the phase says
whether it was done. Opening, closing and deleting are the clock's (surveys/jobs.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.times import format_time
from infra.audit import record_event
from infra.config import Settings
from infra.exchange import post_document
from surveys.definition import (
    Definition,
    definition_bytes,
    definition_digest,
    require_readable,
)
from surveys.leaves import closed_leaf, ended_leaf, schedule_leaf, wording_leaf
from surveys.lint import is_launchable, lint_definition
from surveys.log import append_to_log, service_seed
from surveys.modes import INVITED_MODES, Mode
from surveys.phases import SurveyPhase, is_launched, require_step
from surveys.responses import (
    count_responses,
    delete_responses,
    end_intake,
    forget_identities,
)
from surveys.results import forget_texts
from surveys.sealed import (
    get_launched,
    launched,
    launched_definition,
    read_stored_definition,
)
from surveys.settings import SurveyRefused
from surveys.surveys import SYSTEM, get_survey, hold_survey
from surveys.tables import Survey, SurveyWording
from surveys.wording import require_wording_only

WARNED_DAYS: Final = (1, 7, 30)
"""Before the deletion its owner is warned when so many days are left."""

SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 500


class NotLater(SurveyRefused):
    """A closing time is moved later alone, and not past the deletion."""


class ReasonRefused(SurveyRefused):
    """A closing time is moved for a reason of 5 to 500 characters."""


class NotLaunched(SurveyRefused):
    """Only a launched survey has words to put right."""


class WordingRefused(SurveyRefused):
    """With these words it could not have been launched (surveys/lint.py)."""


class IdentitiesGone(SurveyRefused):
    """Nothing ties a response to its giver: never did, or was removed."""


def is_opening_due(survey: Survey, now: datetime) -> bool:
    """Tell whether a survey is to be opened now."""
    ready = survey.phase == SurveyPhase.READY
    return ready and survey.opens_at is not None and survey.opens_at <= now


def is_closing_due(survey: Survey, now: datetime) -> bool:
    """Tell whether the last response's time is over."""
    if survey.phase != SurveyPhase.OPEN:
        return False
    return launched(survey).last_response_at <= now


def is_deletion_due(survey: Survey, now: datetime) -> bool:
    """Tell whether a survey's responses are to be deleted now."""
    closed = survey.phase == SurveyPhase.CLOSED
    return closed and survey.deletes_at is not None and survey.deletes_at <= now


def is_forgetting_due(survey: Survey, now: datetime) -> bool:
    """Tell whether groups and respondents' digests are to be removed now."""
    if survey.deidentified_at is not None or survey.identified_until is None:
        return False
    return survey.phase == SurveyPhase.CLOSED and survey.identified_until <= now


def open_survey(session: Session, survey_id: str, now: datetime) -> bool:
    """Open a survey whose time has come; tells whether it was this call."""
    survey = _hold(session, survey_id)
    if not is_opening_due(survey, now):
        return False
    survey.phase = SurveyPhase.OPEN
    _record(session, survey, "survey-opened", SYSTEM, now)
    return True


def extend_survey(
    session: Session,
    settings: Settings,
    survey: Survey,
    *,
    closes_at: datetime,
    reason: str,
    actor: str,
    at: datetime,
) -> None:
    """Move the closing of a survey that is not closed, later and with a reason.

    Raises:
        ForbiddenStep: it is not launched, or over.
        NotLater, ReasonRefused: see there.

    """
    hold_survey(session, survey)
    if survey.phase not in {SurveyPhase.READY, SurveyPhase.OPEN}:
        require_step(SurveyPhase(survey.phase), SurveyPhase.CLOSED)
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonRefused
    sealed = launched(survey)
    closes_at = closes_at.replace(microsecond=0)
    until = sealed.manifest.identified_until or sealed.manifest.deletes_at
    grace = timedelta(seconds=sealed.manifest.grace_seconds)
    if not max(sealed.closes_at, at) < closes_at < until - grace:
        raise NotLater
    survey.schedule_number += 1
    survey.closes_at = closes_at
    leaf = schedule_leaf(
        service_seed(settings),
        sealed.fingerprint,
        number=survey.schedule_number,
        opens_at=sealed.opens_at,
        closes_at=closes_at,
        reason=reason,
    )
    append_to_log(session, settings, survey.id, [leaf])
    _tell_register(session, settings, survey, "survey-schedule", {"leaf": leaf}, at=at)
    _record(session, survey, "survey-extended", actor, at, reason=reason)


def close_survey(
    session: Session, settings: Settings, survey_id: str, now: datetime
) -> bool:
    """Close a survey after its grace; tells whether it was this call.

    Whoever answers holds the intake, and it is ended here before the phase changes: a
    response is in it, or is refused.
    """
    survey = _hold(session, survey_id)
    if not is_closing_due(survey, now):
        return False
    end_intake(session, survey_id)
    survey.phase, survey.closed_at = SurveyPhase.CLOSED, now
    survey.received = count_responses(session, survey_id)
    _forget_roll(survey)
    leaf = closed_leaf(
        survey.fingerprint or b"", now, survey.received, survey.threshold
    )
    append_to_log(session, settings, survey_id, [leaf])
    body: JsonValue = {"at": format_time(now)}
    _tell_register(session, settings, survey, "survey-closed", body, at=now)
    _record(session, survey, "survey-closed", SYSTEM, now)
    return True


def cancel_survey(
    session: Session,
    settings: Settings,
    survey: Survey,
    *,
    reason: str,
    actor: str,
    at: datetime,
) -> None:
    """End a survey before it closes: its responses are deleted, its roll is shredded.

    Raises:
        ForbiddenStep: it is closed or cancelled already.

    """
    hold_survey(session, survey)
    require_step(SurveyPhase(survey.phase), SurveyPhase.CANCELLED)
    end_intake(session, survey.id)
    survey.phase = SurveyPhase.CANCELLED
    delete_responses(session, survey.id)
    _forget_roll(survey)
    if survey.fingerprint is not None:
        leaf = ended_leaf(survey.fingerprint, at, how="cancelled")
        append_to_log(session, settings, survey.id, [leaf])
    body: JsonValue = {"at": format_time(at)}
    _tell_register(session, settings, survey, "survey-cancelled", body, at=at)
    _record(session, survey, "survey-cancelled", actor, at, reason=reason)


def change_wording(
    session: Session,
    settings: Settings,
    survey: Survey,
    definition: Definition,
    *,
    actor: str,
    at: datetime,
) -> int:
    """Publish a launched survey's questionnaire with other words; return its number.

    Raises:
        NotLaunched: it is a draft, or over.
        NotWordingOnly: it asks something else than what was launched.
        WordingRefused: see there.
        DefinitionTooLarge: it has become longer than what is read back.

    """
    hold_survey(session, survey)
    if not is_launched(SurveyPhase(survey.phase)) or survey.fingerprint is None:
        raise NotLaunched
    first = read_stored_definition(launched_definition(session, survey.id))
    require_wording_only(first, definition)
    if not is_launchable(lint_definition(definition, Mode(survey.mode), None)):
        raise WordingRefused
    require_readable(definition_bytes(definition))
    number = _next_wording(session, survey.id)
    row = SurveyWording(
        survey_id=survey.id,
        number=number,
        definition=definition_bytes(definition),
        saved_by=actor,
        saved_at=at,
    )
    session.add(row)
    leaf = wording_leaf(survey.fingerprint, number, definition_digest(definition))
    append_to_log(session, settings, survey.id, [leaf])
    _record(session, survey, "survey-reworded", actor, at)
    return number


def remove_identities(
    session: Session, survey: Survey, *, actor: str, at: datetime
) -> None:
    """Remove what ties responses to their givers now, for good ("anonymiser nå").

    Raises:
        ForbiddenStep: it is not closed.
        IdentitiesGone: nothing ties them any more.

    """
    hold_survey(session, survey)
    if survey.phase != SurveyPhase.CLOSED:
        require_step(SurveyPhase(survey.phase), SurveyPhase.CLOSED)
    if survey.identified_until is None or survey.deidentified_at is not None:
        raise IdentitiesGone
    forget_identities(session, survey.id)
    survey.deidentified_at = at
    # The old rows are still in the files: the next sweep writes them anew.
    survey.rewritten_at = None
    _record(session, survey, "survey-deidentified", actor, at)


def delete_survey_data(
    session: Session, settings: Settings, survey_id: str, now: datetime
) -> bool:
    """Delete the responses of a survey whose date has come; tells if it was this call.

    The key is destroyed and the files are written anew after the commit.
    """
    survey = _hold(session, survey_id)
    if not is_deletion_due(survey, now):
        return False
    number = delete_responses(session, survey_id)
    forget_texts(session, survey_id)
    survey.phase, survey.deleted_at = SurveyPhase.DELETED, now
    survey.rewritten_at = None
    leaf = ended_leaf(survey.fingerprint or b"", now, how="deleted")
    append_to_log(session, settings, survey_id, [leaf])
    told = str(number) if number >= survey.threshold else "few"
    _record(session, survey, "survey-deleted", SYSTEM, now, responses=told)
    return True


def warn_of_deletion(session: Session, survey_id: str, now: datetime) -> int | None:
    """Note that a warning of the deletion is due; return the days left, else None."""
    survey = _hold(session, survey_id)
    if survey.phase != SurveyPhase.CLOSED or survey.deletes_at is None:
        return None
    left = survey.deletes_at - now
    reached = [days for days in WARNED_DAYS if left <= timedelta(days=days)]
    if not reached or left <= timedelta(0) or reached[0] == survey.alarm_days:
        return None
    survey.alarm_days = reached[0]
    session.flush()
    return reached[0]


def note_marks(session: Session, survey_id: str, marks: int, now: datetime) -> None:
    """Keep how many rights were taken out, as the register told at the closing.

    More responses than rights is a discrepancy, and an event of the audit chain.
    """
    survey = _hold(session, survey_id)
    survey.marks = marks
    session.flush()
    received = survey.received or 0
    if get_launched(session, survey_id).manifest.mode is not Mode.OPEN:
        kind = "survey-reconciled" if received <= marks else "responses-above-marks"
        told = str(received) if received >= survey.threshold else "few"
        numbers = {"marks": str(marks), "responses": told}
        _record(session, survey, kind, SYSTEM, now, **numbers)


def _hold(session: Session, survey_id: str) -> Survey:
    survey = get_survey(session, survey_id)
    hold_survey(session, survey)
    return survey


def _forget_roll(survey: Survey) -> None:
    """Forget groups, their sizes, and issuer keys; the manifest has what is public."""
    survey.roll_draft = survey.roll_totals = None


def _next_wording(session: Session, survey_id: str) -> int:
    number = 1
    while session.get(SurveyWording, (survey_id, number)) is not None:
        number += 1
    return number


def _tell_register(
    session: Session,
    settings: Settings,
    survey: Survey,
    kind: str,
    body: JsonValue,
    *,
    at: datetime,
) -> None:
    if survey.mode in INVITED_MODES:
        post_document(session, settings, kind=kind, subject=survey.id, body=body, at=at)


def _record(
    session: Session,
    survey: Survey,
    kind: str,
    actor: str,
    at: datetime,
    **content: str,
) -> None:
    session.flush()
    record_event(
        session, at=at, actor=actor, kind=kind, subject=survey.id, content={**content}
    )
