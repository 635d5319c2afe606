from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.columns import ColumnMapping, Field
from register.roll_findings import MOST_FINDINGS, Problem, Remark, RollRow
from register.rollfile import RollPreview, read_roll
from register.rollfile_refusals import (
    BrokenQuoting,
    EmptyFile,
    IdentityNumberFound,
    MappingOutsideFile,
    MissingColumns,
    NoHeadings,
    NoMembers,
    RollHasErrors,
    TooManyGroups,
    UnknownSheet,
)
from tests.register.roll_files import (
    HEADINGS,
    KARI,
    OLA,
    SAMPLES,
    as_csv,
    identity_number,
)

KARI_READ = RollRow(
    2, "1001", "Kari", "Åsgård", "kari@example.no", "+4741586834", "Krets Øst"
)


def read(*rows: tuple[str, ...]) -> RollPreview:
    return read_roll(as_csv(HEADINGS, *rows), "manntall.csv")


def kari_with(**changed: str) -> tuple[str, ...]:
    names = ("number", "given", "family", "email", "mobile", "group")
    return tuple(
        changed.get(name, cell) for name, cell in zip(names, KARI, strict=True)
    )


def the_problem(preview: RollPreview) -> tuple[int, str, Problem]:
    (error,) = preview.errors
    return error.line, error.heading, error.problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_encoding_and_delimiter_gives_the_same_members(
    encoding: str, delimiter: str
) -> None:
    data = as_csv(HEADINGS, KARI, OLA, delimiter=delimiter, encoding=encoding)
    preview = read_roll(data, "manntall.csv")
    assert (preview.encoding, preview.delimiter) == (encoding, delimiter)
    assert preview.require_clean()[0] == KARI_READ
    assert [(group.label, group.count) for group in preview.groups] == [
        ("Krets Vest", 1),
        ("Krets Øst", 1),
    ]


def test_columns_may_stand_in_any_order() -> None:
    for order in list(permutations(range(6)))[::37]:
        data = as_csv(*(tuple(row[i] for i in order) for row in (HEADINGS, KARI)))
        assert read_roll(data, "m.csv").rows == (KARI_READ,)


def test_english_headings_are_read() -> None:
    headings = ("Member no.", "First name", "Surname", "E-mail", "Phone", "Branch")
    assert read_roll(as_csv(headings, KARI), "roll.csv").rows == (KARI_READ,)


def test_title_rows_empty_rows_and_a_sum_row_are_passed_over() -> None:
    data = as_csv(
        ("Uttrekk fra medlemsregisteret",),
        ("",),
        ("Dato: 03.03.2026", "", "Antall: 2"),
        HEADINGS,
        KARI,
        ("",) * 6,
        HEADINGS,
        OLA,
        (" ", "", "", "", "", "\t"),
        ("", "", "", "", "", "Sum: 2"),
    )
    preview = read_roll(data, "manntall.csv")
    assert preview.heading_line == 4
    assert [row.line for row in preview.require_clean()] == [5, 8]
    assert [(notice.line, notice.remark) for notice in preview.notices] == [
        (7, Remark.HEADINGS_REPEATED),
        (10, Remark.SUM_ROW_SKIPPED),
    ]


def test_member_whose_name_begins_like_a_sum_is_no_sum_row() -> None:
    assert len(read(kari_with(given="Summer", family="Total")).require_clean()) == 1


def test_line_numbers_count_the_lines_of_the_file() -> None:
    broken = kari_with(family='"Ås\ngård"')
    preview = read(broken, kari_with(number="1003", email="feil"))
    assert preview.rows[0].family_name == "Ås gård"
    assert the_problem(preview) == (4, "E-post", Problem.EMAIL_MALFORMED)


def test_stray_spaces_and_invisible_marks_are_dropped() -> None:
    stray = kari_with(
        number=" 10 01\N{NO-BREAK SPACE}",
        given="\N{RIGHT-TO-LEFT OVERRIDE}Ka\N{SOFT HYPHEN}ri ",
        email=" kari@example.no\N{ZERO WIDTH SPACE}",
        group="Krets   Øst ",
    )
    assert read(stray).rows == (KARI_READ,)


def test_combining_letters_become_single_ones() -> None:
    decomposed = kari_with(
        family="A\N{COMBINING RING ABOVE}sga\N{COMBINING RING ABOVE}rd"
    )
    assert read(decomposed).rows == (KARI_READ,)


def test_formula_like_cells_are_just_text() -> None:
    formula = '=HYPERLINK("http://example.no")'
    quoted = '"' + formula.replace('"', '""') + '"'
    assert read(kari_with(given=quoted)).rows[0].given_name == formula


