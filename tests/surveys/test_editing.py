from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.conditions import AnswerTest, Operator
from surveys.definition import definition_json, read_definition
from surveys.definition_problems import DefinitionRefused, DefinitionUnlawful, Reason
from surveys.edit_checks import (
    AtTheEnd,
    EditRefused,
    LastPage,
    NoSuchChoice,
    NoSuchPage,
    NoSuchQuestion,
    NoSuchText,
    ReferredTo,
    checked,
)
from surveys.editing import (
    add_page,
    change_frame,
    change_languages,
    change_page,
    move_page,
    new_definition,
    put_text,
    remove_page,
    set_page_condition,
    set_question_condition,
)
from surveys.editing_questions import (
    add_choice,
    add_question,
    change_question,
    copy_question,
    fitted,
    move_choice,
    move_question,
    remove_choice,
    remove_question,
)
from surveys.questionnaire import Definition, Kind, Texts
from surveys.survey_templates import SurveyTemplate, read_template
from surveys.translations_check import missing_translations
from tests.surveys.questionnaires import (
    choices,
    definitions,
    nb,
    question,
    questionnaire,
)


def three() -> Definition:
    """A question, one that pipes it, and a page shown by it."""
    raw = questionnaire(
        [question("a", "single", choices=choices("ja", "nei", "kanskje"))],
        [question("b", "long_text", title=nb("Hvorfor {{a}}?"))],
        [question("c", "nps"), question("d", "nps")],
    )
    raw["pages"][2]["show_if"] = {"q": "a", "op": "in", "v": ["ja"]}
    return read_definition(raw)


def codes(definition: Definition) -> list[list[str]]:
    return [[each.code for each in page.questions] for page in definition.pages]


def test_a_questionnaire_is_built_from_nothing() -> None:
    definition = new_definition("  Min undersøkelse ")
    assert definition.title.nb == "Min undersøkelse"
    for kind in Kind:
        definition, code = add_question(definition, "side_1", kind, f"Om {kind}")
        assert definition.question(code).kind is kind
    definition = add_page(definition, Texts("Mer"))
    assert [page.code for page in definition.pages] == ["side_1", "side_2"]
    assert codes(definition)[0] == [f"q_{number}" for number in range(1, 15)]
    definition = add_choice(definition, "q_1", Texts("Tredje"))
    definition = move_choice(definition, "q_1", "valg_1", -1 + 2)
    labels = [each.label.nb for each in definition.question("q_1").choices]
    assert labels == ["Alternativ 2", "Alternativ 1", "Tredje"]
    definition = remove_choice(definition, "q_1", "valg_2")
    matrix = next(each for each in definition.questions if each.kind is Kind.MATRIX)
    definition = add_choice(definition, matrix.code, Texts("Rad to"), "rows")
    assert [each.code for each in definition.question(matrix.code).rows] == [
        "rad_1",
        "rad_2",
    ]
    definition = change_page(definition, "side_2", Texts("Slutt"), shuffle=True)
    assert definition.pages[1].shuffle
    with pytest.raises(DefinitionRefused):
        new_definition(" ")
    with pytest.raises(DefinitionRefused):
        add_question(definition, "side_1", Kind.NPS, "")


def test_what_is_referred_to_stays_and_stays_before() -> None:
    definition = three()
    for remove, code in ((remove_question, "a"), (remove_page, "p1")):
        with pytest.raises(ReferredTo) as used:
            remove(definition, code)
        assert set(used.value.by) == {"b", "p3"}
    with pytest.raises(ReferredTo) as used:
        remove_choice(definition, "a", "ja")
    assert used.value.by == ("p3",)
    with pytest.raises(DefinitionUnlawful) as forward:
        move_page(definition, "p1", 1)
    assert forward.value.problems[0].reason is Reason.REFERS_FORWARD
    with pytest.raises(DefinitionUnlawful):
        move_question(definition, "a", 1)
    with pytest.raises(DefinitionUnlawful):
        change_question(
            definition, "a", replace(definition.question("a"), kind=Kind.MATRIX)
        )
    assert codes(remove_question(definition, "b")) == [["a"], [], ["c", "d"]]
    assert codes(remove_choice(definition, "a", "nei")) == codes(definition)


def test_questions_move_within_and_over_pages() -> None:
    definition = three()
    assert codes(move_question(definition, "d", -1))[2] == ["d", "c"]
    assert codes(move_question(definition, "c", -1)) == [["a"], ["b", "c"], ["d"]]
    assert codes(move_question(definition, "b", 1)) == [["a"], [], ["b", "c", "d"]]
    for code, steps in (("a", -1), ("d", 1)):
        with pytest.raises(AtTheEnd):
            move_question(definition, code, steps)
    moved = move_page(definition, "p3", -1)
    assert [page.code for page in moved.pages] == ["p1", "p3", "p2"]


