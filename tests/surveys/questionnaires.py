"""Questionnaires to ask with, and strategies that draw them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from crypto.encoding import JsonValue
from surveys.definition import Definition, read_definition
from surveys.questionnaire import (
    BACKGROUND_KINDS,
    CHOICE_KINDS,
    LABELLED_ENDS_KINDS,
    NON_ANSWER_KINDS,
    OTHER_KINDS,
    SHUFFLED_KINDS,
    Kind,
    NonAnswer,
)


def nb(text: str) -> dict[str, JsonValue]:
    """A text in bokmål only."""
    return {"nb": text}


def choices(*codes: str) -> list[dict[str, Any]]:
    """Choices that are called as they are coded."""
    return [{"code": code, "label": nb(code.capitalize())} for code in codes]


def question(code: str, kind: str, **settings: Any) -> dict[str, Any]:  # noqa: ANN401
    """A question as JSON; its title is its code."""
    return {"code": code, "kind": kind, "title": nb(f"Spørsmål {code}"), **settings}


def questionnaire(*pages: list[dict[str, Any]], **settings: Any) -> dict[str, Any]:  # noqa: ANN401
    """A definition as JSON, of pages p1, p2 and so on."""
    return {
        "format": "urne-survey/1",
        "languages": ["nb"],
        "title": nb("Prøve"),
        "pages": [
            {"code": f"p{number}", "questions": questions}
            for number, questions in enumerate(pages, 1)
        ],
        **settings,
    }


def asking(*questions: dict[str, Any]) -> Definition:
    """A definition of one page."""
    return read_definition(questionnaire(list(questions)))


BOTH = ["@dont_know", "@prefer_not"]

_EVERY_KIND = questionnaire(
    [
        question("overskrift", "heading"),
        question("info", "information", help=nb("Linje én\nLinje to")),
        question("enkelt", "single", choices=choices("ja", "nei"), other=nb("Annet")),
        question(
            "flere",
            "multiple",
            choices=[
                *choices("a", "b", "c"),
                {"code": "ingen", "label": nb("Ingen"), "exclusive": True},
            ],
            other=nb("Annet"),
            min=1,
            max=2,
            non_answers=BOTH,
            shuffle=True,
        ),
        question(
            "alder",
            "dropdown",
            choices=choices("u30", "o30"),
            background=True,
            required=True,
            non_answers=["@prefer_not"],
        ),
    ],
    [
        question("kort", "short_text", max=20),
        question("lang", "long_text"),
        question("tall", "number", min="-5", max="99.5", decimals=1, non_answers=BOTH),
        question("dato", "date", min="2020-01-01", max="2030-12-31", non_answers=BOTH),
        question(
            "skala",
            "scale",
            min=1,
            max=5,
            low_label=nb("Uenig"),
            high_label=nb("Enig"),
            non_answers=BOTH,
            help=nb("Du svarte {{enkelt}}."),
        ),
        question("nps", "nps"),
        question(
            "matrise",
            "matrix",
            choices=choices("uenig", "enig"),
            rows=choices("r1", "r2"),
            non_answers=BOTH,
        ),
        question("rang", "ranking", choices=choices("x", "y", "z"), shuffle=True),
        question("samtykke", "consent"),
    ],
)


def every_kind_json() -> dict[str, Any]:
    """One question of every kind, as JSON of one's own to change."""
    return deepcopy(_EVERY_KIND)


def every_kind() -> Definition:
    """One question of every kind, on two pages."""
    return read_definition(every_kind_json())


_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co", "Cf")
)
_WORDS = st.text(_LETTERS, min_size=1, max_size=30).filter(
    lambda text: bool(text.strip()) and "{{" not in text
)
_ODD = st.sampled_from(
    ["=1+1", "@SUM(A1)", "-2", "+47", "_x0041_", "007", "1e5", "TRUE", "#REF!", "a;b"]
)


