"""Totals of votes, docs/protocol.md §5.7."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.discrete_log import MAXIMUM_TOTAL, DiscreteLogs, NoSuchTotal
from crypto.group import GENERATOR, IDENTITY, Scalar, mul_base

LOGS = DiscreteLogs(MAXIMUM_TOTAL)


@given(st.integers(0, MAXIMUM_TOTAL))
def test_every_total_is_found(total: int) -> None:
    assert LOGS.find(mul_base(Scalar.from_int(total)), MAXIMUM_TOTAL) == total


@pytest.mark.parametrize("maximum", [0, 1, 2, 3, 8, 15, 16, 17, 24, 25, 26])
def test_small_tables_reach_exactly_to_their_maximum(maximum: int) -> None:
    logs = DiscreteLogs(maximum)
    for total in range(maximum + 1):
        assert logs.find(mul_base(Scalar.from_int(total)), maximum) == total
    with pytest.raises(NoSuchTotal):
        logs.find(mul_base(Scalar.from_int(maximum + 1)), maximum)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_total_above_the_ballots_is_refused(ballots: int, excess: int) -> None:
    with pytest.raises(NoSuchTotal):
        LOGS.find(mul_base(Scalar.from_int(ballots + excess)), ballots)


def test_a_negative_total_is_refused() -> None:
    with pytest.raises(NoSuchTotal):
        LOGS.find(-GENERATOR, MAXIMUM_TOTAL)


def test_no_votes_are_the_identity() -> None:
    assert LOGS.find(IDENTITY, 0) == 0


def test_tables_are_not_asked_beyond_themselves() -> None:
    with pytest.raises(ValueError, match="more ballots than the table"):
        DiscreteLogs(10).find(IDENTITY, 11)
    with pytest.raises(ValueError, match="totals reach from 0"):
        DiscreteLogs(MAXIMUM_TOTAL + 1)
