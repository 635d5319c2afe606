"""What a condition may ask: of an earlier question, what that question can answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from surveys.conditions import (
    ORDERING,
    WITHOUT_VALUES,
    AnswerTest,
    Condition,
    Every,
    Not,
    Operator,
    Some,
)
from surveys.definition_problems import ProblemList, Reason
from surveys.questionnaire import (
    ONE_CHOICE_KINDS,
    ORDERED_KINDS,
    Kind,
    Question,
)
from surveys.values import is_date, is_number

_STEPPED: Final = frozenset({Kind.SCALE, Kind.NPS})
_CODED: Final = frozenset({*ONE_CHOICE_KINDS, Kind.MULTIPLE, Kind.MATRIX})


def note_condition(
    condition: Condition | None,
    path: str,
    earlier: Mapping[str, Question],
    problems: ProblemList,
) -> None:
    """Note every test that asks of no earlier question, or what it cannot answer."""
    match condition:
        case Every(parts):
            for at, part in enumerate(parts):
                note_condition(part, f"{path}.all[{at}]", earlier, problems)
        case Some(parts):
            for at, part in enumerate(parts):
                note_condition(part, f"{path}.any[{at}]", earlier, problems)
        case Not(part):
            note_condition(part, f"{path}.not", earlier, problems)
        case AnswerTest():
            _note_test(condition, path, earlier, problems)
        case None:
            return


def _note_test(
    test: AnswerTest,
    path: str,
    earlier: Mapping[str, Question],
    problems: ProblemList,
) -> None:
    question = earlier.get(test.question)
    if question is None:
        problems.add(f"{path}.q", Reason.REFERS_FORWARD, test.question)
        return
    if not question.is_answered:
        problems.add(f"{path}.q", Reason.NOT_ANSWERED_KIND, test.question)
        return
    _note_row(test, question, path, problems)
    if test.operator in WITHOUT_VALUES:
        return
    if not _is_comparable(test.operator, question.kind):
        problems.add(f"{path}.op", Reason.NOT_COMPARABLE, test.question)
        return
    for at, value in enumerate(test.values):
        if not _is_possible(test, question, value):
            problems.add(f"{path}.v[{at}]", Reason.UNKNOWN_CHOICE, str(value))


def _note_row(
    test: AnswerTest, question: Question, path: str, problems: ProblemList
) -> None:
    if question.kind is not Kind.MATRIX:
        if test.row:
            problems.add(f"{path}.row", Reason.NOT_FOR_THIS_KIND, question.kind)
    elif not test.row:
        if test.operator not in WITHOUT_VALUES:
            problems.add(f"{path}.row", Reason.ROW_NOT_NAMED, test.question)
    elif test.row not in {row.code for row in question.rows}:
        problems.add(f"{path}.row", Reason.UNKNOWN_ROW, test.row)


def _is_comparable(operator: Operator, kind: Kind) -> bool:
    if operator in ORDERING:
        return kind in ORDERED_KINDS
    if operator is Operator.HAS_ALL:
        return kind is Kind.MULTIPLE
    return kind in _CODED or kind in ORDERED_KINDS


def _is_possible(test: AnswerTest, question: Question, value: str | int) -> bool:
    if test.operator in ORDERING:
        if question.kind is Kind.DATE:
            return isinstance(value, str) and is_date(value)
        if question.kind is Kind.NUMBER:
            return isinstance(value, str) and is_number(value)
        return isinstance(value, int)
    if isinstance(value, int):
        return question.kind in _STEPPED and value in question.steps
    if question.kind in _CODED:
        return value in question.codes
    # Of a number, a date or a scale, "in" asks for the coded non-answers.
    return value in question.non_answers
