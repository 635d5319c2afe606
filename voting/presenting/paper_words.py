"""Paper results laid out for being looked over: sums beside what they should be."""

from __future__ import annotations

from dataclasses import dataclass

from voting.contests import Contest
from voting.manifest_model import Manifest
from voting.paper import PaperResults
from voting.presenting.translated import _


@dataclass(frozen=True, slots=True)
class ContestSum:
    """The votes of one contest on paper."""

    contest: Contest
    rows: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True)
class StyleSum:
    """The paper ballots of one kind of ballot."""

    index: int
    groups: tuple[str, ...]
    ballots: int
    contests: tuple[ContestSum, ...]


def slot_labels(contest: Contest) -> tuple[str, ...]:
    """Return the choices of a contest and, if it may be cast, the blank."""
    return (*contest.choices, _("Blank")) if contest.blank else contest.choices


def paper_sums(manifest: Manifest, results: PaperResults) -> tuple[StyleSum, ...]:
    """Return the sums by kind of ballot."""
    return tuple(
        StyleSum(
            index=style.index,
            groups=tuple(
                group.label for group in manifest.groups if group.style == style.index
            ),
            ballots=results.ballots_of_style(manifest, style.index),
            contests=tuple(
                ContestSum(
                    contest,
                    tuple(zip(slot_labels(contest), slots, strict=True)),
                    sum(slots),
                )
                for contest, slots in zip(
                    manifest.contests_of_style(style.index),
                    results.styles[style.index],
                    strict=True,
                )
            ),
        )
        for style in manifest.styles
    )
