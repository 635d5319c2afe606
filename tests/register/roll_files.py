"""Roll files made for tests: every person in them is invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from openpyxl import Workbook

SAMPLES = Path(__file__).parent / "samples"

HEADINGS = (*("Medlemsnummer", "Fornavn", "Etternavn", "E-post", "Mobil", "Krets"),)
PER = ("1003", "Per", "Hansen", "", "", "Krets Vest")
KARI = ("1001", "Kari", "Åsgård", "kari@example.no", "415 86 834", "Krets Øst")
OLA = ("1002", "Ola", "Nordmann", "ola@example.no", "+47 90000001", "Krets Vest")

ELECTION = "00112233445566778899aabbccddeeff"

Cell = str | int | float | bool | None


def as_csv(
    *rows: Sequence[str], delimiter: str = ";", encoding: str = "utf-8"
) -> bytes:
    """Return rows joined as they are: quoting is the test's own business."""
    return "".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding)


def as_workbook(
    *rows: Sequence[Cell], title: str = "Uttrekk", **others: Sequence[Sequence[Cell]]
) -> bytes:
    """Return a workbook with these rows on its first sheet, others by name."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = title
    for row in rows:
        first.append(list(row))
    for name, lines in others.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return the bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(workbook: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one part of its package changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = source.read(part)
            if part.filename == name:
                content = change(content)
            target.writestr(part.filename, content)
    return out.getvalue()


def identity_number(day_month_year: str, start: int = 0) -> str:
    """Return a valid eleven-digit number for six digits of a birth date.

    Worked out from the definition of the check digits, apart from the code under
    test: the weighted sums are congruent to 0 modulo 11.
    """
    for individual in range(start, 1000):
        nine = [int(digit) for digit in f"{day_month_year}{individual:03d}"]
        first = -sum(map(int.__mul__, (3, 7, 6, 1, 8, 9, 4, 5, 2), nine)) % 11
        ten = [*nine, first]
        second = -sum(map(int.__mul__, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), ten)) % 11
        if first < 10 and second < 10:
            return "".join(map(str, [*ten, second]))
    raise AssertionError(day_month_year)
