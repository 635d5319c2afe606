"""Surveys until they are launched: made, copied, set up, asked differently, listed.

Each function takes a session of the service's store and commits nothing. What comes
after is in surveys/launch.py and surveys/lifecycle.py.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json
from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from infra.exchange import post_document
from infra.slugs import claim_slug
from surveys.definition import (
    Definition,
    definition_bytes,
    read_definition,
    require_readable,
)
from surveys.modes import INVITED_MODES, Mode, require_tightened
from surveys.phases import SurveyPhase
from surveys.settings import (
    SurveyRefused,
    SurveySettings,
    ThresholdRefused,
    check_settings,
)
from surveys.tables import Survey, SurveyVersion

SYSTEM: Final = "system"
"""Actor of what the clock and the register bring about."""

KEPT_VERSIONS: Final = 20
"""Of a draft's questionnaire, so that what was lost by mistake can be had back."""


class UnknownSurvey(SurveyRefused):
    """There is no survey of this name or id."""


class NotADraft(SurveyRefused):
    """It is launched or cancelled: nothing but its wording changes any more."""


class EditedMeanwhile(SurveyRefused):
    """Somebody has saved the questionnaire since this one was opened."""


class RollFixed(SurveyRefused):
    """The roll is frozen for this mode: another one needs another survey."""


@dataclass(frozen=True, slots=True)
class SavedDefinition:
    """A questionnaire, and under which number it was saved."""

    number: int
    definition: Definition
    encoded: bytes
    """Canonical JSON, as it is published and its digest is taken."""


def create_survey(
    session: Session,
    settings: Settings,
    *,
    slug: str,
    wanted: SurveySettings,
    definition: Definition,
    actor: str,
    at: datetime,
    verifier_key: bytes | None,
) -> Survey:
    """Create a draft; unless it is open, tell the register that its roll may come.

    `verifier_key`: 32 bytes, to which the register seals issuer keys; None for an open
    survey. `actor`: the official's id.

    Raises:
        SlugMalformed, SlugTaken: see infra.slugs.
        SurveyRefused: see surveys.settings.check_settings; nothing is stored.

    """
    wanted = check_settings(wanted)
    claim_slug(session, slug)
    survey = Survey(
        id=secrets.token_hex(16),
        slug=slug,
        phase=SurveyPhase.DRAFT,
        created_by=actor,
        created_at=at,
        schedule_number=0,
        **_columns(wanted),
    )
    session.add(survey)
    session.flush()
    _save(session, survey, 1, definition, actor=actor, at=at)
    if wanted.mode in INVITED_MODES and verifier_key is not None:
        _tell_register(session, settings, survey, verifier_key, at)
    _record(session, survey, "survey-created", actor, at, mode=wanted.mode.value)
    return survey


def copy_survey(
    session: Session,
    settings: Settings,
    original: Survey,
    *,
    slug: str,
    title: str,
    actor: str,
    at: datetime,
    verifier_key: bytes | None,
) -> Survey:
    """Create a draft with another one's questions and settings, without its dates.

    Raises: as create_survey.
    """
    wanted = replace(
        settings_of(original),
        title=title,
        opens_at=None,
        closes_at=None,
        deletes_at=None,
        identified_until=None,
    )
    return create_survey(
        session,
        settings,
        slug=slug,
        wanted=wanted,
        definition=current_definition(session, original).definition,
        actor=actor,
        at=at,
        verifier_key=verifier_key,
    )


def get_survey(session: Session, survey_id: str) -> Survey:
    """Return a survey.

    Raises:
        UnknownSurvey: there is none with this id.

    """
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise UnknownSurvey
    return survey


def list_surveys(session: Session) -> list[Survey]:
    """Return all surveys, the latest made first."""
    query = select(Survey).order_by(Survey.created_at.desc(), Survey.id)
    return list(session.scalars(query))


def settings_of(survey: Survey) -> SurveySettings:
    """Return a survey's settings as they stand."""
    return SurveySettings(
        title=survey.title,
        organisation=survey.organisation,
        mode=Mode(survey.mode),
        threshold=survey.threshold,
        purpose=survey.purpose,
        controller=survey.controller,
        legal_basis=survey.legal_basis,
        processor=survey.processor,
        opens_at=survey.opens_at,
        closes_at=survey.closes_at,
        deletes_at=survey.deletes_at,
        identified_until=survey.identified_until,
    )


