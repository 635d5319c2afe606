"""What is found in the rows of a roll file: members, errors and things to notice.

Only codes and parameters stand here; the sentences are in `register.roll_wording`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Generic, TypeVar

from register.columns import Field
from register.roll_phases import MessageChannel

MOST_FINDINGS: Final = 10_000
"""Errors, and notices, that are kept of one file; the rest are counted."""

Finding = TypeVar("Finding")


class Findings(Generic[Finding]):
    """The first findings of a kind, and how many there were in all."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.count = 0

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if it is one of the first."""
        self.count += 1
        if len(self.kept) < MOST_FINDINGS:
            self.kept.append(finding)


class Problem(StrEnum):
    """Why a row cannot be imported; one such row stops the whole file."""

    MEMBER_NUMBER_MISSING = "member_number_missing"
    MEMBER_NUMBER_MALFORMED = "member_number_malformed"
    MEMBER_NUMBER_TWICE = "member_number_twice"
    NAME_MISSING = "name_missing"
    EMAIL_MALFORMED = "email_malformed"
    EMAIL_FOREIGN_LETTERS = "email_foreign_letters"
    GROUP_MISSING = "group_missing"
    CELL_TOO_LONG = "cell_too_long"
    CELL_UNREADABLE = "cell_unreadable"
    CELL_IS_AN_ERROR = "cell_is_an_error"
    ROW_TOO_WIDE = "row_too_wide"


class Remark(StrEnum):
    """What an official should look at, though it stops nothing."""

    NO_EMAIL = "no_email"
    NO_EMAIL_COLUMN = "no_email_column"
    SHARED_EMAIL = "shared_email"
    DECIMALS_DROPPED = "decimals_dropped"
    ONE_NAME_ONLY = "one_name_only"
    MOBILE_MALFORMED = "mobile_malformed"
    NOT_A_MOBILE = "not_a_mobile"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNKNOWN_LANGUAGE = "unknown_language"
    SUM_ROW_SKIPPED = "sum_row_skipped"
    HEADINGS_REPEATED = "headings_repeated"
    SIMILAR_GROUPS = "similar_groups"
    OTHER_COLUMNS_POSSIBLE = "other_columns_possible"
    OTHER_SHEETS_UNREAD = "other_sheets_unread"
    LETTERS_GARBLED = "letters_garbled"


@dataclass(frozen=True, slots=True)
class RollRow:
    """One member as the file has them, checked and made uniform."""

    line: int
    member_number: str = field(repr=False)
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    email: str | None = field(repr=False)
    mobile: str | None = field(repr=False)
    """ITU-T E.164: a plus and 7 to 15 digits."""

    group: str
    postal: str | None = field(default=None, repr=False)
    """The lines of a letter's address below the name."""

    channel: MessageChannel | None = None
    language: str | None = None
    """nb, nn or en."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one row."""

    line: int
    column: Field | None
    heading: str
    """The column's heading as it stands in the file."""

    shown: str = field(repr=False)
    """The cell as a preview may show it: short, and long numbers masked."""

    problem: Problem
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at; a line of 0 means the file as a whole."""

    line: int
    remark: Remark
    parameters: Mapping[str, str | int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many members of the file stand in one voter group."""

    label: str
    count: int
