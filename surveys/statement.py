"""What the respondent is told of how the answers are kept.

Made from the survey's mode and settings, in each language, and edited by nobody: a
designer who could write it could promise what the service does not keep. It does not go
through the catalogues of the screens, so that it stays as it was at launch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date

from surveys.modes import PERSONAL_MODES, Mode
from surveys.questionnaire import Language
from surveys.statement_texts import COMMON, HEADINGS, KEPT, Line

INVITATIONS_KEPT_DAYS: Final = 30
"""After the closing, of an anonymous survey's invitations."""

_DATE_FORMS: Final[Mapping[Language, tuple[str, str]]] = {
    "nb": ("d. MMMM y", "nb_NO"),
    "nn": ("d. MMMM y", "nn_NO"),
    "en": ("d MMMM y", "en_GB"),
}


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What of a survey's settings the statement tells."""

    mode: Mode
    controller: str
    purpose: str
    threshold: int
    deletes_on: date
    """The last day on which the responses are kept."""

    identified_until: date | None = None
    """Pseudonymous and named: until when anything leads to a group or a person."""

    legal_basis: str = ""
    processor: str = ""


class StatementIncomplete(ValueError):
    """A personal survey without the date that its statement must tell."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A heading and its sentences, as plain text."""

    heading: str
    sentences: tuple[str, ...]


def make_statement(facts: StatementFacts, language: Language = "nb") -> Statement:
    """The statement in one language.

    Raises:
        StatementIncomplete: a pseudonymous or named survey without `identified_until`.

    """
    personal = facts.mode in PERSONAL_MODES
    if personal and facts.identified_until is None:
        raise StatementIncomplete
    told = {
        "controller": facts.controller,
        "purpose": _one_sentence(facts.purpose),
        "threshold": facts.threshold,
        "deletes_on": _day(facts.deletes_on, language),
        "days": INVITATIONS_KEPT_DAYS,
        "until": _day(facts.identified_until or facts.deletes_on, language),
        "legal_basis": _one_sentence(facts.legal_basis),
        "processor": _one_sentence(facts.processor),
    }
    lines = [*KEPT[facts.mode], *_wanted(facts, personal=personal)]
    return Statement(
        heading=HEADINGS[facts.mode][language],
        sentences=tuple(line[language].format(**told) for line in lines),
    )


def _wanted(facts: StatementFacts, *, personal: bool) -> list[Line]:
    wanted = [COMMON["results"], COMMON["deletion"], COMMON["purpose"]]
    if facts.mode is not Mode.ANONYMOUS:
        wanted.insert(1, COMMON["rows"])
    if personal:
        wanted.append(COMMON["legal_basis"])
        if facts.processor:
            wanted.append(COMMON["processor"])
        wanted.append(COMMON["rights"])
    return [*wanted, COMMON["voluntary"]]


def _one_sentence(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _day(day: date, language: Language) -> str:
    form, locale = _DATE_FORMS[language]
    return format_date(day, form, locale=locale)
