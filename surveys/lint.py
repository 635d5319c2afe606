"""What a designer is told before launch: questions that give people away, small groups.

A warning may be passed by; a refusal stops the launch. Words are looked for in all
languages at once, because a questionnaire is often half translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Final

from surveys.modes import INVITED_MODES, Mode
from surveys.questionnaire import (
    LANGUAGES,
    ONE_CHOICE_KINDS,
    TEXT_KINDS,
    Definition,
    Kind,
    Question,
    Texts,
)
from surveys.translations_check import missing_translations

USUAL_THRESHOLD: Final = 5
FEW_INVITED: Final = 10
MANY_BACKGROUND: Final = 3
MANY_QUESTIONS: Final = 60
"""Answered in some twenty minutes; many stop before."""


class FindingCode(StrEnum):
    """What was found."""

    ASKS_NAME = "asks_name"
    ASKS_EMAIL = "asks_email"
    ASKS_PHONE = "asks_phone"
    ASKS_ADDRESS = "asks_address"
    ASKS_MEMBER_NUMBER = "asks_member_number"
    ASKS_BIRTH_DATE = "asks_birth_date"
    ASKS_IDENTITY_NUMBER = "asks_identity_number"
    NAMES_IDENTITY_NUMBER = "names_identity_number"
    """A title or a text beside the questions does."""
    EXACT_AGE = "exact_age"
    MUCH_BACKGROUND = "much_background"
    SMALL_GROUPS = "small_groups"
    """The background questions together make more groups than there are people for."""
    FEW_INVITED = "few_invited"
    TOO_FEW_INVITED = "too_few_invited"
    NOTHING_ASKED = "nothing_asked"
    EMPTY_PAGE = "empty_page"
    LONG = "long"
    NOT_TRANSLATED = "not_translated"


class Severity(StrEnum):
    """Whether a finding stops the launch."""

    WARNING = "warning"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the designer should know."""

    code: FindingCode
    severity: Severity
    question: str = ""
    """The code of the question or page that it is about; empty for the whole."""

    number: int | None = None
    """How many, where the message says so."""


_PERSONAL: Final = {
    FindingCode.ASKS_IDENTITY_NUMBER: (
        r"fødsels?(nummer|nr|tal)|personnu|person\s?nr|\bfnr\b|d-nummer",
        r"(national|personal) (identity|identification|id)|social security|\bssn\b",
    ),
    FindingCode.ASKS_BIRTH_DATE: (
        r"fødselsda(g|to)|(er|ble|vart|blei) du fødd?t?\b",
        r"date of birth|birth\s?da(y|te)",
    ),
    FindingCode.ASKS_NAME: (
        r"\b(for|etter|føre)?na(vn|mn)(et)?\b|\b(hva|kva) hei?ter du",
        r"\b(first|last|sur|full)?\s?name\b",
    ),
    FindingCode.ASKS_EMAIL: (r"e-?post|e-?mail",),
    FindingCode.ASKS_PHONE: (
        r"telefon|\btlf\b|mobil(nummer|nr)",
        r"phone|mobile number",
    ),
    FindingCode.ASKS_ADDRESS: (r"adresse", r"\baddress\b"),
    FindingCode.ASKS_MEMBER_NUMBER: (
        r"(medlems?|ansatt?|tilsett)-?\s?(nummer|nr)",
        r"(member(ship)?|employee) (number|id)",
    ),
}
_WORDS: Final = {code: re.compile("|".join(words)) for code, words in _PERSONAL.items()}
_AGE: Final = re.compile(
    r"\balder|\bhvor gam|\bkor gam|\bage\b|how old|fødselsår|year of birth"
)
_BACKGROUND: Final = re.compile(
    r"\balder|kjønn|fylke|kommune|avdeling|stilling|utdanning|bransje|arbeidsplass"
    r"|arbeidsgiv|\bage\b|gender|county|department|position|education|workplace"
)
_TYPED_KINDS: Final = TEXT_KINDS | {Kind.NUMBER, Kind.DATE}