@st.composite
def texts(draw: st.DrawFn, languages: list[str]) -> dict[str, JsonValue]:
    """A text in the first language, and perhaps in the others."""
    return {
        language: draw(_WORDS | _ODD)
        for place, language in enumerate(languages)
        if place == 0 or draw(st.booleans())
    }


def _ranges(draw: st.DrawFn, kind: Kind, count: int) -> dict[str, Any]:
    match kind:
        case Kind.SCALE:
            low = draw(st.integers(0, 5))
            return {"min": low, "max": draw(st.integers(low + 1, 10))}
        case Kind.NUMBER:
            low = draw(st.integers(-1000, 1000))
            return {"min": str(low), "max": f"{low + 2}.5", "decimals": 2}
        case Kind.DATE:
            return {"min": "2020-02-29", "max": "2031-01-01"}
        case Kind.MULTIPLE | Kind.RANKING:
            return {"min": 1, "max": draw(st.integers(1, count))}
        case Kind.SHORT_TEXT | Kind.LONG_TEXT:
            return {"max": draw(st.integers(1, 500))}
        case _:
            return {}


@st.composite
def questions(draw: st.DrawFn, code: str, languages: list[str]) -> dict[str, Any]:
    """A question of any kind, with some of what its kind can have."""
    kind = draw(st.sampled_from(Kind))
    written: dict[str, Any] = {
        "code": code,
        "kind": kind.value,
        "title": draw(texts(languages)),
    }
    count = draw(st.integers(2, 4))
    if kind in CHOICE_KINDS:
        written["choices"] = [
            {"code": f"{number}", "label": draw(texts(languages))}
            for number in range(count)
        ]
    if kind is Kind.MATRIX:
        written["rows"] = [{"code": "r1", "label": draw(texts(languages))}]
    if kind in OTHER_KINDS and draw(st.booleans()):
        written["other"] = draw(texts(languages))
    if kind in NON_ANSWER_KINDS:
        coded = [each.value for each in NonAnswer]
        written["non_answers"] = draw(st.lists(st.sampled_from(coded), unique=True))
    for name, kinds in (("shuffle", SHUFFLED_KINDS), ("background", BACKGROUND_KINDS)):
        if kind in kinds:
            written[name] = draw(st.booleans())
    if kind in LABELLED_ENDS_KINDS and draw(st.booleans()):
        written["low_label"] = draw(texts(languages))
    if kind is Kind.SCALE or draw(st.booleans()):
        written |= _ranges(draw, kind, count)
    if kind not in {Kind.HEADING, Kind.INFORMATION}:
        written["required"] = draw(st.booleans())
    return written


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A lawful definition of one to three pages, some shown on conditions."""
    languages = draw(st.sampled_from([["nb"], ["nn", "nb"], ["nb", "nn", "en"]]))
    pages: list[dict[str, Any]] = []
    earlier: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        here = []
        for place in range(draw(st.integers(0, 3))):
            asked = draw(questions(f"q{number}_{place}", languages))
            on_condition = draw(st.booleans())
            if earlier and on_condition:
                asked["show_if"] = draw(conditions(earlier))
            if asked["kind"] not in {"heading", "information"}:
                earlier.append(asked["code"])
            here.append(asked)
        pages.append({"code": f"p{number}", "questions": here})
    return read_definition(
        {
            "format": "urne-survey/1",
            "languages": languages,
            "title": draw(texts(languages)),
            "pages": pages,
        }
    )


def conditions(earlier: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A condition on earlier questions, at most four deep."""
    leaf = st.builds(
        lambda code, operator: {"q": code, "op": operator},
        st.sampled_from(earlier),
        st.sampled_from(["answered", "blank"]),
    )
    level = leaf
    for _ in range(2):
        level = leaf | st.one_of(
            st.builds(lambda part: {"not": part}, level),
            st.builds(
                lambda parts: {"all": parts}, st.lists(level, min_size=1, max_size=2)
            ),
            st.builds(
                lambda parts: {"any": parts}, st.lists(level, min_size=1, max_size=2)
            ),
        )
    return level
