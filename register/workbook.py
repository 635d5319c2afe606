"""Read a roll from an XLSX workbook: one sheet of it, values only."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Final

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from infra import workbook_guard
from register.cells import text_of
from register.columns import ColumnMapping, HeadingRow, missing_fields
from register.roll_samples import sample_columns, table_worth
from register.roll_source import (
    LAST_LINE,
    MAX_COLUMNS,
    TOP_LINES,
    Line,
    RollSource,
    locate_heading,
)
from register.rollfile_refusals import (
    DangerousWorkbook,
    MappingOutsideFile,
    NoHeadings,
    NotAWorkbook,
    OldOrLockedWorkbook,
    TooLarge,
    UnknownSheet,
)

_VISIBLE: Final = "visible"


def open_workbook(
    data: bytes, mapping: ColumnMapping | None, sheet: str | None
) -> RollSource:
    """Open a workbook at the named sheet, else the first visible one with headings.

    A sheet that names all that a roll needs goes before one that does not. Cells
    with formulas give the value that was last computed.

    Raises:
        NotAWorkbook: cannot be read; also OldOrLockedWorkbook, DangerousWorkbook.
        TooLarge: see `infra.workbook_guard`.
        UnknownSheet: no sheet of that name.
        NoHeadings: no sheet has a line that names two fields; with samples.
        MappingOutsideFile: the mapping's line or columns are not there.

    """
    _require_harmless(data)
    book = _load(data)
    titles = _candidates(book, sheet)
    found = [
        (title, heading)
        for title in titles
        if (heading := locate_heading(_top(book, title), mapping))
    ]
    if not found:
        if mapping is not None:
            raise MappingOutsideFile
        tops = [_top(book, title) for title in titles]
        raise NoHeadings(sample_columns(max(tops, key=table_worth, default=[])))
    chosen, heading = min(found, key=lambda pair: len(missing_fields(pair[1].columns)))
    others = [title for title, other in found if title != chosen and _is_roll(other)]
    width = 1 + max(heading.columns.values())
    return RollSource(
        encoding=None,
        delimiter=None,
        sheet=chosen,
        unread_sheets=tuple(others),
        heading=heading,
        lines=lambda: _lines(book, chosen, width),
    )


def _require_harmless(data: bytes) -> None:
    # The refusals of a roll have one family, which the pages of the roll know.
    try:
        workbook_guard.require_harmless_workbook(data)
    except workbook_guard.WorkbookTooLarge as refused:
        raise TooLarge(refused.what, refused.limit) from None
    except workbook_guard.OldOrLockedWorkbook:
        raise OldOrLockedWorkbook from None
    except workbook_guard.DangerousWorkbook:
        raise DangerousWorkbook from None
    except workbook_guard.WorkbookRefused:
        raise NotAWorkbook from None


def _is_roll(heading: HeadingRow) -> bool:
    return not missing_fields(heading.columns)


def _candidates(book: Workbook, sheet: str | None) -> list[str]:
    sheets = book.worksheets
    if sheet is None:
        return [each.title for each in sheets if each.sheet_state == _VISIBLE]
    if sheet not in [each.title for each in sheets]:
        raise UnknownSheet
    return [sheet]


def _top(book: Workbook, title: str) -> list[Line]:
    # Without the empty columns on the right, which reading pads each line with.
    top = list(islice(_lines(book, title), TOP_LINES))
    width = max((len(_trimmed(cells)) for _, cells in top), default=0)
    return [(line, cells[:width]) for line, cells in top]


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return cells[:last]


def _load(data: bytes) -> Workbook:
    # openpyxl promises no particular exceptions for a broken file, its texts may
    # quote cells, and so do its warnings: none of them goes any further.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
    except Exception:  # noqa: BLE001
        raise NotAWorkbook from None


def _lines(book: Workbook, title: str, width: int = MAX_COLUMNS) -> Iterator[Line]:
    # The size that a sheet states of itself is often wrong, so it is not used;
    # the width bounds what a cell far to the right could ask for.
    sheet = book[title]
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=width, values_only=True)
    for line, values in enumerate(_guarded(rows), start=1):
        if line > LAST_LINE:
            raise TooLarge("rows", LAST_LINE)
        yield line, tuple(map(text_of, values))


def _guarded(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values = next(rows, None)
        except Exception:  # noqa: BLE001 - see _load
            raise NotAWorkbook from None
        if values is None:
            return
        yield values
