"""The gate's law, put to the test by an attacker who solves for everything it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import surveys.crossing
import surveys.gate
from surveys.conditions import Answers
from surveys.definition import Definition, read_definition
from surveys.following import FollowUps
from surveys.gate import (
    NoSuchBackground,
    Terms,
    ThresholdTooLow,
    backgrounds,
    publish_results,
    shuffled,
)
from surveys.published import (
    GROUPS,
    NotResults,
    Published,
    published_json,
    read_published,
)
from surveys.suppression import hidden_cells
from tests.surveys.differencing import Pattern, betrayed, patterns
from tests.surveys.questionnaires import asking, choices, nb, question, questionnaire

K = 3
LETTERS = ("A", "B", "C")
Q_CODES = ["ja", "nei", "kanskje"]
B_CODES = ["g", "h", "i"]
MOST_PATTERNS = 160


@st.composite
def conditions(draw: st.DrawFn, code: str, codes: list[str]) -> dict[str, Any]:
    operator = draw(st.sampled_from(["in", "not_in", "answered", "blank"]))
    if operator in {"answered", "blank"}:
        return {"q": code, "op": operator}
    values = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True))
    return {"q": code, "op": operator, "v": values}


@st.composite
def follow_up_conditions(draw: st.DrawFn) -> dict[str, Any]:
    of_q = draw(conditions("q", Q_CODES))
    of_b = draw(conditions("b", B_CODES))
    return draw(
        st.sampled_from(
            [
                {"all": [of_q]},
                {"all": [of_b]},
                {"not": of_q},
                {"all": [of_q, of_b]},
                {"any": [of_q, of_b]},
            ]
        )
    )


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A background question, one of one or several choices, and one that follows."""
    required = st.booleans()
    asked = [
        question(
            "b",
            "single",
            choices=choices(*B_CODES),
            background=True,
            required=draw(required),
        )
    ]
    if draw(st.booleans()):
        asked.append(
            question("q", "single", choices=choices(*Q_CODES), required=draw(required))
        )
    else:
        none = {"code": "ingen", "label": nb("Ingen"), "exclusive": True}
        bounds: dict[str, Any] = draw(
            st.sampled_from([{}, {"min": 1, "max": 2}, {"min": 2, "max": 2}])
        )
        asked.append(
            question(
                "q",
                "multiple",
                choices=[*choices(*Q_CODES), *([none] if draw(required) else [])],
                required=draw(required),
                non_answers=["@dont_know"] if draw(required) else [],
                **bounds,
            )
        )
    kind = draw(st.sampled_from(["", "single", "short_text", "consent", "multiple"]))
    if kind:
        many = kind in {"single", "multiple"}
        asked.append(
            question(
                "r",
                kind,
                show_if=draw(follow_up_conditions()),
                required=draw(required),
                **({"choices": choices("x", "y")} if many else {}),
            )
        )
    return read_definition(questionnaire(asked))


@st.composite
def surveys_answered(
    draw: st.DrawFn,
) -> tuple[Definition, str, list[Pattern], list[Pattern]]:
    definition = draw(definitions())
    background = draw(st.sampled_from(["", "b", "b", GROUPS]))
    groups = LETTERS if background == GROUPS else ("",)
    possible = patterns(definition, groups)[:MOST_PATTERNS]
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(possible), st.sampled_from([1, 1, 2, 3, 3, 4, 5, 8])
            ),
            min_size=2,
            max_size=14,
        )
    )
    given = [each for each, times in drawn for _ in range(times)]
    return definition, background, given, patterns(definition, groups)


def published(
    definition: Definition, background: str, given: Sequence[Pattern], k: int = K
) -> Published:
    by_groups = background == GROUPS
    return publish_results(
        definition,
        [each.answers for each in given],
        Terms(k, background, LETTERS if by_groups else ()),
        [LETTERS.index(each.group) for each in given] if by_groups else None,
    )


