"""Figures of a survey, every one made from what the gate let out and nothing else.

Where cells are hidden, a mean is not known: between which two it must lie is, and that
follows from what is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from surveys.published import Published, Shown, Table
from surveys.questionnaire import Definition, Kind, Question

_NORMAL_95: Final = 1.96
"""Two-sided 95 per cent of the normal distribution."""
_CLOSE: Final = 0.15
"""Bounds so near each other are told as one number, said to be about so much."""
PROMOTERS: Final = range(9, 11)
DETRACTORS: Final = range(7)
_FEWEST_FOR_INTERVAL: Final = 2


def percent(count: int, base: int) -> int:
    """A share in whole per cent, halves upward."""
    return (200 * count + base) // (2 * base) if base else 0


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """How many answered, of how many."""

    responses: int
    invited: int | None

    @property
    def percent(self) -> int | None:
        """Nothing for an open survey, where nobody was invited."""
        return percent(self.responses, self.invited) if self.invited else None


def response_rate(published: Published, invited: int | None) -> ResponseRate | None:
    """The response rate; nothing while fewer than the threshold answered."""
    if published.responses is None:
        return None
    return ResponseRate(published.responses, invited)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, or bounds that it lies between, with its interval where it is known."""

    low: float
    high: float
    median: int | None
    base: int
    interval: tuple[float, float] | None
    """95 per cent; as if those invited were any number."""

    @property
    def is_exact(self) -> bool:
        """Whether nothing was hidden."""
        return self.low == self.high

    @property
    def is_close(self) -> bool:
        """Whether the bounds are so near that one number tells both."""
        return self.high - self.low <= _CLOSE

    @property
    def middle(self) -> float:
        """Half-way between the bounds."""
        return (self.low + self.high) / 2


def steps_of(question: Question, table: Table) -> dict[int, Shown]:
    """Counts by step of a scale; the order of a matrix's columns counts from 1."""
    if question.kind in {Kind.SCALE, Kind.NPS}:
        return {step: table.count(str(step)) for step in question.steps}
    return {
        at: table.count(choice.code) for at, choice in enumerate(question.choices, 1)
    }


def mean_of_scale(
    question: Question, counts: Mapping[str, Shown], base: Shown, *, whole: bool
) -> Mean | None:
    """The mean of the steps answered; nothing where nothing may be known of it.

    `base` counts the coded non-answers as well; these are no step.
    """
    if base is None or question.kind not in {Kind.SCALE, Kind.NPS}:
        return None
    steps = {step: counts.get(str(step)) for step in question.steps}
    coded = [counts.get(str(code)) for code in question.non_answers]
    known = sum(count or 0 for count in (*steps.values(), *coded))
    missing = base - known
    if missing and not whole and any(count is None for count in coded):
        return None  # how many gave a number at all is not known
    return _mean(steps, missing)


def _mean(steps: Mapping[int, Shown], missing: int) -> Mean | None:
    told = {step: count for step, count in steps.items() if count}
    hidden = [step for step, count in steps.items() if count is None]
    base = sum(told.values()) + missing
    if not base or (missing and not hidden):
        return None
    total = sum(step * count for step, count in told.items())
    if missing:
        low = (total + missing * min(hidden)) / base
        high = (total + missing * max(hidden)) / base
        return Mean(low, high, None, base, None)
    mean = total / base
    return Mean(mean, mean, _median(told, base), base, _interval(told, mean, base))


def _median(told: Mapping[int, int], base: int) -> int:
    """The lower one of two."""
    passed = 0
    for step in sorted(told):
        passed += told[step]
        if 2 * passed >= base:
            return step
    raise ValueError("a median of nothing")


def _interval(
    told: Mapping[int, int], mean: float, base: int
) -> tuple[float, float] | None:
    if base < _FEWEST_FOR_INTERVAL:
        return None
    spread = sum(count * (step - mean) ** 2 for step, count in told.items())
    reach = _NORMAL_95 * math.sqrt(spread / (base - 1) / base)
    return max(mean - reach, min(told)), min(mean + reach, max(told))


@dataclass(frozen=True, slots=True)
class NetPromoters:
    """Promoters less detractors, in per cent of those who gave a number."""

    promoters: int
    passives: int
    detractors: int

    @property
    def score(self) -> int:
        """From -100 to 100."""
        base = self.promoters + self.passives + self.detractors
        share = abs(self.promoters - self.detractors)
        sign = 1 if self.promoters >= self.detractors else -1
        return sign * percent(share, base)


def net_promoters(question: Question, table: Table) -> NetPromoters | None:
    """The net promoter score; nothing unless all it is made of is shown."""
    if question.kind is not Kind.NPS or table.base is None or not table.whole:
        return None
    steps = {step: table.count(str(step)) or 0 for step in question.steps}
    if not any(steps.values()):
        return None
    promoters = sum(steps[step] for step in PROMOTERS)
    detractors = sum(steps[step] for step in DETRACTORS)
    return NetPromoters(
        promoters, sum(steps.values()) - promoters - detractors, detractors
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a diverging bar, in per cent from the middle: left is negative."""

    code: str
    start: float
    width: float
    count: int


def diverging(codes: Sequence[str], counts: Sequence[Shown]) -> tuple[Segment, ...]:
    """The pieces of a Likert bar, half of the middle step on each side.

    Shares are of what is shown, so that a bar tells no more than its table.
    """
    told = [count or 0 for count in counts]
    base = sum(told)
    if not base:
        return ()
    shares = [100 * count / base for count in told]
    middle, is_odd = divmod(len(shares), 2)
    start = -sum(shares[:middle]) - (shares[middle] / 2 if is_odd else 0)
    segments = []
    for code, count, share in zip(codes, told, shares, strict=True):
        if count:
            segments.append(Segment(code, start, share, count))
        start += share
    return tuple(segments)


def mean_rank(table: Table, code: str) -> float | None:
    """The mean place of a choice among those who placed it; nothing if it is hidden."""
    if not table.ranks:
        return None
    row = [count or 0 for count in table.ranks[table.codes.index(code)]]
    placed = sum(row)
    if not placed:
        return None
    return sum(at * count for at, count in enumerate(row, 1)) / placed


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell now and in an earlier round, in whole per cent."""

    key: str
    code: str
    now: int | None
    before: int | None

    @property
    def points(self) -> int | None:
        """Percentage points; nothing unless both rounds show the cell."""
        if self.now is None or self.before is None:
            return None
        return self.now - self.before


def compare_rounds(
    definition: Definition,
    now: Published,
    earlier_definition: Definition,
    before: Published,
) -> tuple[Difference, ...]:
    """Cells that both rounds have: question's code and kind, and choice's code."""
    earlier = {each.code: each.kind for each in earlier_definition.answered_questions}
    kinds = {each.code: each.kind for each in definition.answered_questions}
    tables = {table.key: table for table in before.tables}
    return tuple(
        Difference(table.key, code, share(table, code), share(tables[table.key], code))
        for table in now.tables
        if table.key in tables and earlier.get(table.question) == kinds[table.question]
        for code in table.codes
        if code in tables[table.key].codes
    )


def share(table: Table, code: str) -> int | None:
    """A cell in whole per cent of its base; nothing where it is hidden or zero."""
    count = table.count(code)
    return percent(count, table.base) if count and table.base else None
