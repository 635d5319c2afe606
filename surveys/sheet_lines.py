"""The lines of a workbook's sheets as text, read within limits."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from infra.workbook_guard import (
    WorkbookRefused,
    WorkbookTooLarge,
    require_harmless_workbook,
)
from surveys.questionnaire import MOST_CHOICES, MOST_PAGES, MOST_QUESTIONS, MOST_ROWS
from surveys.sheet_columns import COLUMNS, SURVEY
from surveys.spreadsheet_problems import (
    NotASpreadsheet,
    SheetMissing,
    SheetProblem,
    SheetReason,
    SpreadsheetTooLarge,
)

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_UNPACKED: Final = 32 * 1024 * 1024
"""Bytes of all parts: the largest questionnaire in three languages is a third of it."""
MOST_LINES: Final = MOST_QUESTIONS * (MOST_CHOICES + MOST_ROWS) + MOST_PAGES
MOST_COLUMNS: Final = 60

_CARRIAGE_RETURN: Final = re.compile(r"_x000D_(?=\n)", re.IGNORECASE)
"""How Excel writes a line's end that was pasted from Windows."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet: its cells by column, the empty ones left out."""

    sheet: str
    number: int
    """Counted from 1, the headings are the first."""

    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """The text of a column, without space around it."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Sheets:
    """The lines of each sheet, and what is wrong with the headings."""

    lines: Mapping[str, tuple[SheetLine, ...]]
    problems: tuple[SheetProblem, ...]


def read_sheets(data: bytes) -> Sheets:
    """The lines of the sheets survey, choices and settings of an XLSX workbook.

    Raises:
        SpreadsheetTooLarge: more than 2 MiB, 32 MiB unpacked, or too many lines.
        NotASpreadsheet: cannot be read, is locked, or would harm its reader.
        SheetMissing: no sheet `survey` with headings.

    """
    if len(data) > MOST_BYTES:
        raise SpreadsheetTooLarge("bytes", MOST_BYTES)
    try:
        require_harmless_workbook(data, MOST_UNPACKED)
    except WorkbookTooLarge as refused:
        raise SpreadsheetTooLarge(refused.what, refused.limit) from None
    except WorkbookRefused:
        raise NotASpreadsheet from None
    book = _load(data)
    lines: dict[str, tuple[SheetLine, ...]] = {}
    problems: list[SheetProblem] = []
    for name, columns in COLUMNS.items():
        rows = list(_rows(book, name))
        if not rows and name == SURVEY:
            raise SheetMissing(name)
        headings, *rest = rows or [(1, ())]
        problems += _wrong_headings(name, headings[1], columns)
        lines[name] = tuple(
            SheetLine(name, number, _by_column(headings[1], cells))
            for number, cells in rest
            if any(cell.strip() for cell in cells)
        )
    return Sheets(lines, tuple(problems))


def _load(data: bytes) -> Workbook:
    # openpyxl promises no particular exceptions for a broken file, and its texts may
    # quote cells: none of them goes any further.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
    except Exception:  # noqa: BLE001
        raise NotASpreadsheet from None


def _rows(book: Workbook, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    titles = {sheet.title.strip().lower(): sheet for sheet in book.worksheets}
    if name not in titles:
        return
    sheet = titles[name]
    # What a sheet states of its own size is often wrong; the width bounds what a cell
    # far to the right could ask for.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    for number, values in enumerate(_guarded(rows), 1):
        if number > MOST_LINES + 1:
            raise SpreadsheetTooLarge("lines", MOST_LINES)
        yield number, tuple(map(_text, values))


def _guarded(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values = next(rows, None)
        except Exception:  # noqa: BLE001 - see _load
            raise NotASpreadsheet from None
        if values is None:
            return
        yield values


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[: len("2027-03-01")]
    return _CARRIAGE_RETURN.sub("", str(value))


def _wrong_headings(
    sheet: str, headings: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[SheetProblem]:
    seen: set[str] = set()
    for heading in map(_heading, headings):
        if not heading:
            continue
        if heading not in columns:
            # What a column says would be lost without a word.
            yield SheetProblem(sheet, 1, SheetReason.UNKNOWN_COLUMN, heading[:60])
        elif heading in seen:
            yield SheetProblem(sheet, 1, SheetReason.COLUMN_TWICE, heading)
        seen.add(heading)


def _heading(text: str) -> str:
    return text.strip().lower()


def _by_column(headings: tuple[str, ...], cells: tuple[str, ...]) -> dict[str, str]:
    return {
        _heading(heading): cell
        for heading, cell in zip(headings, cells, strict=False)
        if cell.strip()
    }
