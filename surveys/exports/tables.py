"""The tables of the results as rows, for CSV and the workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

from infra.translated import _
from surveys.exports.cells import Cell, csv_file, written
from surveys.report import Report, Section

Row = Sequence[Cell]


def count_rows(report: Report) -> Iterator[Row]:
    """A heading, then one row for each answer to each question, by group as well."""
    yield (
        _("Kode"),
        _("Spørsmål"),
        _("Rad"),
        _("Gruppe"),
        _("Svar"),
        _("Antall"),
        _("Prosent"),
        _("Av"),
    )
    for section in report.sections:
        for exhibit in section.exhibits:
            for line in exhibit.lines:
                yield (
                    *(section.code, exhibit.title, exhibit.row, "", line.label),
                    *(line.count, line.share, exhibit.base),
                )
            for group in exhibit.groups:
                for line, share in zip(exhibit.lines, group.shares, strict=True):
                    yield (
                        *(section.code, exhibit.title, exhibit.row, group.label),
                        *(line.label, None, share, group.base),
                    )


def text_rows(section: Section) -> Iterator[Row]:
    """A heading, then what was written to one question, a row each."""
    yield (section.title,)
    for text in section.texts:
        yield (text,)


def results_csv(report: Report) -> bytes:
    """All counts in one CSV file."""
    return csv_file(count_rows(report))


def results_workbook(title: str, summary: Sequence[Row], report: Report) -> bytes:
    """A workbook: an overview, all counts, and a sheet for each question of words.

    Cells are written as what they are; no text becomes a formula or a link.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True})
    wide = book.add_format({"text_wrap": True, "valign": "top"})
    _write(
        book.add_worksheet(_("Oversikt")), [(title,), *summary], bold, wide, (40, 60)
    )
    widths = (14, 50, 30, 20, 40, 10, 10, 10)
    _write(book.add_worksheet(_("Svar")), list(count_rows(report)), bold, wide, widths)
    for number, section in enumerate(report.sections, 1):
        if section.texts:
            sheet = book.add_worksheet(f"{number} {section.code}"[:31])
            _write(sheet, list(text_rows(section)), bold, wide, (100,))
    book.close()
    return content.getvalue()


def _write(
    sheet: Any,  # noqa: ANN401 - xlsxwriter tells no types
    rows: Sequence[Row],
    bold: object,
    wide: object,
    widths: Sequence[int],
) -> None:
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width, wide)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            value = written(cell)
            if value == "":
                continue
            form = bold if at == 0 else wide
            if isinstance(value, str):
                sheet.write_string(at, place, value, form)
            else:
                sheet.write_number(at, place, value, form)
