"""Languages: bokmål is the source; dates and numbers in Norwegian form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, get_locale

LANGUAGES: Final = ("nb", "nn", "en")
"""Bokmål, the source language, then its translations."""

ZONE: Final = ZoneInfo("Europe/Oslo")

_TRANSLATIONS: Final = Path(__file__).parent.parent / "translations"
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)
_ALSO_BOKMAAL: Final = {"no": "nb", "nb-no": "nb", "nn-no": "nn"}

Choice = Callable[[], str | None]


def init_i18n(app: Flask, chosen: Choice = lambda: None) -> None:
    """Set up languages, and the filters dato, tidspunkt, klokkeslett, tall, prosent.

    `chosen` tells the language that an official has set; it is asked first, then
    the browser's Accept-Language. A voter's choice is not kept: no cookie.
    """
    Babel(
        app,
        default_locale=LANGUAGES[0],
        default_timezone=str(ZONE),
        default_translation_directories=str(_TRANSLATIONS),
        locale_selector=lambda: select_language(chosen()),
    )
    app.jinja_env.filters.update(
        dato=show_date,
        tidspunkt=show_moment,
        klokkeslett=show_time,
        tall=show_number,
        prosent=show_percent,
    )
    app.context_processor(lambda: {"lang": current_language()})


def select_language(chosen: str | None, offered: Sequence[str] = LANGUAGES) -> str:
    """Return the language for this request, one of those offered."""
    if chosen is not None and chosen in offered:
        return chosen
    for wanted in request.accept_languages.values():
        name = _ALSO_BOKMAAL.get(wanted.lower(), wanted.lower().partition("-")[0])
        if name in offered:
            return name
    return offered[0]


@contextmanager
def speaking(language: str) -> Iterator[NullTranslations]:
    """Use a language where there is no request: a job writes a document.

    Raises:
        ValueError: none of `LANGUAGES`.

    """
    if language not in LANGUAGES:
        raise ValueError("none of our languages")
    token = _spoken.set(language)
    try:
        yield _catalogue(language)
    finally:
        _spoken.reset(token)


def spoken_translations() -> NullTranslations | None:
    """Return the catalogue of `speaking`; None where a request's language counts."""
    language = _spoken.get()
    return None if language is None else _catalogue(language)


def current_language() -> str:
    """Return the language in use: nb, nn or en."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    locale = get_locale()
    return LANGUAGES[0] if locale is None else str(locale.language)


def show_date(day: date | datetime) -> str:
    """Write a day: 1. juni 2026."""
    local = day.astimezone(ZONE).date() if isinstance(day, datetime) else day
    return format_date(local, "long", locale=_form())


def show_moment(instant: datetime) -> str:
    """Write day and time as in Oslo: 1. juni 2026 kl. 14.00."""
    if _form() == "en":
        return format_datetime(instant, "d MMMM y, HH:mm", tzinfo=ZONE, locale="en")
    pattern = "d. MMMM y 'kl.' HH.mm"
    return format_datetime(instant, pattern, tzinfo=ZONE, locale=_form())


def show_time(instant: datetime) -> str:
    """Write the time of day as in Oslo: kl. 14.00."""
    if _form() == "en":
        return format_datetime(instant, "HH:mm", tzinfo=ZONE, locale="en")
    return format_datetime(instant, "'kl.' HH.mm", tzinfo=ZONE, locale=_form())


def show_number(number: int) -> str:
    """Write a number with narrow groups of three: 12 345."""
    return format_decimal(number, locale=_form())


def show_percent(numerator: int, denominator: int) -> str:
    """Write a share with one decimal, rounded half up: 66,7 %; of nothing: –."""
    if denominator == 0:
        return "–"
    thousandths = (2000 * numerator + denominator) // (2 * denominator)
    return format_percent(thousandths / 1000, "0.0\u00a0%", locale=_form())


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(_TRANSLATIONS), [language])


def _form() -> str:
    # Outside a request (a job renders a mail) the source language's form.
    return current_language()
