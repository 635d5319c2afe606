"""The templates of messages in each language, and dates as each writes them.

A job has no request to ask for a language: the member's own, or the sending's, is
named by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from babel.dates import format_datetime
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from infra.i18n import ZONE
from register.reaching import LANGUAGES

_ROOT: Final = Path(__file__).parent.parent
_MOMENTS: Final[Mapping[str, str]] = {
    "nb": "EEEE d. MMMM y 'kl.' HH.mm",
    "nn": "EEEE d. MMMM y 'kl.' HH.mm",
    "en": "EEEE d MMMM y 'at' HH:mm",
}


def render_in(language: str, template: str, context: Mapping[str, object]) -> str:
    """Return a template of `templates/`, rendered in nb, nn or en."""
    return _environments[language].get_template(template).render(context, lang=language)


def say_in(language: str, sentence: str) -> str:
    """Return a sentence that was marked for translation, in nb, nn or en."""
    return _translations[language].gettext(sentence)


def write_moment(instant: datetime, language: str) -> str:
    """Write a day and a time of day as in Oslo, with the day of the week."""
    return format_datetime(instant, _MOMENTS[language], tzinfo=ZONE, locale=language)


def _open_environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOT / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        _translations[language], newstyle=True
    )
    return environment


_translations: Final[Mapping[str, NullTranslations]] = {
    language: Translations.load(_ROOT / "translations", [language])
    for language in LANGUAGES
}
_environments: Final[Mapping[str, Environment]] = {
    language: _open_environment(language) for language in LANGUAGES
}
