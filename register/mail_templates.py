"""The union's own words in a mail: which fields they may and must have. Pure.

A template is plain text; a field is a word in braces. It is filled in one pass, so
that a member called "{lenke}" is only that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from register.roll_phases import SendingKind

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 6_000
"""Characters of a template, before its fields are filled."""

LINK: Final = "lenke"
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


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body as the union wrote them, checked."""

    subject: str
    body: str


def read_template(subject: str, body: str) -> Template:
    """Check a union's subject and body; return them with plain line ends.

    Raises:
        SubjectMalformed, BodyMalformed: empty, too long, or with controls.
        LoneBrace, UnknownField: a brace that is no field of ours.
        MissingField, RepeatedLink: see there.

    """
    subject = subject.strip()
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    too_long = len(subject) > LONGEST_SUBJECT
    if not subject or too_long or "\n" in subject or _CONTROL.search(subject):
        raise SubjectMalformed
    if not body or len(body) > LONGEST_BODY or _CONTROL.search(body):
        raise BodyMalformed
    _read_fields(subject, SUBJECT_FIELDS)
    found = _read_fields(body, BODY_FIELDS)
    for name in REQUIRED_FIELDS:
        if name not in found:
            raise MissingField(name)
    if found.count(LINK) > 1:
        raise RepeatedLink(LINK)
    return Template(subject, body)


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


def _read_fields(text: str, allowed: tuple[str, ...]) -> list[str]:
    found = _FIELD.findall(text)
    for name in found:
        if name not in allowed:
            raise UnknownField(name[:40])
    if _BRACE.search(_FIELD.sub("", text)):
        raise LoneBrace
    return list(found)


def suggested_template(kind: SendingKind) -> Template:
    """Return the text that a new sending begins with, in bokmål."""
    return _SUGGESTED[kind]


_VOTE: Final = """\
Åpne stemmeseddelen:

{lenke}

Fristen er {frist}."""

_INVITATION: Final = Template(
    "{valg}: stem innen {frist}",
    f"""\
Hei, {{navn}}

{{organisasjon}} holder uravstemningen «{{valg}}». Du har stemmerett, og du stemmer \
på nett.

{_VOTE}""",
)

_SUGGESTED: Final[Mapping[SendingKind, Template]] = {
    SendingKind.INVITATION: _INVITATION,
    SendingKind.LATE: _INVITATION,
    SendingKind.REMINDER: Template(
        "Påminnelse: {valg} – frist {frist}",
        f"""\
Hei, {{navn}}

Stemmeretten din i uravstemningen «{{valg}}» i {{organisasjon}} er ikke brukt ennå.

{_VOTE}""",
    ),
    SendingKind.RESEND: Template(
        "Ny lenke: {valg}",
        f"""\
Hei, {{navn}}

Her er en ny lenke til uravstemningen «{{valg}}» i {{organisasjon}}. Lenker du har \
fått før, virker ikke lenger.

{_VOTE}""",
    ),
}
