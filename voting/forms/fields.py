"""Fields and filters that several forms share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from infra.local_time_field import LocalTimeField

__all__ = [
    "CheckboxesField",
    "LocalTimeField",
    "clean_line",
    "clean_lines",
    "lines_of",
    "offered",
]


def offered(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """Return choices of a field from values and their labels."""
    return [SelectChoice(value, label) for value, label in pairs]


def clean_line(text: str | None) -> str:
    """Return a text on one line: no control characters, single spaces."""
    return " ".join(_without_controls(text or "").split())


def clean_lines(text: str | None) -> str:
    """Return a text with its lines cleaned, and no empty line first or last."""
    lines = [clean_line(line) for line in (text or "").splitlines()]
    return "\n".join(lines).strip()


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines that are not empty."""
    return tuple(line for line in clean_lines(text).split("\n") if line)


class CheckboxesField(SelectMultipleField):
    """Several of several, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _without_controls(text: str) -> str:
    kept = (
        letter if unicodedata.category(letter)[0] != "C" else " "
        for letter in unicodedata.normalize("NFC", text)
    )
    return "".join(kept)
