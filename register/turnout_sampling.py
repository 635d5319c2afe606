"""Which members a sample names: a pure function of a seed and of how many there are.

The members stand in the order of their entry ids, which are random, and are numbered
from 1. Each number has the digest H("turnout-sample", seed in UTF-8, u32(number))
(docs/protocol.md §1.2); the sample is those with the lowest. So an auditor who knows
the seed, wherever it came from, draws the same numbers with a few lines of any program.
"""

from __future__ import annotations

import heapq
from typing import Final

from crypto.hashing import digest

LARGEST_SAMPLE: Final = 500
"""More than anybody telephones."""

_TAG: Final = "turnout-sample"


def draw_numbers(seed: str, size: int, population: int) -> tuple[int, ...]:
    """Return the numbers drawn, from 1 to `population`, in rising order.

    Raises:
        ValueError: a size that is not of the population.

    """
    if not 1 <= size <= population:
        raise ValueError("a sample has at least one and at most all")
    encoded = seed.encode()
    chosen = heapq.nsmallest(
        size,
        range(1, population + 1),
        key=lambda number: digest(_TAG, encoded, number.to_bytes(4, "big")),
    )
    return tuple(sorted(chosen))
