"""Reads a condition out of a definition's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crypto.encoding import INTEGER_LIMIT, JsonValue
from surveys.conditions import (
    ORDERING,
    WITHOUT_VALUES,
    AnswerTest,
    Condition,
    Every,
    Not,
    Operator,
    Some,
    Value,
    answer_tests,
)
from surveys.definition_fields import Fields
from surveys.definition_problems import Reason
from surveys.questionnaire import (
    DEEPEST_CONDITION,
    LONGEST_CODE,
    MOST_CHOICES,
    MOST_TESTS,
)

_TEST_FIELDS: Final = ("q", "op", "row", "v")


def read_condition(fields: Fields) -> Condition | None:
    """The condition of the field `show_if`, or none; problems are noted."""
    if "show_if" not in fields.values:
        return None
    condition = _read(fields.values["show_if"], fields, fields.at("show_if"), 1)
    if condition is not None and len(list(answer_tests(condition))) > MOST_TESTS:
        fields.note("show_if", Reason.TOO_MANY, MOST_TESTS)
        return None
    return condition


def _read(value: JsonValue, around: Fields, path: str, depth: int) -> Condition | None:
    if not isinstance(value, Mapping):
        around.problems.add(path, Reason.NOT_AN_OBJECT)
        return None
    fields = Fields(value, path, around.problems, around.languages)
    if depth > DEEPEST_CONDITION:
        fields.problems.add(path, Reason.TOO_DEEP, limit=DEEPEST_CONDITION)
        return None
    if "not" in value:
        fields.allow(("not",))
        part = _read(value["not"], fields, fields.at("not"), depth + 1)
        return None if part is None else Not(part)
    for name, kind in (("all", Every), ("any", Some)):
        if name in value:
            fields.allow((name,))
            parts = _read_parts(fields, name, depth)
            return None if parts is None else kind(parts)
    return _read_test(fields)


def _read_parts(fields: Fields, name: str, depth: int) -> tuple[Condition, ...] | None:
    values = fields.items(name, MOST_TESTS)
    if not values:
        fields.note(name, Reason.TOO_FEW, 1)
        return None
    parts = [
        _read(value, fields, f"{fields.at(name)}[{place}]", depth + 1)
        for place, value in enumerate(values)
    ]
    whole = tuple(part for part in parts if part is not None)
    return whole if len(whole) == len(parts) else None


def _read_test(fields: Fields) -> AnswerTest | None:
    fields.allow(_TEST_FIELDS)
    question = _read_code(fields, "q")
    row = _read_code(fields, "row") if "row" in fields.values else ""
    operator = fields.member("op", Operator)
    if not question or operator is None:
        return None
    if operator in WITHOUT_VALUES:
        if "v" in fields.values:
            fields.note("v", Reason.NOT_FOR_THIS_KIND)
        return AnswerTest(question, operator, (), row)
    values = _read_values(fields)
    if not values:
        return None
    if operator in ORDERING and len(values) != 1:
        fields.note("v", Reason.TOO_MANY, 1)
    return AnswerTest(question, operator, values, row)


def _read_code(fields: Fields, name: str) -> str:
    value = fields.values.get(name)
    if value is None:
        fields.note(name, Reason.MISSING)
    elif not isinstance(value, str):
        fields.note(name, Reason.NOT_A_TEXT)
    elif not value or len(value) > LONGEST_CODE or not value.isascii():
        fields.note(name, Reason.MALFORMED_CODE, LONGEST_CODE)
    else:
        return value
    return ""


def _read_values(fields: Fields) -> tuple[Value, ...]:
    given = fields.items("v", MOST_CHOICES)
    if not given:
        fields.note("v", Reason.TOO_FEW, 1)
    values: list[Value] = []
    for place, value in enumerate(given):
        path = f"{fields.at('v')}[{place}]"
        if isinstance(value, bool) or not isinstance(value, str | int):
            fields.problems.add(path, Reason.NOT_A_TEXT)
        elif isinstance(value, int) and abs(value) >= INTEGER_LIMIT:
            fields.problems.add(path, Reason.OUT_OF_RANGE)
        elif isinstance(value, str) and (
            len(value) > LONGEST_CODE or not value.isascii()
        ):
            fields.problems.add(path, Reason.TOO_LONG, limit=LONGEST_CODE)
        elif value in values:
            fields.problems.add(path, Reason.SAME_CODE)
        else:
            values.append(value)
    return tuple(values)
