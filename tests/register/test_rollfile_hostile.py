import codecs
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import infra.workbook_guard
import register.rollfile
from register.rollfile import RollPreview, read_roll
from register.rollfile_refusals import (
    BrokenQuoting,
    DangerousWorkbook,
    NotAWorkbook,
    OldOrLockedWorkbook,
    RollFileRefused,
    TooLarge,
    UnknownEncoding,
)
from tests.register.roll_files import (
    HEADINGS,
    KARI,
    OLA,
    SAMPLES,
    as_csv,
    as_workbook,
    with_part,
)

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = as_workbook(HEADINGS, KARI, OLA)
ROLL = as_csv(HEADINGS, KARI, OLA)


def read_or_refuse(data: bytes, name: str = "m.csv") -> RollPreview | None:
    try:
        return read_roll(data, name)
    except RollFileRefused:
        return None


@given(st.binary(max_size=4000), st.sampled_from(["m.csv", "m.xlsx", ""]))
def test_any_bytes_are_read_or_refused_by_name(data: bytes, name: str) -> None:
    read_or_refuse(data, name)


@given(st.text(max_size=2000))
def test_any_text_below_headings_is_read_or_refused_by_name(text: str) -> None:
    tail = text.encode("utf-8", "surrogatepass")
    read_or_refuse(ROLL + tail)


@given(st.lists(st.lists(st.text(max_size=40), max_size=8), max_size=8))
def test_any_cells_are_members_or_named(rows: list[list[str]]) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    data = "".join(";".join(row) + "\r\n" for row in [list(HEADINGS), *quoted]).encode(
        "utf-8", "replace"
    )
    preview = read_or_refuse(data)
    for row in preview.rows if preview else ():
        assert row.member_number.isprintable()
        assert (row.given_name + row.family_name).isprintable()
        assert row.group.isprintable()


@given(st.data())
def test_any_change_of_a_workbook_is_read_or_refused_by_name(
    data: st.DataObject,
) -> None:
    place = data.draw(st.integers(0, len(WORKBOOK) - 1))
    piece = data.draw(st.binary(min_size=0, max_size=6))
    read_or_refuse(WORKBOOK[:place] + piece + WORKBOOK[place + len(piece) :], "m.xlsx")
    read_or_refuse(WORKBOOK[:place], "m.xlsx")


@given(st.data())
def test_any_change_of_a_sheet_is_read_or_refused_by_name(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(zipfile.ZipFile(io.BytesIO(WORKBOOK)).namelist()))
    kept = data.draw(st.integers(0, 3000))
    piece = data.draw(
        st.sampled_from([b"", b"<x/>", b"&y;", b'r="A99999999"', b"\xff", b"</row>"])
        | st.binary(max_size=8)
    )
    changed = with_part(
        WORKBOOK, part, lambda text: text[:kept] + piece + text[kept + len(piece) :]
    )
    read_or_refuse(changed, "m.xlsx")


@given(
    st.sampled_from(['t="s"', 't="d"', 't="b"', 't="e"', 't="n"']),
    st.sampled_from(["NaN", "1e999", "9" * 5000, "-1", "x", "2026-99-99", ""]),
)
def test_any_odd_value_is_read_or_refused_by_name(kind: str, value: str) -> None:
    cell = f'<row r="4"><c r="A4" {kind}><v>{value}</v></c></row></sheetData>'
    changed = with_part(
        WORKBOOK, SHEET, lambda part: part.replace(b"</sheetData>", cell.encode())
    )
    read_or_refuse(changed, "m.xlsx")


@pytest.mark.parametrize(
    "data",
    [
        ROLL.decode().encode("utf-16"),
        ROLL.decode().encode("utf-16-le"),
        codecs.BOM_UTF16_BE + ROLL.decode().encode("utf-16-be"),
        ROLL.decode().encode("utf-32"),
        ROLL + b"\0",
        ROLL + b"\x81",
        codecs.BOM_UTF8 + ROLL.decode().encode("cp1252"),
    ],
    ids=["utf-16", "utf-16-le", "utf-16-be", "utf-32", "nul", "undefined", "mark"],
)
def test_other_encodings_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(UnknownEncoding):
        read_roll(data, "m.csv")


def test_a_million_columns_are_refused_quickly() -> None:
    with pytest.raises(TooLarge):
        read_roll(ROLL + b";" * 1_000_000, "m.csv")
    with pytest.raises(RollFileRefused):
        read_roll(b"a;" * 1_000_000, "m.csv")


