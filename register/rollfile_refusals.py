"""Why a whole roll file is refused. No text here ever carries what a cell held."""

from __future__ import annotations

from dataclasses import dataclass

from register.columns import Field
from register.roll_samples import ColumnSamples


class RollFileRefused(ValueError):
    """This file cannot be read as a roll."""


class EmptyFile(RollFileRefused):
    """The file holds nothing."""


class TooLarge(RollFileRefused):
    """More bytes, rows, columns or parts than a roll has."""

    def __init__(self, what: str, limit: int) -> None:
        """Name what is counted (bytes, rows, columns, ...) and its limit."""
        super().__init__(f"more than {limit} {what}")
        self.what = what
        self.limit = limit


class UnknownEncoding(RollFileRefused):
    """Neither UTF-8 nor Windows-1252 text."""


class NotAWorkbook(RollFileRefused):
    """Called a workbook, or begins as one, but cannot be read as XLSX."""


class OldOrLockedWorkbook(NotAWorkbook):
    """An .xls of before 2007, or a workbook behind a password."""


class DangerousWorkbook(NotAWorkbook):
    """A workbook made to harm its reader: entities, or parts that blow up."""


class UnknownSheet(RollFileRefused):
    """The workbook has no sheet of the name asked for."""


class BrokenQuoting(RollFileRefused):
    """A quotation mark that is never closed, or stands in the midst of a field."""

    def __init__(self, line: int) -> None:
        """Name the line where the broken row begins, counted from 1."""
        super().__init__(f"broken quoting in the row of line {line}")
        self.line = line


class NoHeadings(RollFileRefused):
    """No row near the top names the columns."""

    def __init__(self, samples: ColumnSamples | None = None) -> None:
        """Take what an official may point the columns out by; None: there are none."""
        super().__init__("no headings")
        self.samples = samples


class MissingColumns(RollFileRefused):
    """Headings were found, but not all that a roll needs."""

    def __init__(
        self, line: int, missing: tuple[Field, ...], headings: tuple[str, ...]
    ) -> None:
        """Name the line of the headings and the fields without a column.

        The headings themselves are for the page where an official points out the
        columns; the text of the exception leaves them out.
        """
        super().__init__(f"the headings of line {line} lack {', '.join(missing)}")
        self.line = line
        self.missing = missing
        self.headings = headings


class MappingOutsideFile(RollFileRefused):
    """A mapping names a line or a column that the file does not have."""


class NoMembers(RollFileRefused):
    """Headings, but not one member below them."""


class TooManyGroups(RollFileRefused):
    """So many voter groups that the column cannot be one of groups."""

    def __init__(self, limit: int) -> None:
        """Take the limit."""
        super().__init__(f"more than {limit} voter groups")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class IdentityPlace:
    """Where an identity number stands, and what may be shown of it."""

    line: int
    heading: str
    masked: str


class IdentityNumberFound(RollFileRefused):
    """A column to be imported holds a fødselsnummer or D-nummer."""

    def __init__(self, places: tuple[IdentityPlace, ...], count: int) -> None:
        """Take the first places, masked, and how many there are in all."""
        first = places[0]
        super().__init__(
            f"{count} identity numbers; the first on line {first.line}, "
            f"column {first.heading!r}: {first.masked}"
        )
        self.places = places
        self.count = count


class RollHasErrors(RollFileRefused):
    """Rows of the file are wrong, so none of it is imported."""

    def __init__(self, count: int) -> None:
        """Take the number of errors."""
        super().__init__(f"{count} errors in the file; nothing is imported")
        self.count = count
