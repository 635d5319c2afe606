"""The field of a form that takes a day and an hour in Oslo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from typing_extensions import override
from wtforms import DateTimeLocalField, ValidationError

from infra.local_times import NoSuchLocalTime, from_local, to_local

EARLIEST_YEAR: Final = 2020
LATEST_YEAR: Final = 2100


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
