"""Fields and filters that several forms share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from typing_extensions import override
from wtforms import DateTimeLocalField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from voting.local_times import NoSuchLocalTime, from_local, to_local

EARLIEST_YEAR: Final = 2020
LATEST_YEAR: Final = 2100


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


class LocalTimeField(DateTimeLocalField):
    """Day and hour in Oslo; `instant` is the same, aware, in UTC."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:  # noqa: ANN401 - as WTForms has it
        """Take what a field of WTForms takes."""
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, validators, format=formats, **options)

    @property
    def instant(self) -> datetime:
        """The instant that was written; the field has been validated."""
        if self.data is None:
            return datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
        return from_local(self.data)

    def show(self, instant: datetime) -> None:
        """Set the field to an instant."""
        self.data = to_local(instant)

    @override
    def pre_validate(self, form: Any) -> None:
        """Refuse a year of another age, and an hour that never comes."""
        super().pre_validate(form)
        if self.data is None:
            return
        if not EARLIEST_YEAR <= self.data.year <= LATEST_YEAR:
            raise ValidationError(str(_l("Skriv et år mellom 2020 og 2100.")))
        try:
            from_local(self.data)
        except NoSuchLocalTime:
            message = _l("Denne timen finnes ikke: klokka stilles fram.")
            raise ValidationError(str(message)) from None


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
