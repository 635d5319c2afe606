"""The mail or SMS a member gets, with the member's own link.

Here and in `register.letter_pages` alone a voting code is written out. There is no
tracker in it, no picture and nothing that is fetched from elsewhere. Names stand where
they are needed: once in the greeting, since families share addresses, and never in a
header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from crypto.codes import VotingCode
from infra.messages import Message
from register.mail_templates import (
    LINK,
    ROOT,
    STATUS,
    Template,
    fill,
    split_at_fields,
)
from register.marks import MarkState
from register.refusals import ElectionNotOpen
from register.roll_phases import RollKind, SendingKind
from register.tables import Roll
from register.writing import render_in, say_in, write_moment

EXAMPLE_FRAGMENT: Final = "EKSEMPEL-DENNE-LENKEN-VIRKER-IKKE"
EXAMPLE_NAME: Final = "Kari Eksempel"

_ROOMS: Final = {RollKind.ELECTION: "s", RollKind.SURVEY: "u"}
_FOLDERS: Final = {RollKind.ELECTION: "mail", RollKind.SURVEY: "mail/survey"}
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
    """Where members vote: https://HOST/s/SLUG, or answer: https://HOST/u/SLUG."""

    practice: bool = False
    """An election that decides nothing: every message says so first."""

    kind: RollKind = RollKind.ELECTION
    """What members are asked to: it decides the words around the union's own."""

    final_root: str = ""
    """Of the board when the box was closed, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as it will look; shows nothing of itself, for it may hold a code."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Personal:
    """What stands in one member's message alone; it may hold a code."""

    name: str = field(repr=False)
    link: str = field(repr=False, default="")
    mark: MarkState | None = field(repr=False, default=None)
    """In a notice after closing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: words, or the link."""

    text: str = field(repr=False)
    is_link: bool = False


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Mark a message for translation and leave it as it is."""
    return message


PRACTICE: Final = N_("ØVELSE")
"""The word before every subject of a practice election."""

_MARKED: Final[Mapping[MarkState, str]] = {
    "none": N_("Stemmeretten din er ikke brukt."),
    "digital": N_("Stemmeretten din er brukt, på nett."),
    "paper": N_("Du er krysset av som en som har stemt på papir."),
}


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
        page=f"{service_url}/{_ROOMS[RollKind(roll.kind)]}/{roll.slug}",
        practice=roll.practice,
        kind=RollKind(roll.kind),
        final_root=(roll.final_root or b"").hex(),
    )


def render_mail(
    head: Letterhead, kind: SendingKind, template: Template, member: Personal
) -> RenderedMail:
    """Write one member's mail; the name is escaped, the link is the one given."""
    language = template.language
    values = values_of(head, member, language)
    subject = marked_subject(head, fill(template.subject, values), language)
    context = {
        "head": head,
        "link": member.link,
        "opens": write_moment(head.opens_at, language),
        "deadline": write_moment(head.closes_at, language),
        "body": fill(template.body, values),
        "paragraphs": paragraphs_of(template.body, values),
        "subject": subject,
    }
    return RenderedMail(
        subject=subject,
        text=render_in(language, f"{_FOLDERS[head.kind]}/{kind}.txt", context),
        html=render_in(language, f"{_FOLDERS[head.kind]}/{kind}.html", context),
    )


def render_sms(head: Letterhead, template: Template, member: Personal) -> str:
    """Write one member's SMS: no name in it, since it is read on locked screens."""
    text = fill(template.sms, values_of(head, member, template.language))
    return marked_subject(head, text, template.language)


def marked_subject(head: Letterhead, text: str, language: str) -> str:
    """Return a subject, or an SMS: that of a practice election says so first."""
    return f"{say_in(language, PRACTICE)}: {text}" if head.practice else text


def example_member(head: Letterhead, kind: SendingKind) -> Personal:
    """Return an invented member, whose link opens nothing."""
    mark: MarkState | None = "digital" if kind == SendingKind.NOTICE else None
    return Personal(EXAMPLE_NAME, f"{head.page}#{EXAMPLE_FRAGMENT}", mark)


def render_example(
    head: Letterhead, kind: SendingKind, template: Template
) -> RenderedMail:
    """Write the mail as an official sees it beforehand: its link opens nothing."""
    return render_mail(head, kind, template, example_member(head, kind))


def voting_link(head: Letterhead, code: VotingCode, fingerprint: bytes) -> str:
    """Return the member's link (docs/protocol.md §3.3)."""
    return f"{head.page}#{code.link_fragment(fingerprint)}"


def address_mail(
    head: Letterhead, mail: RenderedMail, address: str, *, token: str = ""
) -> Message:
    """Return a mail ready to be handed in; List-Id lets members sort it.

    `token`: the message's id, 32 hexadecimal digits, by which a bounce is known.

    Raises:
        MessageMalformed: the address is none that a server would take.

    """
    return Message(
        to=address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=(("List-Id", f"<{head.election_id}.urne>"),),
        token=token,
    )


def sender_name(head: Letterhead) -> str:
    """Return the name that mail is sent under: one line, whatever the roll says."""
    return _one_line(head.organisation)


def values_of(head: Letterhead, member: Personal, language: str) -> Mapping[str, str]:
    """Return what the fields of a template stand for, in one member's message."""
    return {
        "navn": _one_line(member.name),
        "organisasjon": _one_line(head.organisation),
        "valg": _one_line(head.title),
        "åpner": write_moment(head.opens_at, language),
        "frist": write_moment(head.closes_at, language),
        LINK: member.link,
        STATUS: say_in(language, _MARKED[member.mark]) if member.mark else "",
        ROOT: head.final_root,
    }


def _one_line(text: str) -> str:
    # A line break in a name would begin a header, or a paragraph of its own.
    return _NOT_PRINTABLE.sub(" ", text).strip()


def paragraphs_of(body: str, values: Mapping[str, str]) -> list[list[list[Piece]]]:
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
