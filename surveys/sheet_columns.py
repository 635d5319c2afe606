"""The sheets and columns of a questionnaire in a workbook, read and written alike."""

from __future__ import annotations

from typing import Final

from surveys.questionnaire import LANGUAGES, Kind

SURVEY: Final = "survey"
CHOICES: Final = "choices"
SETTINGS: Final = "settings"


def in_languages(*names: str) -> tuple[str, ...]:
    """A column of each name in each language: `label::nb`."""
    return tuple(f"{name}::{language}" for name in names for language in LANGUAGES)


SURVEY_COLUMNS: Final = (
    *("type", "name", *in_languages("label"), *in_languages("hint")),
    *("required", "relevant", "min", "max", "decimals"),
    *(*in_languages("other"), "non_answers", "shuffle", "background"),
    *in_languages("low", "high"),
    "appearance",
)
CHOICES_COLUMNS: Final = ("list_name", "name", *in_languages("label"), "exclusive")
SETTINGS_COLUMNS: Final = (
    *("format", "languages"),
    *in_languages("title", "intro", "thanks"),
)
COLUMNS: Final = {
    SURVEY: SURVEY_COLUMNS,
    CHOICES: CHOICES_COLUMNS,
    SETTINGS: SETTINGS_COLUMNS,
}

PAGE: Final = "page"
PAGE_WORDS: Final = frozenset({PAGE, "begin_page", "begin_group", "begin group"})
IGNORED_WORDS: Final = frozenset({"end_page", "end_group", "end group"})
ALIASES: Final = {
    "select_one": Kind.SINGLE,
    "select_multiple": Kind.MULTIPLE,
    "text": Kind.SHORT_TEXT,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "range": Kind.SCALE,
    "rank": Kind.RANKING,
    "note": Kind.INFORMATION,
    "acknowledge": Kind.CONSENT,
}
"""What XLSForm calls them."""

APPEARANCES: Final = {
    (Kind.SINGLE, "minimal"): Kind.DROPDOWN,
    (Kind.SHORT_TEXT, "multiline"): Kind.LONG_TEXT,
}
YES: Final = frozenset({"yes", "ja", "true", "1", "x"})
NO: Final = frozenset({"", "no", "nei", "false", "0"})