def attack(case: tuple[Definition, str, list[Pattern], list[Pattern]]) -> list[str]:
    definition, background, given, possible = case
    shown = published(definition, background, given)
    return betrayed(definition, shown, given, possible)


FEW = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


@given(surveys_answered())
@FEW
def test_nothing_shown_betrays_a_small_cell(
    case: tuple[Definition, str, list[Pattern], list[Pattern]],
) -> None:
    assert attack(case) == []


@pytest.mark.long
@pytest.mark.timeout(900)
@given(surveys_answered())
@settings(FEW, max_examples=5_000)
def test_nothing_shown_betrays_a_small_cell_in_many_surveys(
    case: tuple[Definition, str, list[Pattern], list[Pattern]],
) -> None:
    assert attack(case) == []


def _small_alone(
    counts: Sequence[int], k: int, together: frozenset[int] = frozenset()
) -> frozenset[int]:
    return together | {at for at, count in enumerate(counts) if 0 < count < k}


def _small_alone_in_matrix(
    matrix: Sequence[Sequence[int]], k: int, hidden: frozenset[tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    return hidden | {
        (at, place)
        for at, row in enumerate(matrix)
        for place, count in enumerate(row)
        if 0 < count < k
    }


@pytest.mark.parametrize("law", ["cells", "matrix", "follow-ups"])
def test_the_attack_succeeds_where_a_law_is_switched_off(
    law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the attacker would be too weak to prove anything."""
    if law == "cells":
        monkeypatch.setattr(surveys.gate, "hidden_cells", _small_alone)
    elif law == "matrix":
        monkeypatch.setattr(surveys.crossing, "hidden_cells", _small_alone)
        monkeypatch.setattr(
            surveys.crossing, "hidden_in_matrix", _small_alone_in_matrix
        )
    else:
        monkeypatch.setattr(FollowUps, "may_be_shown", lambda *_: True)

    @given(surveys_answered())
    @seed(1)
    @settings(FEW, max_examples=600, database=None, phases=[Phase.generate])
    def look(case: tuple[Definition, str, list[Pattern], list[Pattern]]) -> None:
        assert attack(case) == []

    with pytest.raises(AssertionError):
        look()


OF_TWO = asking(
    question("b", "single", choices=choices(*B_CODES), background=True),
    question("q", "single", choices=choices(*Q_CODES)),
    question("t", "short_text"),
)


def answered(
    counts: dict[tuple[str, str], int], definition: Definition = OF_TWO
) -> Published:
    """Responses to `b` and `q`, under a threshold of five."""
    given = [
        Pattern({"b": b, "q": q}, "")
        for (b, q), times in counts.items()
        for _ in range(times)
    ]
    return published(definition, "b", given, 5)


def test_under_the_threshold_nothing_is_shown() -> None:
    shown = answered({("g", "ja"): 4})
    assert shown.responses is None
    assert not any(table.is_shown for table in shown.tables)
    assert shown.table("q").counts == (None, None, None)


def test_a_single_small_cell_takes_another_with_it() -> None:
    shown = answered({("g", "ja"): 60, ("g", "nei"): 37, ("g", "kanskje"): 3})
    assert shown.table("q").counts == (60, None, None)
    assert not shown.table("q").whole


def test_hidden_looks_like_empty() -> None:
    hidden = answered({("g", "ja"): 60, ("g", "nei"): 4, ("g", "kanskje"): 3})
    empty = answered({("g", "ja"): 60})
    assert hidden.table("q").counts == empty.table("q").counts == (60, None, None)


def test_small_cells_that_are_many_together_take_none_with_them() -> None:
    assert hidden_cells([60, 4, 3, 0], 5) == {1, 2}
    assert hidden_cells([60, 40, 4, 0], 5) == {1, 2}
    assert hidden_cells([60, 40, 3, 3], 5) == {1, 2, 3}, "equals tell of each other"
    assert hidden_cells([60, 40, 0, 0], 5) == frozenset()


def test_a_group_of_one_answer_alone_is_hidden() -> None:
    shown = answered(
        {("g", "ja"): 10, ("h", "ja"): 20, ("h", "nei"): 20, ("i", "nei"): 9}
        | {("i", "ja"): 9}
    )
    groups = {column.group: column.counts for column in shown.table("q").groups}
    assert groups["g"] == (None, None, None)
    assert shown.table("q").counts == (39, 29, None)


def test_a_small_group_takes_another_group_with_it() -> None:
    shown = answered({("g", "ja"): 30, ("h", "ja"): 20, ("i", "ja"): 2})
    assert shown.table("b").counts == (30, None, None, None)
    assert shown.table("q").groups == (), "one group alone is shown by none"


def test_texts_are_shown_from_the_threshold_in_an_order_of_their_own() -> None:
    texts = ["en", "to", "tre", "fire", "fem"]
    given = [{"t": text} for text in texts]
    shown = publish_results(OF_TWO, given, Terms())
    assert shown.texts == {"t": shuffled("t", texts)}
    again = publish_results(OF_TWO, given[::-1], Terms())
    assert again.texts == shown.texts, "the order of responses is nowhere in it"
    assert shuffled("t", texts) != shuffled("u", texts)
    assert publish_results(OF_TWO, given[:4], Terms()).texts == {}


def test_a_higher_threshold_never_shows_more() -> None:
    given = [{"q": "ja"}] * 30 + [{"q": "nei"}] * 8 + [{"q": "kanskje"}] * 4
    first = publish_results(OF_TWO, given, Terms(5))
    later = publish_results(OF_TWO, given, Terms(10), earlier=first)
    assert first.table("q").counts == (30, None, None)
    assert later.table("q").counts == (30, None, None)
    with pytest.raises(ThresholdTooLow):
        publish_results(OF_TWO, given, Terms(4), earlier=first)


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (Terms(2), ThresholdTooLow),
        (Terms(5, "q"), NoSuchBackground),
        (Terms(5, "nowhere"), NoSuchBackground),
        (Terms(5, GROUPS), NoSuchBackground),
    ],
)
def test_terms_that_the_gate_does_not_know_are_refused(
    terms: Terms, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        publish_results(OF_TWO, [], terms)


def test_results_are_divided_only_by_what_all_were_asked() -> None:
    some = {"q": "b", "op": "answered"}
    definition = asking(
        question("b", "single", choices=choices("g", "h"), background=True),
        question(
            "c", "single", choices=choices("g", "h"), background=True, show_if=some
        ),
    )
    assert backgrounds(definition) == ("b",)


def test_results_are_read_as_they_were_written() -> None:
    definition = asking(
        question("b", "single", choices=choices("g", "h"), background=True),
        question("n", "number", min="0", max="100"),
        question("r", "ranking", choices=choices("x", "y")),
        question(
            "m", "matrix", rows=choices("en", "to"), choices=choices("lite", "mye")
        ),
        question("s", "long_text"),
    )
    given: list[Answers] = [
        {
            "b": "gh"[at % 2],
            "n": str(at),
            "r": ["x", "y"] if at % 3 else ["y", "x"],
            "m": {"en": "lite" if at % 2 else "mye"},
            "s": f"Tekst {at}",
        }
        for at in range(60)
    ]
    shown = publish_results(definition, given, Terms(5, "b"))
    assert shown.table("n").measures is not None
    assert shown.table("r").ranks == ((40, 20), (20, 40))
    assert read_published(published_json(shown), shown.texts) == shown


@pytest.mark.parametrize("raw", [None, {}, {"format": "urne-survey-results/1"}, []])
def test_what_is_no_results_is_refused(raw: Any) -> None:  # noqa: ANN401
    with pytest.raises(NotResults):
        read_published(raw)
