"""Why a workbook is refused as a questionnaire: where on which sheet, and what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from surveys.definition_problems import Problem


class SheetReason(StrEnum):
    """What is wrong with a line that is not yet a part of a definition."""

    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_LIST = "unknown_list"
    LIST_NOT_NAMED = "list_not_named"
    NOT_YES_OR_NO = "not_yes_or_no"
    CONDITION_UNREADABLE = "condition_unreadable"


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One problem and the line that it stands on."""

    sheet: str
    line: int
    """Counted from 1, as the program shows it."""

    problem: SheetReason | Problem
    """A `Problem` has its path in the definition that the lines make."""

    column: str = ""


class SpreadsheetRefused(ValueError):
    """This workbook is no questionnaire."""


class NotASpreadsheet(SpreadsheetRefused):
    """No workbook that can be read: another format, locked, broken or dangerous."""


class SpreadsheetTooLarge(SpreadsheetRefused):
    """More bytes, lines or columns than a questionnaire has."""

    def __init__(self, what: str, limit: int) -> None:
        """Name what is counted and its limit."""
        super().__init__(f"more than {limit} {what}")
        self.what = what
        self.limit = limit


class SheetMissing(SpreadsheetRefused):
    """No sheet of that name, or none with headings."""

    def __init__(self, sheet: str) -> None:
        """Name the sheet: survey, choices or settings."""
        super().__init__(f"no sheet {sheet!r} with headings")
        self.sheet = sheet


class SpreadsheetHasProblems(SpreadsheetRefused):
    """The lines make no definition; tells every problem with its line."""

    def __init__(self, problems: tuple[SheetProblem, ...]) -> None:
        """Take the problems."""
        first = problems[0]
        super().__init__(
            f"{len(problems)} problems; the first on line {first.line} "
            f"of {first.sheet!r}"
        )
        self.problems = problems


class CellTooLong(SpreadsheetRefused):
    """A condition is longer than a cell can hold: export as JSON instead."""
