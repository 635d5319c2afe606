"""One cell of a roll file: from what a program exported to clean text."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import Final

from register.identity_numbers import mask_long_numbers

LONGEST_CELL: Final = 1_000
"""Characters of a cell that are looked at; no name or address comes near."""

_LONGEST_SHOWN: Final = 60
_LARGEST_EXACT: Final = 2**53
"""Above this a spreadsheet's number has lost its last digits."""

# How a workbook writes carriage return, line feed and tab within a cell.
_WORKBOOK_BREAK: Final = re.compile(r"_x00(?:0D|0A|09)_", re.IGNORECASE)

# A whole number as some programs write it: 123.0, 123,00.
_WITH_DECIMALS: Final = re.compile(r"(\d+)[.,]0{1,2}", re.ASCII)

_BLANK: Final = frozenset({"-", "–", "—", "--", "."})

CELL_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"}
    | {"#CALC!", "#I/T", "#VERDI!", "#NAVN?"}
)


class UnreadableCell(ValueError):
    """A cell holds control characters, or a letter that was lost on the way."""


def text_of(value: object) -> str:
    """Return the text of a workbook's cell; a whole number without decimals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _WORKBOOK_BREAK.sub(" ", value) if "_x" in value else value
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def clean_cell(text: str) -> str:
    """Return a cell without stray spaces and invisible marks, in Unicode form NFC.

    Every kind of white space becomes one space. Direction marks, zero-width and
    soft-hyphen characters are dropped: they make two names look like one.

    Raises:
        UnreadableCell: a control character, a lone surrogate or U+FFFD remains.

    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter) != "Cf"
    )
    cleaned = " ".join(visible.split())
    if not cleaned.isprintable() or "\N{REPLACEMENT CHARACTER}" in cleaned:
        raise UnreadableCell
    return cleaned


def without_placeholder(text: str) -> str:
    """Return nothing for a dash that stands for nothing, else the text."""
    return "" if text in _BLANK else text


def without_decimals(text: str) -> str:
    """Return a whole number without the decimals that say nothing, else the text."""
    whole = _WITH_DECIMALS.fullmatch(text)
    return whole[1] if whole else text


def showable(text: str) -> str:
    """Return what a preview may show of a cell: short, printable, numbers masked."""
    start = mask_long_numbers(text[:LONGEST_CELL])
    plain = "".join(letter if letter.isprintable() else "�" for letter in start)
    if len(plain) > _LONGEST_SHOWN:
        return plain[:_LONGEST_SHOWN] + "…"
    return plain
