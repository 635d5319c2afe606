from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.encoding import JsonValue
from surveys.answer_problems import AnswerReason, AnswersRefused
from surveys.answers import clean_answers, is_non_answer, visible_pages
from surveys.form_answers import field_names, read_form_answers
from surveys.questionnaire import Definition
from tests.surveys.questionnaires import (
    asking,
    choices,
    definitions,
    every_kind,
    nb,
    question,
)

FULL: dict[str, Any] = {
    "enkelt": "@other",
    "enkelt:other": "Noe eget",
    "flere": ["a", "@other"],
    "flere:other": "Mer",
    "alder": "u30",
    "kort": "kort svar",
    "lang": "to\nlinjer",
    "tall": "99.5",
    "dato": "2027-02-28",
    "skala": 5,
    "nps": 0,
    "matrise": {"r1": "enig", "r2": "@dont_know"},
    "rang": ["z", "x", "y"],
    "samtykke": True,
}


def refused(definition: Definition, raw: Any) -> list[tuple[str, AnswerReason]]:  # noqa: ANN401
    with pytest.raises(AnswersRefused) as caught:
        clean_answers(definition, raw)
    return [(each.question, each.reason) for each in caught.value.problems]


def test_answers_of_every_kind_are_kept_as_they_are() -> None:
    assert clean_answers(every_kind(), FULL) == FULL
    assert clean_answers(every_kind(), {"alder": "o30"}) == {"alder": "o30"}


def test_answers_get_their_one_form() -> None:
    raw: dict[str, JsonValue] = {
        **FULL,
        "flere": ["@other", "a"],
        "kort": "  kort svar ",
        "lang": "to\r\nlinjer",
        "tall": 7,
    }
    kept = clean_answers(every_kind(), raw)
    assert kept == {**FULL, "tall": "7"}


def test_blank_answers_have_no_key() -> None:
    raw: dict[str, JsonValue] = {
        "alder": "u30",
        "enkelt": "",
        "flere": [],
        "kort": " ",
        "matrise": {"r1": ""},
        "samtykke": False,
        "tall": None,
    }
    assert clean_answers(every_kind(), raw) == {"alder": "u30"}


def test_coded_non_answers_are_something_else_than_blanks() -> None:
    raw: dict[str, JsonValue] = {
        "flere": "@prefer_not",
        "alder": "@prefer_not",
        "tall": "@dont_know",
        "dato": "@dont_know",
        "skala": "@dont_know",
        "matrise": {"r1": "@prefer_not"},
    }
    kept = clean_answers(every_kind(), raw)
    assert kept == raw
    assert is_non_answer(every_kind().question("tall"), kept["tall"])
    assert not is_non_answer(every_kind().question("kort"), "@dont_know")
    text_of_that_name = clean_answers(every_kind(), {**raw, "kort": "@dont_know"})
    assert text_of_that_name["kort"] == "@dont_know"


