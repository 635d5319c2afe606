"""What CSV and XLSX have in common once opened: lines of cells, and their headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from register.cells import UnreadableCell, clean_cell, showable
from register.columns import (
    NO_HEADINGS,
    ColumnMapping,
    HeadingRow,
    find_heading_row,
    missing_fields,
)
from register.roll_samples import column_letters
from register.rollfile_refusals import MappingOutsideFile, MissingColumns

Line = tuple[int, tuple[str, ...]]
"""A line's number in the file, counted from 1, and its cells as exported."""

TOP_LINES: Final = 60
"""Lines searched for headings: titles and notes above them are shorter."""

MAX_COLUMNS: Final = 1_000
LAST_LINE: Final = 1_048_576
"""The last line a spreadsheet can have."""


@dataclass(frozen=True, slots=True)
class RollSource:
    """A file opened as lines of cells, which can be read from the top again."""

    encoding: str | None
    delimiter: str | None
    sheet: str | None
    unread_sheets: tuple[str, ...]
    """Other sheets that look like rolls too."""

    heading: HeadingRow
    lines: Callable[[], Iterator[Line]]


def readable_heading(text: str) -> str:
    """Return a heading as it may be compared and shown; unreadable ones as empty."""
    try:
        return showable(clean_cell(text))
    except UnreadableCell:
        return ""


def locate_heading(
    top: Iterable[Line], mapping: ColumnMapping | None
) -> HeadingRow | None:
    """Find the headings in the top lines of a file, or where the mapping says.

    Returns None when none are found; a mapping's line counts as found if it has
    every column that the mapping names.
    """
    readable = ((line, tuple(map(readable_heading, cells))) for line, cells in top)
    if mapping is None:
        return find_heading_row(readable)
    places = mapping.columns.values()
    if mapping.heading_line == NO_HEADINGS:
        return _lettered(readable, mapping)
    for line, headings in readable:
        within = all(0 <= place < len(headings) for place in places)
        if line == mapping.heading_line and within:
            return HeadingRow(line, headings, dict(mapping.columns), {})
    return None


def _lettered(
    top: Iterable[tuple[int, tuple[str, ...]]], mapping: ColumnMapping
) -> HeadingRow | None:
    """Return letters for headings, as many as the widest line has columns."""
    width = max((len(cells) for _, cells in top), default=0)
    if not all(0 <= place < width for place in mapping.columns.values()):
        return None
    letters = tuple(column_letters(place) for place in range(width))
    return HeadingRow(NO_HEADINGS, letters, dict(mapping.columns), {})


def require_columns(heading: HeadingRow) -> None:
    """Refuse headings that lack what no roll can do without.

    Raises:
        MissingColumns: naming the fields.
        MappingOutsideFile: one column stands for two fields.

    """
    missing = missing_fields(heading.columns)
    if missing:
        raise MissingColumns(heading.line, missing, heading.headings)
    if len(set(heading.columns.values())) < len(heading.columns):
        raise MappingOutsideFile
