"""Writes a questionnaire as a workbook of three sheets: survey, choices, settings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import xlsxwriter

from surveys.condition_text import LONGEST_TEXT, write_condition
from surveys.conditions import Condition
from surveys.definition_reader import FORMAT
from surveys.questionnaire import (
    CHOICE_KINDS,
    LANGUAGES,
    Definition,
    Kind,
    Page,
    Question,
    Texts,
)
from surveys.sheet_columns import COLUMNS, PAGE
from surveys.spreadsheet_problems import CellTooLong

Line = Mapping[str, str]

_OPTIONS: Final = {
    "in_memory": True,
    # Whatever a designer wrote stays text: nothing here is ever computed or opened.
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_WIDTH: Final = 24


def write_spreadsheet(definition: Definition) -> bytes:
    """The definition as XLSX, which `read_spreadsheet` reads as the very same.

    But for one: openpyxl drops `x005F_`, the format's own sign, out of any text.

    Raises:
        CellTooLong: a condition does not fit into a cell.

    """
    sheets: dict[str, Iterable[Line]] = {
        "survey": _survey(definition),
        "choices": _choices(definition),
        "settings": [_settings(definition)],
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        heading = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, lines in sheets.items():
            _fill(book.add_worksheet(name), COLUMNS[name], lines, heading, wrapped)
    return out.getvalue()


def _fill(
    sheet: Any,  # noqa: ANN401 - xlsxwriter tells no types
    columns: tuple[str, ...],
    lines: Iterable[Line],
    heading: object,
    wrapped: object,
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, heading)
    for number, line in enumerate(lines, 1):
        for place, column in enumerate(columns):
            text = line.get(column, "")
            if len(text) > LONGEST_TEXT:
                raise CellTooLong
            if text:
                sheet.write_string(number, place, text, wrapped)


def _settings(definition: Definition) -> Line:
    return {
        "format": FORMAT,
        "languages": " ".join(definition.languages),
        **_texts("title", definition.title),
        **_texts("intro", definition.intro),
        **_texts("thanks", definition.thanks),
    }


def _survey(definition: Definition) -> Iterator[Line]:
    for page in definition.pages:
        yield _page(page)
        for question in page.questions:
            yield _question(question)


def _page(page: Page) -> Line:
    return {
        "type": PAGE,
        "name": page.code,
        "relevant": _condition(page.show_if),
        "shuffle": _yes(page.shuffle),
        **_texts("label", page.title),
    }


def _question(question: Question) -> Line:
    words: list[str] = [question.kind]
    if question.kind in CHOICE_KINDS:
        words.append(question.code)
    if question.kind is Kind.MATRIX:
        words.append(rows_list(question.code))
    return {
        "type": " ".join(words),
        "name": question.code,
        "required": _yes(question.required),
        "relevant": _condition(question.show_if),
        "min": "" if question.minimum is None else str(question.minimum),
        "max": "" if question.maximum is None else str(question.maximum),
        "decimals": str(question.decimals) if question.decimals else "",
        "non_answers": " ".join(question.non_answers),
        "shuffle": _yes(question.shuffle),
        "background": _yes(question.background),
        **_texts("label", question.title),
        **_texts("hint", question.help),
        **_texts("other", question.other),
        **_texts("low", question.low_label),
        **_texts("high", question.high_label),
    }


def rows_list(code: str) -> str:
    """The name of the list of a matrix's rows; no question can be called so."""
    return f"{code}.rows"


def _choices(definition: Definition) -> Iterator[Line]:
    for question in definition.questions:
        lists = (
            (question.code, question.choices),
            (rows_list(question.code), question.rows),
        )
        for name, choices in lists:
            for choice in choices:
                yield {
                    "list_name": name,
                    "name": choice.code,
                    "exclusive": _yes(choice.exclusive),
                    **_texts("label", choice.label),
                }


def _texts(name: str, texts: Texts) -> dict[str, str]:
    return {f"{name}::{language}": texts.own(language) for language in LANGUAGES}


def _condition(condition: Condition | None) -> str:
    return "" if condition is None else write_condition(condition)


def _yes(flag: bool) -> str:  # noqa: FBT001 - one truth, one word
    return "yes" if flag else ""
