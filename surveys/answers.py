"""A respondent's answers, held against the definition: kept, dropped, or refused.

The server's word on what is stored. Answers to questions that were not shown are
dropped, whatever a browser sent: nobody shall find an answer that was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from crypto.encoding import JsonValue
from surveys.answer_checks import check_answer
from surveys.answer_problems import (
    AnswerProblem,
    AnswerReason,
    AnswersRefused,
    WrongAnswer,
)
from surveys.conditions import Answers, is_met
from surveys.piping import piped
from surveys.questionnaire import (
    LONGEST_CODE,
    NO_TEXT,
    OTHER,
    Definition,
    Kind,
    Page,
    Question,
    other_key,
)

__all__ = ["Answers", "clean_answers", "is_non_answer", "piped", "visible_pages"]

MOST_PROBLEMS: Final = 100


def clean_answers(
    definition: Definition, raw: JsonValue, *, through: str | None = None
) -> dict[str, JsonValue]:
    """The answers to store: those to the questions shown, each in its one form.

    With `through`, the code of a page, only that page and those before it are looked
    at, as a form does that is filled in page by page.

    Raises:
        AnswersRefused: with a problem for each question that is answered wrongly, or
            not at all though it is required; and for names that are no question's.

    """
    if not isinstance(raw, Mapping):
        raise AnswersRefused((AnswerProblem("", AnswerReason.WRONG_SHAPE),))
    problems = _strangers(definition, raw)
    kept: dict[str, JsonValue] = {}
    for page in definition.pages:
        if is_met(page.show_if, kept):
            for question in page.questions:
                if is_met(question.show_if, kept):
                    problems += _keep(question, raw, kept)
        if page.code == through:
            break
    if problems:
        raise AnswersRefused(tuple(problems[:MOST_PROBLEMS]))
    return kept


def visible_pages(definition: Definition, answers: Answers) -> tuple[Page, ...]:
    """The pages to show with these answers, each with the questions to show.

    An answer to a question that is itself hidden counts for nothing. A page without
    questions left is none.
    """
    shown: dict[str, JsonValue] = {}
    pages = []
    for page in definition.pages:
        if not is_met(page.show_if, shown):
            continue
        questions = []
        for question in page.questions:
            if is_met(question.show_if, shown):
                questions.append(question)
                if question.code in answers:
                    shown[question.code] = answers[question.code]
        if questions:
            pages.append(replace(page, questions=tuple(questions)))
    return tuple(pages)


def is_non_answer(question: Question, value: JsonValue) -> bool:
    """Whether a value, or a matrix's row's, is "vet ikke" or "ønsker ikke å svare"."""
    return isinstance(value, str) and value in question.non_answers


def _strangers(
    definition: Definition, raw: Mapping[str, JsonValue]
) -> list[AnswerProblem]:
    known = set()
    for question in definition.questions:
        if question.is_answered:
            known.add(question.code)
            if question.other:
                known.add(other_key(question.code))
    return [
        AnswerProblem(str(name)[:LONGEST_CODE], AnswerReason.UNKNOWN_QUESTION)
        for name in list(raw)[: len(known) + MOST_PROBLEMS]
        if name not in known
    ]


def _keep(
    question: Question, raw: Mapping[str, JsonValue], kept: dict[str, JsonValue]
) -> list[AnswerProblem]:
    if not question.is_answered:
        return []
    written = None
    try:
        value = check_answer(question, raw.get(question.code))
        if _is_other(value):
            written = _stated(raw.get(other_key(question.code)))
    except WrongAnswer as wrong:
        return [AnswerProblem(question.code, wrong.reason, wrong.limit, wrong.row)]
    if value is None:
        return (
            [AnswerProblem(question.code, AnswerReason.REQUIRED)]
            if question.required
            else []
        )
    kept[question.code] = value
    if written is not None:
        kept[other_key(question.code)] = written
    return []


def _is_other(value: JsonValue) -> bool:
    return value == OTHER or (isinstance(value, list) and OTHER in value)


def _stated(value: JsonValue) -> str:
    # "Annet" is held to what a short text is held to, and may not be left empty:
    # a count of "annet" without a word tells its reader nothing.
    text = check_answer(_OTHER_TEXT, value)
    if not isinstance(text, str):
        raise WrongAnswer(AnswerReason.OTHER_NOT_STATED)
    return text


_OTHER_TEXT: Final = Question("other", Kind.SHORT_TEXT, NO_TEXT)
