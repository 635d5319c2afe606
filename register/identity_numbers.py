"""Fødselsnummer and D-nummer: found so that they can be kept out of the register.

A roll has no need of them, so one in a column that would be imported stops the whole
file. The two check digits are weighted sums modulo 11, as in every number issued
before 2032. The wider rule from 2032 is left out until then: it would take one in
thirty member numbers of eleven digits for a fødselsnummer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FIRST_WEIGHTS: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_D_NUMBER: Final = 40
"""Added to the day in a D-nummer."""

_SYNTHETIC: Final = (0, 40, 80)
"""Added to the month: 0 for real persons, else the public test populations."""

_FULL_LENGTH: Final = 11

# Within a longer cell. Not after a plus: that is a telephone number.
_WITHIN: Final = re.compile(r"(?<![\d+])(\d{6})[ .\-–/]?(\d{5})(?!\d)", re.ASCII)
_NOT_DIGIT: Final = re.compile(r"\D", re.ASCII)
_LETTER_OR_PLUS: Final = re.compile(r"[^\W\d_]|\+")


def is_identity_number(digits: str) -> bool:
    """Tell whether eleven ASCII digits are a valid fødselsnummer or D-nummer."""
    if len(digits) != _FULL_LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    numbers = [int(digit) for digit in digits]
    return (
        _is_date(digits)
        and _is_weighted(numbers, _FIRST_WEIGHTS)
        and _is_weighted(numbers, _SECOND_WEIGHTS)
    )


def find_identity_number(text: str) -> str | None:
    """Return the eleven digits of an identity number in a cell, or None.

    Finds it alone with any separators ("010190 123 45", full-width digits) and
    within other text, where at most one separator stands before the last five.
    """
    folded = _fold(text)
    for match in _WITHIN.finditer(folded):
        if is_identity_number(match[1] + match[2]):
            return match[1] + match[2]
    whole = _digits_alone(folded)
    return whole if is_identity_number(whole) else None


def find_shortened_number(text: str) -> str | None:
    """Return the identity number of a cell whose first zero a spreadsheet dropped.

    Ten digits that, with a zero before them, are a valid number of a real person.
    """
    whole = _digits_alone(_fold(text))
    if len(whole) != _FULL_LENGTH - 1 or int(whole[1:3]) > len(_DAYS):
        return None
    return "0" + whole if is_identity_number("0" + whole) else None


def masked(digits: str) -> str:
    """Return what may be shown of an identity number: its first two digits."""
    return digits[:2] + "*" * (_FULL_LENGTH - 2)


def mask_long_numbers(text: str) -> str:
    """Mask every run of eleven digits in a text, valid or not, and any valid number.

    For cells shown because something else is wrong with them: a mistyped
    fødselsnummer is nearly as telling as a right one.
    """
    found = find_identity_number(text)
    if found:
        return masked(found)
    return _WITHIN.sub(lambda match: masked(match[1] + match[2]), _fold(text))


def _fold(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in plain
        if unicodedata.category(letter) != "Cf"
    )


def _digits_alone(folded: str) -> str:
    # A cell with a letter or a plus in it is no bare number, whatever its digits.
    if _LETTER_OR_PLUS.search(folded):
        return ""
    return _NOT_DIGIT.sub("", folded)


def _is_date(digits: str) -> bool:
    day, month = int(digits[:2]), int(digits[2:4])
    if day > _D_NUMBER:
        day -= _D_NUMBER
    return any(
        1 <= month - added <= len(_DAYS) and 1 <= day <= _DAYS[month - added - 1]
        for added in _SYNTHETIC
    )


def _is_weighted(numbers: list[int], weights: tuple[int, ...]) -> bool:
    weighed = zip(numbers, weights, strict=False)
    return sum(number * weight for number, weight in weighed) % 11 == 0