def change_settings(
    session: Session,
    settings: Settings,
    survey: Survey,
    wanted: SurveySettings,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Replace a draft's settings; mode and threshold are only ever tightened.

    Raises:
        NotADraft: it is launched or cancelled.
        ModeLoosened: see surveys.modes.
        RollFixed: the mode would change under a roll that is frozen.
        SurveyRefused: see surveys.settings.check_settings; nothing changes.

    """
    hold_survey(session, survey)
    require_draft(survey)
    wanted = check_settings(wanted)
    before = Mode(survey.mode)
    require_tightened(before, wanted.mode)
    if wanted.threshold < survey.threshold:
        raise ThresholdRefused
    if wanted.mode != before and survey.roll_totals is not None:
        raise RollFixed
    for name, value in _columns(wanted).items():
        setattr(survey, name, value)
    session.flush()
    if wanted.mode != before:
        body: JsonValue = {"mode": wanted.mode.value}
        _post(session, settings, survey, "survey-mode", body, at=at)
    _record(session, survey, "survey-changed", actor, at, mode=wanted.mode.value)


def current_definition(session: Session, survey: Survey) -> SavedDefinition:
    """Return a survey's questionnaire: of a draft the latest, else the launched one."""
    query = (
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey.id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    row = session.scalars(query).one()
    return SavedDefinition(
        row.number, read_definition(decode_json(row.definition)), row.definition
    )


def save_definition(
    session: Session,
    survey: Survey,
    definition: Definition,
    *,
    based_on: int,
    actor: str,
    at: datetime,
) -> int:
    """Save a draft's questionnaire; return its number, from which the next is edited.

    `based_on`: the number that was opened (`current_definition`).

    Raises:
        NotADraft: it is launched or cancelled.
        EditedMeanwhile: another one was saved since.
        DefinitionTooLarge: it has become longer than what is read back.

    """
    hold_survey(session, survey)
    require_draft(survey)
    latest = latest_number(session, survey)
    if based_on != latest:
        raise EditedMeanwhile
    _save(session, survey, latest + 1, definition, actor=actor, at=at)
    session.execute(
        delete(SurveyVersion).where(
            SurveyVersion.survey_id == survey.id,
            SurveyVersion.number <= latest + 1 - KEPT_VERSIONS,
        )
    )
    return latest + 1


def latest_number(session: Session, survey: Survey) -> int:
    """Return the number of the questionnaire that was saved last."""
    query = select(func.max(SurveyVersion.number)).where(
        SurveyVersion.survey_id == survey.id
    )
    return session.scalars(query).one() or 0


def hold_survey(session: Session, survey: Survey) -> None:
    """Let one transaction at a time change or move a survey; read it anew."""
    lock_named(session, b"survey", survey.id.encode())
    session.flush()  # refreshing would forget what this transaction has changed
    session.refresh(survey)


def require_draft(survey: Survey) -> None:
    """Refuse to change what is launched.

    Raises:
        NotADraft: see there.

    """
    if survey.phase != SurveyPhase.DRAFT:
        raise NotADraft


def _save(
    session: Session,
    survey: Survey,
    number: int,
    definition: Definition,
    *,
    actor: str,
    at: datetime,
) -> None:
    encoded = definition_bytes(definition)
    require_readable(encoded)
    row = SurveyVersion(
        survey_id=survey.id,
        number=number,
        definition=encoded,
        saved_by=actor,
        saved_at=at,
    )
    session.add(row)
    session.flush()


def _columns(wanted: SurveySettings) -> dict[str, object]:
    names = SurveySettings.__dataclass_fields__
    return {name: getattr(wanted, name) for name in names}


def _tell_register(
    session: Session,
    settings: Settings,
    survey: Survey,
    verifier_key: bytes,
    at: datetime,
) -> None:
    body: JsonValue = {
        "mode": survey.mode,
        "organisation": survey.organisation,
        "slug": survey.slug,
        "title": survey.title,
        "verifier_key": verifier_key.hex(),
    }
    _post(session, settings, survey, "survey-created", body, at=at)


def _post(
    session: Session,
    settings: Settings,
    survey: Survey,
    kind: str,
    body: JsonValue,
    *,
    at: datetime,
) -> None:
    post_document(session, settings, kind=kind, subject=survey.id, body=body, at=at)


def _record(
    session: Session,
    survey: Survey,
    kind: str,
    actor: str,
    at: datetime,
    **content: str,
) -> None:
    record_event(
        session, at=at, actor=actor, kind=kind, subject=survey.id, content={**content}
    )
