from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from surveys.definition import read_definition
from surveys.editing_distance import is_within
from surveys.translations_check import missing_translations
from surveys.wording import NotWordingOnly, WordingReason, require_wording_only
from tests.surveys.questionnaires import choices, nb, question, questionnaire

Change = Callable[[dict[str, Any]], object]


def launched() -> dict[str, Any]:
    asked = question(
        "a", "single", choices=choices("enig", "uenig"), other=nb("Annet, skriv hva")
    )
    asked["title"] = nb("Hvor enig er du i at lønna er blitt bedre de siste 3 årene?")
    asked["help"] = nb("Tenk på arbeidsplasen din.")
    later = question("b", "long_text", title=nb("Hvorfor svarte du {{a}} på det?"))
    return questionnaire([asked], [later], languages=["nb", "nn"])


def first(raw: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return raw["pages"][0]["questions"][0]


def reasons(change: Change) -> set[tuple[str, WordingReason]]:
    new = launched()
    change(new)
    old, changed = read_definition(launched()), read_definition(new)
    try:
        require_wording_only(old, changed)
    except NotWordingOnly as refused:
        return {(each.path, each.reason) for each in refused.problems}
    return set()


HELP = "pages[0].questions[0].help.nb"
TITLE = "pages[0].questions[0].title.nb"


def titled(text: str) -> Change:
    return lambda raw: first(raw)["title"].update(nb=text)


def test_typos_and_translations_may_be_put_right() -> None:
    for change in (
        lambda raw: first(raw)["help"].update(nb="Tenk på arbeidsplassen din."),
        lambda raw: first(raw)["help"].update(nn="Tenk på arbeidsplassen din."),
        lambda raw: raw["languages"].append("en"),
        titled("Hvor enig er du i at lønna er blitt betre de siste 3 årene?"),
        lambda raw: first(raw)["choices"][0]["label"].update(nb="enig"),
    ):
        assert reasons(change) == set()


OTHER_CHANGES: list[tuple[Change, str, str]] = [
    (lambda raw: first(raw).update(required=True), "", "structure"),
    (lambda raw: first(raw)["choices"].reverse(), "", "structure"),
    (lambda raw: first(raw)["choices"][0].update(code="enig2"), "", "structure"),
    (lambda raw: first(raw).update(kind="dropdown"), "", "structure"),
    (lambda raw: raw["pages"][0].update(code="side"), "", "structure"),
    (lambda raw: first(raw).pop("help"), "", "structure"),
    (lambda raw: raw.update(intro=nb("Hei")), "", "structure"),
    (lambda raw: raw["languages"].pop(), "languages", "language_removed"),
    (titled("Hva mener du om de nye arbeidstidene fra 2027?"), TITLE, "meaning"),
    (
        titled("Hvor enig er du i at lønna ikke er blitt bedre de siste 3 årene?"),
        TITLE,
        "meaning",
    ),
    (
        titled("Hvor uenig er du i at lønna er blitt bedre de siste 3 årene?"),
        TITLE,
        "meaning",
    ),
    (
        titled("Hvor enig er du i at lønna er blitt bedre de siste 5 årene?"),
        TITLE,
        "meaning",
    ),
    (
        lambda raw: first(raw)["help"].update(nb="Gjelder hele bransjen vår."),
        HELP,
        "different",
    ),
    (
        lambda raw: first(raw)["choices"][1]["label"].update(nb="Enig"),
        "pages[0].questions[0].choices[1].label.nb",
        "meaning",
    ),
]


def test_other_changes_need_a_new_version() -> None:
    for change, path, reason in OTHER_CHANGES:
        found = reasons(change)
        assert any(where == path and reason in why for where, why in found), found


def test_pipes_stay_and_labels_are_not_exchanged() -> None:
    def unpipe(raw: dict[str, Any]) -> None:
        raw["pages"][1]["questions"][0]["title"] = nb("Hvorfor svarte du det på det?")

    def exchange(raw: dict[str, Any]) -> None:
        one, other = first(raw)["choices"]
        one["label"], other["label"] = other["label"], one["label"]

    path = "pages[1].questions[0].title.nb"
    assert reasons(unpipe) == {(path, WordingReason.PIPING_CHANGED)}
    assert ("a.choices", WordingReason.LABELS_EXCHANGED) in reasons(exchange)


def test_missing_translations_are_told_by_path() -> None:
    raw = launched()
    raw["title"]["nn"] = "Prøve"
    missing = missing_translations(read_definition(raw))
    assert {each.language for each in missing} == {"nn"}
    assert len(missing) == 6
    assert missing[0].path == "pages[0].questions[0].title"
    assert missing[0].original.startswith("Hvor enig")
    assert len(missing_translations(read_definition(raw), "en")) == 7
    assert missing_translations(read_definition(raw), "nb") == ()


def _distance(one: str, other: str) -> int:
    # Levenshtein's table, without the band.
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        below = [number]
        for place, against in enumerate(other, 1):
            below.append(
                min(row[place] + 1, below[-1] + 1, row[place - 1] + (letter != against))
            )
        row = below
    return row[-1]


WORDS = st.text("abc", max_size=8)


@given(WORDS, WORDS, st.integers(0, 9))
def test_distance_is_levenshteins(one: str, other: str, most: int) -> None:
    assert is_within(one, other, most) is (_distance(one, other) <= most)