def test_same_member_number_twice_names_both_lines() -> None:
    preview = read(KARI, OLA, kari_with(given="Kåre"))
    assert the_problem(preview)[:2] == (4, "Medlemsnummer")
    assert preview.errors[0].problem is Problem.MEMBER_NUMBER_TWICE
    assert preview.errors[0].parameters == {"first_line": 2}


@pytest.mark.parametrize("other", ["001001", "1001 ", "1 001"])
def test_zeros_in_front_make_no_other_member(other: str) -> None:
    problem = the_problem(read(KARI, kari_with(number=other)))[2]
    assert problem is Problem.MEMBER_NUMBER_TWICE


@pytest.mark.parametrize("written", ["1001.0", "1001,0", "1001,00", " 1001.0 "])
def test_decimals_of_a_number_that_a_spreadsheet_made_are_dropped(written: str) -> None:
    preview = read(kari_with(number=written), OLA)
    assert [row.member_number for row in preview.require_clean()] == ["1001", "1002"]
    assert preview.notices[0].remark == Remark.DECIMALS_DROPPED


def test_a_number_with_and_without_decimals_is_one_member() -> None:
    preview = read(KARI, kari_with(number="1001.0"))
    assert the_problem(preview)[2] == Problem.MEMBER_NUMBER_TWICE


@pytest.mark.parametrize("written", ["1001.5", "1001.000", "A1.0"])
def test_other_numbers_with_a_point_stay_as_they_are(written: str) -> None:
    (row,) = read(kari_with(number=written)).require_clean()
    assert row.member_number == written


@pytest.mark.parametrize("decimals", [".0", ",00"])
@pytest.mark.parametrize("start", [0, 1])
def test_an_identity_number_with_decimals_stops_the_import(
    decimals: str, start: int
) -> None:
    number = identity_number("010190")[start:] + decimals
    with pytest.raises(IdentityNumberFound):
        read(kari_with(number=number))


def test_of_very_many_findings_the_first_are_kept_and_all_counted() -> None:
    bad = [(str(n), "", "", "", "", "Krets Øst") for n in range(MOST_FINDINGS + 5)]
    preview = read(*bad)
    assert len(preview.errors) == MOST_FINDINGS
    assert preview.error_count == MOST_FINDINGS + 5
    with pytest.raises(RollHasErrors, match=str(MOST_FINDINGS + 5)):
        preview.require_clean()


def test_two_members_may_share_an_address_and_are_listed() -> None:
    preview = read(KARI, (*OLA[:3], "Kari@Example.no", *OLA[4:]))
    assert len(preview.require_clean()) == 2
    (notice,) = preview.notices
    assert (notice.remark, notice.parameters["lines"]) == (Remark.SHARED_EMAIL, "2, 3")


@pytest.mark.parametrize("missing", ["", "-", " – "])
def test_missing_address_is_imported_with_a_notice(missing: str) -> None:
    preview = read(kari_with(email=missing))
    assert preview.require_clean()[0].email is None
    assert [(n.line, n.remark) for n in preview.notices] == [(2, Remark.NO_EMAIL)]


def test_malformed_mobile_is_left_out_and_named() -> None:
    preview = read(kari_with(mobile="663267"))
    assert preview.require_clean()[0].mobile is None
    (notice,) = preview.notices
    assert notice.remark is Remark.MOBILE_MALFORMED
    assert notice.parameters == {"shown": "663267"}


@pytest.mark.parametrize(
    ("changed", "heading", "problem"),
    [
        ({"number": ""}, "Medlemsnummer", Problem.MEMBER_NUMBER_MISSING),
        ({"number": "1,0E+05"}, "Medlemsnummer", Problem.MEMBER_NUMBER_MALFORMED),
        (
            {"number": "1001€"},
            "Medlemsnummer",
            Problem.MEMBER_NUMBER_MALFORMED,
        ),
        ({"given": "", "family": ""}, "Fornavn", Problem.NAME_MISSING),
        ({"email": "kari(at)example.no"}, "E-post", Problem.EMAIL_MALFORMED),
        ({"email": "kåri@example.no"}, "E-post", Problem.EMAIL_FOREIGN_LETTERS),
        ({"group": ""}, "Krets", Problem.GROUP_MISSING),
        ({"given": "K" * 101}, "Fornavn", Problem.CELL_TOO_LONG),
        ({"given": "K" * 5000}, "Fornavn", Problem.CELL_TOO_LONG),
        ({"family": "\x01Ås"}, "Etternavn", Problem.CELL_UNREADABLE),
        (
            {"family": "\N{REPLACEMENT CHARACTER}s"},
            "Etternavn",
            Problem.CELL_UNREADABLE,
        ),
        ({"group": "#REF!"}, "Krets", Problem.CELL_IS_AN_ERROR),
        ({"group": "Krets Øst;for mye"}, "", Problem.ROW_TOO_WIDE),
    ],
)
def test_bad_row_is_named_and_nothing_is_imported(
    changed: dict[str, str], heading: str, problem: Problem
) -> None:
    preview = read(OLA, kari_with(**changed))
    assert the_problem(preview) == (3, heading, problem)
    with pytest.raises(RollHasErrors):
        preview.require_clean()


