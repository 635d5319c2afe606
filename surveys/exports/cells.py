"""What is written into a cell of a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

Cell = str | int | float | None

BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DANGEROUS: Final = frozenset("=+-@\t\r\n|%")
"""What Excel, LibreOffice and Google read as the beginning of a formula or command."""
_LONGEST: Final = 32_767
"""Characters in a cell of a workbook."""


def harmless(text: str) -> str:
    """Text that no spreadsheet reads as a formula: with an apostrophe before it."""
    plain = text.lstrip(" \N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}")
    # Full-width forms of the signs are read as the signs by some.
    first = chr(ord(plain[0]) - 0xFEE0) if plain and "！" <= plain[0] <= "～" else ""
    if plain and (plain[0] in _DANGEROUS or first in _DANGEROUS):
        text = f"'{text}"
    return text[:_LONGEST]


def written(cell: Cell) -> str | int | float:
    """A cell's value, harmless; nothing is an empty text."""
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else cell


def csv_file(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as CSV that Norwegian spreadsheets open: semicolons, UTF-8 with its mark."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_comma(written(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


def _comma(value: str | float) -> str | int:
    return str(value).replace(".", ",") if isinstance(value, float) else value
