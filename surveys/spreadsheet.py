"""A questionnaire in a workbook: three sheets that people share and edit by hand.

`survey` has a line for each page and question, `choices` one for each choice, by the
name of its list, and `settings` one for the whole. The columns are those of
`surveys.sheet_columns`; the words of XLSForm for types are understood as well.
"""

from __future__ import annotations

import re
from typing import Any, Final

from surveys.condition_text import ConditionUnreadable, read_condition_text
from surveys.conditions import condition_json
from surveys.definition_problems import DefinitionRefused
from surveys.definition_reader import FORMAT, read_definition
from surveys.questionnaire import LANGUAGES, Definition, Kind
from surveys.sheet_columns import (
    ALIASES,
    APPEARANCES,
    CHOICES,
    IGNORED_WORDS,
    NO,
    PAGE_WORDS,
    SETTINGS,
    SURVEY,
    YES,
)
from surveys.sheet_lines import SheetLine, read_sheets
from surveys.spreadsheet_problems import (
    SheetProblem,
    SheetReason,
    SpreadsheetHasProblems,
)
from surveys.spreadsheet_writing import write_spreadsheet

__all__ = ["read_spreadsheet", "write_spreadsheet"]

_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")
_INTEGER_BOUNDS: Final = frozenset(Kind) - {Kind.NUMBER, Kind.DATE}
_LISTED: Final = frozenset(
    {Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN, Kind.RANKING, Kind.MATRIX}
)


def read_spreadsheet(data: bytes) -> Definition:
    """The definition in an XLSX workbook of at most 2 MiB.

    Cells with formulas give the value that was last computed; none is computed here.

    Raises:
        SpreadsheetTooLarge, NotASpreadsheet, SheetMissing: see `read_sheets`.
        SpreadsheetHasProblems: every problem with its sheet and line.

    """
    sheets = read_sheets(data)
    assembly = _Assembly(list(sheets.problems))
    for line in sheets.lines[CHOICES]:
        assembly.add_choice(line)
    for line in sheets.lines[SURVEY]:
        assembly.add(line)
    assembly.set_up(sheets.lines[SETTINGS])
    if assembly.problems:
        raise SpreadsheetHasProblems(tuple(assembly.problems))
    try:
        return read_definition(assembly.raw)
    except DefinitionRefused as refused:
        raise SpreadsheetHasProblems(assembly.located(refused)) from None


