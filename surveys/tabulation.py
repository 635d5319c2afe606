"""Counts what was answered, variable by variable. Nothing here is shown.

Each question becomes one or several variables: a matrix one for each row, a ranking
one of its first places; a question with several choices is read choice by choice. A
variable keeps one small number for each response, so that a hundred thousand responses
to fifty questions take some ten megabytes, and any two variables can be counted
against each other. What leaves is decided in surveys/gate.py alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from surveys.conditions import (
    WITHOUT_VALUES,
    AnswerTest,
    Condition,
    Every,
    Operator,
    answer_tests,
)
from surveys.questionnaire import (
    Choice,
    Definition,
    Kind,
    Question,
)

BLANK: Final = -1
"""Not asked, or left unanswered."""
UNTOLD: Final = ""
"""The cell of those who were asked and left it blank, where that tells something:
of the background question, and where blanks lead to another question."""
TICKED, NOT_TICKED = "true", "false"


class Shape(StrEnum):
    """How a variable's cells belong together."""

    ONE = "one"
    """Each response is in one cell, or in none."""
    SEVERAL = "several"
    """Each cell is a choice of its own: chosen, or not."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What is counted, and in which cells."""

    key: str
    """The question's code; of a matrix's row `code.row`."""
    question: Question
    shape: Shape
    codes: tuple[str, ...]
    row: Choice | None = None


@dataclass(slots=True)
class Tabulation:
    """All that was answered, variable by variable."""

    definition: Definition
    total: int = 0
    variables: dict[str, Variable] = field(default_factory=dict)
    cells: dict[str, Sequence[int]] = field(default_factory=dict)
    """Of variables of one cell: the cell's place in `codes`, or BLANK."""
    chosen: dict[str, dict[str, bytearray]] = field(default_factory=dict)
    """Of variables of several: for each code, 1 where it was chosen."""
    asked: dict[str, bytearray] = field(default_factory=dict)
    """Of questions with a condition: 1 where it was met."""
    truths: dict[AnswerTest, bytearray] = field(default_factory=dict)
    blank_tells: set[str] = field(default_factory=set)
    """Questions that lead to another one when they are left blank."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """By question, or `other_key`; in no order that means anything later."""
    numbers: dict[str, list[str]] = field(default_factory=dict)
    ranks: dict[str, Counter[tuple[str, int]]] = field(default_factory=dict)
    """Of rankings: how often a choice stood in which place, from 1."""
    group_codes: tuple[str, ...] = ()
    groups: Sequence[int] = ()

    def count(self, key: str) -> list[int]:
        """How many responses are in each cell of a variable of one."""
        found = Counter(self.cells[key])
        return [found[at] for at in range(len(self.variables[key].codes))]

    def count_by_group(self, key: str) -> list[list[int]]:
        """Rows of cells, columns of groups."""
        found = Counter(zip(self.cells[key], self.groups, strict=True))
        return [
            [found[at, group] for group in range(len(self.group_codes))]
            for at in range(len(self.variables[key].codes))
        ]

    def asked_in_all(self, code: str) -> int:
        """How many were asked a question."""
        return sum(self.asked[code]) if code in self.asked else self.total


def condition_of(definition: Definition, code: str) -> Condition | None:
    """What decides who is asked: the page's condition and the question's own."""
    for page in definition.pages:
        for question in page.questions:
            if question.code == code:
                parts = [
                    each
                    for each in (page.show_if, question.show_if)
                    if each is not None
                ]
                return Every(tuple(parts)) if parts else None
    raise KeyError(code)


def elementary_tests(
    condition: Condition | None, definition: Definition
) -> Iterator[AnswerTest]:
    """The tests of a condition; of several choices, one for each that is named."""
    for test in answer_tests(condition):
        question = definition.question(test.question)
        several = question.kind is Kind.MULTIPLE
        if several and test.operator not in WITHOUT_VALUES:
            for value in test.values:
                yield AnswerTest(test.question, Operator.IN, (value,))
        else:
            yield test
