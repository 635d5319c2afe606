"""Ballots against marks, envelopes against marks, group by group (§3.5, §4.11).

A mark without a ballot is possible: the device died in between, and the link finishes
it. A ballot without a mark is not, and stops the count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class DiscrepancyKind(StrEnum):
    """What does not agree; the names that the protocol document uses."""

    BALLOTS_ABOVE_MARKS = "ballots_above_marks"
    ENVELOPES_ABOVE_PAPER_MARKS = "envelopes_above_paper_marks"
    MARKS_ABOVE_ENTITLED = "marks_above_entitled"
    PAPER_MARKS_ABOVE_ENVELOPES = "paper_marks_above_envelopes"
    UNCOUNTED_BALLOTS = "uncounted_ballots"
    UNOPENED_ENVELOPES = "unopened_envelopes"


STOPPING = frozenset(
    {DiscrepancyKind.BALLOTS_ABOVE_MARKS, DiscrepancyKind.MARKS_ABOVE_ENTITLED}
)
"""Kinds that stop the count: somebody voted without a right, or was given one twice."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """By how many the numbers of one voter group differ."""

    group: int
    kind: DiscrepancyKind
    number: int


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """Every number of one voter group at closing."""

    group: int
    entitled: int
    """Members on the roll, additions too."""
    marks: int
    """Rights taken out digitally."""
    paper_marks: int
    cast: int
    """Credentials with a ballot on the board."""
    ballots: int
    """Ballots that count: at most one for each credential."""
    uncounted: int
    """Ballots on the board outside an unbroken chain."""
    envelopes: int
    """Paper envelopes opened."""
    rejected: int
    """Opened envelopes without a valid ballot."""
    unopened: int
    """Envelopes of members who were marked already."""

    @property
    def paper_ballots(self) -> int:
        """Paper ballots that count."""
        return self.envelopes - self.rejected


class CountStopped(Exception):
    """The numbers do not allow a count; names each discrepancy that stops it."""

    def __init__(self, discrepancies: Sequence[Discrepancy]) -> None:
        named = ", ".join(
            f"group {each.group}: {each.kind} by {each.number}"
            for each in discrepancies
        )
        super().__init__(named)
        self.discrepancies = tuple(discrepancies)


def find_discrepancies(groups: Iterable[GroupNumbers]) -> tuple[Discrepancy, ...]:
    """Return what does not agree, by group and kind (docs/protocol.md §4.11)."""
    found = [
        Discrepancy(numbers.group, kind, number)
        for numbers in groups
        for kind, number in _differences(numbers).items()
        if number > 0
    ]
    return tuple(sorted(found, key=lambda each: (each.group, each.kind)))


def require_countable(discrepancies: Iterable[Discrepancy]) -> None:
    """Refuse to count when somebody voted without a right.

    Raises:
        CountStopped: a discrepancy of a kind in ``STOPPING``.

    """
    stopping = [each for each in discrepancies if each.kind in STOPPING]
    if stopping:
        raise CountStopped(stopping)


def _differences(numbers: GroupNumbers) -> dict[DiscrepancyKind, int]:
    kinds = DiscrepancyKind
    marks = numbers.marks + numbers.paper_marks
    return {
        kinds.BALLOTS_ABOVE_MARKS: numbers.cast - numbers.marks,
        kinds.MARKS_ABOVE_ENTITLED: marks - numbers.entitled,
        kinds.UNCOUNTED_BALLOTS: numbers.uncounted,
        kinds.UNOPENED_ENVELOPES: numbers.unopened,
        kinds.PAPER_MARKS_ABOVE_ENVELOPES: numbers.paper_marks - numbers.envelopes,
        kinds.ENVELOPES_ABOVE_PAPER_MARKS: numbers.envelopes - numbers.paper_marks,
    }
