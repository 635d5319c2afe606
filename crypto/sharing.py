"""Sharing a secret among holders: Feldman's polynomials (docs/protocol.md §3.1).

A dealer's polynomial f has the secret f(0); holder j gets f(j). The points F_m = f_m·G
commit to it, so that every holder can check the own share, and anyone can compute what
is public of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from typing_extensions import override

from crypto.errors import CryptoError
from crypto.group import Point, Scalar, SecretScalar, mul, mul_base, sum_points
from crypto.value_proof import Draw

FEWEST_HOLDERS = 3
MOST_HOLDERS = 9


class ImpossibleThreshold(CryptoError):
    """Not 3 to 9 holders, or not more than half of them and fewer than all."""


@dataclass(frozen=True, slots=True, repr=False)
class Polynomial:
    """A dealer's secret: the coefficients f_0 … f_{k-1}. Shows nothing of itself."""

    coefficients: tuple[SecretScalar, ...]

    @override
    def __repr__(self) -> str:
        return "Polynomial(…)"

    @classmethod
    def draw(cls, threshold: int, draw: Draw = SecretScalar.random) -> Self:
        """A uniform polynomial of degree threshold - 1."""
        return cls(tuple(draw() for _ in range(threshold)))

    @property
    def commitments(self) -> tuple[Point, ...]:
        """F_0 … F_{k-1}."""
        return tuple(mul_base(coefficient) for coefficient in self.coefficients)

    def share_of(self, index: int) -> SecretScalar:
        """f(j) for the holder's index, from 1."""
        at = Scalar.from_int(index)
        total: Scalar = Scalar.from_int(0)
        for coefficient in reversed(self.coefficients):
            total = total * at + coefficient
        return SecretScalar(total.encoded)


def public_share(commitments: Sequence[Point], index: int) -> Point:
    """`Σ_m j^m·F_m`, which is f(j)·G."""
    return sum_points(
        mul(Scalar.from_int(index**power), point)
        for power, point in enumerate(commitments)
    )


def require_threshold(holders: int, threshold: int) -> None:
    """3 <= n <= 9 and n/2 < k < n, or ImpossibleThreshold (§3.1)."""
    if not FEWEST_HOLDERS <= holders <= MOST_HOLDERS:
        raise ImpossibleThreshold("3 to 9 holders")
    if not holders < 2 * threshold < 2 * holders:
        raise ImpossibleThreshold("more than half of the holders, and not all")
