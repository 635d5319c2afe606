"""Results of a closed survey: asked for once, made by a worker, read from then on.

Nothing is asked of the responses again but by the worker that makes the document: every
page, chart and file reads what it made (docs/adr/0011).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_json, encode_json
from crypto.hashing import digest
from crypto.sealing import LockKey, lock, unlock
from infra.audit import record_event
from infra.keystore import DataKey, KeyRefused, Keystore
from infra.slugs import is_slug
from surveys.conditions import Answers
from surveys.definition import Definition
from surveys.gate import Terms, publish_results, require_terms
from surveys.manifest import SurveyManifest
from surveys.modes import Mode
from surveys.phases import SurveyPhase
from surveys.published import GROUPS, Published, published_json, read_published
from surveys.responses import count_responses, read_responses
from surveys.result_tables import SurveyResults
from surveys.sealed import current_wording, launched, read_stored_definition
from surveys.settings import SurveyRefused
from surveys.surveys import get_survey, hold_survey
from surveys.tables import Survey

_DOMAIN: Final = "survey/results"


class ResultsNotYet(SurveyRefused):
    """The survey has not closed, or its last responses are not moved yet."""


class ResultsChosen(SurveyRefused):
    """What results are divided by is chosen once."""


class ResultsNotMade(SurveyRefused):
    """There is nothing to read yet: not asked for, or the worker is not done."""


@dataclass(frozen=True, slots=True)
class SurveyReport:
    """Results with what they are of."""

    survey_id: str
    slug: str
    title: str
    organisation: str
    mode: Mode
    definition: Definition
    published: Published
    invited: int | None
    group_labels: Mapping[str, str]
    opens_at: datetime
    closed_at: datetime
    made_at: datetime
    is_shared: bool


def is_ready_for_results(survey: Survey) -> bool:
    """Tell whether every response is in its place, and no order of theirs is left."""
    return survey.phase == SurveyPhase.CLOSED and survey.rewritten_at is not None


def find_results(session: Session, survey_id: str) -> SurveyResults | None:
    """Return the row of a survey's results, if they were asked for."""
    return session.get(SurveyResults, survey_id)


def request_results(
    session: Session, survey: Survey, *, background: str, actor: str, at: datetime
) -> None:
    """Decide what results are divided by, for good, and have them made.

    Raises:
        ResultsNotYet: see there.
        ResultsChosen: it was decided before.
        NoSuchBackground: no question that all were asked, or no groups.

    """
    hold_survey(session, survey)
    if not is_ready_for_results(survey):
        raise ResultsNotYet
    if find_results(session, survey.id) is not None:
        raise ResultsChosen
    definition = read_stored_definition(current_wording(session, survey.id))
    require_terms(definition, _terms(survey, background))
    session.add(
        SurveyResults(
            survey_id=survey.id,
            background=background,
            requested_by=actor,
            requested_at=at,
        )
    )
    _record(session, survey, "survey-results-chosen", actor, at, background=background)


def results_to_make(session: Session) -> list[str]:
    """Return the ids of surveys whose results are asked for and not made."""
    query = select(SurveyResults.survey_id).where(SurveyResults.made_at.is_(None))
    return list(session.scalars(query.order_by(SurveyResults.survey_id)))


def make_results(
    session: Session, keystore: Keystore, survey_id: str, now: datetime
) -> bool:
    """Read the responses once and keep what the gate lets out; tells if it was this.

    Raises:
        ResponseUnreadable: a response was changed.

    """
    survey = get_survey(session, survey_id)
    hold_survey(session, survey)
    row = find_results(session, survey_id)
    if row is None or row.made_at is not None or survey.key_id is None:
        return False
    if not is_ready_for_results(survey):
        return False
    if row.background == GROUPS and not offers_groups(survey):
        row.background = ""  # they were removed in between
    key = keystore.read_key(survey.key_id)
    published = _publish(session, key, survey, row.background)
    row.document = encode_json(published_json(published))
    texts = json.dumps({each: list(published.texts[each]) for each in published.texts})
    row.locked_texts = lock(_lock_key(key), texts.encode())
    row.made_at = now
    session.flush()
    return True


