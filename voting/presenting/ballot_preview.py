"""The ballots of an election as its voters will see them, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voting.contests import Contest
from voting.drafts import DraftContest
from voting.presenting.translated import _


@dataclass(frozen=True, slots=True)
class PreviewedBallot:
    """A ballot, and whose it is; no labels: everybody's."""

    groups: tuple[str, ...]
    contests: tuple[Contest, ...]


def preview_ballots(
    contests: Sequence[DraftContest], labels: Sequence[str]
) -> tuple[PreviewedBallot, ...]:
    """Return the ballots, those with the same contests as one.

    Before there is a roll, the groups are those that the contests name.
    """
    named = dict.fromkeys(
        [*labels, *(name for each in contests for name in each.groups)]
    )
    ballots: dict[tuple[int, ...], list[str]] = {}
    for label in named:
        indices = tuple(each.contest.index for each in contests if each.concerns(label))
        ballots.setdefault(indices, []).append(label)
    if len(ballots) <= 1:
        return (PreviewedBallot((), tuple(each.contest for each in contests)),)
    return tuple(
        PreviewedBallot(
            tuple(groups), tuple(contests[index].contest for index in indices)
        )
        for indices, groups in ballots.items()
    )


def marks_words(contest: Contest) -> str:
    """Return how many choices may be marked."""
    if contest.max == 1:
        return _("Sett ett kryss.")
    if contest.min == contest.max:
        return _("Sett %(n)s kryss.", n=str(contest.max))
    if contest.min == 1:
        return _("Sett inntil %(n)s kryss.", n=str(contest.max))
    return _(
        "Sett fra %(least)s til %(most)s kryss.",
        least=str(contest.min),
        most=str(contest.max),
    )
