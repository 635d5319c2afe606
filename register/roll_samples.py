"""What a file without headings shows of its columns: enough to tell them apart.

Every column is looked at for it, also those that are not to be read, so nobody's value
is shown: of each word its first letter or digit and its length, of a long number
nothing but its length. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from register.cells import LONGEST_CELL, UnreadableCell, clean_cell

SAMPLES: Final = 3
"""Values shown of a column."""

MOST_COLUMNS: Final = 60

_FEWEST_COLUMNS: Final = 2
_LONGEST: Final = 28
_LONG_NUMBER: Final = 9
_WORD: Final = re.compile(r"\w+")
_HIDDEN: Final = "•"
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class ColumnSamples:
    """The top of a file without headings."""

    line: int
    """The first line with anything in it, counted from 1."""

    columns: tuple[tuple[str, ...], ...]
    """Of each column its first values, masked."""


def sample_columns(
    top: Sequence[tuple[int, Sequence[str]]],
) -> ColumnSamples | None:
    """Return the samples of the top lines; None where they are no table of columns."""
    filled = [(line, cells) for line, cells in top if any(map(str.strip, cells))]
    width = max((len(cells) for _, cells in filled), default=0)
    if width < _FEWEST_COLUMNS:
        return None
    columns = tuple(
        _first_values([cells[place] for _, cells in filled if place < len(cells)])
        for place in range(min(width, MOST_COLUMNS))
    )
    return ColumnSamples(filled[0][0], columns)


def table_worth(top: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, int]:
    """Return how much lines look like a table: how many agree on how many columns."""
    widths = Counter(len(cells) for _, cells in top if any(map(str.strip, cells)))
    agreeing = {width: count for width, count in widths.items() if width > 1}
    if not agreeing:
        return 0, 0
    width = max(agreeing, key=lambda each: (agreeing[each], each))
    return agreeing[width], width


def column_letters(place: int) -> str:
    """Return a column's letters as a spreadsheet has them: A for 0, AA for 26."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, _LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters


def masked_value(text: str) -> str:
    """Return the shape of a cell: the first letter of each word, and how long it is."""
    try:
        cleaned = clean_cell(text[:LONGEST_CELL])
    except UnreadableCell:
        return _HIDDEN
    hidden = _WORD.sub(lambda found: _hide(found[0]), cleaned)
    return hidden if len(hidden) <= _LONGEST else hidden[:_LONGEST] + "…"


def _hide(word: str) -> str:
    if len(word) >= _LONG_NUMBER and any(map(str.isdigit, word)):
        return _HIDDEN * len(word)
    return word[0] + _HIDDEN * (len(word) - 1)


def _first_values(cells: Sequence[str]) -> tuple[str, ...]:
    shown: dict[str, None] = {}
    for cell in cells:
        masked = masked_value(cell)
        if masked and len(shown) < SAMPLES:
            shown.setdefault(masked)
    return tuple(shown)
