"""The result of an election: votes by contest, decisions, numbers by voter group.

Reckoned from the opened sums, the board and the paper results alone (§4.11, §5.9).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voting.board_order import BoardOrder
from voting.contests import Contest
from voting.counting import BallotBox, plan_counted_units
from voting.decision import Decision, Sealed, decide, decide_despite
from voting.manifest_model import Manifest
from voting.paper import PaperResults, no_paper
from voting.reconciliation import GroupNumbers
from voting.tally import Tally
from voting.turnout import Turnout, reckon_turnout
from voting.units import Unit, unopened_units

UnitTotals = tuple[tuple[int, ...], ...]
"""Votes of a unit by contest of its style and slot."""


@dataclass(frozen=True, slots=True)
class ContestResult:
    """The votes of one contest, over all groups that have it."""

    contest: int
    digital: tuple[int, ...]
    """By slot: the choices in order and then, if it may be cast, the blank."""
    paper: tuple[int, ...]
    turnout: Turnout
    decision: Decision | None
    """Also None where unopened ballots could change it."""

    @property
    def total(self) -> tuple[int, ...]:
        """Digital and paper votes together, by slot."""
        return tuple(map(sum, zip(self.digital, self.paper, strict=True)))


@dataclass(frozen=True, slots=True)
class UnitResult:
    """The votes of one unit, digital only."""

    unit: Unit
    totals: UnitTotals


@dataclass(frozen=True, slots=True)
class ElectionResult:
    """All that the protocol says in numbers."""

    contests: tuple[ContestResult, ...]
    units: tuple[UnitResult, ...]
    unopened: tuple[Unit, ...]
    """Of too few ballots: their sums stay sealed."""
    groups: tuple[GroupNumbers, ...]
    turnout: Turnout


def reckon_groups(
    manifest: Manifest, board: BoardOrder, box: BallotBox, paper: PaperResults | None
) -> tuple[GroupNumbers, ...]:
    """Return the numbers of every voter group after closing.

    The board has been read to its end, so that its final marks are there.
    """
    marks = board.final_marks
    if marks is None:
        raise ValueError("the board has no final marks")
    cast = box.cast_by_group()
    counted, uncounted = box.counted_by_group(), box.uncounted_by_group()
    declared = (paper or no_paper(manifest)).groups
    return tuple(
        GroupNumbers(
            group=group.index,
            entitled=group.entitled
            + sum(added.group == group.index for added in board.additions),
            marks=marks.counts[group.index],
            paper_marks=marks.paper[group.index],
            cast=cast[group.index],
            ballots=counted[group.index],
            uncounted=uncounted[group.index],
            envelopes=declared[group.index].envelopes,
            rejected=declared[group.index].rejected,
            unopened=declared[group.index].unopened,
        )
        for group in manifest.groups
    )


def reckon_result(
    manifest: Manifest,
    tally: Tally,
    totals: Sequence[UnitTotals],
    groups: Sequence[GroupNumbers],
    paper: PaperResults | None,
) -> ElectionResult:
    """Return the result from the opened totals of a tally, in order of its units."""
    units = tuple(
        UnitResult(each.unit, opened)
        for each, opened in zip(tally.units, totals, strict=True)
    )
    declared = paper or no_paper(manifest)
    unopened = _unopened(manifest, groups)
    return ElectionResult(
        contests=tuple(
            _reckon_contest(
                manifest, contest, units, groups, declared, unopened=unopened
            )
            for contest in manifest.contests
        ),
        units=units,
        unopened=unopened,
        groups=tuple(groups),
        turnout=reckon_turnout(groups),
    )


def _unopened(manifest: Manifest, groups: Sequence[GroupNumbers]) -> tuple[Unit, ...]:
    ballots = {each.group: each.ballots for each in groups}
    planned = plan_counted_units(manifest, ballots)
    return unopened_units(planned, manifest.rules.suppression_threshold)


def _reckon_contest(
    manifest: Manifest,
    contest: Contest,
    units: Sequence[UnitResult],
    groups: Sequence[GroupNumbers],
    paper: PaperResults,
    *,
    unopened: Sequence[Unit],
) -> ContestResult:
    index = contest.index
    rows = [
        each.totals[manifest.styles[each.unit.style].contests.index(index)]
        for each in units
        if index in manifest.styles[each.unit.style].contests
    ]
    digital = tuple(sum(row[slot] for row in rows) for slot in range(contest.slots))
    on_paper = paper.votes_in(manifest, contest)
    turnout = reckon_turnout(groups, only=manifest.groups_of_contest(index))
    total = [sum(both) for both in zip(digital, on_paper, strict=True)]
    sealed = sum(
        each.ballots
        for each in unopened
        if index in manifest.styles[each.style].contests
    )
    decision = decide_contest(contest, total, turnout, sealed)
    return ContestResult(index, digital, on_paper, turnout, decision)


def decide_contest(
    contest: Contest, total: Sequence[int], turnout: Turnout, sealed: int
) -> Decision | None:
    """Apply a contest's rule, if it has one, to its votes by slot (§5.9).

    `sealed`: ballots of it that are not opened. None where they could change it.
    """
    if contest.decision is None:
        return None
    decision = decide(
        contest.decision,
        total,
        choices=len(contest.choices),
        voted=turnout.voted,
        entitled=turnout.entitled,
    )
    if not sealed:
        return decision
    kept = Sealed(
        sealed, contest.min, contest.max, len(contest.choices), blank=contest.blank
    )
    return decide_despite(contest.decision, total, decision, kept)