def test_every_bad_row_is_named_at_once() -> None:
    preview = read(kari_with(email="x", group=""), OLA, kari_with(number=""))
    assert [(error.line, error.problem) for error in preview.errors] == [
        (2, Problem.EMAIL_MALFORMED),
        (2, Problem.GROUP_MISSING),
        (4, Problem.MEMBER_NUMBER_MISSING),
    ]


def test_file_without_a_group_column_has_one_group() -> None:
    preview = read_roll(as_csv(HEADINGS[:5], KARI[:5]), "m.csv")
    assert [(group.label, group.count) for group in preview.groups] == [("Alle", 1)]


def test_file_without_an_address_column_says_so_once() -> None:
    preview = read_roll(as_csv(HEADINGS[:3], KARI[:3], OLA[:3]), "m.csv")
    assert [(n.line, n.remark) for n in preview.notices] == [
        (0, Remark.NO_EMAIL_COLUMN)
    ]


@pytest.mark.parametrize("name", ["Kari Marie Åsgård", "Åsgård, Kari Marie"])
def test_one_column_with_the_whole_name_is_split(name: str) -> None:
    data = as_csv(("Medlemsnr", "Navn"), ("1001", f'"{name}"'))
    (row,) = read_roll(data, "m.csv").require_clean()
    assert (row.given_name, row.family_name) == ("Kari Marie", "Åsgård")


def test_several_possible_group_columns_are_told() -> None:
    data = as_csv((*HEADINGS, "Overenskomst"), (*KARI, "PostNord"))
    preview = read_roll(data, "m.csv")
    assert preview.rows[0].group == "Krets Øst"
    (notice,) = preview.notices
    assert notice.remark is Remark.OTHER_COLUMNS_POSSIBLE
    assert notice.parameters["others"] == "Overenskomst"


def test_labels_that_differ_by_spelling_are_told() -> None:
    preview = read(KARI, (*OLA[:5], "KRETS ØST"))
    assert len(preview.groups) == 2
    assert [notice.remark for notice in preview.notices] == [Remark.SIMILAR_GROUPS]


def test_garbled_letters_are_told() -> None:
    garbled = kari_with(family="Åsgård".encode().decode("cp1252"))
    assert [n.remark for n in read(garbled).notices] == [Remark.LETTERS_GARBLED]


def test_mapping_takes_the_place_of_the_headings() -> None:
    data = as_csv(
        ("A", "B", "C", "D", "E", "F", "G"), (*KARI[:5], "Krets Øst", "PostNord")
    )
    columns = dict(
        zip(
            (Field.MEMBER_NUMBER, Field.GIVEN_NAME, Field.FAMILY_NAME),
            range(3),
            strict=True,
        )
    )
    preview = read_roll(
        data, "m.csv", mapping=ColumnMapping(1, {**columns, Field.GROUP: 6})
    )
    (row,) = preview.require_clean()
    assert (row.member_number, row.email, row.group) == ("1001", None, "PostNord")


@pytest.mark.parametrize(
    ("line", "number", "given"), [(9, 0, 1), (1, 99, 1), (1, -1, 1), (1, 1, 1)]
)
def test_mapping_that_is_not_in_the_file_is_refused(
    line: int, number: int, given: int
) -> None:
    columns = {
        Field.MEMBER_NUMBER: number,
        Field.GIVEN_NAME: given,
        Field.FAMILY_NAME: 2,
    }
    with pytest.raises(MappingOutsideFile):
        read_roll(as_csv(HEADINGS, KARI), "m.csv", mapping=ColumnMapping(line, columns))


@pytest.mark.parametrize("column", range(6))
def test_identity_number_in_a_mapped_column_stops_the_import(column: int) -> None:
    number = identity_number("010190")
    row = tuple(
        f"{number[:6]} {number[6:]}" if i == column else cell
        for i, cell in enumerate(KARI)
    )
    with pytest.raises(IdentityNumberFound) as refusal:
        read(OLA, row)
    (place,) = refusal.value.places
    assert (place.line, place.heading) == (3, HEADINGS[column])
    assert place.masked == "01*********"
    assert number[2:] not in f"{refusal.value!r} {refusal.value}"
    assert number[6:] not in f"{refusal.value!r} {refusal.value} {place!r}"


