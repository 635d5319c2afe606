"""Conditions as data: when a page or a question is shown.

The authority on what a respondent is asked; static/js/survey/conditions.js is its twin
in the browser, and both are held to tests/surveys/vectors. A condition looks only at
answers that were kept, so a question that was itself hidden counts as blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from crypto.encoding import JsonValue

Answers: TypeAlias = Mapping[str, JsonValue]
"""A response: the answer to each question that was answered, by the question's code.

| kind | value |
|---|---|
| single, dropdown | the choice's code, or "@other" |
| multiple | list of codes in the definition's order, "@other" last |
| short_text, long_text | the text |
| number | canonical decimal text: "12", "-0.5" |
| date | "2027-03-01" |
| scale, nps | integer |
| matrix | object: the row's code to the choice's code |
| ranking | list of codes, the first is the highest |
| consent | true |

What was written beside "@other" stands under the question's code with ":other" behind.
"@dont_know" and "@prefer_not" stand in place of a value (in a matrix: of a row's) where
the question offers them. A blank question has no key at all.
"""


class Operator(StrEnum):
    """What a condition asks of an answer."""

    IN = "in"
    """The answer, or one of several, is among the values."""
    NOT_IN = "not_in"
    """Answered, and nothing of it is among the values."""
    HAS_ALL = "has_all"
    """All the values were chosen."""
    ANSWERED = "answered"
    """Not blank. A coded non-answer is an answer here."""
    BLANK = "blank"
    LESS = "lt"
    AT_MOST = "le"
    MORE = "gt"
    AT_LEAST = "ge"


WITHOUT_VALUES: Final = frozenset({Operator.ANSWERED, Operator.BLANK})
ORDERING: Final = frozenset(
    {Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST}
)

Value: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class AnswerTest:
    """One question's answer, or one row's of a matrix, held against values."""

    question: str
    operator: Operator
    values: tuple[Value, ...] = ()
    row: str = ""


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = AnswerTest | Every | Some | Not


def is_met(condition: Condition | None, answers: Answers) -> bool:
    """Whether a condition holds; none always does."""
    match condition:
        case None:
            return True
        case Every(parts):
            return all(is_met(part, answers) for part in parts)
        case Some(parts):
            return any(is_met(part, answers) for part in parts)
        case Not(part):
            return not is_met(part, answers)
        case AnswerTest():
            return _holds(condition, answers.get(condition.question))


def answer_tests(condition: Condition | None) -> Iterator[AnswerTest]:
    """All tests within a condition, in reading order."""
    match condition:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from answer_tests(part)
        case Not(part):
            yield from answer_tests(part)
        case AnswerTest():
            yield condition
        case None:
            return


def condition_json(condition: Condition) -> dict[str, JsonValue]:
    """The condition as the definition writes it."""
    match condition:
        case Every(parts):
            return {"all": [condition_json(part) for part in parts]}
        case Some(parts):
            return {"any": [condition_json(part) for part in parts]}
        case Not(part):
            return {"not": condition_json(part)}
        case AnswerTest():
            written: dict[str, JsonValue] = {
                "q": condition.question,
                "op": condition.operator.value,
            }
            if condition.row:
                written["row"] = condition.row
            if condition.operator not in WITHOUT_VALUES:
                written["v"] = list(condition.values)
            return written


def _holds(test: AnswerTest, answer: JsonValue) -> bool:
    if isinstance(answer, Mapping):
        # Without a row, "answered" and "blank" ask of the matrix as a whole.
        answer = answer.get(test.row) if test.row else (list(answer) or None)
    elif test.row:
        answer = None
    given = _given(answer)
    match test.operator:
        case Operator.BLANK:
            return not given
        case Operator.ANSWERED:
            return bool(given)
        case Operator.IN:
            return any(value in test.values for value in given)
        case Operator.NOT_IN:
            return bool(given) and not any(value in test.values for value in given)
        case Operator.HAS_ALL:
            return bool(given) and all(value in given for value in test.values)
        case _:
            return _is_ordered(test, answer)


def _given(answer: JsonValue) -> Sequence[JsonValue]:
    if answer is None or answer == "":
        return ()
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return answer
    return (answer,)


_ORDERS: Final[Mapping[Operator, Callable[[int], bool]]] = {
    Operator.LESS: lambda sign: sign < 0,
    Operator.AT_MOST: lambda sign: sign <= 0,
    Operator.MORE: lambda sign: sign > 0,
    Operator.AT_LEAST: lambda sign: sign >= 0,
}


def _is_ordered(test: AnswerTest, answer: JsonValue) -> bool:
    if answer is None or isinstance(answer, bool) or not test.values:
        return False
    if not isinstance(answer, str | int):
        return False
    text = str(answer)
    if not text or text.startswith("@"):
        return False
    limit = str(test.values[0])
    if _is_date(text) or _is_date(limit):
        # Dates of four-figure years are in order as text.
        sign = (text > limit) - (text < limit)
    else:
        sign = int(Decimal(text).compare(Decimal(limit)))
    return _ORDERS[test.operator](sign)


_DATE_LENGTH: Final = len("2027-03-01")


def _is_date(text: str) -> bool:
    return len(text) == _DATE_LENGTH and text[4] == text[7] == "-"
