"""Read a roll file into a preview: what would be imported, and what stands in the way.

Pure: bytes in, a preview out. Nothing is stored, and a file with one error in it is
not imported at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from infra.workbook_guard import OLE_MAGIC, ZIP_MAGIC
from register.columns import ColumnMapping, Field, HeadingRow
from register.delimited import open_delimited
from register.identity_watch import IdentityWatch
from register.roll_findings import GroupCount, Notice, Remark, RollRow, RowError
from register.roll_source import RollSource, require_columns
from register.rollfile_refusals import (
    EmptyFile,
    NoMembers,
    NotAWorkbook,
    OldOrLockedWorkbook,
    RollHasErrors,
    TooLarge,
    TooManyGroups,
    UnknownSheet,
)
from register.rows import MappedLine, check_rows, map_lines
from register.workbook import open_workbook

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_MEMBERS: Final = 500_000
MAX_GROUPS: Final = 1_000
"""Each voter group has an issuer key of its own in the manifest."""

_WORKBOOK_NAMES: Final = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods")


@dataclass(frozen=True, slots=True)
class RollPreview:
    """A roll file, read: how it was understood, its members, errors and notices."""

    encoding: str | None
    """"utf-8", "utf-8-sig" or "cp1252"; None for a workbook."""

    delimiter: str | None
    sheet: str | None
    heading_line: int
    headings: tuple[str, ...]
    columns: Mapping[Field, int]
    """Column of each field, counted from 0; all others were left unread."""

    members: int
    """How many rows are without errors."""

    without_address: int
    groups: tuple[GroupCount, ...]
    errors: tuple[RowError, ...]
    """The first 10,000; `error_count` tells of all."""

    error_count: int
    notices: tuple[Notice, ...]
    """The first 10,000; `notice_count` tells of all."""

    notice_count: int
    rows: tuple[RollRow, ...] = field(default=(), repr=False)
    """The rows without errors, where they were gathered: see `require_clean`."""

    def require_clean(self) -> tuple[RollRow, ...]:
        """Return the members, if every row of the file is right.

        Raises:
            RollHasErrors: with the number of errors; nothing is half-imported.

        """
        if self.error_count:
            raise RollHasErrors(self.error_count)
        return self.rows


def read_roll(
    data: bytes,
    filename: str,
    *,
    mapping: ColumnMapping | None = None,
    sheet: str | None = None,
) -> RollPreview:
    """Read a roll from CSV or XLSX.

    What the bytes are decides, not the name; the name only tells what a broken
    workbook was meant to be. A mapping replaces what the headings suggest; a sheet,
    the first one with headings. At most 64 MiB and 500,000 members.

    Raises:
        RollFileRefused: the file as a whole cannot be read; see its subclasses in
            `register.rollfile_refusals`. Wrong rows are in the preview instead.

    """
    rows: list[RollRow] = []
    found = scan_roll(data, filename, rows.append, mapping=mapping, sheet=sheet)
    return replace(found, rows=tuple(rows))


def scan_roll(
    data: bytes,
    filename: str,
    keep: Callable[[RollRow], None],
    *,
    mapping: ColumnMapping | None = None,
    sheet: str | None = None,
) -> RollPreview:
    """Read a roll as `read_roll` does, but hand on each right row, and gather none.

    Raises:
        RollFileRefused: as there; rows that were handed on are then void.

    """
    source = _open(data, filename, mapping, sheet)
    heading = source.heading
    require_columns(heading)
    watch = IdentityWatch(heading)
    lines = watch.pass_through(_counted(map_lines(source.lines(), heading)))
    checked = check_rows(lines, heading, keep)
    watch.require_none()
    if not checked.members and not checked.error_count:
        raise NoMembers
    if len(checked.groups) > MAX_GROUPS:
        raise TooManyGroups(MAX_GROUPS)
    notices = (*_notices_of_file(source), *checked.notices)
    return RollPreview(
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        heading_line=heading.line,
        headings=heading.headings,
        columns=heading.columns,
        members=checked.members,
        without_address=checked.without_address,
        groups=checked.groups,
        errors=checked.errors,
        error_count=checked.error_count,
        notices=notices,
        notice_count=checked.notice_count + len(notices) - len(checked.notices),
    )


def _open(
    data: bytes, filename: str, mapping: ColumnMapping | None, sheet: str | None
) -> RollSource:
    if len(data) > MAX_BYTES:
        raise TooLarge("bytes", MAX_BYTES)
    if not data.strip(b" \t\r\n;,\xef\xbb\xbf"):
        raise EmptyFile
    if data.startswith(OLE_MAGIC):
        raise OldOrLockedWorkbook
    if data.startswith(ZIP_MAGIC):
        return open_workbook(data, mapping, sheet)
    if filename.lower().endswith(_WORKBOOK_NAMES):
        raise NotAWorkbook
    if sheet is not None:
        raise UnknownSheet
    return open_delimited(data, mapping)


def _counted(lines: Iterator[MappedLine]) -> Iterator[MappedLine]:
    for count, line in enumerate(lines, start=1):
        if count > MAX_MEMBERS:
            raise TooLarge("rows", MAX_MEMBERS)
        yield line


def _notices_of_file(source: RollSource) -> list[Notice]:
    notices = []
    heading = source.heading
    if Field.EMAIL not in heading.columns:
        notices.append(Notice(0, Remark.NO_EMAIL_COLUMN))
    for column, others in heading.also_possible.items():
        parameters = _choice_of_column(heading, column, others)
        notices.append(Notice(0, Remark.OTHER_COLUMNS_POSSIBLE, parameters))
    if source.unread_sheets:
        sheets = ", ".join(source.unread_sheets)
        parameters = {"sheet": source.sheet or "", "others": sheets}
        notices.append(Notice(0, Remark.OTHER_SHEETS_UNREAD, parameters))
    return notices


def _choice_of_column(
    heading: HeadingRow, column: Field, others: tuple[int, ...]
) -> dict[str, str]:
    return {
        "field": column,
        "heading": heading.headings[heading.columns[column]],
        "others": ", ".join(heading.headings[index] for index in others),
    }
