"""Conditions as a person writes them in a cell: `a1 = ja and (alder >= 30 or b blank)`.

    CODE = VALUE            CODE != VALUE          CODE.ROW = VALUE   (of a matrix)
    CODE in (V, V)          CODE not in (V, V)     CODE has all (V, V)
    CODE answered           CODE blank             CODE < V, <=, >, >=
    not X                   X and Y                X or Y             (X)
    all (X)                 any (X)

A question that is called as one of these words is written ${CODE}. `and` binds closer
than `or`. What is written here is read back as the very same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NoReturn

from surveys.conditions import (
    WITHOUT_VALUES,
    AnswerTest,
    Condition,
    Every,
    Not,
    Operator,
    Some,
    Value,
)
from surveys.questionnaire import DEEPEST_CONDITION, MOST_CHOICES, MOST_TESTS, Kind

LONGEST_TEXT: Final = 32_767
"""Characters that a workbook's cell holds."""

_TOKEN: Final = re.compile(
    r"\s*(\$\{[a-z0-9_.]{1,70}\}|<=|>=|!=|[<>=(),]|[@a-z0-9_.-]{1,70}"
    r"|'[^'\"\s]{0,70}'|\"[^'\"\s]{0,70}\")"
)
_SIGNS: Final = {
    "<": Operator.LESS,
    "<=": Operator.AT_MOST,
    ">": Operator.MORE,
    ">=": Operator.AT_LEAST,
}
_OPERATORS: Final = {
    **_SIGNS,
    "=": Operator.IN,
    "in": Operator.IN,
    "!=": Operator.NOT_IN,
    "not": Operator.NOT_IN,
    "has": Operator.HAS_ALL,
    "answered": Operator.ANSWERED,
    "blank": Operator.BLANK,
}
_SIGN_OF: Final = {operator: sign for sign, operator in _SIGNS.items()}
_WORDS: Final = frozenset({"all", "and", "any", "not", "or"})
_STEPPED: Final = frozenset({Kind.SCALE, Kind.NPS})
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")


class ConditionUnreadable(ValueError):
    """Not a condition; tells after how many characters it stops making sense."""

    def __init__(self, place: int) -> None:
        """Take the place, counted from 0."""
        super().__init__(f"not a condition, from character {place + 1}")
        self.place = place


def write_condition(condition: Condition) -> str:
    """The condition as text."""
    match condition:
        case Every(parts) | Some(parts):
            every = isinstance(condition, Every)
            if len(parts) == 1:
                return f"{'all' if every else 'any'} ({write_condition(parts[0])})"
            return (" and " if every else " or ").join(map(_enclosed, parts))
        case Not(part):
            return f"not {_enclosed(part)}"
        case AnswerTest():
            return _write_test(condition)


def _enclosed(part: Condition) -> str:
    text = write_condition(part)
    chain = isinstance(part, Every | Some) and len(part.parts) > 1
    return f"({text})" if chain else text


def _write_test(test: AnswerTest) -> str:
    name = f"{test.question}.{test.row}" if test.row else test.question
    if test.question in _WORDS:
        name = f"${{{name}}}"
    operator = test.operator
    if operator in WITHOUT_VALUES:
        return f"{name} {operator.value}"
    if operator in _SIGN_OF:
        return f"{name} {_SIGN_OF[operator]} {test.values[0]}"
    if len(test.values) == 1 and operator is not Operator.HAS_ALL:
        return f"{name} {'=' if operator is Operator.IN else '!='} {test.values[0]}"
    words = operator.value.replace("_", " ")
    return f"{name} {words} ({', '.join(map(str, test.values))})"


def read_condition_text(text: str, kinds: Mapping[str, Kind]) -> Condition:
    """The condition that a text tells; `kinds` of the questions before it by code.

    Whether the questions and values are there is for the definition's laws to say.

    Raises:
        ConditionUnreadable: with the place where it stops making sense.

    """
    if len(text) > LONGEST_TEXT:
        raise ConditionUnreadable(LONGEST_TEXT)
    reading = _Reading(text, kinds)
    condition = reading.alternatives(0)
    reading.expect_end()
    return condition


class _Reading:
    """The tokens of a text, taken from the left."""

    __slots__ = ("_at", "_kinds", "_places", "_tests", "_tokens")

    def __init__(self, text: str, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._tokens: list[str] = []
        self._places: list[int] = []
        self._at = 0
        self._tests = 0
        end = 0
        plain = text.rstrip()
        while end < len(plain):
            found = _TOKEN.match(plain, end)
            if found is None:
                raise ConditionUnreadable(end)
            self._tokens.append(found[1])
            self._places.append(found.start(1))
            end = found.end()
        self._places.append(end)

    def alternatives(self, depth: int) -> Condition:
        """X or Y or Z."""
        parts = [self._chain(depth)]
        while self._took("or"):
            parts.append(self._chain(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def expect_end(self) -> None:
        """Refuse what follows."""
        if self._at < len(self._tokens):
            self._refuse()

    def _chain(self, depth: int) -> Condition:
        parts = [self._part(depth)]
        while self._took("and"):
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _part(self, depth: int) -> Condition:
        # Parentheses that mean nothing may stand around each that means something.
        if depth > 4 * DEEPEST_CONDITION:
            self._refuse()
        if self._took("not"):
            return Not(self._part(depth + 1))
        if self._next() in {"all", "any"}:
            kind = Every if self._take() == "all" else Some
            return kind((self._enclosed(depth),))
        if self._next() == "(":
            return self._enclosed(depth)
        return self._test()

    def _enclosed(self, depth: int) -> Condition:
        self._require("(")
        inner = self.alternatives(depth + 1)
        self._require(")")
        return inner

    def _test(self) -> AnswerTest:
        self._tests += 1
        if self._tests > MOST_TESTS:
            self._refuse()
        name = self._word().removeprefix("${").removesuffix("}")
        question, _, row = name.partition(".")
        operator = self._operator()
        if operator in WITHOUT_VALUES:
            return AnswerTest(question, operator, (), row)
        several = self._next() == "(" and operator not in _SIGN_OF
        values = self._list() if several else (self._word().strip("'\""),)
        kind = self._kinds.get(question)
        return AnswerTest(
            question, operator, tuple(_value(each, kind) for each in values), row
        )

    def _operator(self) -> Operator:
        word = self._take()
        if word == "not":
            self._require("in")
        elif word == "has":
            self._require("all")
        elif word not in _OPERATORS:
            self._at -= 1
            self._refuse()
        return _OPERATORS[word]

    def _list(self) -> tuple[str, ...]:
        self._require("(")
        values = [self._word().strip("'\"")]
        while self._took(","):
            values.append(self._word().strip("'\""))
            if len(values) > MOST_CHOICES:
                self._refuse()
        self._require(")")
        return tuple(values)

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        if not token:
            self._refuse()
        self._at += 1
        return token

    def _took(self, token: str) -> bool:
        if self._next() != token:
            return False
        self._at += 1
        return True

    def _require(self, token: str) -> None:
        if not self._took(token):
            self._refuse()

    def _word(self) -> str:
        if not self._next()[:1].strip("<>=!(),"):
            self._refuse()
        return self._take()

    def _refuse(self) -> NoReturn:
        raise ConditionUnreadable(self._places[self._at])


def _value(word: str, kind: Kind | None) -> Value:
    stepped = kind in _STEPPED and _INTEGER.fullmatch(word) is not None
    return int(word) if stepped else word