WRONG: list[tuple[str, Any, AnswerReason]] = [
    ("enkelt", "kanskje", AnswerReason.NOT_A_CHOICE),
    ("enkelt", "@dont_know", AnswerReason.NOT_A_CHOICE),
    ("enkelt", ["ja"], AnswerReason.WRONG_SHAPE),
    ("enkelt", "@other", AnswerReason.OTHER_NOT_STATED),
    ("flere", "a", AnswerReason.WRONG_SHAPE),
    ("flere", ["a", "b", "c"], AnswerReason.TOO_MANY),
    ("flere", ["a"] * 1_000, AnswerReason.TOO_MANY),
    ("flere", ["a", "a"], AnswerReason.TWICE),
    ("flere", ["a", "ingen"], AnswerReason.EXCLUSIVE_WITH_OTHERS),
    ("flere", [{"a": 1}], AnswerReason.WRONG_SHAPE),
    ("alder", "@dont_know", AnswerReason.NOT_A_CHOICE),
    ("kort", "x" * 21, AnswerReason.TOO_LONG),
    ("kort", "x" * 10_000_000, AnswerReason.TOO_LONG),
    ("kort", "to\nlinjer", AnswerReason.UNREADABLE_TEXT),
    ("kort", "a\u202eb", AnswerReason.UNREADABLE_TEXT),
    ("kort", "\ud800", AnswerReason.UNREADABLE_TEXT),
    ("kort", 3, AnswerReason.WRONG_SHAPE),
    ("lang", "x" * 4_001, AnswerReason.TOO_LONG),
    ("lang", "\x00", AnswerReason.UNREADABLE_TEXT),
    ("tall", "1,5", AnswerReason.NOT_A_NUMBER),
    ("tall", "01", AnswerReason.NOT_A_NUMBER),
    ("tall", "NaN", AnswerReason.NOT_A_NUMBER),
    ("tall", "1e9", AnswerReason.NOT_A_NUMBER),
    ("tall", "٣", AnswerReason.NOT_A_NUMBER),
    ("tall", 1.5, AnswerReason.NOT_A_NUMBER),
    ("tall", True, AnswerReason.NOT_A_NUMBER),
    ("tall", 10**400, AnswerReason.NOT_A_NUMBER),
    ("tall", "1.25", AnswerReason.TOO_MANY_DECIMALS),
    ("tall", "-5.5", AnswerReason.TOO_SMALL),
    ("tall", "99.6", AnswerReason.TOO_LARGE),
    ("dato", "28.2.2027", AnswerReason.NOT_A_DATE),
    ("dato", "2027-02-29", AnswerReason.NOT_A_DATE),
    ("dato", "20270228", AnswerReason.NOT_A_DATE),
    ("dato", "2019-12-31", AnswerReason.TOO_EARLY),
    ("dato", "2031-01-01", AnswerReason.TOO_LATE),
    ("skala", 0, AnswerReason.NOT_A_CHOICE),
    ("skala", 6, AnswerReason.NOT_A_CHOICE),
    ("skala", "5", AnswerReason.WRONG_SHAPE),
    ("skala", True, AnswerReason.WRONG_SHAPE),
    ("nps", 11, AnswerReason.NOT_A_CHOICE),
    ("matrise", {"r3": "enig"}, AnswerReason.WRONG_SHAPE),
    ("matrise", {"r1": "r1"}, AnswerReason.NOT_A_CHOICE),
    ("matrise", {"r1": ["enig"]}, AnswerReason.NOT_A_CHOICE),
    ("matrise", "@dont_know", AnswerReason.WRONG_SHAPE),
    ("rang", ["x", "y"], AnswerReason.TOO_FEW),
    ("rang", ["x", "y", "y"], AnswerReason.TWICE),
    ("rang", {"x": "1", "y": "1", "z": "2"}, AnswerReason.TWICE),
    ("rang", {"x": "1", "y": "3", "z": "4"}, AnswerReason.RANKS_WITH_HOLES),
    ("rang", {"x": "en"}, AnswerReason.NOT_A_NUMBER),
    ("samtykke", "on", AnswerReason.WRONG_SHAPE),
]


@pytest.mark.parametrize(
    ("code", "value", "reason"), WRONG, ids=lambda value: repr(value)[:30]
)
def test_wrong_answers_are_told_by_question(
    code: str,
    value: Any,  # noqa: ANN401
    reason: AnswerReason,
) -> None:
    raw: dict[str, JsonValue] = {"alder": "u30", code: value}
    assert refused(every_kind(), raw) == [(code, reason)]


def test_no_refusal_carries_what_was_answered() -> None:
    with pytest.raises(AnswersRefused) as caught:
        clean_answers(every_kind(), {"alder": "u30", "kort": "Kari Nordmann " * 9})
    assert "Kari" not in f"{caught.value!r} {caught.value} {caught.value.problems}"


def test_what_is_required_must_be_answered_where_it_is_shown() -> None:
    definition = asking(
        question("a", "single", choices=choices("ja", "nei"), required=True),
        question(
            "m",
            "matrix",
            choices=choices("x", "y"),
            rows=choices("r1", "r2"),
            required=True,
            show_if={"q": "a", "op": "in", "v": ["ja"]},
        ),
        question("k", "consent", required=True),
    )
    assert refused(definition, {}) == [
        ("a", AnswerReason.REQUIRED),
        ("k", AnswerReason.REQUIRED),
    ]
    assert refused(definition, {"a": "ja", "k": False, "m": {"r1": "x"}}) == [
        ("m", AnswerReason.ROW_MISSING),
        ("k", AnswerReason.REQUIRED),
    ]
    assert clean_answers(definition, {"a": "nei", "k": True}) == {"a": "nei", "k": True}


