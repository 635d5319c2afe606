"""The sums that may be opened: worked examples, and laws over all elections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.units import (
    Unit,
    UnitTooSmall,
    opened_units,
    plan_units,
    require_units_large_enough,
    unopened_units,
)


def test_large_groups_stand_alone() -> None:
    assert plan_units({0: 0, 1: 0}, {0: 20, 1: 31}, 20) == (
        Unit(0, (0,), 20),
        Unit(0, (1,), 31),
    )


def test_small_groups_of_a_style_are_joined() -> None:
    assert plan_units({0: 0, 1: 0, 2: 0}, {0: 12, 1: 50, 2: 9}, 20) == (
        Unit(0, (0, 2), 21),
        Unit(0, (1,), 50),
    )


def test_a_lone_small_group_is_joined_by_the_next_smallest() -> None:
    assert plan_units({0: 0, 1: 0, 2: 0}, {0: 40, 1: 3, 2: 30}, 20) == (
        Unit(0, (0,), 40),
        Unit(0, (1, 2), 33),
    )


def test_of_equals_the_lowest_group_joins() -> None:
    assert plan_units({0: 0, 1: 0, 2: 0}, {0: 30, 1: 30, 2: 3}, 20) == (
        Unit(0, (0, 2), 33),
        Unit(0, (1,), 30),
    )


def test_groups_of_other_styles_never_join() -> None:
    units = plan_units({0: 0, 1: 1}, {0: 3, 1: 30}, 20)
    assert units == (Unit(0, (0,), 3), Unit(1, (1,), 30))
    with pytest.raises(UnitTooSmall, match="style 0 has 3 ballots"):
        require_units_large_enough(units, 20)


def test_a_small_style_stays_sealed_and_holds_back_no_other() -> None:
    units = plan_units({0: 0, 1: 1, 2: 1}, {0: 3, 1: 30, 2: 25}, 20)
    assert opened_units(units, 20) == (Unit(1, (1,), 30), Unit(1, (2,), 25))
    assert unopened_units(units, 20) == (Unit(0, (0,), 3),)


def test_a_style_without_ballots_is_left_out() -> None:
    assert plan_units({0: 0, 1: 1}, {0: 30}, 20) == (Unit(0, (0,), 30),)


elections = st.dictionaries(
    st.integers(0, 60), st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=25
)
thresholds = st.integers(1, 40)


def planned(election: dict[int, tuple[int, int]], threshold: int) -> tuple[Unit, ...]:
    return plan_units(
        {group: style for group, (style, _) in election.items()},
        {group: ballots for group, (_, ballots) in election.items()},
        threshold,
    )


@given(elections, thresholds)
def test_units_never_overlap_and_hold_every_ballot_once(
    election: dict[int, tuple[int, int]], threshold: int
) -> None:
    units = planned(election, threshold)
    groups = [group for unit in units for group in unit.groups]
    assert len(groups) == len(set(groups))
    assert set(groups) >= {g for g, (_, ballots) in election.items() if ballots}
    for unit in units:
        assert {election[group][0] for group in unit.groups} == {unit.style}
        assert unit.ballots == sum(election[group][1] for group in unit.groups) > 0
        assert list(unit.groups) == sorted(unit.groups)
    assert list(units) == sorted(units, key=lambda unit: unit.groups[0])


@given(elections, thresholds)
def test_a_unit_is_small_only_when_it_is_all_of_its_style(
    election: dict[int, tuple[int, int]], threshold: int
) -> None:
    for unit in planned(election, threshold):
        if unit.ballots < threshold:
            of_style = {g for g, (style, _) in election.items() if style == unit.style}
            assert set(unit.groups) == of_style


@given(elections, thresholds, st.randoms(use_true_random=False))
def test_the_order_of_groups_makes_no_difference(
    election: dict[int, tuple[int, int]], threshold: int, shuffler: object
) -> None:
    items = list(election.items())
    shuffler.shuffle(items)  # type: ignore[attr-defined] # typed only inside Hypothesis
    assert planned(dict(items), threshold) == planned(election, threshold)
