"""Small discrete logarithms by baby steps and giant steps (docs/protocol.md §5.7).

A decrypted total is the point v·G of a number of votes v. The table of baby steps is
made once and answers for every total of a tally.
"""

from math import isqrt

from crypto.errors import CryptoError
from crypto.group import GENERATOR, IDENTITY, Point, Scalar, mul_base

MAXIMUM_TOTAL = 1_000_000


class NoSuchTotal(CryptoError):
    """The point is no number of votes from zero to the number of ballots."""


class DiscreteLogs:
    """A table for totals from 0 up to `maximum`, at most 1,000,000.

    It holds about the root of `maximum` points, and a look-up takes about as many
    additions at the most.
    """

    def __init__(self, maximum: int) -> None:
        """Make the table; raises ValueError for a maximum out of range."""
        if not 0 <= maximum <= MAXIMUM_TOTAL:
            raise ValueError(f"totals reach from 0 to {MAXIMUM_TOTAL}")
        self._maximum = maximum
        self._step = isqrt(maximum) + 1
        self._baby: dict[bytes, int] = {}
        point = IDENTITY
        for value in range(self._step):
            self._baby[point.encoded] = value
            point += GENERATOR
        self._giant = mul_base(Scalar.from_int(self._step))

    def find(self, point: Point, ballots: int) -> int:
        """The v with v·G = point, 0 <= v <= ballots; raises NoSuchTotal.

        Raises ValueError when `ballots` is beyond the maximum of the table.
        """
        if not 0 <= ballots <= self._maximum:
            raise ValueError("more ballots than the table was made for")
        for giant in range(ballots // self._step + 1):
            baby = self._baby.get(point.encoded)
            if baby is not None:
                return self._within(giant * self._step + baby, ballots)
            point -= self._giant
        raise NoSuchTotal

    def _within(self, value: int, ballots: int) -> int:
        if value > ballots:
            raise NoSuchTotal
        return value
