"""Questionnaires to begin with, written by people who have asked such things."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from surveys.definition import Definition, read_definition_file

_FOLDER: Final = Path(__file__).parent / "templates_of_surveys"


class SurveyTemplate(StrEnum):
    """The templates, by the names of their files."""

    MEMBERS = "medlemsundersokelse"
    WORKING_ENVIRONMENT = "arbeidsmiljo"
    COURSE = "kursevaluering"
    LEAVING = "utmelding"


def read_template(template: SurveyTemplate) -> Definition:
    """The definition of a template, in bokmål, nynorsk and English."""
    return read_definition_file((_FOLDER / f"{template.value}.json").read_bytes())
