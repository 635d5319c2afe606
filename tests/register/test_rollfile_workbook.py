import pytest
from openpyxl import Workbook

from register.roll_findings import Problem, Remark
from register.rollfile import read_roll
from register.rollfile_refusals import (
    IdentityNumberFound,
    NoHeadings,
    RollHasErrors,
    UnknownSheet,
)
from tests.register.roll_files import (
    HEADINGS,
    KARI,
    OLA,
    SAMPLES,
    Cell,
    as_workbook,
    identity_number,
    saved,
    with_part,
)


def test_sheet_is_read_with_its_name_and_heading_line() -> None:
    preview = read_roll(as_workbook(HEADINGS, KARI, OLA), "m.xlsx")
    assert (preview.sheet, preview.heading_line) == ("Uttrekk", 1)
    assert (preview.encoding, preview.delimiter) == (None, None)
    assert [row.member_number for row in preview.require_clean()] == ["1001", "1002"]
    assert preview.notices == ()


def test_numbers_as_text_and_text_as_numbers_are_alike() -> None:
    rows: list[tuple[Cell, ...]] = [
        (1001, "Kari", "Ås", None, 41586834, "Øst"),
        ("1002", "Ola", "Ås", None, "41586834", "Øst"),
        (1003.0, "Per", "Ås", None, 4741586834.0, "Øst"),
    ]
    read = read_roll(as_workbook(HEADINGS, *rows), "m.xlsx").require_clean()
    assert [row.member_number for row in read] == ["1001", "1002", "1003"]
    assert {row.mobile for row in read} == {"+4741586834"}


def test_number_and_text_of_one_member_are_the_same_member() -> None:
    preview = read_roll(
        as_workbook(HEADINGS, (1001, *KARI[1:]), ("1001", *OLA[1:])), "m.xlsx"
    )
    (error,) = preview.errors
    assert error.problem is Problem.MEMBER_NUMBER_TWICE
    assert (error.line, error.parameters) == (3, {"first_line": 2})


def test_identity_number_kept_as_a_number_stops_the_import() -> None:
    for number in (identity_number("150190"), identity_number("010190")):
        with pytest.raises(IdentityNumberFound):
            read_roll(as_workbook(HEADINGS, (int(number), *KARI[1:])), "m.xlsx")


def test_titles_merged_cells_and_a_sum_row_are_passed_over() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Uttrekk fra medlemsregisteret"
    sheet.merge_cells("A1:F2")
    for column, (heading, cell) in enumerate(zip(HEADINGS, KARI, strict=True), start=2):
        sheet.cell(5, column, heading)
        sheet.cell(7, column, cell)
    sheet.cell(9, 7, "Sum")
    sheet.cell(9, 8, 1)
    preview = read_roll(saved(book), "m.xlsx")
    assert preview.heading_line == 5
    assert [row.line for row in preview.require_clean()] == [7]
    assert [notice.line for notice in preview.notices] == [9]


def test_groups_merged_over_several_rows_are_named_not_guessed() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEADINGS, KARI, OLA):
        sheet.append(row)
    sheet.merge_cells("F2:F3")
    (error,) = read_roll(saved(book), "m.xlsx").errors
    assert (error.line, error.problem) == (3, Problem.GROUP_MISSING)


def test_the_sheet_with_a_whole_roll_is_chosen() -> None:
    data = as_workbook(
        ("Navn", "Telefon"), ("Kontoret", "22000000"), Medlemmer=[HEADINGS, KARI]
    )
    assert read_roll(data, "m.xlsx").sheet == "Medlemmer"


def test_a_second_sheet_like_a_roll_is_told() -> None:
    data = as_workbook(HEADINGS, KARI, Passive=[HEADINGS, OLA])
    preview = read_roll(data, "m.xlsx")
    assert [row.given_name for row in preview.rows] == ["Kari"]
    (notice,) = preview.notices
    assert notice.remark is Remark.OTHER_SHEETS_UNREAD
    assert notice.parameters == {"sheet": "Uttrekk", "others": "Passive"}


def test_a_sheet_may_be_asked_for_by_name() -> None:
    data = as_workbook(HEADINGS, KARI, Passive=[HEADINGS, OLA])
    assert read_roll(data, "m.xlsx", sheet="Passive").rows[0].given_name == "Ola"
    with pytest.raises(UnknownSheet):
        read_roll(data, "m.xlsx", sheet="Aktive")


def test_hidden_sheet_is_not_read_unasked() -> None:
    book = Workbook()
    book.worksheets[0].append(("Ingenting",))
    hidden = book.create_sheet("Skjult")
    hidden.append(HEADINGS)
    hidden.append(KARI)
    hidden.sheet_state = "hidden"
    with pytest.raises(NoHeadings):
        read_roll(saved(book), "m.xlsx")


def test_size_that_a_sheet_states_of_itself_is_not_believed() -> None:
    data = as_workbook(HEADINGS, KARI, OLA)
    for lie in (b'ref="A1:A1"', b'ref="A1:XFD1048576"'):
        lying = with_part(
            data,
            "xl/worksheets/sheet1.xml",
            lambda part, lie=lie: part.replace(b'ref="A1:F3"', lie),  # type: ignore[misc]
        )
        assert len(read_roll(lying, "m.xlsx").rows) == 2


def test_error_of_a_formula_is_named() -> None:
    data = as_workbook(HEADINGS, (*KARI[:5], "#N/A"))
    (error,) = read_roll(data, "m.xlsx").errors
    assert (error.heading, error.problem) == ("Krets", Problem.CELL_IS_AN_ERROR)


def test_messy_sample_of_1000_members_names_every_fault() -> None:
    data = (SAMPLES / "manntall-1000-rotete.xlsx").read_bytes()
    preview = read_roll(data, "manntall.xlsx")
    assert (preview.sheet, preview.heading_line) == ("Uttrekk", 4)
    malformed = [e for e in preview.errors if e.problem is Problem.EMAIL_MALFORMED]
    assert {error.shown for error in malformed} == {"ola.nordmann(at)example.no"}
    assert [error.line for error in malformed][:3] == [12, 143, 274]
    (twice,) = [e for e in preview.errors if e not in malformed]
    assert twice.problem is Problem.MEMBER_NUMBER_TWICE
    assert (twice.line, twice.parameters) == (506, {"first_line": 505})
    remarks = [notice.remark for notice in preview.notices]
    assert remarks.count(Remark.NO_EMAIL) == 11
    assert remarks.count(Remark.SHARED_EMAIL) == 1
    assert remarks.count(Remark.SUM_ROW_SKIPPED) == 1
    assert len(preview.rows) + len(preview.errors) == 1000
    with pytest.raises(RollHasErrors):
        preview.require_clean()
