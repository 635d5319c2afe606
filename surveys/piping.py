"""Earlier answers within later texts, where {{a1}} stands for one.

Filled in where the respondent reads it and nowhere else. The twin in the browser is
static/js/survey/piping.js; both are held to tests/surveys/vectors/piping.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from crypto.encoding import JsonValue
from surveys.conditions import Answers
from surveys.questionnaire import (
    OTHER,
    Definition,
    Kind,
    Language,
    Question,
    other_key,
)

PIPED_KINDS: Final = frozenset(Kind) - {
    Kind.MATRIX,
    Kind.CONSENT,
    Kind.INFORMATION,
    Kind.HEADING,
}
BLANK: Final = "…"
"""What stands where nothing was answered."""

_PLACE: Final = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})\}\}")
_COMMA_LANGUAGES: Final = frozenset({"nb", "nn"})


def piped_codes(text: str) -> tuple[str, ...]:
    """The codes of the questions whose answers a text shows, in its order."""
    return tuple(_PLACE.findall(text))


def piped(
    text: str, answers: Answers, definition: Definition, language: Language = "nb"
) -> str:
    """The text with each {{code}} replaced by what was answered, "…" for a blank.

    What comes back holds the respondent's own words as plain text: escape it.
    """
    if "{{" not in text:
        return text
    questions = {question.code: question for question in definition.questions}

    def shown(place: re.Match[str]) -> str:
        question = questions.get(place[1])
        if question is None or question.kind not in PIPED_KINDS:
            return BLANK
        return answer_text(question, answers, language)

    return _PLACE.sub(shown, text)


def answer_text(question: Question, answers: Answers, language: Language) -> str:
    """An answer in words, as its respondent would say it; "…" for a blank."""
    answer = answers.get(question.code)
    if answer is None or isinstance(answer, Mapping):
        return BLANK
    parts: Sequence[JsonValue] = (answer,) if isinstance(answer, str | int) else answer
    return (
        ", ".join(_part_text(question, part, answers, language) for part in parts)
        or BLANK
    )


def _part_text(
    question: Question, value: JsonValue, answers: Answers, language: Language
) -> str:
    if value == OTHER and question.other:
        written = answers.get(other_key(question.code))
        if isinstance(written, str):
            return written
    text = str(value)
    try:
        return question.label_of(text).in_language(language)
    except KeyError:
        pass
    if question.kind is Kind.NUMBER and language in _COMMA_LANGUAGES:
        return text.replace(".", ",")
    if question.kind is Kind.DATE and language in _COMMA_LANGUAGES:
        year, month, day = text.split("-")
        return f"{int(day)}.{int(month)}.{year}"
    return text
