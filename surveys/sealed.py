"""A launched survey: its manifest and questionnaire, which never change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_json
from infra.slugs import is_slug
from surveys.definition import Definition, read_definition
from surveys.manifest import SurveyManifest, decode_manifest
from surveys.phases import SurveyPhase
from surveys.surveys import UnknownSurvey
from surveys.tables import Survey, SurveyVersion, SurveyWording


class SurveyNotOpen(Exception):
    """The survey takes no responses now: not yet, not any more, or never."""


@dataclass(frozen=True, slots=True)
class LaunchedSurvey:
    """What never changes, and the phase and closing time as they stand now."""

    id: str
    manifest: SurveyManifest
    encoded: bytes
    """The manifest's bytes, of which the fingerprint is."""
    fingerprint: bytes
    phase: SurveyPhase
    opens_at: datetime
    closes_at: datetime
    key_id: str
    intake_key: bytes

    @property
    def last_response_at(self) -> datetime:
        """The end of the grace for rights that were taken out in time."""
        return self.closes_at + timedelta(seconds=self.manifest.grace_seconds)

    def require_answering(self, now: datetime) -> None:
        """Check that responses are taken now.

        Raises:
            SurveyNotOpen: they are not.

        """
        in_time = self.opens_at <= now < self.last_response_at
        if self.phase is not SurveyPhase.OPEN or not in_time:
            raise SurveyNotOpen


def find_launched(session: Session, slug: str) -> LaunchedSurvey:
    """Return the launched survey with a slug; a cancelled or deleted one as well.

    Raises:
        UnknownSurvey: there is none.

    """
    if not is_slug(slug):
        raise UnknownSurvey
    survey = session.scalars(select(Survey).where(Survey.slug == slug)).one_or_none()
    if survey is None:
        raise UnknownSurvey
    return launched(survey)


def get_launched(session: Session, survey_id: str) -> LaunchedSurvey:
    """Return the launched survey with an id, as it now stands.

    Raises:
        UnknownSurvey: there is none.

    """
    survey = session.get(Survey, survey_id, populate_existing=True)
    if survey is None:
        raise UnknownSurvey
    return launched(survey)


def launched(survey: Survey) -> LaunchedSurvey:
    """Return what is sealed of a stored survey.

    Raises:
        UnknownSurvey: nothing yet.

    """
    opens, closes, key = survey.opens_at, survey.closes_at, survey.intake_key
    encoded, fingerprint, key_id = survey.manifest, survey.fingerprint, survey.key_id
    if encoded is None or fingerprint is None or key is None or key_id is None:
        raise UnknownSurvey
    if opens is None or closes is None:
        raise UnknownSurvey
    return LaunchedSurvey(
        survey.id,
        _read_manifest(encoded),
        encoded,
        fingerprint,
        SurveyPhase(survey.phase),
        opens,
        closes,
        key_id,
        key,
    )


def launched_definition(session: Session, survey_id: str) -> bytes:
    """Return the questionnaire's bytes, whose SHA-256 is in the manifest."""
    query = (
        select(SurveyVersion.definition)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    return session.scalars(query).one()


def current_wording(session: Session, survey_id: str) -> bytes:
    """Return the questionnaire's bytes with its latest words."""
    query = (
        select(SurveyWording.definition)
        .where(SurveyWording.survey_id == survey_id)
        .order_by(SurveyWording.number.desc())
        .limit(1)
    )
    changed = session.scalar(query)
    return launched_definition(session, survey_id) if changed is None else changed


@lru_cache(maxsize=64)
def read_stored_definition(encoded: bytes) -> Definition:
    """Read a questionnaire that was checked when it was stored."""
    return read_definition(decode_json(encoded))


@lru_cache(maxsize=64)
def _read_manifest(encoded: bytes) -> SurveyManifest:
    return decode_manifest(encoded)
