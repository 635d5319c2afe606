"""Check the rows of a roll file, one by one and against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from register.cells import (
    CELL_ERRORS,
    LONGEST_CELL,
    UnreadableCell,
    clean_cell,
    showable,
    without_decimals,
    without_placeholder,
)
from register.columns import NO_HEADINGS, Field, HeadingRow, compact
from register.contacts import (
    ForeignLetters,
    MalformedAddress,
    MalformedMobile,
    parse_address,
    parse_mobile,
)
from register.reaching import join_postal, read_channel, read_language
from register.roll_comparison import RowComparison, short_digest
from register.roll_findings import (
    Findings,
    GroupCount,
    Notice,
    Problem,
    Remark,
    RollRow,
    RowError,
)
from register.roll_source import Line

EVERYONE: Final = "Alle"
"""The one voter group of a file without a column of groups."""

MAX_LENGTHS: Final[Mapping[Field, int]] = {
    Field.MEMBER_NUMBER: 32,
    Field.GIVEN_NAME: 100,
    Field.FAMILY_NAME: 100,
    Field.FULL_NAME: 200,
    Field.EMAIL: 254,
    Field.MOBILE: 40,
    Field.GROUP: 100,
    Field.ADDRESS: 120,
    Field.POSTCODE: 12,
    Field.CITY: 60,
    Field.CHANNEL: 40,
    Field.LANGUAGE: 40,
}
"""Characters after cleaning."""

_MEMBER_NUMBER: Final = re.compile(r"[^\W_](?:[^\W_]|[-/._](?=[^\W_]))*")
_SPACED_DIGITS: Final = re.compile(r"\d+(?: \d+)+", re.ASCII)
_SUM_WORDS: Final = re.compile(
    r"(?:del)?sum(?:mer)?\b|total(?:t|sum|en)?\b|i alt\b|antall\b|(?:grand )?total\b"
    r"|count\b|sub-?total\b",
    re.IGNORECASE,
)
_PERSONAL: Final = (
    Field.GIVEN_NAME,
    Field.FAMILY_NAME,
    Field.FULL_NAME,
    Field.EMAIL,
    Field.MOBILE,
    Field.ADDRESS,
)
# UTF-8 that some program read as Windows-1252: "Ã¸" for "ø".
_GARBLED: Final = re.compile(r"Ã[¦¸¥˜…†¤¶©¼\u00a0-\u00bf]")


@dataclass(frozen=True, slots=True)
class MappedLine:
    """The mapped cells of one line, as exported, and how far the line goes on."""

    line: int
    cells: Mapping[Field, str]
    surplus: int
    """Cells with something in them to the right of the last heading."""


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The members of a file, and all that was found on the way."""

    members: int
    """Rows without errors."""

    without_address: int
    groups: tuple[GroupCount, ...]
    errors: tuple[RowError, ...]
    error_count: int
    """Of all, also of those that are not kept."""

    notices: tuple[Notice, ...]
    notice_count: int


def map_lines(lines: Iterable[Line], heading: HeadingRow) -> Iterator[MappedLine]:
    """Yield the mapped cells of the lines below the headings; skip empty ones."""
    width = len(heading.headings)
    columns = heading.columns
    for line, cells in lines:
        if line <= heading.line:
            continue
        beyond = len(cells)
        mapped = {
            field: cells[index] if index < beyond else ""
            for field, index in columns.items()
        }
        surplus = sum(1 for cell in cells[width:] if cell.strip())
        if surplus or any(mapped.values()):
            yield MappedLine(line, mapped, surplus)


def member_key(member_number: str) -> str:
    """Return what makes two member numbers the same member.

    Case does not count, nor do zeros in front of a number: a spreadsheet drops them
    from some rows and leaves them in others.
    """
    if member_number.isdigit():
        return member_number.lstrip("0") or "0"
    return member_number.casefold()


def check_rows(
    lines: Iterable[MappedLine], heading: HeadingRow, keep: Callable[[RollRow], None]
) -> CheckedRows:
    """Check every line, and hand on each row that is right; no fault hides another's.

    Neither rows nor more than 10,000 findings of a kind are kept here, so that a large
    file takes little more memory than a small one.
    """
    checker = _Checker(heading, keep)
    for line in lines:
        checker.check(line)
    return checker.found()


