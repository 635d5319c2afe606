"""Drawing from a seed, so that a simulation can be held again with the same people.

For names and choices of invented people alone: every secret is the operating system's.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, MutableSequence, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

_BITS: Final = 64
_PRECISION: Final = 1_000_000


class Draw:
    """Numbers that follow from a seed and a purpose."""

    def __init__(self, seed: int, purpose: str) -> None:
        """Begin with the first number."""
        self._numbers = _numbers(f"{seed}/{purpose}")

    def below(self, limit: int) -> int:
        """Return a number from 0 to below the limit; the bias is below 2**-32."""
        return next(self._numbers) % limit

    def chance(self, share: float) -> bool:
        """Return true so often."""
        return self.below(_PRECISION) < share * _PRECISION

    def one_of(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.below(len(items))]

    def shuffle(self, items: MutableSequence[Item]) -> None:
        """Bring the items out of order."""
        for place in range(len(items) - 1, 0, -1):
            other = self.below(place + 1)
            items[place], items[other] = items[other], items[place]


def _numbers(seed: str) -> Iterator[int]:
    for counter in itertools.count():
        block = hashlib.sha256(f"{seed}/{counter}".encode()).digest()
        yield int.from_bytes(block[: _BITS // 8], "big")
