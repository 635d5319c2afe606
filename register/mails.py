"""The mail a member gets: text and HTML, with the member's own link.

The only place where a voting code is written out. There is no tracker in it, no
picture and nothing that is fetched from elsewhere. Names stand where they are needed:
once in the greeting, since families share addresses, and never in a header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from crypto.codes import VotingCode
from infra.i18n import ZONE
from infra.messages import Message
from register.mail_templates import LINK, Template, fill, split_at_fields
from register.refusals import ElectionNotOpen
from register.roll_phases import SendingKind
from register.tables import Roll

EXAMPLE_FRAGMENT: Final = "EKSEMPEL-DENNE-LENKEN-VIRKER-IKKE"
EXAMPLE_NAME: Final = "Kari Eksempel"

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_BLANK_LINES: Final = re.compile(r"\n[ ]*\n\s*")
_NOT_PRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of one election have in common."""

    election_id: str
    title: str
    organisation: str
    opens_at: datetime
    closes_at: datetime
    page: str
    """Where members vote: https://HOST/s/SLUG."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as it will look; shows nothing of itself, for it may hold a code."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: words, or the link."""

    text: str = field(repr=False)
    is_link: bool = False


def letterhead_of(roll: Roll, service_url: str) -> Letterhead:
    """Return the letterhead of an election whose manifest and dates are known.

    Raises:
        ElectionNotOpen: they are not.

    """
    if roll.opens_at is None or roll.closes_at is None or roll.fingerprint is None:
        raise ElectionNotOpen
    return Letterhead(
        election_id=roll.election_id,
        title=roll.title,
        organisation=roll.organisation or roll.title,
        opens_at=roll.opens_at,
        closes_at=roll.closes_at,
        page=f"{service_url}/s/{roll.slug}",
    )


def render_mail(
    head: Letterhead, kind: SendingKind, template: Template, *, name: str, link: str
) -> RenderedMail:
    """Write one member's mail; the name is escaped, the link is the one given."""
    values = _values(head, name, link)
    subject = fill(template.subject, values)
    context = {
        "head": head,
        "link": link,
        "opens": _moment(head.opens_at),
        "deadline": _moment(head.closes_at),
        "body": fill(template.body, values),
        "paragraphs": _paragraphs(template.body, values),
        "subject": subject,
    }
    return RenderedMail(
        subject=subject,
        text=_environment.get_template(f"mail/{kind}.txt").render(context),
        html=_environment.get_template(f"mail/{kind}.html").render(context),
    )


def render_example(
    head: Letterhead, kind: SendingKind, template: Template
) -> RenderedMail:
    """Write the mail as an official sees it beforehand: its link opens nothing."""
    link = f"{head.page}#{EXAMPLE_FRAGMENT}"
    return render_mail(head, kind, template, name=EXAMPLE_NAME, link=link)


def voting_link(head: Letterhead, code: VotingCode, fingerprint: bytes) -> str:
    """Return the member's link (docs/protocol.md §3.3)."""
    return f"{head.page}#{code.link_fragment(fingerprint)}"


def address_mail(head: Letterhead, mail: RenderedMail, address: str) -> Message:
    """Return a mail ready to be handed in; List-Id lets members sort it.

    Raises:
        MessageMalformed: the address is none that a server would take.

    """
    return Message(
        to=address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=(("List-Id", f"<{head.election_id}.urne>"),),
    )


def sender_name(head: Letterhead) -> str:
    """Return the name that mail is sent under: one line, whatever the roll says."""
    return _one_line(head.organisation)


def _values(head: Letterhead, name: str, link: str) -> Mapping[str, str]:
    return {
        "navn": _one_line(name),
        "organisasjon": _one_line(head.organisation),
        "valg": _one_line(head.title),
        "åpner": _moment(head.opens_at),
        "frist": _moment(head.closes_at),
        LINK: link,
    }


def _one_line(text: str) -> str:
    # A line break in a name would begin a header, or a paragraph of its own.
    return _NOT_PRINTABLE.sub(" ", text).strip()


def _moment(instant: datetime) -> str:
    # Always as in Oslo and in bokmål, whatever the official's browser prefers.
    pattern = "EEEE d. MMMM y 'kl.' HH.mm"
    return format_datetime(instant, pattern, tzinfo=ZONE, locale="nb")


def _paragraphs(body: str, values: Mapping[str, str]) -> list[list[list[Piece]]]:
    """Return the body as paragraphs of lines of pieces, for the HTML part."""
    return [
        [_pieces(line.strip(), values) for line in paragraph.split("\n")]
        for paragraph in _BLANK_LINES.split(body)
    ]


def _pieces(line: str, values: Mapping[str, str]) -> list[Piece]:
    pieces = []
    for text, is_field in split_at_fields(line):
        if is_field:
            pieces.append(Piece(values[text], is_link=text == LINK))
        elif text:
            pieces.append(Piece(text))
    return pieces


def _unchanged(message: str, **variables: object) -> str:
    return message % variables if variables else message


def _unchanged_plural(one: str, many: str, n: int) -> str:
    return one if n == 1 else many


def _open_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Bokmål until members' own languages are known: a job has no request to ask.
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _unchanged, _unchanged_plural, newstyle=True
    )
    return environment


_environment: Final = _open_environment()
