"""Exact least and greatest values of a sum over all worlds that equations allow.

A simplex over integers with one common denominator (Bareiss' and Edmonds' pivoting), by
Bland's rule, so that it ends. No float, no rounding: what it says can be proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf


class Worlds:
    """All x >= 0 with the sums told: each equation lists the unknowns that it adds."""

    def __init__(
        self, unknowns: int, equations: Sequence[tuple[Sequence[int], int]]
    ) -> None:
        self._width = unknowns
        rows = []
        for at, (members, total) in enumerate(equations):
            row = [0] * (unknowns + len(equations) + 1)
            for member in members:
                row[member] += 1
            row[unknowns + at] = 1
            row[-1] = total
            rows.append(row)
        self._rows = rows
        self._unit = 1
        self._basis = [unknowns + at for at in range(len(rows))]
        self._find_any(len(equations))

    def greatest(self, members: Sequence[int]) -> Fraction | float:
        """The most that the sum of these unknowns can be, infinite if unbounded."""
        return self._maximise(members, 1)

    def least(self, members: Sequence[int]) -> Fraction | float:
        """The least that the sum of these unknowns can be."""
        return -self._maximise(members, -1)

    def is_whole(self) -> bool:
        """Whether the world found last is one of whole persons."""
        return all(row[-1] % self._unit == 0 for row in self._rows)

    def _find_any(self, artificial: int) -> None:
        goal = [0] * (self._width + artificial + 1)
        for row in self._rows:
            goal = [a - b for a, b in zip(goal, row, strict=True)]
        for at in range(artificial):
            goal[self._width + at] = 0
        goal = self._descend(goal, self._width)
        assert goal[-1] == 0, "the equations contradict each other"
        self._drop_artificial()

    def _drop_artificial(self) -> None:
        for at in reversed(range(len(self._rows))):
            if self._basis[at] < self._width:
                continue
            row = self._rows[at]
            column = next((j for j in range(self._width) if row[j]), None)
            if column is None:
                del self._rows[at], self._basis[at]
                continue
            if row[column] < 0:
                self._rows[at] = [-each for each in row]
            self._pivot(at, column, None)
        self._rows = [[*row[: self._width], row[-1]] for row in self._rows]

    def _maximise(self, members: Sequence[int], sign: int) -> Fraction | float:
        goal = [0] * (self._width + 1)
        for member in members:
            goal[member] -= sign * self._unit
        for at, row in enumerate(self._rows):
            if goal[self._basis[at]]:
                factor = goal[self._basis[at]] // self._unit
                goal = [a - factor * b for a, b in zip(goal, row, strict=True)]
        try:
            goal = self._descend(goal, self._width)
        except OverflowError:
            return inf
        return Fraction(goal[-1], self._unit)

    def _descend(self, goal: list[int], width: int) -> list[int]:
        while True:
            column = next((j for j in range(width) if goal[j] < 0), None)
            if column is None:
                return goal
            best: tuple[Fraction, int, int] | None = None
            for at, row in enumerate(self._rows):
                if row[column] > 0:
                    ratio = (Fraction(row[-1], row[column]), self._basis[at], at)
                    best = min(best, ratio) if best else ratio
            if best is None:
                raise OverflowError
            pivoted = self._pivot(best[2], column, goal)
            assert pivoted is not None
            goal = pivoted

    def _pivot(self, at: int, column: int, goal: list[int] | None) -> list[int] | None:
        pivot_row = self._rows[at]
        pivot, unit = pivot_row[column], self._unit

        def reduce(row: list[int]) -> list[int]:
            factor = row[column]
            return [
                (a * pivot - factor * b) // unit
                for a, b in zip(row, pivot_row, strict=True)
            ]

        self._rows = [
            row if i == at else reduce(row) for i, row in enumerate(self._rows)
        ]
        self._unit = pivot
        self._basis[at] = column
        return None if goal is None else reduce(goal)
