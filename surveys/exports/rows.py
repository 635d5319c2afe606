"""Responses as rows, for surveys that are not anonymous: shuffled, and held to k.

A row has no key, no time and no text. A column is of a question that the published
document shows whole, so that nothing in it is there to be hidden; every value and the
blanks stand in at least k rows of it, and so does every combination of background
values. What does not hold is left out with its whole column: a value left out here and
counted there would tell how few they are. Numbers and dates stand as the bins that
they are counted in.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.conditions import Answers
from surveys.exports.codebook import CodedVariable, variables_of
from surveys.modes import Mode
from surveys.published import GROUPS, Published
from surveys.questionnaire import Definition, Kind
from surveys.suppression import hidden_cells
from surveys.tabulating import tabulate
from surveys.tabulation import BLANK as NO_CELL
from surveys.tabulation import Tabulation

Value = int | str | None
Column = Sequence[Value]

GROUP_COLUMN = "gruppe"
_FEWEST_GROUPS = 2


class RowsRefused(Exception):
    """The survey is anonymous, or fewer than the threshold answered."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by name, and the rows."""

    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def checked_rows(
    published: Published,
    definition: Definition,
    responses: Sequence[Answers],
    mode: Mode,
    groups: Sequence[str] | None = None,
) -> Rows:
    """Make the rows of a survey; whole columns of them add up to its document.

    `groups`: the code of each response's group in the document; None where they were
    removed. The column then is missing, and the others are the same as before.

    Raises:
        RowsRefused: the survey is anonymous, or fewer than k answered.

    """
    k = published.threshold
    if mode is Mode.ANONYMOUS or len(responses) < k:
        raise RowsRefused
    counted = tabulate(definition, responses)
    columns: dict[str, Column] = {}
    for variable in variables_of(definition):
        column = _held(_column(variable, counted, responses), k)
        if column is not None and _is_whole(variable, definition, published):
            columns[variable.name] = column
    for name in tuple(_too_telling(columns, definition, published)):
        del columns[name]
    if groups is not None and (shown := _groups(published, groups)):
        columns[GROUP_COLUMN] = shown
    rows = list(zip(*columns.values(), strict=True))
    secrets.SystemRandom().shuffle(rows)
    return Rows(tuple(columns), tuple(rows))


def with_group_labels(rows: Rows, labels: Mapping[str, str]) -> Rows:
    """Put the groups' labels in place of their codes."""
    if GROUP_COLUMN not in rows.names:
        return rows
    at = rows.names.index(GROUP_COLUMN)

    def labelled(row: tuple[Value, ...]) -> tuple[Value, ...]:
        code = row[at]
        label = None if code is None else labels[str(code)]
        return (*row[:at], label, *row[at + 1 :])

    return Rows(rows.names, tuple(map(labelled, rows.rows)))


def _too_telling(
    columns: Mapping[str, Column], definition: Definition, published: Published
) -> Iterator[str]:
    """Name background columns that together with those before them single people out.

    The one that the document is divided by comes first. Beside the groups of the roll
    there is none: rows taken out before and after these are removed are the same.
    """
    kept: list[Column] = []
    variables = [each for each in variables_of(definition) if each.name in columns]
    for each in sorted(variables, key=lambda one: one.question != published.background):
        if not definition.question(each.question).background:
            continue
        together = [*kept, columns[each.name]]
        if published.background != GROUPS and _is_common(together, published.threshold):
            kept = together
        else:
            yield each.name


def _is_whole(
    variable: CodedVariable, definition: Definition, published: Published
) -> bool:
    kind = definition.question(variable.question).kind
    key = variable.question
    if kind is Kind.MATRIX:
        key = f"{variable.question}.{variable.part}"
    table = published.table(key)
    if kind is Kind.RANKING and not table.ranks:
        return False
    return table.is_shown and table.whole


def _groups(published: Published, groups: Sequence[str]) -> Column:
    """Each response's group; blank where it is not shown, empty if none is."""
    codes = published.group_codes
    found = Counter(groups)
    hidden = hidden_cells([found[code] for code in codes], published.threshold)
    shown = {code for at, code in enumerate(codes) if found[code] and at not in hidden}
    if len(shown) < _FEWEST_GROUPS:
        return ()
    return [code if code in shown else None for code in groups]


def _column(
    variable: CodedVariable, counted: Tabulation, responses: Sequence[Answers]
) -> Column:
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


def _held(column: Column, k: int) -> Column | None:
    """Hold values and blanks to k; nothing where fewer than two values are left.

    Few blanks become many: the rarest values join them.
    """
    held = list(column)
    while True:
        found = Counter(held)
        blank = found.pop(None, 0)
        if len(found) <= 1 or min(found.values()) < k:
            return None
        if not 0 < blank < k:
            return held
        rarest = min(found, key=lambda value: (found[value], repr(value)))
        held = [None if value == rarest else value for value in held]


def _is_common(columns: Sequence[Column], k: int) -> bool:
    """Tell whether every combination of values stands in at least k rows."""
    return min(Counter(zip(*columns, strict=True)).values()) >= k