def lint_definition(
    definition: Definition,
    mode: Mode,
    invited: int | None,
    threshold: int = USUAL_THRESHOLD,
) -> tuple[Finding, ...]:
    """All findings, refusals first.

    `invited`: how many the roll holds; None while it is not known, and for open ones.
    """
    findings = [
        *_of_content(definition),
        *_of_persons(definition, mode),
        *_of_texts(definition),
        *_of_groups(definition, mode, invited, threshold),
        *_of_invited(mode, invited, threshold),
    ]
    return tuple(
        sorted(findings, key=lambda each: each.severity is not Severity.REFUSAL)
    )


def is_launchable(findings: tuple[Finding, ...]) -> bool:
    """Whether no finding is a refusal."""
    return all(each.severity is not Severity.REFUSAL for each in findings)


def _of_content(definition: Definition) -> Iterator[Finding]:
    answered = len(definition.answered_questions)
    if not answered:
        yield Finding(FindingCode.NOTHING_ASKED, Severity.REFUSAL)
    if answered > MANY_QUESTIONS:
        yield Finding(FindingCode.LONG, Severity.WARNING, number=answered)
    for page in definition.pages:
        if not page.questions:
            yield Finding(FindingCode.EMPTY_PAGE, Severity.WARNING, page.code)
    missing = len(missing_translations(definition))
    if missing:
        yield Finding(FindingCode.NOT_TRANSLATED, Severity.REFUSAL, number=missing)


def _of_persons(definition: Definition, mode: Mode) -> Iterator[Finding]:
    for question in definition.answered_questions:
        if question.kind not in _TYPED_KINDS and not question.other:
            continue
        title = _words_of(question)
        for code, words in _WORDS.items():
            if words.search(title) is None:
                continue
            if code is FindingCode.ASKS_IDENTITY_NUMBER:
                # No questionnaire needs it, and no answer is kept safely enough.
                yield Finding(code, Severity.REFUSAL, question.code)
            elif mode is not Mode.NAMED:
                yield Finding(code, Severity.WARNING, question.code)
            break
        else:
            if mode is not Mode.NAMED and _AGE.search(title):
                yield Finding(FindingCode.EXACT_AGE, Severity.WARNING, question.code)


def _of_texts(definition: Definition) -> Iterator[Finding]:
    """Find what the questions of a page may ask for without a word of their own.

    A warning: it may as well say that nobody shall write it.
    """
    number = _WORDS[FindingCode.ASKS_IDENTITY_NUMBER]
    for page in definition.pages:
        if number.search(_spoken(page.title)):
            yield Finding(FindingCode.NAMES_IDENTITY_NUMBER, Severity.WARNING)
        for each in page.questions:
            if not each.is_answered and number.search(_words_of(each)):
                code = FindingCode.NAMES_IDENTITY_NUMBER
                yield Finding(code, Severity.WARNING, each.code)


def _of_groups(
    definition: Definition, mode: Mode, invited: int | None, threshold: int
) -> Iterator[Finding]:
    if mode is Mode.NAMED:
        return
    background = [each for each in definition.questions if _is_background(each)]
    if len(background) > MANY_BACKGROUND:
        yield Finding(
            FindingCode.MUCH_BACKGROUND, Severity.WARNING, number=len(background)
        )
    groups = prod(len(each.choice_codes) for each in background)
    if invited is not None and background and groups * threshold > invited:
        yield Finding(FindingCode.SMALL_GROUPS, Severity.WARNING, number=groups)


def _of_invited(mode: Mode, invited: int | None, threshold: int) -> Iterator[Finding]:
    if invited is None or mode not in INVITED_MODES:
        return
    if mode is not Mode.NAMED and invited < threshold:
        yield Finding(FindingCode.TOO_FEW_INVITED, Severity.REFUSAL, number=threshold)
    elif mode is not Mode.NAMED and invited < FEW_INVITED:
        yield Finding(FindingCode.FEW_INVITED, Severity.WARNING, number=invited)


def _is_background(question: Question) -> bool:
    if question.background:
        return True
    is_closed = question.kind in ONE_CHOICE_KINDS
    return is_closed and _BACKGROUND.search(_words_of(question)) is not None


def _words_of(question: Question) -> str:
    # The help text is left out: it is where a designer writes "ikke skriv navn".
    return f"{_spoken(question.title)}\n{_spoken(question.other)}"


def _spoken(texts: Texts) -> str:
    return "\n".join(texts.own(each) for each in LANGUAGES).casefold()
