"""The errors of a roll file as a sheet that its official can work through."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter

_WIDTHS: Final = (8, 20, 28, 50, 70)


def write_sheet(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[str | int]]
) -> bytes:
    """Return an XLSX workbook of one sheet.

    Whatever a cell held is text here: nothing is a formula or a link.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width, wrapped)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(place, column, value)
                else:
                    sheet.write_string(place, column, value)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