def test_d_number_stops_the_import() -> None:
    with pytest.raises(IdentityNumberFound):
        read(kari_with(number=identity_number("551290")))


def test_identity_number_without_its_first_zero_stops_the_import() -> None:
    shortened = identity_number("010190")[1:]
    with pytest.raises(IdentityNumberFound):
        read(OLA, kari_with(number=shortened))
    with pytest.raises(IdentityNumberFound):
        read(OLA, kari_with(mobile=shortened))


def test_one_ten_digit_member_number_in_many_may_look_like_one() -> None:
    shortened = identity_number("010190")[1:]
    rows = [kari_with(number=str(9_000_000_000 + i)) for i in range(30)]
    assert len(read(*rows, kari_with(number=shortened)).require_clean()) == 31


def test_identity_number_in_an_unmapped_column_is_never_read() -> None:
    number = identity_number("010190")
    data = as_csv((*HEADINGS, "Personnr"), (*KARI, number))
    preview = read_roll(data, "m.csv")
    assert preview.require_clean() == (KARI_READ,)
    assert number not in repr(preview)


def test_a_mistyped_identity_number_is_shown_masked() -> None:
    number = identity_number("010190")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    (error,) = read(kari_with(email=wrong)).errors
    assert error.shown == "01*********"


def test_repr_of_a_preview_names_nobody() -> None:
    shown = repr(read(KARI, kari_with(number="1001", email="kari(at)example.no")))
    for secret in ("Kari", "Åsgård", "kari", "1001", "41586834"):
        assert secret not in shown


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\r\n", b";;;\r\n;;;"])
def test_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(EmptyFile):
        read_roll(data, "m.csv")


def test_file_without_headings_is_refused() -> None:
    with pytest.raises(NoHeadings):
        read_roll(as_csv(KARI, OLA), "m.csv")


def test_headings_without_a_member_number_are_refused_by_name() -> None:
    with pytest.raises(MissingColumns) as refusal:
        read_roll(as_csv(HEADINGS[1:], KARI[1:]), "m.csv")
    assert refusal.value.missing == (Field.MEMBER_NUMBER,)
    assert refusal.value.headings == HEADINGS[1:]


def test_headings_alone_are_refused() -> None:
    with pytest.raises(NoMembers):
        read()


def test_unclosed_quote_names_the_line_where_its_row_begins() -> None:
    with pytest.raises(BrokenQuoting) as refusal:
        read(KARI, kari_with(family='"Ås'), OLA)
    assert refusal.value.line == 3


def test_group_column_of_unlike_values_is_refused() -> None:
    rows = [kari_with(number=str(i), group=f"g{i}") for i in range(1001)]
    with pytest.raises(TooManyGroups):
        read(*rows)


def test_text_has_no_sheets() -> None:
    with pytest.raises(UnknownSheet):
        read_roll(as_csv(HEADINGS, KARI), "m.csv", sheet="Uttrekk")


def test_sample_of_300_members_in_windows_1252_is_clean() -> None:
    data = (SAMPLES / "manntall-300-windows1252.csv").read_bytes()
    preview = read_roll(data, "manntall.csv")
    assert (preview.encoding, preview.delimiter) == ("cp1252", ";")
    rows = preview.require_clean()
    assert len(rows) == 300
    assert sum(group.count for group in preview.groups) == 300
    assert {row.mobile[:3] for row in rows if row.mobile} == {"+47"}
    assert "Ødegård" in {row.family_name for row in rows}


letters = st.sampled_from("abcdefgæøåÆØÅéü'-")
names = st.text(letters, min_size=1, max_size=20).map(lambda name: f"N{name}")
members = st.lists(
    st.tuples(
        st.integers(1, 999_999),
        names,
        names,
        st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{2,8}\.(no|com)", fullmatch=True),
        st.integers(40_000_000, 49_999_999),
        st.sampled_from(["Krets Øst", "Krets; Vest", 'Krets "Nord"', "Krets, Sør\tA"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda member: member[0],
)


@given(
    members,
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    st.sampled_from([";", ",", "\t"]),
)
def test_generated_rolls_survive_the_round_trip(
    made: list[tuple[int, str, str, str, int, str]], encoding: str, delimiter: str
) -> None:
    quoted = [
        tuple('"' + str(cell).replace('"', '""') + '"' for cell in member)
        for member in made
    ]
    data = as_csv(HEADINGS, *quoted, delimiter=delimiter, encoding=encoding)
    preview = read_roll(data, "manntall.csv")
    assert [
        (
            *(int(row.member_number), row.given_name, row.family_name, row.email),
            *(int((row.mobile or "")[3:]), row.group),
        )
        for row in preview.require_clean()
    ] == [(*member[:5], " ".join(member[5].split())) for member in made]
