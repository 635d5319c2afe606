"""Surveys until they are launched: made, copied, set up, asked differently, listed.

Each function takes a session of the service's store and commits nothing. What comes
after is in surveys/launch.py and surveys/lifecycle.py.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json
from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from infra.exchange import post_document
from infra.slugs import claim_slug
from surveys.definition import Definition, definition_bytes, read_definition
from surveys.modes import INVITED_MODES, PERSONAL_MODES, Mode, require_tightened
from surveys.phases import SurveyPhase
from surveys.tables import Survey, SurveyVersion

SYSTEM: Final = "system"
"""Actor of what the clock and the register bring about."""

USUAL_THRESHOLD: Final = 5
LOWEST_THRESHOLD: Final = 3
HIGHEST_THRESHOLD: Final = 1_000
KEPT_VERSIONS: Final = 20
"""Of a draft's questionnaire, so that what was lost by mistake can be had back."""

LONGEST_TITLE: Final = 200
LONGEST_NAME: Final = 300
LONGEST_PURPOSE: Final = 5_000
LONGEST_KEPT: Final = timedelta(days=10 * 366)


class SurveyRefused(Exception):
    """Something cannot be done with a survey; the subclasses say why."""


class UnknownSurvey(SurveyRefused):
    """There is no survey of this name or id."""


class NotADraft(SurveyRefused):
    """It is launched or cancelled: nothing but its wording changes any more."""


class TitleMalformed(SurveyRefused):
    """Title and organisation have 1 to 200 printable characters."""


class TextTooLong(SurveyRefused):
    """A text of the settings is too long."""


class DatesOutOfOrder(SurveyRefused):
    """Opening, closing, the end of identification and deletion follow one another."""


class ThresholdRefused(SurveyRefused):
    """It is 3 to 1,000, and once set it is only ever raised."""


class EditedMeanwhile(SurveyRefused):
    """Somebody has saved the questionnaire since this one was opened."""


class RollFixed(SurveyRefused):
    """The roll is frozen for this mode: another one needs another survey."""


@dataclass(frozen=True, slots=True)
class SurveySettings:
    """What a designer decides of a survey beside its questions.

    Texts may be empty and dates missing until launch (surveys/launch.py).
    """

    title: str
    organisation: str
    mode: Mode
    threshold: int = USUAL_THRESHOLD
    purpose: str = ""
    controller: str = ""
    legal_basis: str = ""
    processor: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    deletes_at: datetime | None = None
    identified_until: datetime | None = None
    """Pseudonymous and named alone."""


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
        TitleMalformed, TextTooLong, DatesOutOfOrder, ThresholdRefused: nothing is
            stored.

    """
    wanted = _checked(wanted)
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
        TitleMalformed, TextTooLong, DatesOutOfOrder, ThresholdRefused: nothing changes.

    """
    hold_survey(session, survey)
    require_draft(survey)
    wanted = _checked(wanted)
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
    row = SurveyVersion(
        survey_id=survey.id,
        number=number,
        definition=definition_bytes(definition),
        saved_by=actor,
        saved_at=at,
    )
    session.add(row)
    session.flush()


def _columns(wanted: SurveySettings) -> dict[str, object]:
    names = SurveySettings.__dataclass_fields__
    return {name: getattr(wanted, name) for name in names}


def _checked(wanted: SurveySettings) -> SurveySettings:
    if not LOWEST_THRESHOLD <= wanted.threshold <= HIGHEST_THRESHOLD:
        raise ThresholdRefused
    if wanted.mode not in PERSONAL_MODES:
        wanted = replace(wanted, identified_until=None)
    names = (wanted.controller, wanted.legal_basis, wanted.processor)
    if len(wanted.purpose) > LONGEST_PURPOSE or max(map(len, names)) > LONGEST_NAME:
        raise TextTooLong
    _require_order(wanted)
    return replace(
        wanted,
        title=_clean_title(wanted.title),
        organisation=_clean_title(wanted.organisation),
    )


def _require_order(wanted: SurveySettings) -> None:
    steps = (wanted.opens_at, wanted.closes_at, wanted.deletes_at)
    known = [step for step in steps if step is not None]
    if known != sorted(set(known)):
        raise DatesOutOfOrder
    until = wanted.identified_until
    if until is None:
        return
    if wanted.closes_at is not None and until <= wanted.closes_at:
        raise DatesOutOfOrder
    if wanted.deletes_at is not None and until > wanted.deletes_at:
        raise DatesOutOfOrder


def _clean_title(title: str) -> str:
    cleaned = " ".join(title.split())
    if not 1 <= len(cleaned) <= LONGEST_TITLE or not cleaned.isprintable():
        raise TitleMalformed
    return cleaned


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
