"""A batch of letters as a PDF: address in the window of a C5 envelope, code, QR.

Made in memory and handed over; nothing of it is written to a disk. Fonts and style
come from this project's own files, and nothing is fetched from anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import segno

from crypto.codes import VotingCode, short_fingerprint
from register.letters import Letter
from register.mail_templates import Template
from register.mails import (
    EXAMPLE_NAME,
    Letterhead,
    Personal,
    marked_subject,
    paragraphs_of,
    values_of,
    voting_link,
)
from register.writing import render_in, write_moment

if TYPE_CHECKING:
    from weasyprint import HTML

EXAMPLE_POSTAL: Final = "Eksempelveien 1\n0001 OSLO"

_STYLE: Final = Path(__file__).parent.parent / "static" / "css" / "letter.css"
_GROUP: Final = 4
_QR_PATH: Final = re.compile(r'viewBox="(0 0 \d+ \d+)".*? d="([^"]*)"')


class TooLongForALetter(Exception):
    """The text does not fit on one sheet beneath address and code."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as one path: as many rectangles it would take five times the memory."""

    view_box: str
    path: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LetterPage:
    """What one letter's page shows; it holds a secret code."""

    language: str
    name: str = field(repr=False)
    postal: Sequence[str] = field(repr=False)
    subject: str
    paragraphs: list[list[str]] = field(repr=False)
    code: Sequence[str] = field(repr=False)
    """In groups of four, to be read and typed."""

    fingerprint: Sequence[str]
    qr: QrCode = field(repr=False)
    opens: str
    deadline: str
    place: int
    """Within its batch, from 1."""


def render_letters(
    head: Letterhead, fingerprint: bytes, letters: Sequence[Letter], number: int
) -> bytes:
    """Return the PDF of a batch, one A4 page a letter; `fingerprint`: 32 bytes."""
    pages = [
        _page_of(head, fingerprint, letter, place)
        for place, letter in enumerate(letters, start=1)
    ]
    return _print(head, pages, number)


def render_example_letter(
    head: Letterhead, fingerprint: bytes, template: Template
) -> bytes:
    """Return the PDF of an invented member's letter; its code opens nothing.

    Raises:
        TooLongForALetter: the text needs a second page.

    """
    nowhere = VotingCode("0" * 26)
    letter = Letter(EXAMPLE_NAME, EXAMPLE_POSTAL, nowhere, template)
    document = _lay_out(head, [_page_of(head, fingerprint, letter, 1)], 1).render()
    if len(document.pages) > 1:
        raise TooLongForALetter
    return bytes(document.write_pdf())


def qr_of(link: str) -> QrCode:
    """Return the QR code of a link; it survives a fold or a stain (level M, 15 %)."""
    drawn = segno.make(link, error="m", micro=False)
    found = _QR_PATH.search(drawn.svg_inline(border=4, omitsize=True))
    assert found is not None  # noqa: S101 - segno draws one path
    return QrCode(found[1], found[2])


def groups_of(symbols: str) -> list[str]:
    """Return symbols in groups of four, as they are printed."""
    return [symbols[at : at + _GROUP] for at in range(0, len(symbols), _GROUP)]


def _page_of(
    head: Letterhead, fingerprint: bytes, letter: Letter, place: int
) -> LetterPage:
    template = letter.template
    # The code stands in its frame: in the text the link is the place to type it.
    member = Personal(letter.name, head.page)
    values = values_of(head, member, template.language)
    written = "".join(_texts(template.subject, values))
    subject = marked_subject(head, written, template.language)
    return LetterPage(
        language=template.language,
        name=values["navn"],
        postal=letter.postal.splitlines(),
        subject=subject,
        paragraphs=list(_paragraphs(template.body, values)),
        code=groups_of(letter.code.symbols),
        fingerprint=groups_of(short_fingerprint(fingerprint)),
        qr=qr_of(voting_link(head, letter.code, fingerprint)),
        opens=write_moment(head.opens_at, template.language),
        deadline=write_moment(head.closes_at, template.language),
        place=place,
    )


def _texts(line: str, values: object) -> Iterator[str]:
    assert isinstance(values, dict)  # noqa: S101 - narrows for the types
    for lines in paragraphs_of(line, values):
        for pieces in lines:
            yield "".join(piece.text for piece in pieces)


def _paragraphs(body: str, values: object) -> Iterator[list[str]]:
    assert isinstance(values, dict)  # noqa: S101 - as above
    for lines in paragraphs_of(body, values):
        yield ["".join(piece.text for piece in pieces) for pieces in lines]


def _print(head: Letterhead, pages: Sequence[LetterPage], number: int) -> bytes:
    return bytes(_lay_out(head, pages, number).write_pdf())


def _lay_out(head: Letterhead, pages: Sequence[LetterPage], number: int) -> HTML:
    written = "".join(
        render_in(
            page.language,
            "letter/letter.html",
            {"head": head, "letter": page, "number": number, "count": len(pages)},
        )
        for page in pages
    )
    context = {
        "head": head,
        "letters": written,
        "language": pages[0].language,
        "style": _STYLE.read_text("utf-8"),
    }
    document = render_in(pages[0].language, "letter/batch.html", context)
    # Slow to load, and needed only where something is printed.
    from weasyprint import HTML  # noqa: PLC0415

    from infra.typesetting import OwnFonts, with_fonts  # noqa: PLC0415

    return HTML(string=with_fonts(document), url_fetcher=OwnFonts())
