"""Mean and median of a question of numbers, rounded so that they tell of no one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from statistics import fmean, median
from typing import Final

from surveys.published import Measures
from surveys.questionnaire import Kind, Question

FIGURES: Final = 3
"""Of a rounded number: 512 345 kroner becomes 512 000."""
_ROUNDED: Final = Context(prec=FIGURES, rounding=ROUND_HALF_UP)


def measures_of(question: Question, values: Sequence[str]) -> Measures | None:
    """Mean and median to three figures; nothing for what is not a number.

    To be asked only where nothing of the question is hidden.
    """
    if question.kind is not Kind.NUMBER or not values:
        return None
    numbers = [float(value) for value in values]
    return Measures(_rounded(fmean(numbers)), _rounded(median(numbers)))


def _rounded(number: float) -> str:
    rounded = Decimal(repr(number)).normalize(_ROUNDED)
    text = f"{rounded:f}"
    return "0" if text == "-0" else text
