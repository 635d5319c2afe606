"""A variable by the groups of the background question: one law over the whole table.

Groups that are not shown are one column, cells that are not shown one row; so the sums
of every row and column of the table are known, and hold at least the threshold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from surveys.published import GroupColumn, Table
from surveys.suppression import (
    NothingSafe,
    Place,
    hidden_cells,
    hidden_in_matrix,
    is_small,
)
from surveys.tabulation import UNTOLD, Tabulation, Variable


@dataclass(frozen=True, slots=True)
class ShownGroups:
    """Groups whose size is shown, by place; the others are together."""

    shown: tuple[int, ...]
    together: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """What is shown of a variable by group."""

    columns: tuple[GroupColumn, ...]
    whole: bool
    """Nothing of it is hidden but the groups that are never shown."""


_FEWEST_GROUPS = 2


def shown_groups(counted: Tabulation, k: int) -> ShownGroups | None:
    """Which groups may be shown at all; nothing if they are fewer than two."""
    if not counted.group_codes:
        return None
    found = Counter(counted.groups)
    sizes = [found[at] for at in range(len(counted.group_codes))]
    hidden = hidden_cells(sizes, k)
    shown = tuple(at for at, size in enumerate(sizes) if size and at not in hidden)
    if len(shown) < _FEWEST_GROUPS:
        return None
    together = tuple(at for at in range(len(sizes)) if at not in shown)
    return ShownGroups(shown, together)


def cross_variable(
    counted: Tabulation,
    variable: Variable,
    table: Table,
    groups: ShownGroups,
    k: int,
) -> Crossing | None:
    """A variable of one cell by group; nothing where nothing would be safe."""
    counts = counted.count_by_group(variable.key)
    rows = [at for at, count in enumerate(table.counts) if count is not None]
    others = [at for at in range(len(counts)) if at not in rows]
    columns = _columns_kept(counts, groups, k)
    if len(columns) < _FEWEST_GROUPS or not rows:
        return None
    matrix = _merged(counts, rows, others, columns)
    never = _never_shown(matrix, len(rows), len(columns))
    try:
        hidden = hidden_in_matrix(matrix, k, never)
    except NothingSafe:
        return None
    made = tuple(
        GroupColumn(
            counted.group_codes[column],
            sum(row[column] for row in counts),
            tuple(
                None
                if at not in rows or (rows.index(at), place) in hidden
                else counts[at][column] or None
                for at in range(len(counts))
            ),
        )
        for place, column in enumerate(columns)
    )
    return Crossing(made, hidden == never and columns == list(groups.shown))


def _columns_kept(
    counts: Sequence[Sequence[int]], groups: ShownGroups, k: int
) -> list[int]:
    """The groups of which enough answered this, and which betray no other."""
    sizes = [sum(row[at] for row in counts) for at in groups.shown]
    rest = sum(row[at] for row in counts for at in groups.together)
    last = frozenset({len(sizes)}) if groups.together else frozenset[int]()
    hidden = hidden_cells([*sizes, rest], k, last)
    return [
        at
        for place, at in enumerate(groups.shown)
        if place not in hidden and sizes[place]
    ]


def _merged(
    counts: Sequence[Sequence[int]],
    rows: Sequence[int],
    others: Sequence[int],
    columns: Sequence[int],
) -> list[list[int]]:
    """Shown rows, then the others as one; shown columns, then the others as one."""

    def across(row: Sequence[int]) -> list[int]:
        kept = [row[at] for at in columns]
        return [*kept, sum(row) - sum(kept)]

    merged = [across(counts[at]) for at in rows]
    width = len(columns) + 1
    rest = [0] * width
    for at in others:
        rest = [a + b for a, b in zip(rest, across(counts[at]), strict=True)]
    return [*merged, rest]


def _never_shown(
    matrix: Sequence[Sequence[int]], rows: int, columns: int
) -> frozenset[Place]:
    last_row = {(rows, at) for at in range(columns + 1)}
    last_column = {(at, columns) for at in range(len(matrix))}
    return frozenset(last_row | last_column)


def cross_choices(
    counted: Tabulation,
    variable: Variable,
    table: Table,
    groups: ShownGroups,
    k: int,
) -> Crossing | None:
    """Choices by group: all of it, or nothing if anything of it is small.

    How many choices one may make ties the choices of a group together, so that what
    one hides another may tell.
    """
    asked = counted.asked.get(variable.question.code, b"\x01" * counted.total)
    bases = Counter(
        group for group, is_asked in zip(counted.groups, asked, strict=True) if is_asked
    )
    shown = [code for code in variable.codes if table.count(code) is not None]
    found = {
        code: Counter(
            group
            for group, is_chosen in zip(
                counted.groups, counted.chosen[variable.key][code], strict=True
            )
            if is_chosen
        )
        for code in shown
    }
    if variable.question.code in counted.blank_tells:
        found[UNTOLD] = _left_blank(counted, variable, asked)
    rest = frozenset(groups.together)
    parts = [frozenset({at}) for at in groups.shown] + ([rest] if rest else [])
    for part in parts:
        base = sum(bases[at] for at in part)
        held = [sum(counts[at] for at in part) for counts in found.values()]
        some = [base, *held, *(base - count for count in held)]
        if any(is_small(count, k) for count in some):
            return None
        # Of such a group it would be told what each of them chose.
        if base and any(count == base for count in held) and not table.same:
            return None
    made = tuple(
        GroupColumn(
            counted.group_codes[at],
            bases[at],
            tuple(
                found[code][at] or None if code in shown else None
                for code in variable.codes
            ),
        )
        for at in groups.shown
        if bases[at]
    )
    return Crossing(made, whole=True) if len(made) >= _FEWEST_GROUPS else None


def _left_blank(
    counted: Tabulation, variable: Variable, asked: Sequence[int]
) -> Counter[int]:
    columns = counted.chosen[variable.key].values()
    return Counter(
        group
        for group, is_asked, *chosen in zip(
            counted.groups, asked, *columns, strict=True
        )
        if is_asked and not any(chosen)
    )
