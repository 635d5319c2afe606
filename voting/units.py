"""Which sums may be opened: groups too small to be shown alone are joined.

A pure function of the manifest and of the counted ballots per group, so that nobody
can ask for two sums that overlap and take one from the other (docs/protocol.md §5.8).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain


class UnitTooSmall(Exception):
    """Fewer ballots than the threshold: opened, their sum would show how some voted."""

    def __init__(self, style: int, ballots: int, threshold: int) -> None:
        super().__init__(
            f"style {style} has {ballots} ballots, fewer than the {threshold} "
            "that a sum must have to be opened"
        )
        self.style = style
        self.ballots = ballots
        self.threshold = threshold


@dataclass(frozen=True, slots=True)
class Unit:
    """Voter groups of one style whose ballots are summed and opened together."""

    style: int
    groups: tuple[int, ...]
    """Indices of the groups, rising."""
    ballots: int


def plan_units(
    styles: Mapping[int, int], ballots: Mapping[int, int], threshold: int
) -> tuple[Unit, ...]:
    """Return the units to count, by their lowest group (docs/protocol.md §5.8).

    Args:
        styles: the ballot style of every voter group of the manifest.
        ballots: counted ballots by group; a group that is not there has none.
        threshold: the manifest's suppression threshold.

    """
    of_style: dict[int, list[int]] = {}
    for group in sorted(styles):
        of_style.setdefault(styles[group], []).append(group)
    units = chain.from_iterable(
        _units_of_style(style, of_style[style], ballots, threshold)
        for style in sorted(of_style)
    )
    return tuple(sorted(units, key=lambda unit: unit.groups))


def opened_units(units: Iterable[Unit], threshold: int) -> tuple[Unit, ...]:
    """Return the units whose sums are opened: those with as many as the threshold.

    The others are whole styles with too few ballots. They stay sealed and hold back
    nobody else's.
    """
    return tuple(unit for unit in units if unit.ballots >= threshold)


def unopened_units(units: Iterable[Unit], threshold: int) -> tuple[Unit, ...]:
    """Return the units whose sums are never opened."""
    return tuple(unit for unit in units if unit.ballots < threshold)


def require_units_large_enough(units: Iterable[Unit], threshold: int) -> None:
    """Refuse to open sums of fewer ballots than the threshold.

    Raises:
        UnitTooSmall: naming the first.

    """
    for unit in units:
        if unit.ballots < threshold:
            raise UnitTooSmall(unit.style, unit.ballots, threshold)


def _units_of_style(
    style: int, groups: Iterable[int], ballots: Mapping[int, int], threshold: int
) -> list[Unit]:
    alone: list[Unit] = []
    joined = Unit(style, (), 0)
    for group in groups:
        unit = Unit(style, (group,), ballots.get(group, 0))
        if unit.ballots >= threshold:
            alone.append(unit)
        else:
            joined = _join(joined, unit)
    # The fewest ballots first; of equals, the one with the lowest group.
    alone.sort(key=lambda unit: (unit.ballots, unit.groups))
    while joined.ballots < threshold and alone:
        joined = _join(joined, alone.pop(0))
    return [unit for unit in (*alone, joined) if unit.ballots]


def _join(one: Unit, other: Unit) -> Unit:
    groups = tuple(sorted((*one.groups, *other.groups)))
    return Unit(one.style, groups, one.ballots + other.ballots)
