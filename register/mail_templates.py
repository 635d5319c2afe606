"""The union's own words in a message: which fields they may and must have. Pure.

A template is plain text; a field is a word in braces. It is filled in one pass, so
that a member called "{lenke}" is only that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from register.reaching import LANGUAGES
from register.roll_phases import RollKind, SendingKind
from register.suggested_survey_texts import SUGGESTED_OF_SURVEYS
from register.suggested_texts import SUGGESTED

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 6_000
LONGEST_SMS: Final = 400
"""Characters of a template, before its fields are filled."""

LINK: Final = "lenke"
STATUS: Final = "status"
ROOT: Final = "rot"
BODY_FIELDS: Final = ("navn", "organisasjon", "valg", "åpner", "frist", LINK)
REQUIRED_FIELDS: Final = ("organisasjon", "frist", LINK)
SUBJECT_FIELDS: Final = ("organisasjon", "valg", "frist")
"""None that is personal: a subject is read in lists and on locked screens."""

_FIELD: Final = re.compile(r"\{([^{}\n]*)\}")
_BRACE: Final = re.compile(r"[{}]")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]")


class TemplateRefused(ValueError):
    """This text cannot be sent; the subclasses say why."""


class SubjectMalformed(TemplateRefused):
    """A subject is one line of 1 to 150 printable characters."""


class BodyMalformed(TemplateRefused):
    """A body has 1 to 6,000 characters, lines included, and no controls."""


class SmsMalformed(TemplateRefused):
    """An SMS is one line of 1 to 400 printable characters."""


class LoneBrace(TemplateRefused):
    """A brace that neither begins nor ends a field."""


class _FieldRefused(TemplateRefused):
    def __init__(self, field: str) -> None:
        """Name the field."""
        super().__init__(field)
        self.field = field


class MissingField(_FieldRefused):
    """A field without which members would not know what they are asked to do."""


class RepeatedLink(_FieldRefused):
    """The link stands twice: whoever copies one of them may break the other."""


class UnknownField(_FieldRefused):
    """There is no such field, or it may not stand in a subject."""


class UnknownLanguage(TemplateRefused):
    """Members are not written to in this language."""


@dataclass(frozen=True, slots=True)
class Template:
    """Subject, body and SMS as the union wrote them, checked."""

    subject: str
    body: str
    sms: str = ""
    """Nothing where the sending uses no SMS."""

    language: str = LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class FieldRules:
    """Which fields a kind of message may and must have."""

    body: tuple[str, ...]
    required: tuple[str, ...]
    subject: tuple[str, ...]
    sms: tuple[str, ...]


_LINKED: Final = FieldRules(
    body=BODY_FIELDS,
    required=REQUIRED_FIELDS,
    subject=SUBJECT_FIELDS,
    sms=("organisasjon", "valg", "åpner", "frist", LINK),
)
_NOTICE: Final = FieldRules(
    body=("navn", "organisasjon", "valg", STATUS, ROOT),
    required=("organisasjon", STATUS, ROOT),
    subject=("organisasjon", "valg"),
    sms=("organisasjon", "valg", STATUS, ROOT),
)


def rules_of(kind: SendingKind) -> FieldRules:
    """Return which fields the texts of a kind of sending have."""
    return _NOTICE if kind == SendingKind.NOTICE else _LINKED


def read_template(
    subject: str,
    body: str,
    *,
    kind: SendingKind = SendingKind.INVITATION,
    sms: str = "",
    language: str = LANGUAGES[0],
) -> Template:
    """Check a union's texts; return them with plain line ends.

    Raises:
        SubjectMalformed, BodyMalformed: empty, too long, or with controls.
        SmsMalformed: too long, or more than a line.
        LoneBrace, UnknownField: a brace that is no field of ours.
        MissingField, RepeatedLink, UnknownLanguage: see there.

    """
    if language not in LANGUAGES:
        raise UnknownLanguage
    rules = rules_of(kind)
    subject, sms = subject.strip(), sms.strip()
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not _is_line(subject, LONGEST_SUBJECT):
        raise SubjectMalformed
    if not body or len(body) > LONGEST_BODY or _CONTROL.search(body):
        raise BodyMalformed
    _read_fields(subject, rules.subject)
    _require_fields(_read_fields(body, rules.body), rules)
    if sms:
        if not _is_line(sms, LONGEST_SMS):
            raise SmsMalformed
        _require_fields(_read_fields(sms, rules.sms), rules)
    return Template(subject, body, sms, language)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a checked template's text with its fields filled, in one pass."""
    return _FIELD.sub(lambda field: values[field[1]], text)


def split_at_fields(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a checked text in order, and whether each names a field."""
    end = 0
    for field in _FIELD.finditer(text):
        yield text[end : field.start()], False
        yield field[1], True
        end = field.end()
    yield text[end:], False


def suggested_template(
    kind: SendingKind,
    language: str = LANGUAGES[0],
    of: RollKind = RollKind.ELECTION,
) -> Template:
    """Return the text that a new sending begins with; a survey has no notices."""
    texts = SUGGESTED_OF_SURVEYS if of == RollKind.SURVEY else SUGGESTED
    subject, body, sms = texts[kind][language]
    return Template(subject, body, sms, language)


def _is_line(text: str, longest: int) -> bool:
    return (
        bool(text)
        and len(text) <= longest
        and "\n" not in text
        and not _CONTROL.search(text)
    )


def _require_fields(found: list[str], rules: FieldRules) -> None:
    for name in rules.required:
        if name not in found:
            raise MissingField(name)
    if found.count(LINK) > 1:
        raise RepeatedLink(LINK)


def _read_fields(text: str, allowed: tuple[str, ...]) -> list[str]:
    found = _FIELD.findall(text)
    for name in found:
        if name not in allowed:
            raise UnknownField(name[:40])
    if _BRACE.search(_FIELD.sub("", text)):
        raise LoneBrace
    return list(found)
