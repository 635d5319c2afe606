"""Into which bins numbers and dates are counted: few, of round edges, open at the ends.

A bin's code is `low..high`, both included; an open end is empty: `..17`, `70..`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from surveys.questionnaire import Question

BETWEEN: Final = ".."
MOST_BINS: Final = 10
_MOST_SINGLE: Final = 12
"""So few whole numbers have a bin each."""
_STEPS: Final = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_TAIL: Final = 20
"""One of so many, at either end, may lie beyond the round edges."""
_YEAR, _MONTH = len("2027"), len("2027-03")


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins in order, and where a value falls."""

    codes: tuple[str, ...]
    starts: tuple[Decimal, ...] = ()
    """Where each bin but the first begins; of numbers."""
    prefix: int = 0
    """Of dates: how many letters name the bin."""

    def place(self, value: str) -> int:
        """The bin of a value in its one way of writing."""
        if self.prefix:
            return self.codes.index(value[: self.prefix])
        return bisect_right(self.starts, Decimal(value))


def bins_of_numbers(question: Question, values: Sequence[str]) -> Bins:
    """Bins for these numbers: each its own where they are few and whole, else ten."""
    if not values:
        return Bins(())
    numbers = sorted(Decimal(value) for value in values)
    low = numbers[len(numbers) // _TAIL]
    high = numbers[-1 - len(numbers) // _TAIL]
    if question.minimum is not None and question.maximum is not None:
        low, high = Decimal(question.minimum), Decimal(question.maximum)
    unit = Decimal(1).scaleb(-question.decimals)
    step = unit if not question.decimals and high - low < _MOST_SINGLE else None
    step = step or _round_step((high - low) / MOST_BINS, unit)
    first = (low // step) * step
    if first > low:
        first -= step
    starts = [first + step]
    while starts[-1] <= high and len(starts) < _MOST_SINGLE:
        starts.append(starts[-1] + step)
    starts = [each for each in starts if each <= high] or starts[:1]
    edges: list[Decimal | None] = [None, *starts, None]
    codes = tuple(_code(before, after, unit) for before, after in pairwise(edges))
    return Bins(codes, tuple(starts))


def bins_of_dates(_question: Question, values: Sequence[str]) -> Bins:
    """Months while they are few, else years."""
    months = {value[:_MONTH] for value in values}
    length = _MONTH if len(months) <= _MOST_SINGLE else _YEAR
    return Bins(tuple(sorted({value[:length] for value in values})), prefix=length)


def _round_step(least: Decimal, unit: Decimal) -> Decimal:
    if least <= unit:
        return unit
    power = Decimal(1).scaleb(least.adjusted())
    return next(power * step for step in _STEPS if power * step >= least)


def _code(start: Decimal | None, following: Decimal | None, unit: Decimal) -> str:
    low = "" if start is None else _written(start)
    high = "" if following is None else _written(following - unit)
    return low if low and low == high else f"{low}{BETWEEN}{high}"


def _written(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
