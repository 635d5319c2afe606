"""Reads the responses of a survey that is not anonymous, for rows that are checked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from infra.keystore import KeyRefused, Keystore
from surveys.conditions import Answers
from surveys.exports.rows import Rows, RowsRefused, checked_rows, with_group_labels
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
    codes = survey.published.group_codes
    answers: list[Answers] = []
    groups: list[str] = []
    for response in read_responses(session, key, survey.survey_id):
        answers.append(response.answers)
        if survey.published.background == GROUPS and response.group is not None:
            groups.append(codes[response.group])
    # Removed from all of them at once, or from none.
    by_groups = len(groups) == len(answers)
    rows = checked_rows(
        survey.published,
        survey.definition,
        answers,
        survey.mode,
        groups if by_groups else None,
    )
    return with_group_labels(rows, survey.group_labels)
