"""Numbers and dates as answers write them: one way each, so that digests agree."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from surveys.questionnaire import MOST_DIGITS

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_TYPED_NUMBER: Final = re.compile(r"(-?)([0-9]{1,30})(?:[.,]([0-9]{0,30}))?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPED_DATE: Final = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")

_LINE_FEED: Final = "\n"
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing: they can show another text than is read."""
_NO_CHARACTERS: Final = frozenset("\ufffe\uffff")
"""Not allowed in XML, so not in a workbook."""


class NotANumber(ValueError):
    """Not a number of at most 15 digits."""


class NotADate(ValueError):
    """Not a day of the calendar between the years 1000 and 9999."""


class UnreadableText(ValueError):
    """Control characters, lone surrogates or marks that turn the writing."""


def is_number(text: str) -> bool:
    """Whether this is the one way to write a number: `-0.5`, never `-.50`."""
    digits = sum(letter.isdigit() for letter in text)
    return (
        digits <= MOST_DIGITS
        and text != "-0"
        and _NUMBER.fullmatch(text) is not None
        and text.isascii()
    )


def is_date(text: str) -> bool:
    """Whether this is a day of the calendar, as 2027-03-01."""
    if _DATE.fullmatch(text) is None or text < "1000":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_number(typed: str) -> str:
    """The number that a person typed, in its one way: comma or full stop, spaces.

    Raises:
        NotANumber: anything else, or more than 15 digits.

    """
    plain = "".join(typed.split()).replace("\N{MINUS SIGN}", "-")
    found = _TYPED_NUMBER.fullmatch(plain)
    if found is None or not plain.isascii():
        raise NotANumber
    sign, whole, fraction = found[1], found[2].lstrip("0") or "0", found[3] or ""
    fraction = fraction.rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    if sign and number != "0":
        number = f"-{number}"
    if not is_number(number):
        raise NotANumber
    return number


def decimals_of(number: str) -> int:
    """How many decimals a number written in its one way has."""
    return len(number.partition(".")[2])


def read_date(typed: str) -> str:
    """The day that a person typed, as 2027-03-01; also read as 1.3.2027.

    Raises:
        NotADate: anything else.

    """
    plain = typed.strip()
    found = _TYPED_DATE.fullmatch(plain)
    if found:
        plain = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if not is_date(plain):
        raise NotADate
    return plain


def clean_text(text: str, *, lines: bool) -> str:
    """The text in Unicode form NFC, without space around it; lines end in LF.

    Raises:
        UnreadableText: a line feed where `lines` is false, or a character that no
            text needs.

    """
    plain = text.replace("\r\n", _LINE_FEED).replace("\r", _LINE_FEED)
    plain = unicodedata.normalize("NFC", plain.replace("\t", " ")).strip()
    for letter in plain:
        if letter == _LINE_FEED and lines:
            continue
        odd = letter in _TURNING or letter in _NO_CHARACTERS
        if odd or unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}:
            raise UnreadableText
    return plain
