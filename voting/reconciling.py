"""Reconciliation before the count: ballots, marks and envelopes, group by group."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.board_statements import read_statements
from voting.counting import plan_counted_units
from voting.counting_room import paper_of
from voting.manifest_model import Manifest
from voting.paper import no_paper
from voting.reconciliation import Discrepancy, GroupNumbers, find_discrepancies
from voting.sealed import SealedElection
from voting.units import unopened_units


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The numbers as they are known now, and what does not agree."""

    groups: tuple[GroupNumbers, ...]
    discrepancies: tuple[Discrepancy, ...]
    final: bool
    """The register has handed in its last counts."""
    paper_missing: bool
    """Members are marked as voting on paper, and no results are signed."""


def reconcile(session: Session, election: SealedElection) -> Reconciliation | None:
    """Hold the closed board against the register's marks; None before closing.

    Ballots outside an unbroken chain are found by the count itself, which reads every
    ballot; here all ballots are taken to count.
    """
    statements = read_statements(session, election.id)
    if statements.closed is None:
        return None
    manifest, cast, marks = election.manifest, statements.closed.ballots, None
    if statements.marks is not None and statements.marks.final:
        marks = statements.marks
    signed = paper_of(session, election.id)
    paper = signed or no_paper(manifest)
    nothing = (0,) * len(manifest.groups)
    digital, on_paper = (marks.counts, marks.paper) if marks else (nothing, nothing)
    groups = tuple(
        GroupNumbers(
            group=group.index,
            entitled=group.entitled + statements.additions_to(group.index),
            marks=digital[group.index],
            paper_marks=on_paper[group.index],
            cast=cast[group.index],
            ballots=cast[group.index],
            uncounted=0,
            envelopes=paper.groups[group.index].envelopes,
            rejected=paper.groups[group.index].rejected,
            unopened=paper.groups[group.index].unopened,
        )
        for group in manifest.groups
    )
    return Reconciliation(
        groups,
        find_discrepancies(groups) if marks else (),
        final=marks is not None,
        paper_missing=any(on_paper) and signed is None,
    )


def sealed_groups(
    manifest: Manifest, found: Reconciliation
) -> tuple[tuple[str, ...], ...]:
    """Return the labels of the groups whose ballots are too few ever to be opened.

    One tuple for each kind of ballot (docs/protocol.md §5.8).
    """
    ballots = {each.group: each.ballots for each in found.groups}
    planned = plan_counted_units(manifest, ballots)
    return tuple(
        tuple(manifest.groups[group].label for group in unit.groups)
        for unit in unopened_units(planned, manifest.rules.suppression_threshold)
    )
