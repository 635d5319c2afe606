"""Which numbers of a table must not be shown: the arithmetic, on plain numbers.

The law, and why it holds, stands in docs/surveys.md. Here k is the threshold, and a
small cell one that holds 1 to k - 1 responses. Each function returns places to hide;
an empty cell is shown as a hidden one is, so that neither tells which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]
Matrix: TypeAlias = Sequence[Sequence[int]]


class NothingSafe(Exception):
    """No choice of cells to hide protects the small ones, short of all of them."""


def is_small(count: int, k: int) -> bool:
    """Whether so few would be told apart."""
    return 0 < count < k


def hidden_cells(
    counts: Sequence[int], k: int, together: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Of cells whose sum is known: the small ones, and what keeps them hidden.

    Cells are hidden from the smallest upward, equal ones together, until those that are
    hidden hold at least k and are not all alike. `together`: places hidden already.
    """
    hidden = {at for at, count in enumerate(counts) if is_small(count, k)}
    if not hidden:
        return together
    hidden |= together
    rest = sorted({count for at, count in enumerate(counts) if count >= k})
    while rest and not _is_mixed([counts[at] for at in hidden], k):
        smallest = rest.pop(0)
        hidden |= {at for at, count in enumerate(counts) if count == smallest}
    return frozenset(hidden)


def _is_mixed(held: Sequence[int], k: int) -> bool:
    filled = [count for count in held if count]
    return sum(filled) >= k and len(set(filled)) > 1


def hidden_choices(
    counts: Sequence[int], asked: int, k: int, ordinary: frozenset[int]
) -> frozenset[int]:
    """Of choices of which each may be made or not, by `asked` responses.

    A choice is small as well if all but a few made it. With the small ones the smallest
    ordinary choice that is small in neither way is hidden; without one, all are.
    `ordinary`: the places of choices that stand beside others.
    """
    small = {
        at
        for at, count in enumerate(counts)
        if is_small(count, k) or is_small(asked - count, k)
    }
    if not small:
        return frozenset()
    large = [counts[at] for at in ordinary if min(counts[at], asked - counts[at]) >= k]
    if not large:
        return frozenset(range(len(counts)))
    return frozenset(
        small | {at for at in ordinary if counts[at] == min(large) and at not in small}
    )


def hidden_in_matrix(
    matrix: Matrix, k: int, hidden: frozenset[Place]
) -> frozenset[Place]:
    """Of a table whose sums of rows and columns are known: what to hide.

    Each small cell becomes the corner of a rectangle of hidden cells whose neighbours,
    along row and column, could bring it up to k; each column of one answer alone the
    corner of one where k others could have answered. `hidden`: cells that are not shown
    in any case.

    Raises:
        NothingSafe: there is no such rectangle for one of them.

    """
    found = set(hidden)
    for place, is_same in _to_protect(matrix, k):
        best = min(
            _rectangles(matrix, k, place, is_same=is_same),
            key=lambda corners: _cost(matrix, found, corners),
            default=None,
        )
        if best is None:
            raise NothingSafe
        found |= {place, *best}
    return frozenset(found)


def _to_protect(matrix: Matrix, k: int) -> Iterator[tuple[Place, bool]]:
    totals = [sum(column) for column in zip(*matrix, strict=True)]
    alone = sum(any(row) for row in matrix) < 2  # noqa: PLR2004 - one answer in all
    places = product(range(len(matrix)), range(len(totals)))
    for row, column in sorted(places, key=lambda at: matrix[at[0]][at[1]]):
        count = matrix[row][column]
        if is_small(count, k):
            yield (row, column), False
        elif count and count == totals[column] and not alone:
            yield (row, column), True


def _rectangles(
    matrix: Matrix, k: int, place: Place, *, is_same: bool
) -> Iterator[tuple[Place, Place, Place]]:
    row, column = place
    missing = k - matrix[row][column]
    for other in range(len(matrix)):
        if other == row or (not is_same and matrix[other][column] < missing):
            continue
        for beside in range(len(matrix[row])):
            if beside == column:
                continue
            across = matrix[other][beside]
            if across >= k if is_same else matrix[row][beside] >= missing:
                yield (row, beside), (other, column), (other, beside)


def _cost(
    matrix: Matrix, hidden: set[Place], corners: tuple[Place, Place, Place]
) -> tuple[int, int, tuple[Place, ...]]:
    new = [place for place in corners if place not in hidden]
    filled = [matrix[row][column] for row, column in new if matrix[row][column]]
    return len(filled), sum(filled), corners