def test_answers_to_hidden_questions_are_dropped_unread() -> None:
    definition = asking(
        question("a", "single", choices=choices("ja", "nei"), other=nb("Annet")),
        question("b", "nps", show_if={"q": "a", "op": "in", "v": ["ja"]}),
        question("c", "short_text", show_if={"q": "b", "op": "answered"}),
    )
    everything: dict[str, JsonValue] = {"a": "ja", "b": 3, "c": "fordi"}
    assert clean_answers(definition, everything) == everything
    taken_back: dict[str, JsonValue] = {**everything, "a": "nei", "a:other": "hemmelig"}
    assert clean_answers(definition, taken_back) == {"a": "nei"}
    assert clean_answers(definition, {"a": "nei", "b": "nonsense"}) == {"a": "nei"}


def test_strangers_are_refused() -> None:
    definition = asking(question("a", "nps"), question("h", "heading"))
    for name in ("b", "h", "a:other", "__proto__", "x" * 10_000):
        assert refused(definition, {name: 1}) == [
            (name[:32], AnswerReason.UNKNOWN_QUESTION)
        ]
    for raw in (None, 3, "a", [1]):
        assert refused(definition, raw) == [("", AnswerReason.WRONG_SHAPE)]
    assert len(refused(definition, {f"q{n}": 1 for n in range(100_000)})) == 100


def test_pages_can_be_looked_at_one_by_one() -> None:
    assert clean_answers(every_kind(), FULL, through="p1") == {
        key: FULL[key]
        for key in ("enkelt", "enkelt:other", "flere", "flere:other", "alder")
    }
    half: dict[str, JsonValue] = {"alder": "u30", "skala": 77}
    assert clean_answers(every_kind(), half, through="p1") == {"alder": "u30"}


def test_a_form_says_the_same() -> None:
    form = {
        "enkelt": ["@other"],
        "enkelt:other": [" Noe eget"],
        "flere": ["a", "@other"],
        "flere:other": ["Mer"],
        "alder": ["u30"],
        "kort": ["kort svar"],
        "lang": ["to\r\nlinjer"],
        "tall": [" 99,50 "],
        "dato": ["28.2.2027"],
        "skala": ["5"],
        "nps": ["0"],
        "matrise.r1": ["enig"],
        "matrise.r2": ["@dont_know"],
        "rang.x": ["2"],
        "rang.y": ["3"],
        "rang.z": ["1"],
        "samtykke": ["ja"],
        "csrf_token": ["x"],
    }
    definition = every_kind()
    assert clean_answers(definition, read_form_answers(definition, form)) == FULL
    names = {
        name for each in definition.answered_questions for name in field_names(each)
    }
    assert names - {"tall:non", "dato:non"} == set(form) - {"csrf_token"}
    empty = {name: [""] for name in form}
    assert read_form_answers(definition, empty) == {}
    nothing = read_form_answers(definition, {"tall:non": ["@dont_know"]})
    assert nothing == {"tall": "@dont_know"}
    wrong = read_form_answers(
        definition, {"alder": ["u30"], "tall": ["tja"], "rang.x": ["2"], "nps": ["x"]}
    )
    assert refused(definition, wrong) == [
        ("tall", AnswerReason.NOT_A_NUMBER),
        ("nps", AnswerReason.WRONG_SHAPE),
        ("rang", AnswerReason.RANKS_WITH_HOLES),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=6,
)


@given(definitions(), st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_is_kept_is_kept_again(
    definition: Definition, data: st.DataObject
) -> None:
    raw: dict[str, JsonValue] = {}
    for asked in definition.answered_questions:
        guess = JSON
        if asked.codes:
            guess |= st.sampled_from(asked.codes)
            guess |= st.lists(st.sampled_from(asked.codes), max_size=3)
        raw[asked.code] = data.draw(guess)
    try:
        kept = clean_answers(definition, raw)
    except AnswersRefused:
        return
    assert clean_answers(definition, kept) == kept
    shown = [
        each for page in visible_pages(definition, kept) for each in page.questions
    ]
    assert {code.partition(":")[0] for code in kept} <= {each.code for each in shown}
