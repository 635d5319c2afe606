"""How many voted, of how many who could: ballots, never marks (§4.11, §5.9)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from voting.reconciliation import GroupNumbers


@dataclass(frozen=True, slots=True)
class Turnout:
    """Ballots and entitled members over some voter groups."""

    voted: int
    """Ballots that count, digital and paper."""
    entitled: int


def reckon_turnout(
    groups: Iterable[GroupNumbers], *, only: Collection[int] | None = None
) -> Turnout:
    """Add up some groups, or all of them.

    Rejected paper ballots are not votes, and a right that was taken out without a
    ballot following it is not one either.
    """
    chosen = [each for each in groups if only is None or each.group in only]
    return Turnout(
        voted=sum(each.ballots + each.paper_ballots for each in chosen),
        entitled=sum(each.entitled for each in chosen),
    )