def test_a_very_long_cell_is_refused_by_name() -> None:
    with pytest.raises(BrokenQuoting):
        read_roll(ROLL + b'1003;"' + b"x" * 5_000_000, "m.csv")
    long_row = (*KARI[:1], "x" * 100_000, *KARI[2:])
    preview = read_roll(as_csv(HEADINGS, long_row), "m.csv")
    assert len(preview.errors[0].shown) < 100


def test_too_many_bytes_or_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register.rollfile, "MAX_MEMBERS", 1)
    with pytest.raises(TooLarge):
        read_roll(ROLL, "m.csv")
    monkeypatch.setattr(register.rollfile, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read_roll(ROLL, "m.csv")


@pytest.mark.parametrize("name", ["m.xlsx", "M.XLSM", "m.ods", "m.xls"])
def test_text_called_a_workbook_is_refused(name: str) -> None:
    with pytest.raises(NotAWorkbook):
        read_roll(ROLL, name)


def test_workbook_called_text_is_read() -> None:
    assert len(read_roll(WORKBOOK, "m.csv").rows) == 2


def test_old_or_locked_workbook_is_told() -> None:
    with pytest.raises(OldOrLockedWorkbook):
        read_roll(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "m.xls")


def test_archive_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(NotAWorkbook):
        read_roll(out.getvalue(), "m.ods")


def with_doctype(part: bytes, declared: bytes) -> bytes:
    prolog = re.match(rb"\s*(<\?xml[^>]*\?>)?", part)
    assert prolog
    return prolog[0] + declared + part[prolog.end() :]


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", SHEET])
def test_entities_are_refused_before_anything_is_parsed(
    part: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for anyone")
    for declared in (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'.encode(),
        b"<!-- far away -->" * 10_000 + b"<!DOCTYPE x>",
    ):
        hostile = with_part(
            WORKBOOK,
            part,
            lambda text, declared=declared: with_doctype(text, declared),  # type: ignore[misc]
        )
        with pytest.raises(DangerousWorkbook):
            read_roll(hostile, "m.xlsx")


def test_archive_that_unpacks_to_gigabytes_is_refused_unopened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(infra.workbook_guard, "MAX_UNPACKED", 1_000_000)
    bomb = with_part(WORKBOOK, SHEET, lambda part: part + b" " * 1_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(TooLarge):
        read_roll(bomb, "m.xlsx")


def test_archive_that_lies_of_its_size_is_refused() -> None:
    real = with_part(WORKBOOK, SHEET, lambda part: part + b" " * 5_000_000)
    with zipfile.ZipFile(io.BytesIO(real)) as archive:
        size = archive.getinfo(SHEET).file_size
    lying = real.replace(size.to_bytes(4, "little"), (900).to_bytes(4, "little"))
    with pytest.raises(NotAWorkbook):
        read_roll(lying, "m.xlsx")


def test_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(WORKBOOK)
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(out, "a") as archive,
    ):
        archive.writestr(SHEET, b"<worksheet/>")
    with pytest.raises(DangerousWorkbook):
        read_roll(out.getvalue(), "m.xlsx")


def test_row_blown_up_with_cells_is_refused() -> None:
    hostile = with_part(
        WORKBOOK,
        SHEET,
        lambda part: part.replace(b"</row>", b"<c/>" * 200_000 + b"</row>", 1),
    )
    with pytest.raises(DangerousWorkbook):
        read_roll(hostile, "m.xlsx")


def test_row_far_below_all_others_is_refused() -> None:
    far = b'<row r="99999999999"><c r="A4"><v>1</v></c></row></sheetData>'
    hostile = with_part(
        WORKBOOK, SHEET, lambda part: part.replace(b"</sheetData>", far)
    )
    with pytest.raises(TooLarge):
        read_roll(hostile, "m.xlsx")


def test_refusal_of_a_workbook_tells_nothing_of_its_cells() -> None:
    broken = with_part(
        (SAMPLES / "manntall-1000-rotete.xlsx").read_bytes(),
        SHEET,
        lambda part: part.replace(b"<v>102001</v>", b"<v>Kari Nordmann</v>"),
    )
    with pytest.raises(NotAWorkbook) as refusal:
        read_roll(broken, "m.xlsx")
    assert str(refusal.value) == ""
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
