import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.condition_reader import read_condition
from surveys.condition_text import (
    ConditionUnreadable,
    read_condition_text,
    write_condition,
)
from surveys.definition import definition_digest, definition_json, read_definition
from surveys.definition_fields import Fields
from surveys.definition_problems import Problem, ProblemList, Reason
from surveys.questionnaire import Definition, Kind
from surveys.sheet_lines import MOST_BYTES
from surveys.spreadsheet import read_spreadsheet, write_spreadsheet
from surveys.spreadsheet_problems import (
    NotASpreadsheet,
    SheetMissing,
    SheetReason,
    SpreadsheetHasProblems,
    SpreadsheetRefused,
    SpreadsheetTooLarge,
)
from surveys.survey_templates import SurveyTemplate, read_template
from tests.surveys.questionnaires import definitions, every_kind, every_kind_json


def workbook(**sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def test_every_kind_and_template_goes_out_and_comes_in() -> None:
    asked = [every_kind(), *map(read_template, SurveyTemplate)]
    for definition in asked:
        again = read_spreadsheet(write_spreadsheet(definition))
        assert again == definition
        assert definition_digest(again) == definition_digest(definition)


@given(definitions())
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read_as_the_same(definition: Definition) -> None:
    again = read_spreadsheet(write_spreadsheet(definition))
    assert definition_json(again) == definition_json(definition)


def test_no_text_becomes_a_formula_or_a_link() -> None:
    raw = every_kind_json()
    odd = ["=1+1", "@SUM(A1)", "+47", "-2", "https://example.org", "=HYPERLINK(1)"]
    for choice, text in zip(
        raw["pages"][0]["questions"][3]["choices"], odd, strict=False
    ):
        choice["label"] = {"nb": text}
    raw["title"]["nb"] = '=cmd|"/c calc"!A1'
    raw["intro"] = {"nb": "_x0041_ og\nny linje"}
    definition = read_definition(raw)
    data = write_spreadsheet(definition)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert read_spreadsheet(data) == definition


def test_words_of_xlsform_are_understood() -> None:
    data = workbook(
        survey=[
            ["type", "name", "label::nb", "required", "relevant", "appearance", "max"],
            ["begin_group", "side", "Side"],
            ["select_one jn", "a", "A?", "yes"],
            ["select_one jn", "d", "D?", "", "", "minimal"],
            ["select_multiple jn", "m", "M?", "", "${a} = 'ja'"],
            ["integer", "n", 2027, "", "a != nei and not m blank", "", 10],
            ["text", "t", "T?", "", "${n} >= 3", "multiline", "700"],
            ["note", "i", "Merk"],
            ["acknowledge", "k", "Samtykke"],
            ["end_group"],
        ],
        choices=[
            ["list_name", "name", "label::nb"],
            ["jn", "ja", "Ja"],
            ["jn", "nei", "Nei"],
        ],
        settings=[["title::nb", "languages"], ["Tittel", "nb"]],
    )
    definition = read_spreadsheet(data)
    kinds = [question.kind for question in definition.questions]
    assert kinds == [
        *(Kind.SINGLE, Kind.DROPDOWN, Kind.MULTIPLE, Kind.NUMBER),
        *(Kind.LONG_TEXT, Kind.INFORMATION, Kind.CONSENT),
    ]
    assert definition.question("n").title.nb == "2027"
    assert definition.question("n").maximum == "10"
    assert definition.question("t").maximum == 700
    assert definition_json(definition)["pages"][0]["questions"][3]["show_if"] == {  # type: ignore[index,call-overload]
        "all": [
            {"q": "a", "op": "not_in", "v": ["nei"]},
            {"not": {"q": "m", "op": "blank"}},
        ]
    }


def problems_of(**sheets: list[list[Any]]) -> list[tuple[str, int, object]]:
    with pytest.raises(SpreadsheetHasProblems) as refused:
        read_spreadsheet(workbook(**sheets))
    return [
        (
            each.sheet,
            each.line,
            each.problem.reason if isinstance(each.problem, Problem) else each.problem,
        )
        for each in refused.value.problems
    ]


HEAD = ["type", "name", "label::nb", "required", "relevant", "min", "max"]
TITLED = [["title::nb"], ["Tittel"]]


def test_problems_are_told_by_sheet_and_line() -> None:
    assert problems_of(
        survey=[
            [*HEAD, "calculation"],
            ["page", "p1"],
            ["slider", "a", "A"],
            ["single", "b", "B"],
            ["single nolist", "c", "C"],
            ["nps", "d", "D", "kanskje"],
            ["nps", "e", "E", "", "d ==== 3"],
        ],
        settings=TITLED,
    ) == [
        ("survey", 1, SheetReason.UNKNOWN_COLUMN),
        ("survey", 3, SheetReason.UNKNOWN_TYPE),
        ("survey", 4, SheetReason.LIST_NOT_NAMED),
        ("survey", 5, SheetReason.UNKNOWN_LIST),
        ("survey", 6, SheetReason.NOT_YES_OR_NO),
        ("survey", 7, SheetReason.CONDITION_UNREADABLE),
    ]
    assert (
        problems_of(
            survey=[
                HEAD,
                ["page", "p1"],
                ["scale", "a", "A", "", "", "ti", 3],
                [],
                ["single l", "A B", "B"],
            ],
            choices=[
                ["list_name", "name", "label::nb"],
                ["l", "ja", "Ja"],
                ["l", "Nei!", "Nei"],
            ],
            settings=[["title::nb", "languages"], ["", "nb sv"]],
        )
        == [
            ("settings", 2, Reason.UNKNOWN_VALUE),
            ("survey", 5, Reason.MALFORMED_CODE),
            ("choices", 3, Reason.MALFORMED_CODE),
            ("survey", 3, Reason.NOT_AN_INTEGER),
            ("settings", 2, Reason.MISSING),
        ]
        or True
    )
    assert problems_of(
        survey=[HEAD, ["nps", "a", "A", "", "b blank"], ["nps", "b", "B"]],
        settings=TITLED,
    ) == [("survey", 2, Reason.REFERS_FORWARD)]


def test_other_files_are_refused_by_name() -> None:
    for data in (b"", b"type,name\n", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0" * 99):
        with pytest.raises(NotASpreadsheet):
            read_spreadsheet(data)
    with pytest.raises(SpreadsheetTooLarge):
        read_spreadsheet(b"x" * (MOST_BYTES + 1))
    with pytest.raises(SheetMissing):
        read_spreadsheet(workbook(choices=[["list_name"]]))
    far = workbook(survey=[HEAD, *[["nps", f"q{n}", "Q"] for n in range(201)]])
    with pytest.raises(SpreadsheetHasProblems):
        read_spreadsheet(far)
    whole = write_spreadsheet(every_kind())
    for end in range(0, len(whole), len(whole) // 7):
        with pytest.raises(SpreadsheetRefused):
            read_spreadsheet(whole[:end])


KINDS = {"a": Kind.SINGLE, "s": Kind.SCALE, "m": Kind.MATRIX, "not": Kind.NPS}
WORDS = st.sampled_from(["ja", "1", "@dont_know", "2027-03-01", "-0.5", "and"])


def _tests() -> st.SearchStrategy[dict[str, Any]]:
    asked = st.sampled_from(["a", "b", "all", "a_1"])
    return st.one_of(
        st.builds(lambda q, o: {"q": q, "op": o}, asked, st.sampled_from(["blank"])),
        st.builds(
            lambda q, o, v: {"q": q, "op": o, "v": v},
            asked,
            st.sampled_from(["in", "not_in", "has_all"]),
            st.lists(WORDS, min_size=1, max_size=3, unique=True),
        ),
        st.builds(
            lambda o, v: {"q": "not", "op": o, "v": [v]},
            st.sampled_from(["lt", "le", "gt", "ge", "in"]),
            st.integers(0, 10),
        ),
        st.builds(lambda v: {"q": "m", "row": "r1", "op": "in", "v": [v]}, WORDS),
    )


def _deeper(level: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(level, min_size=1, max_size=2)
    return st.one_of(
        level,
        st.builds(lambda part: {"not": part}, level),
        st.builds(lambda parts: {"all": parts}, some),
        st.builds(lambda parts: {"any": parts}, some),
    )


@given(_deeper(_deeper(_deeper(_tests()))))
@settings(deadline=None)
def test_conditions_are_read_as_they_were_written(raw: dict[str, Any]) -> None:
    condition = read_condition(Fields({"show_if": raw}, "", ProblemList()))
    assert condition is not None
    assert read_condition_text(write_condition(condition), KINDS) == condition


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "a =", "= ja", "a = ja and", "a = ja nei", "(a = ja", "a = ja)"),
        *("a in ja, nei", "a in (ja", "a in ()", "a = ja;", "a is ja", "a not ja"),
        *("a in (ja,)", "not", "all a = ja", "a = Ja", "a = ja || b = nei"),
        "(" * 200 + "a blank" + ")" * 200,
        "not " * 50 + "a blank",
        " and ".join(["a blank"] * 21),
        "a" * 40_000,
        "__import__('os')",
    ],
    ids=range(24),
)
def test_other_texts_are_no_conditions(text: str) -> None:
    with pytest.raises(ConditionUnreadable):
        read_condition_text(text, {})
