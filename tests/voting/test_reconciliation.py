"""Ballots against marks: what is named, and what stops the count."""

from dataclasses import replace

import pytest

from voting.reconciliation import (
    CountStopped,
    Discrepancy,
    DiscrepancyKind,
    GroupNumbers,
    find_discrepancies,
    require_countable,
)
from voting.turnout import Turnout, reckon_turnout

AGREEING = GroupNumbers(
    group=2,
    entitled=100,
    marks=40,
    paper_marks=7,
    cast=39,
    ballots=39,
    uncounted=0,
    envelopes=7,
    rejected=1,
    unopened=0,
)


def test_a_mark_without_a_ballot_is_no_discrepancy() -> None:
    assert find_discrepancies([AGREEING]) == ()
    require_countable(find_discrepancies([AGREEING]))


@pytest.mark.parametrize(
    ("changes", "kind", "number"),
    [
        ({"cast": 42}, DiscrepancyKind.BALLOTS_ABOVE_MARKS, 2),
        ({"entitled": 46}, DiscrepancyKind.MARKS_ABOVE_ENTITLED, 1),
        ({"uncounted": 3}, DiscrepancyKind.UNCOUNTED_BALLOTS, 3),
        ({"unopened": 1}, DiscrepancyKind.UNOPENED_ENVELOPES, 1),
        ({"envelopes": 5}, DiscrepancyKind.PAPER_MARKS_ABOVE_ENVELOPES, 2),
        ({"envelopes": 8}, DiscrepancyKind.ENVELOPES_ABOVE_PAPER_MARKS, 1),
    ],
)
def test_each_discrepancy_has_its_name(
    changes: dict[str, int], kind: DiscrepancyKind, number: int
) -> None:
    numbers = replace(AGREEING, **changes)
    assert find_discrepancies([numbers]) == (Discrepancy(2, kind, number),)


def test_more_ballots_than_marks_stops_the_count() -> None:
    found = find_discrepancies([replace(AGREEING, cast=41, unopened=1)])
    with pytest.raises(CountStopped, match="group 2: ballots_above_marks by 1") as stop:
        require_countable(found)
    assert [each.kind for each in stop.value.discrepancies] == [
        DiscrepancyKind.BALLOTS_ABOVE_MARKS
    ]


def test_unopened_envelopes_do_not_stop_the_count() -> None:
    require_countable(find_discrepancies([replace(AGREEING, unopened=4)]))


def test_discrepancies_stand_by_group_and_kind() -> None:
    later = replace(AGREEING, group=3, unopened=1, uncounted=1)
    earlier = replace(AGREEING, group=0, unopened=1)
    found = find_discrepancies([later, earlier])
    assert [(each.group, each.kind) for each in found] == [
        (0, DiscrepancyKind.UNOPENED_ENVELOPES),
        (3, DiscrepancyKind.UNCOUNTED_BALLOTS),
        (3, DiscrepancyKind.UNOPENED_ENVELOPES),
    ]


def test_turnout_counts_ballots_and_never_marks() -> None:
    other = replace(AGREEING, group=0, entitled=10, ballots=1, cast=1)
    assert reckon_turnout([other, AGREEING]) == Turnout(voted=52, entitled=110)
    assert reckon_turnout([other, AGREEING], only={2}) == Turnout(45, 100)
