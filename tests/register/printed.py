"""Reads letters as a machine at the other end would: text, QR codes, places.

Nothing of the code under test is used: text by the fonts' own tables, a QR code by the
squares that are drawn.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

MM = 25.4 / 72
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(
    rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])"
)

Matrix = tuple[float, float, float, float, float, float]
ONE: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Written:
    """A run of text, and where it begins, in mm from the top left of the sheet."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page."""

    runs: tuple[Written, ...]
    qr: frozenset[tuple[int, int]]
    """The dark modules of the QR code: (row, column)."""

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.runs)


def sheets_of(pdf: bytes) -> list[Sheet]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [_read(page) for page in opened.pages]


def _read(page: pikepdf.Page) -> Sheet:
    height = float(page.mediabox[3])
    runs: list[Written] = []
    dark: set[tuple[int, int]] = set()
    fonts = {str(name): _glyphs(font) for name, font in page.resources["/Font"].items()}
    for text, x, y in _texts(page, fonts):
        runs.append(Written(text, x * MM, (height - y) * MM))
    for path in _paths(page):
        # A QR code's modules are drawn in rows: lines of whole length, one apart.
        if len(path) > 100:
            dark |= _modules(path)
    return Sheet(tuple(runs), frozenset(dark))


def _texts(
    page: pikepdf.Page, fonts: Mapping[str, Mapping[int, str]]
) -> Iterator[tuple[str, float, float]]:
    stack: list[Matrix] = []
    at, line, font = ONE, ONE, ""
    for name, values in _steps(page):
        if name == "q":
            stack.append(at)
        elif name == "Q":
            at = stack.pop()
        elif name == "cm":
            at = _times(_matrix(values), at)
        elif name == "BT":
            line = ONE
        elif name == "Tm":
            line = _matrix(values)
        elif name == "Tf":
            font = str(values[0])
        elif name in {"TJ", "Tj"}:
            pieces = values[0] if name == "TJ" else [values[0]]
            text = "".join(
                fonts[font].get(code, "")
                for piece in pieces
                if isinstance(piece, pikepdf.String)
                for code in _codes(bytes(piece))
            )
            placed = _times(line, at)
            yield text, placed[4], placed[5]


def _paths(page: pikepdf.Page) -> Iterator[list[tuple[str, float, float]]]:
    path: list[tuple[str, float, float]] = []
    for name, operands in _steps(page):
        if name in {"m", "l"}:
            path.append((name, float(operands[0]), float(operands[1])))
        elif name in {"S", "f", "B", "n", "f*", "B*", "s"}:
            yield path
            path = []


def _steps(page: pikepdf.Page) -> Iterator[tuple[str, list[Any]]]:
    for step in pikepdf.parse_content_stream(page):
        assert isinstance(step, pikepdf.ContentStreamInstruction)
        yield str(step.operator), list(step.operands)


def _modules(path: list[tuple[str, float, float]]) -> set[tuple[int, int]]:
    dark = set()
    x = y = 0.0
    for name, to_x, to_y in path:
        if name == "l":
            assert to_y == y
            dark |= {(int(y), column) for column in range(int(x), int(to_x))}
        x, y = to_x, to_y
    return dark


def _glyphs(font: Any) -> dict[int, str]:  # noqa: ANN401 - pikepdf's object
    table = bytes(font["/ToUnicode"].read_bytes())
    found: dict[int, str] = {}
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in _PAIR.findall(part):
            found[int(code, 16)] = _unicode(text)
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text, _ in _RANGE.findall(part):
            for code in range(int(first, 16), int(last, 16) + 1):
                step = code - int(first, 16)
                found[code] = chr(ord(_unicode(text)) + step)
    return found


def _unicode(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be")


def _codes(text: bytes) -> Iterator[int]:
    for at in range(0, len(text), 2):
        yield int.from_bytes(text[at : at + 2], "big")


def _matrix(values: list[Any]) -> Matrix:
    a, b, c, d, e, f = (float(each) for each in values)
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )
