"""Figures reckoned from what is shown: by hand, and never from what is hidden."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.bins import bins_of_dates, bins_of_numbers
from surveys.conditions import Answers
from surveys.definition import Definition
from surveys.gate import Terms, publish_results
from surveys.published import Published
from surveys.statistics import (
    compare_rounds,
    diverging,
    mean_of_scale,
    mean_rank,
    net_promoters,
    percent,
    response_rate,
)
from tests.surveys.questionnaires import asking, choices, question

SCALE = asking(question("s", "scale", min=1, max=5, non_answers=["@dont_know"]))
NPS = asking(question("n", "nps"))


def published(definition: Definition, given: Sequence[Answers]) -> Published:
    return publish_results(definition, given, Terms(5))


def of_scale(**counts: int) -> Published:
    """Responses to a scale: s1=10 for ten who answered 1."""
    return published(
        SCALE,
        [
            {"s": int(step[1:])} if step != "other" else {"s": "@dont_know"}
            for step, times in counts.items()
            for _ in range(times)
        ],
    )


def test_percents_are_whole_and_halves_go_up() -> None:
    assert [percent(1, 8), percent(1, 3), percent(0, 5), percent(3, 0)] == [
        13,
        33,
        0,
        0,
    ]
    rate = response_rate(of_scale(s1=120), 200)
    assert rate is not None
    assert rate.percent == 60
    assert response_rate(of_scale(s1=4), 200) is None


def test_mean_median_and_interval_are_those_of_the_steps() -> None:
    table = of_scale(s1=10, s2=10, s4=20, other=10).table("s")
    counts = dict(zip(table.codes, table.counts, strict=True))
    mean = mean_of_scale(SCALE.question("s"), counts, table.base, whole=table.whole)
    assert mean is not None
    assert (mean.low, mean.high, mean.median, mean.base) == (2.75, 2.75, 2, 40)
    # 1.96 times the root of 67.5 / 39 / 40, by hand.
    assert mean.interval == pytest.approx((2.3423, 3.1577), abs=1e-4)


def test_a_mean_with_hidden_steps_is_told_as_its_bounds() -> None:
    table = of_scale(s1=3, s2=7, s3=20, s4=30).table("s")
    assert table.counts[:5] == (None, None, 20, 30, None)
    counts = dict(zip(table.codes, table.counts, strict=True)) | {"@dont_know": 0}
    mean = mean_of_scale(SCALE.question("s"), counts, table.base, whole=table.whole)
    assert mean is not None
    assert not mean.is_exact
    assert mean.low <= (3 + 14 + 60 + 120) / 60 <= mean.high
    assert mean.interval is None
    assert mean.median is None


def test_no_mean_where_it_is_unknown_how_many_gave_a_number() -> None:
    table = of_scale(s1=3, s2=30, other=30).table("s")
    counts = dict(zip(table.codes, table.counts, strict=True))
    question_ = SCALE.question("s")
    assert mean_of_scale(question_, counts, table.base, whole=table.whole) is None


def test_net_promoters_are_promoters_less_detractors() -> None:
    given_ = [{"n": 10}] * 30 + [{"n": 8}] * 20 + [{"n": 3}] * 10
    found = net_promoters(NPS.question("n"), published(NPS, given_).table("n"))
    assert found is not None
    assert (found.promoters, found.passives, found.detractors) == (30, 20, 10)
    assert found.score == 33
    hidden = published(NPS, given_ + [{"n": 0}] * 2)
    assert net_promoters(NPS.question("n"), hidden.table("n")) is None


def test_diverging_bar_has_half_of_the_middle_on_each_side() -> None:
    pieces = diverging("abc", [25, 50, 25])
    assert [(each.start, each.width) for each in pieces] == [
        (-50, 25),
        (-25, 50),
        (25, 25),
    ]
    assert [each.start for each in diverging("ab", [10, 30])] == [-25, 0]
    assert diverging("ab", [None, None]) == ()


@given(st.lists(st.none() | st.integers(1, 500), min_size=1, max_size=11))
def test_diverging_bar_is_one_unbroken_whole(counts: list[int | None]) -> None:
    pieces = diverging([str(at) for at in range(len(counts))], counts)
    if not pieces:
        return
    assert sum(each.width for each in pieces) == pytest.approx(100)
    assert pieces[0].start <= 0 <= pieces[-1].start + pieces[-1].width + 1e-9
    assert all(-100 <= each.start <= 100 for each in pieces)


def test_mean_rank_is_known_when_every_place_is() -> None:
    definition = asking(question("r", "ranking", choices=choices("x", "y")))
    one: Answers = {"r": ["x", "y"]}
    other: Answers = {"r": ["y", "x"]}
    given_ = [one] * 30 + [other] * 10
    table = published(definition, given_).table("r")
    assert mean_rank(table, "x") == 1.25
    few = published(definition, [*given_[:30], other]).table("r")
    assert mean_rank(few, "x") is None


def test_rounds_are_compared_by_code_and_kind_alone() -> None:
    before_definition = asking(
        question("q", "single", choices=choices("ja", "nei", "kanskje")),
        question("t", "short_text"),
    )
    now_definition = asking(
        question("q", "single", choices=choices("ja", "nei")),
        question("t", "single", choices=choices("ja", "nei")),
    )
    before = published(before_definition, [{"q": "ja"}] * 10 + [{"q": "nei"}] * 30)
    now = published(now_definition, [{"q": "ja"}] * 20 + [{"q": "nei"}] * 20)
    found = compare_rounds(now_definition, now, before_definition, before)
    assert [(each.code, each.now, each.before, each.points) for each in found] == [
        ("ja", 50, 25, 25),
        ("nei", 50, 75, -25),
    ]


def test_bins_have_round_edges_and_every_number_a_place() -> None:
    numbers = asking(question("n", "number", min="0", max="99")).question("n")
    bins = bins_of_numbers(numbers, ["0", "99", "45"])
    assert bins.codes[:2] == ("..9", "10..19")
    assert [bins.place(each) for each in ("9", "10", "99")] == [0, 1, 9]
    few = asking(question("n", "number", min="0", max="4")).question("n")
    assert bins_of_numbers(few, ["2"]).codes == ("..0", "1", "2", "3", "4..")
    day = asking(question("d", "date")).question("d")
    assert bins_of_dates(day, ["2026-03-01", "2026-01-31"]).codes == (
        "2026-01",
        "2026-03",
    )


@given(st.lists(st.decimals(-99999, 99999, places=2), min_size=1, max_size=40))
def test_every_number_falls_into_a_bin(drawn: list[object]) -> None:
    definition = asking(question("n", "number", decimals=2))
    values = [f"{each:f}" for each in drawn]
    bins = bins_of_numbers(definition.question("n"), values)
    assert len(bins.codes) == len(set(bins.codes)) <= 13
    assert all(0 <= bins.place(each) < len(bins.codes) for each in values)