def test_a_new_code_is_followed_by_all_that_use_it() -> None:
    definition = three()
    renamed = change_question(
        definition, "a", replace(definition.question("a"), code="mening")
    )
    assert renamed.question("b").title.nb == "Hvorfor {{mening}}?"
    assert definition_json(renamed)["pages"][2]["show_if"]["q"] == "mening"  # type: ignore[index,call-overload]
    with pytest.raises(DefinitionUnlawful):
        change_question(definition, "c", replace(definition.question("c"), code="d"))
    copied, code = copy_question(definition, "a")
    assert codes(copied)[0] == ["a", code]
    assert copied.question(code).choices == definition.question("a").choices


def test_a_question_of_another_kind_keeps_what_fits() -> None:
    definition = three()
    asked = replace(definition.question("a"), required=True, background=True)
    changed = change_question(definition, "a", replace(asked, kind=Kind.DROPDOWN))
    assert changed.question("a").choices == asked.choices
    assert changed.question("a").background
    assert fitted(asked, Kind.HEADING, definition) == replace(
        asked, kind=Kind.HEADING, choices=(), required=False, background=False
    )
    for kind in Kind:
        alone = replace(definition.question("c"), kind=kind)
        assert change_question(definition, "c", alone).question("c").kind is kind


def test_conditions_are_set_and_taken_away() -> None:
    definition = three()
    condition = AnswerTest("a", Operator.IN, ("nei",))
    shown = set_question_condition(definition, "d", condition)
    assert shown.question("d").show_if == condition
    assert set_page_condition(shown, "p3", None).pages[2].show_if is None
    for code, wrong in (
        ("c", AnswerTest("d", Operator.ANSWERED)),
        ("d", AnswerTest("a", Operator.IN, ("vet",))),
        ("a", AnswerTest("a", Operator.BLANK)),
    ):
        with pytest.raises(DefinitionUnlawful):
            set_question_condition(definition, code, wrong)


def test_what_is_gone_is_named() -> None:
    definition = three()
    gone: list[tuple[type[EditRefused], Callable[[], object]]] = [
        (NoSuchPage, lambda: move_page(definition, "p9", 1)),
        (NoSuchPage, lambda: add_question(definition, "p9", Kind.NPS, "x")),
        (NoSuchQuestion, lambda: remove_question(definition, "z")),
        (NoSuchQuestion, lambda: copy_question(definition, "z")),
        (NoSuchChoice, lambda: remove_choice(definition, "a", "z")),
        (NoSuchChoice, lambda: move_choice(definition, "a", "z", 1)),
        (AtTheEnd, lambda: move_choice(definition, "a", "ja", -1)),
        (AtTheEnd, lambda: move_page(definition, "p1", -1)),
        (NoSuchText, lambda: put_text(definition, "pages[9].title", "nb", "x")),
        (NoSuchText, lambda: put_text(definition, "__class__", "nb", "x")),
        (LastPage, lambda: remove_page(new_definition("T"), "side_1")),
    ]
    for refusal, act in gone:
        with pytest.raises(refusal):
            act()


def test_translations_are_written_one_by_one() -> None:
    definition = change_languages(three(), ("nb", "nn"))
    missing = missing_translations(definition)
    assert missing
    for each in missing:
        definition = put_text(definition, each.path, each.language, each.original)
    assert missing_translations(definition) == ()
    assert definition.question("a").choices[0].label == Texts("Ja", "Ja")
    back = change_languages(definition, ("nb",))
    assert back == three()
    with pytest.raises(DefinitionRefused):
        put_text(back, "title", "en", "Title")
    with pytest.raises(DefinitionRefused):
        change_languages(back, ("en",))
    told = change_frame(back, Texts("Ny"), Texts("Hei"), Texts("Takk"))
    assert told.intro.nb == "Hei"


EDITS: list[Callable[[Definition, Any], object]] = [
    lambda d, n: move_page(d, f"p{n % 4}", 1 - 2 * (n % 2)),
    lambda d, n: remove_page(d, f"p{n % 4}"),
    lambda d, n: move_question(d, f"q{n % 3}_{n % 2}", 1 - 2 * (n % 2)),
    lambda d, n: remove_question(d, f"q{n % 3}_{n % 2}"),
    lambda d, n: copy_question(d, f"q{n % 3}_{n % 2}")[0],
    lambda d, n: remove_choice(d, f"q{n % 3}_{n % 2}", f"{n % 4}"),
    lambda d, n: add_question(d, f"p{n % 4}", list(Kind)[n % 14], "Ny")[0],
]


@given(definitions(), st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 99))))
@settings(max_examples=20, deadline=None)
def test_whatever_is_done_it_stays_lawful_or_is_refused(
    definition: Definition, acts: list[tuple[Callable[..., Definition], int]]
) -> None:
    for act, number in acts:
        try:
            definition = act(definition, number)
        except (EditRefused, DefinitionRefused):
            continue
        assert checked(definition) == definition


def test_templates_can_be_edited() -> None:
    for template in SurveyTemplate:
        definition = read_template(template)
        for asked in definition.questions:
            assert change_question(definition, asked.code, asked) == definition