def read_report(
    session: Session, keystore: Keystore | None, survey_id: str
) -> SurveyReport:
    """Return a survey's results. `keystore`: the service's; None for numbers alone.

    Raises:
        UnknownSurvey: there is none.
        ResultsNotMade: see there.

    """
    survey = get_survey(session, survey_id)
    row = find_results(session, survey_id)
    if row is None or row.document is None or row.made_at is None:
        raise ResultsNotMade
    sealed = launched(survey)
    texts = _open_texts(keystore, survey, row) if keystore else {}
    manifest = sealed.manifest
    return SurveyReport(
        survey_id=survey.id,
        slug=survey.slug,
        title=survey.title,
        organisation=survey.organisation,
        mode=Mode(survey.mode),
        definition=read_stored_definition(current_wording(session, survey.id)),
        published=read_published(decode_json(row.document), texts),
        invited=None if manifest.mode is Mode.OPEN else manifest.invited,
        group_labels=_group_labels(manifest),
        opens_at=sealed.opens_at,
        closed_at=survey.closed_at or sealed.closes_at,
        made_at=row.made_at,
        is_shared=row.shared_at is not None,
    )


def share_results(
    session: Session, survey: Survey, *, shared: bool, actor: str, at: datetime
) -> None:
    """Let anyone with the survey's address read the numbers, or end that.

    Raises:
        ResultsNotMade: there are none.

    """
    hold_survey(session, survey)
    row = find_results(session, survey.id)
    if row is None or row.document is None:
        raise ResultsNotMade
    if shared == (row.shared_at is not None):
        return
    row.shared_at = at if shared else None
    kind = "survey-results-shared" if shared else "survey-results-unshared"
    _record(session, survey, kind, actor, at)


def forget_texts(session: Session, survey_id: str) -> None:
    """Remove what was written; the numbers, which are of nobody, stay."""
    row = find_results(session, survey_id)
    if row is not None:
        row.locked_texts = None


def find_shared(session: Session, slug: str) -> str:
    """Return the id of a survey whose numbers are shared.

    Raises:
        ResultsNotMade: they are not, or there is no such survey.

    """
    if not is_slug(slug):
        raise ResultsNotMade
    query = (
        select(Survey.id)
        .join(SurveyResults, SurveyResults.survey_id == Survey.id)
        .where(Survey.slug == slug, SurveyResults.shared_at.is_not(None))
    )
    found = session.scalar(query)
    if found is None:
        raise ResultsNotMade
    return found


def earlier_rounds(session: Session, survey_id: str) -> list[tuple[str, str]]:
    """Return id and title of other surveys whose results are made, the latest first."""
    query = (
        select(Survey.id, Survey.title)
        .join(SurveyResults, SurveyResults.survey_id == Survey.id)
        .where(Survey.id != survey_id, SurveyResults.made_at.is_not(None))
        .order_by(SurveyResults.made_at.desc(), Survey.id)
    )
    return [(row.id, row.title) for row in session.execute(query)]


def count_answered(session: Session, survey: Survey) -> int:
    """Return how many have answered, in whole steps of the threshold until closing."""
    number = count_responses(session, survey.id)
    return number - number % survey.threshold


def _publish(
    session: Session, key: DataKey, survey: Survey, background: str
) -> Published:
    definition = read_stored_definition(current_wording(session, survey.id))
    groups: list[int] = []

    def answers() -> Iterator[Answers]:
        for response in read_responses(session, key, survey.id):
            groups.append(response.group if response.group is not None else -1)
            yield response.answers

    terms = _terms(survey, background)
    return publish_results(
        definition, answers(), terms, groups if background == GROUPS else None
    )


def _terms(survey: Survey, background: str) -> Terms:
    terms = Terms(survey.threshold, background)
    manifest = launched(survey).manifest
    if background == GROUPS and offers_groups(survey):
        return replace(terms, group_codes=tuple(_group_labels(manifest)))
    return terms


def offers_groups(survey: Survey) -> bool:
    """Tell whether responses still carry their groups."""
    pseudonymous = survey.mode == Mode.PSEUDONYMOUS
    return pseudonymous and survey.deidentified_at is None


def _group_labels(manifest: SurveyManifest) -> dict[str, str]:
    return {f"g{at}": group.label for at, group in enumerate(manifest.groups)}


def _open_texts(
    keystore: Keystore, survey: Survey, row: SurveyResults
) -> dict[str, list[str]]:
    if row.locked_texts is None or survey.key_id is None:
        return {}
    try:
        key = keystore.read_key(survey.key_id)
    except KeyRefused:
        return {}  # destroyed at the deletion date: the numbers are what is left
    texts: dict[str, list[str]] = json.loads(unlock(_lock_key(key), row.locked_texts))
    return texts


def _lock_key(key: DataKey) -> LockKey:
    return LockKey(digest(_DOMAIN, key.value))


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
