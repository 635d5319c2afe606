"""Read a roll from delimited text: CSV as spreadsheets and registers write it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from register.columns import ColumnMapping, HeadingRow
from register.roll_samples import sample_columns, table_worth
from register.roll_source import (
    MAX_COLUMNS,
    TOP_LINES,
    Line,
    RollSource,
    locate_heading,
)
from register.rollfile_refusals import (
    BrokenQuoting,
    MappingOutsideFile,
    NoHeadings,
    TooLarge,
    UnknownEncoding,
)

DELIMITERS: Final = (";", ",", "\t")

_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def open_delimited(data: bytes, mapping: ColumnMapping | None) -> RollSource:
    """Open CSV text: UTF-8 with or without mark, or Windows-1252; ; , or tab.

    The encoding is the first of the three in which every byte is a character, the
    delimiter the one under which the headings name the most fields.

    Raises:
        UnknownEncoding: neither encoding, or NUL characters (UTF-16 has them).
        BrokenQuoting: no headings, and a quotation mark that is never closed.
        NoHeadings: no line near the top names two fields; with samples of the columns.
        MappingOutsideFile: the mapping's line or columns are not there.

    """
    encoding = detect_encoding(data)
    best: HeadingRow | None = None
    best_delimiter, broken = DELIMITERS[0], None
    tops = []
    for delimiter in DELIMITERS:
        top, error = _top(data, encoding, delimiter)
        tops.append(top)
        broken = broken or error
        heading = locate_heading(top, mapping)
        if heading and (best is None or _worth(heading) > _worth(best)):
            best, best_delimiter = heading, delimiter
    if best is None:
        raise broken or (
            NoHeadings(sample_columns(max(tops, key=table_worth)))
            if mapping is None
            else MappingOutsideFile()
        )
    return RollSource(
        encoding=encoding,
        delimiter=best_delimiter,
        sheet=None,
        unread_sheets=(),
        heading=best,
        lines=lambda: _lines(data, encoding, best_delimiter, widest=MAX_COLUMNS),
    )


def detect_encoding(data: bytes) -> str:
    """Return "utf-8-sig", "utf-8" or "cp1252".

    Raises:
        UnknownEncoding: none of them, or NUL characters.

    """
    if data.startswith(_WIDE_MARKS) or b"\0" in data:
        raise UnknownEncoding
    marked = data.startswith(codecs.BOM_UTF8)
    for encoding in ("utf-8-sig",) if marked else ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnknownEncoding


def _worth(heading: HeadingRow) -> tuple[int, int]:
    # With an official's mapping all have as many columns: then the widest line.
    return len(heading.columns), len(heading.headings)


def _top(
    data: bytes, encoding: str, delimiter: str
) -> tuple[list[Line], BrokenQuoting | None]:
    # A row broken below the headings must not hide them: the delimiter is right,
    # and reading on will name that row.
    top: list[Line] = []
    try:
        for line, cells in islice(_lines(data, encoding, delimiter), TOP_LINES):
            top.append((line, cells[: MAX_COLUMNS + 1]))
    except BrokenQuoting as error:
        return top, error
    return top, None


def _lines(
    data: bytes, encoding: str, delimiter: str, widest: int | None = None
) -> Iterator[Line]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # Its text may quote the file. A field past csv's limit of 131,072
            # characters comes here too: in a roll that is an unclosed quote.
            raise BrokenQuoting(line) from None
        if widest is not None and len(cells) > widest:
            raise TooLarge("columns", widest)
        yield line, tuple(cells)