class _Assembly:
    """The JSON that lines make, and which line each part of it came from."""

    def __init__(self, problems: list[SheetProblem]) -> None:
        self.problems = problems
        self.raw: dict[str, Any] = {"format": FORMAT, "languages": ["nb"], "pages": []}
        self._lists: dict[str, list[tuple[SheetLine, dict[str, Any]]]] = {}
        self._kinds: dict[str, Kind] = {}
        self._places: dict[str, SheetLine] = {}

    def set_up(self, lines: tuple[SheetLine, ...]) -> None:
        """Take the whole's texts and languages from the one line of settings."""
        if not lines:
            return
        line = lines[0]
        self._places[""] = line
        self.raw["format"] = line.cell("format") or FORMAT
        self.raw["languages"] = line.cell("languages").replace(",", " ").split() or [
            "nb"
        ]
        for name in ("title", "intro", "thanks"):
            _put_texts(self.raw, name, line, name)

    def add_choice(self, line: SheetLine) -> None:
        """Take a choice into its list."""
        choice: dict[str, Any] = {"code": line.cell("name")}
        _put_texts(choice, "label", line, "label")
        self._put_flag(choice, "exclusive", line)
        self._lists.setdefault(line.cell("list_name"), []).append((line, choice))

    def add(self, line: SheetLine) -> None:
        """Take a page or a question."""
        word, *lists = line.cell("type").split() or [""]
        if line.cell("type").lower() in IGNORED_WORDS or word in IGNORED_WORDS:
            return
        if word in PAGE_WORDS or line.cell("type").lower() in PAGE_WORDS:
            self._add_page(line)
        elif word in set(Kind) | set(ALIASES):
            self._add_question(line, word, lists)
        else:
            self._note(line, SheetReason.UNKNOWN_TYPE, "type")

    def located(self, refused: DefinitionRefused) -> tuple[SheetProblem, ...]:
        """The problems of a definition, each with the line it came from."""
        found = []
        for problem in refused.problems:
            path = problem.path
            while path and path not in self._places:
                path = path[: max(path.rfind("."), path.rfind("["), 0)]
            line = self._places.get(path)
            sheet, number = (line.sheet, line.number) if line else (SETTINGS, 1)
            found.append(SheetProblem(sheet, number, problem))
        return tuple(found)

    def _add_page(self, line: SheetLine) -> None:
        page: dict[str, Any] = {"code": line.cell("name"), "questions": []}
        _put_texts(page, "title", line, "label")
        self._put_flag(page, "shuffle", line)
        self._put_condition(page, line)
        self._places[f"pages[{len(self.raw['pages'])}]"] = line
        self.raw["pages"].append(page)

    def _add_question(self, line: SheetLine, word: str, lists: list[str]) -> None:
        if not self.raw["pages"]:
            self.raw["pages"].append({"code": "side_1", "questions": []})
        kind = ALIASES[word] if word in ALIASES else Kind(word)
        kind = APPEARANCES.get((kind, line.cell("appearance").lower()), kind)
        question: dict[str, Any] = {"code": line.cell("name"), "kind": kind.value}
        for name, column in (
            *(("title", "label"), ("help", "hint"), ("other", "other")),
            *(("low_label", "low"), ("high_label", "high")),
        ):
            _put_texts(question, name, line, column)
        for name in ("required", "shuffle", "background"):
            self._put_flag(question, name, line)
        for name in ("min", "max", "decimals"):
            _put_bound(question, name, line, kind)
        if line.cell("non_answers"):
            question["non_answers"] = line.cell("non_answers").split()
        self._put_condition(question, line)
        here = self.raw["pages"][-1]["questions"]
        path = f"pages[{len(self.raw['pages']) - 1}].questions[{len(here)}]"
        self._places[path] = line
        self._put_lists(question, line, kind, lists, path)
        self._kinds.setdefault(question["code"], kind)
        here.append(question)

    def _put_lists(
        self,
        question: dict[str, Any],
        line: SheetLine,
        kind: Kind,
        lists: list[str],
        path: str,
    ) -> None:
        names = ["choices"] if kind in _LISTED else []
        if kind is Kind.MATRIX:
            names.append("rows")
        if len(lists) != len(names):
            self._note(line, SheetReason.LIST_NOT_NAMED, "type")
            return
        for name, wanted in zip(names, lists, strict=True):
            if wanted not in self._lists:
                self._note(line, SheetReason.UNKNOWN_LIST, wanted)
            found = self._lists.get(wanted, [])
            question[name] = [choice for _, choice in found]
            for place, (origin, _) in enumerate(found):
                self._places[f"{path}.{name}[{place}]"] = origin

    def _put_condition(self, target: dict[str, Any], line: SheetLine) -> None:
        text = line.cell("relevant")
        if not text:
            return
        try:
            condition = read_condition_text(text, self._kinds)
        except ConditionUnreadable:
            self._note(line, SheetReason.CONDITION_UNREADABLE, "relevant")
            return
        target["show_if"] = condition_json(condition)

    def _put_flag(self, target: dict[str, Any], name: str, line: SheetLine) -> None:
        word = line.cell(name).lower()
        if word not in YES | NO:
            self._note(line, SheetReason.NOT_YES_OR_NO, name)
        if word in YES:
            target[name] = True

    def _note(self, line: SheetLine, reason: SheetReason, column: str) -> None:
        self.problems.append(SheetProblem(line.sheet, line.number, reason, column))


def _put_texts(target: dict[str, Any], name: str, line: SheetLine, column: str) -> None:
    texts = {
        language: line.cells[f"{column}::{language}"]
        for language in LANGUAGES
        if f"{column}::{language}" in line.cells
    }
    if texts:
        target[name] = texts


def _put_bound(target: dict[str, Any], name: str, line: SheetLine, kind: Kind) -> None:
    text = line.cell(name)
    if not text:
        return
    whole = name == "decimals" or kind in _INTEGER_BOUNDS
    if whole and _INTEGER.fullmatch(text):
        target[name] = int(text)
    else:
        # What is no number is left for the definition's reader to refuse by its path.
        target[name] = text.replace(",", ".") if kind is Kind.NUMBER else text
