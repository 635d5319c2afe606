"""Reads the responses of a survey that is not anonymous, for rows that are checked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from infra.keystore import KeyRefused, Keystore
from surveys.conditions import Answers
from surveys.exports.rows import Rows, RowsRefused, checked_rows
from surveys.modes import Mode
from surveys.published import GROUPS
from surveys.responses import read_responses
from surveys.results import SurveyReport
from surveys.surveys import get_survey


def read_rows(session: Session, keystore: Keystore, survey: SurveyReport) -> Rows:
    """Return the rows of a survey's responses.

    Raises:
        RowsRefused: it is anonymous, too few answered, or the responses are deleted.

    """
    stored = get_survey(session, survey.survey_id)
    if survey.mode is Mode.ANONYMOUS or stored.key_id is None:
        raise RowsRefused
    try:
        key = keystore.read_key(stored.key_id)
    except KeyRefused:
        raise RowsRefused from None
    labels = list(survey.group_labels.values())
    answers: list[Answers] = []
    groups: list[str] = []
    for response in read_responses(session, key, survey.survey_id):
        answers.append(response.answers)
        groups.append("" if response.group is None else labels[response.group])
    by_groups = survey.published.background == GROUPS and any(groups)
    return checked_rows(
        survey.definition,
        answers,
        survey.mode,
        survey.published.threshold,
        groups if by_groups else (),
    )
