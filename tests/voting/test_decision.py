"""Decision rules: hand-worked results, and laws over all numbers."""

from fractions import Fraction
from itertools import combinations, combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.decision import (
    Base,
    Decision,
    DecisionRule,
    Sealed,
    decide,
    decide_despite,
)


def a_rule(
    numerator: int = 1,
    denominator: int = 2,
    *,
    base: Base = Base.CHOICES,
    strict: bool = True,
    turnout: tuple[int, int] = (0, 1),
    turnout_strict: bool = False,
) -> DecisionRule:
    return DecisionRule(
        choice=0,
        base=base,
        numerator=numerator,
        denominator=denominator,
        strict=strict,
        turnout_numerator=turnout[0],
        turnout_denominator=turnout[1],
        turnout_strict=turnout_strict,
        text="Vedtas med flertall.",
    )


def decision(
    rule: DecisionRule, *totals: int, voted: int = 9, of: int = 10
) -> Decision:
    return decide(rule, totals, choices=2, voted=voted, entitled=of)


def test_one_vote_more_adopts_a_simple_majority() -> None:
    assert decision(a_rule(), 5, 4, 100).adopted
    assert not decision(a_rule(), 4, 5, 0).adopted


def test_a_tie_does_not_adopt_when_more_than_half_is_needed() -> None:
    assert decision(a_rule(), 4, 4, 1) == Decision(
        adopted=False, binding=True, tie=True
    )


def test_blank_votes_weigh_only_where_the_rule_counts_all() -> None:
    assert decision(a_rule(), 5, 4, 1).adopted
    assert not decision(a_rule(base=Base.ALL), 5, 4, 1).adopted
    assert decision(a_rule(base=Base.ALL), 5, 4, 1).tie


def test_exactly_two_thirds_suffices_unless_strict() -> None:
    assert decision(a_rule(2, 3, strict=False), 200, 100).adopted
    assert not decision(a_rule(2, 3, strict=True), 200, 100).adopted
    assert not decision(a_rule(2, 3, strict=False), 199, 100).adopted


@pytest.mark.parametrize(
    ("voted", "strict", "binding"),
    [(200, False, True), (200, True, False), (199, False, False), (201, True, True)],
)
def test_exactly_two_thirds_of_the_entitled_binds_unless_strict(
    voted: int, strict: bool, binding: bool
) -> None:
    rule = a_rule(turnout=(2, 3), turnout_strict=strict)
    assert decision(rule, 7, 3, voted=voted, of=300).binding is binding


def test_without_votes_nothing_is_adopted() -> None:
    nothing = decision(a_rule(0, 1, strict=False), 0, 0, 0, voted=0)
    assert not nothing.adopted
    assert not nothing.tie
    assert nothing.binding


def test_a_turnout_numerator_of_nought_binds_even_an_empty_roll() -> None:
    rule = a_rule(turnout=(0, 1), turnout_strict=True)
    assert decision(rule, 1, 0, voted=0, of=0).binding


counts = st.integers(0, 10**6)
fractions = st.fractions(0, 1, max_denominator=100)


@given(
    st.tuples(counts, counts, counts), fractions, st.booleans(), st.sampled_from(Base)
)
def test_integers_decide_as_exact_fractions_do(
    votes: tuple[int, int, int], bar: Fraction, strict: bool, base: Base
) -> None:
    rule = a_rule(bar.numerator, bar.denominator, strict=strict, base=base)
    result = decision(rule, *votes)
    yes = votes[0]
    whole = sum(votes if base is Base.ALL else votes[:2])
    if not whole:
        assert not result.adopted
        return
    share = Fraction(yes, whole)
    assert result.tie is (share == bar)
    assert result.adopted is (share > bar or (share == bar and not strict))


@given(counts, counts, counts, fractions, st.booleans())
def test_a_vote_more_for_the_choice_never_loses_it(
    yes: int, no: int, blank: int, bar: Fraction, strict: bool
) -> None:
    rule = a_rule(bar.numerator, bar.denominator, strict=strict)
    before = decision(rule, yes, no, blank).adopted
    assert decision(rule, yes + 1, no, blank).adopted >= before


@given(counts, counts, fractions, st.integers(1, 1000), st.booleans())
def test_a_rule_means_the_same_with_its_fraction_extended(
    yes: int, no: int, bar: Fraction, factor: int, strict: bool
) -> None:
    plain = a_rule(bar.numerator, bar.denominator, strict=strict)
    extended = a_rule(bar.numerator * factor, bar.denominator * factor, strict=strict)
    assert decision(plain, yes, no) == decision(extended, yes, no)


def fillings(sealed: Sealed) -> list[tuple[int, ...]]:
    """Every valid filling of one ballot, by slot; the last slot is the blank."""
    found = [
        (*(int(choice in marked) for choice in range(sealed.choices)), 0)
        for marks in range(sealed.fewest, sealed.most + 1)
        for marked in combinations(range(sealed.choices), marks)
    ]
    blank = (*(0 for _ in range(sealed.choices)), 1)
    return [*found, blank] if sealed.blank else found


@given(
    st.tuples(*[st.integers(0, 6)] * 4),
    st.tuples(st.integers(1, 3), st.integers(1, 3)).map(sorted),
    st.integers(0, 3),
    st.integers(1, 3),
    st.tuples(st.sampled_from(Base), st.booleans(), st.booleans()),
)
def test_sealed_ballots_leave_a_decision_only_if_none_of_them_could_change_it(
    totals: tuple[int, ...],
    bounds: list[int],
    numerator: int,
    ballots: int,
    options: tuple[Base, bool, bool],
) -> None:
    base, strict, blank = options
    rule = a_rule(numerator, 3, base=base, strict=strict)
    sealed = Sealed(ballots, bounds[0], bounds[1], choices=3, blank=blank)
    possible = set()
    for chosen in combinations_with_replacement(fillings(sealed), ballots):
        whole = [sum(slot) for slot in zip(totals, *chosen, strict=True)]
        possible.add(decide(rule, whole, choices=3, voted=9, entitled=10))
    opened = decide(rule, totals, choices=3, voted=9, entitled=10)
    found = decide_despite(rule, totals, opened, sealed)
    settled = len(possible) == 1 and not next(iter(possible)).tie
    assert (found is None) == (not settled) or numerator == 0
    if found is not None:
        assert possible == {found}


def test_three_sealed_ballots_do_not_unsettle_a_clear_majority() -> None:
    sealed = Sealed(3, fewest=1, most=1, choices=2, blank=True)
    clear, close = (60, 40, 5), (51, 49, 5)
    for totals, settled in ((clear, True), (close, False)):
        opened = decision(a_rule(), *totals)
        found = decide_despite(a_rule(), totals, opened, sealed)
        assert found == (opened if settled else None)