class _Checker:
    """Gathers members, errors and notices over one file."""

    def __init__(self, heading: HeadingRow, keep: Callable[[RollRow], None]) -> None:
        self._keep = keep
        self._errors = Findings[RowError]()
        self._notices = Findings[Notice]()
        self._seen = RowComparison()
        self._heading = heading
        self._titles = {
            field: heading.headings[index] for field, index in heading.columns.items()
        }
        self._first_lines: dict[int, int] = {}

    def check(self, mapped: MappedLine) -> None:
        """Check one line and keep its member if nothing is wrong."""
        before = self._errors.count
        cells = self._clean(mapped)
        if self._errors.count == before and self._is_no_member(mapped.line, cells):
            return
        if mapped.surplus:
            self._fault(mapped.line, None, "", Problem.ROW_TOO_WIDE)
        number = self._member_number(mapped.line, cells)
        given, family = self._names(mapped.line, cells)
        email = self._email(mapped.line, cells)
        mobile = self._mobile(mapped.line, cells)
        group = self._group(mapped.line, cells)
        if self._errors.count == before:
            row = RollRow(mapped.line, number, given, family, email, mobile, group)
            row = self._with_wishes(row, cells)
            self._seen.see(row)
            self._keep(row)

    def found(self) -> CheckedRows:
        """Return what was found, with what only shows when all rows are seen."""
        seen = self._seen
        together = [*seen.shared_addresses(), *seen.similar_groups()]
        notices = sorted(
            [*self._notices.kept, *together], key=lambda notice: notice.line
        )
        return CheckedRows(
            members=seen.members,
            without_address=seen.without_address,
            groups=seen.groups(),
            errors=tuple(self._errors.kept),
            error_count=self._errors.count,
            notices=tuple(notices),
            notice_count=self._notices.count + len(together),
        )

    def _fault(
        self,
        line: int,
        field: Field | None,
        text: str,
        problem: Problem,
        **parameters: str | int,
    ) -> None:
        title = self._titles[field] if field else ""
        shown = showable(text)
        self._errors.add(RowError(line, field, title, shown, problem, parameters))

    def _clean(self, mapped: MappedLine) -> dict[Field, str]:
        # A field whose cell was already named as wrong is left out, so that it is
        # not named again as missing.
        cells: dict[Field, str] = {}
        for field, text in mapped.cells.items():
            if len(text) > LONGEST_CELL:
                self._too_long(mapped.line, field, text)
                continue
            try:
                cleaned = clean_cell(text)
            except UnreadableCell:
                self._fault(mapped.line, field, text, Problem.CELL_UNREADABLE)
                continue
            if cleaned in CELL_ERRORS:
                self._fault(mapped.line, field, cleaned, Problem.CELL_IS_AN_ERROR)
            elif len(cleaned) > MAX_LENGTHS[field]:
                self._too_long(mapped.line, field, cleaned)
            else:
                cells[field] = cleaned
        return cells

    def _too_long(self, line: int, field: Field, text: str) -> None:
        limit = MAX_LENGTHS[field]
        self._fault(line, field, text, Problem.CELL_TOO_LONG, limit=limit)

    def _is_no_member(self, line: int, cells: Mapping[Field, str]) -> bool:
        # Spaces alone; a sum below the members; the headings again on a new page.
        texts = [text for text in cells.values() if text]
        if not texts:
            return True
        personal = any(cells.get(field) for field in _PERSONAL)
        if not personal and any(_SUM_WORDS.match(text) for text in texts):
            self._notices.add(Notice(line, Remark.SUM_ROW_SKIPPED))
            return True
        if self._repeats_headings(cells):
            self._notices.add(Notice(line, Remark.HEADINGS_REPEATED))
            return True
        return False

    def _repeats_headings(self, cells: Mapping[Field, str]) -> bool:
        if self._heading.line == NO_HEADINGS:
            return False
        title = compact(self._titles[Field.MEMBER_NUMBER])
        return compact(cells[Field.MEMBER_NUMBER]) == title and all(
            compact(text) == compact(self._titles[field])
            for field, text in cells.items()
        )

    def _member_number(self, line: int, cells: Mapping[Field, str]) -> str:
        if Field.MEMBER_NUMBER not in cells:
            return ""
        number = cells[Field.MEMBER_NUMBER]
        if _SPACED_DIGITS.fullmatch(number):
            number = number.replace(" ", "")
        whole = without_decimals(number)
        if whole != number:
            number = whole
            self._notice(line, Remark.DECIMALS_DROPPED, cells[Field.MEMBER_NUMBER])
        if not number:
            problem = Problem.MEMBER_NUMBER_MISSING
            self._fault(line, Field.MEMBER_NUMBER, number, problem)
            return ""
        if not _MEMBER_NUMBER.fullmatch(number):
            problem = Problem.MEMBER_NUMBER_MALFORMED
            self._fault(line, Field.MEMBER_NUMBER, number, problem)
            return ""
        key = short_digest(member_key(number))
        first = self._first_lines.setdefault(key, line)
        if first != line:
            problem = Problem.MEMBER_NUMBER_TWICE
            self._fault(line, Field.MEMBER_NUMBER, number, problem, first_line=first)
        return number

    def _names(self, line: int, cells: Mapping[Field, str]) -> tuple[str, str]:
        if Field.FULL_NAME in cells:
            given, family = _split_name(cells[Field.FULL_NAME])
        else:
            given = cells.get(Field.GIVEN_NAME, "")
            family = cells.get(Field.FAMILY_NAME, "")
        if not given and not family:
            named = [field for field in _PERSONAL[:3] if field in cells]
            if named:
                self._fault(line, named[0], "", Problem.NAME_MISSING)
        elif not given or not family:
            self._notices.add(Notice(line, Remark.ONE_NAME_ONLY))
        if _GARBLED.search(given + family):
            self._notices.add(Notice(line, Remark.LETTERS_GARBLED))
        return given, family

    def _email(self, line: int, cells: Mapping[Field, str]) -> str | None:
        text = without_placeholder(cells.get(Field.EMAIL, ""))
        if not text:
            if Field.EMAIL in cells:
                self._notices.add(Notice(line, Remark.NO_EMAIL))
            return None
        try:
            return parse_address(text)
        except ForeignLetters:
            self._fault(line, Field.EMAIL, text, Problem.EMAIL_FOREIGN_LETTERS)
        except MalformedAddress:
            self._fault(line, Field.EMAIL, text, Problem.EMAIL_MALFORMED)
        return None

    def _mobile(self, line: int, cells: Mapping[Field, str]) -> str | None:
        text = without_placeholder(cells.get(Field.MOBILE, ""))
        if not text:
            return None
        try:
            found = parse_mobile(text)
        except MalformedMobile:
            # Named, not refused: nothing that must reach a member depends on it,
            # and members' registers are full of half numbers.
            self._notice(line, Remark.MOBILE_MALFORMED, text)
            return None
        if not found.is_mobile:
            self._notices.add(Notice(line, Remark.NOT_A_MOBILE))
        return found.number

    def _with_wishes(self, row: RollRow, cells: Mapping[Field, str]) -> RollRow:
        # Named, not refused, as with mobiles: members are reached without them.
        postal = join_postal(
            *(
                without_placeholder(cells.get(field, ""))
                for field in (Field.ADDRESS, Field.POSTCODE, Field.CITY)
            )
        )
        channel = language = None
        text = without_placeholder(cells.get(Field.CHANNEL, ""))
        if text and (channel := read_channel(text)) is None:
            self._notice(row.line, Remark.UNKNOWN_CHANNEL, text)
        text = without_placeholder(cells.get(Field.LANGUAGE, ""))
        if text and (language := read_language(text)) is None:
            self._notice(row.line, Remark.UNKNOWN_LANGUAGE, text)
        return replace(row, postal=postal, channel=channel, language=language)

    def _notice(self, line: int, remark: Remark, text: str) -> None:
        self._notices.add(Notice(line, remark, {"shown": showable(text)}))

    def _group(self, line: int, cells: Mapping[Field, str]) -> str:
        if Field.GROUP not in self._heading.columns:
            return EVERYONE
        label = without_placeholder(cells.get(Field.GROUP, ""))
        if not label and Field.GROUP in cells:
            self._fault(line, Field.GROUP, "", Problem.GROUP_MISSING)
        return label


def _split_name(name: str) -> tuple[str, str]:
    """Return given and family name of "Hansen, Ola" or of "Ola Hansen"."""
    family, comma, given = name.partition(",")
    if comma:
        return given.strip(), family.strip()
    given, _, family = name.rpartition(" ")
    return given, family
