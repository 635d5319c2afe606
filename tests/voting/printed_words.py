"""What a PDF says, read as a screen reader would find its letters."""

from __future__ import annotations

import io
from typing import Any

import pikepdf


def words_of(encoded: bytes) -> str:
    """All words of a PDF, by the table of letters that each font carries."""
    found = []
    with pikepdf.open(io.BytesIO(encoded)) as pdf:
        for page in pdf.pages:
            letters = {
                name: _letters(font.ToUnicode.read_bytes().decode())
                for name, font in page.obj.Resources.Font.items()
            }
            current: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(page):  # type: ignore[misc]
                if str(operator) == "Tf":
                    current = letters[str(operands[0])]
                elif str(operator) == "TJ":
                    found.append(_text(operands[0], current))
                elif str(operator) in {"ET", "Td", "Tm"}:
                    found.append(" ")
    return " ".join("".join(found).split())


def _letters(table: str) -> dict[int, str]:
    rows = [line.split() for line in table.splitlines() if line.startswith("<")]
    return {
        int(row[0].strip("<>"), 16): bytes.fromhex(row[1].strip("<>")).decode(
            "utf-16-be"
        )
        for row in rows
        if len(row) == 2
    }


def _text(pieces: Any, letters: dict[int, str]) -> str:  # noqa: ANN401 - whatever a PDF holds
    coded = b"".join(bytes(each) for each in pieces if isinstance(each, pikepdf.String))
    return "".join(
        letters.get(int.from_bytes(coded[at : at + 2], "big"), "?")
        for at in range(0, len(coded), 2)
    )
