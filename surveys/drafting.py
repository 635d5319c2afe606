"""A designer's edit of a draft: what was seen is what is changed, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.questionnaire import Definition
from surveys.surveys import (
    EditedMeanwhile,
    current_definition,
    hold_survey,
    require_draft,
    save_definition,
)
from surveys.tables import Survey


def edit_questionnaire(
    session: Session,
    survey: Survey,
    edit: Callable[[Definition], Definition],
    *,
    based_on: int,
    actor: str,
    at: datetime,
) -> int:
    """Save what an edit makes of a draft's questionnaire; return its number.

    `based_on`: the number of the one that the designer had before the eyes.

    Raises:
        NotADraft, EditedMeanwhile: see surveys.surveys.
        EditRefused, DefinitionRefused: as the edit does; nothing is saved.

    """
    hold_survey(session, survey)
    require_draft(survey)
    saved = current_definition(session, survey)
    if saved.number != based_on:
        raise EditedMeanwhile
    changed = edit(saved.definition)
    if changed == saved.definition:
        return saved.number
    return save_definition(
        session, survey, changed, based_on=based_on, actor=actor, at=at
    )
