"""Responses as rows, for surveys that are not anonymous: shuffled, and held to k.

A row has no key, no time and no text. Every value stands in at least k rows of its
column, and every combination of background values in at least k rows; what does not is
left blank. Numbers and dates stand as the bins that they are counted in.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.conditions import Answers
from surveys.exports.codebook import CodedVariable, variables_of
from surveys.modes import Mode
from surveys.questionnaire import Definition, Kind
from surveys.tabulating import tabulate
from surveys.tabulation import BLANK as NO_CELL
from surveys.tabulation import Tabulation

Value = int | str | None

GROUP_COLUMN = "gruppe"


class RowsRefused(Exception):
    """The survey is anonymous, or fewer than the threshold answered."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by name, and the rows."""

    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def checked_rows(
    definition: Definition,
    responses: Sequence[Answers],
    mode: Mode,
    k: int,
    groups: Sequence[str] = (),
) -> Rows:
    """Make the rows of a survey. `groups`: the label of each response's group.

    Raises:
        RowsRefused: the survey is anonymous, or fewer than k answered.

    """
    if mode is Mode.ANONYMOUS or len(responses) < k:
        raise RowsRefused
    counted = tabulate(definition, responses)
    variables = variables_of(definition)
    columns = [_column(each, counted, responses) for each in variables]
    names = [each.name for each in variables]
    background = [
        at
        for at, each in enumerate(variables)
        if definition.question(each.question).background
    ]
    if groups:
        background.append(len(columns))
        columns.append(list(groups))
        names.append(GROUP_COLUMN)
    columns = [_without_rare(column, k) for column in columns]
    _blank_rare_combinations(columns, background, k)
    rows = list(zip(*columns, strict=True))
    secrets.SystemRandom().shuffle(rows)
    return Rows(tuple(names), tuple(rows))


def _column(
    variable: CodedVariable, counted: Tabulation, responses: Sequence[Answers]
) -> list[Value]:
    question = counted.definition.question(variable.question)
    if question.kind is Kind.MULTIPLE:
        return [int(each) for each in counted.chosen[question.code][variable.part]]
    if question.kind is Kind.RANKING:
        return [_place(each.get(question.code), variable.part) for each in responses]
    key = f"{question.code}.{variable.part}" if variable.part else question.code
    codes = counted.variables[key].codes
    numbers: Mapping[str, int] = variable.number_of
    if question.kind is Kind.CONSENT:
        numbers = {"true": 1, "false": 0}
    return [
        None if cell == NO_CELL else numbers.get(codes[cell], codes[cell] or None)
        for cell in counted.cells[key]
    ]


def _place(ranked: object, code: str) -> int | None:
    found = list(ranked) if isinstance(ranked, list | tuple) else []
    return found.index(code) + 1 if code in found else None


def _without_rare(column: Sequence[Value], k: int) -> list[Value]:
    found = Counter(column)
    return [value if found[value] >= k else None for value in column]


def _blank_rare_combinations(
    columns: Sequence[list[Value]], background: Sequence[int], k: int
) -> None:
    """Blank background values where too few share all of them; blanks are a class."""
    chosen = [columns[at] for at in background]
    if not chosen:
        return
    blank = (None,) * len(chosen)
    while True:
        classes = Counter(zip(*chosen, strict=True))
        rare = {each for each, count in classes.items() if count < k and each != blank}
        if not rare and 0 < classes[blank] < k:
            others = [each for each in classes if each != blank]
            rare = {min(others, key=lambda each: (classes[each], repr(each)))}
        if not rare:
            return
        for at, values in enumerate(list(zip(*chosen, strict=True))):
            if values in rare:
                for column in chosen:
                    column[at] = None
