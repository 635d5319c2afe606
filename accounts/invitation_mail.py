"""The mail that invites an official: plain text and HTML, with the one-time link."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from accounts.invitations import Letter
from infra.i18n import LANGUAGES, ZONE
from infra.messages import Message

PAGE: Final = "/konto/invitasjon"

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def write_invitation(letter: Letter, service_url: str) -> Message:
    """Return the mail; the token stands in the link's fragment, which no server sees.

    Raises:
        MessageMalformed: the address is none that a server would take.

    """
    pattern = "d. MMMM y 'kl.' HH.mm"
    context = {
        "name": letter.name,
        "link": f"{service_url}{PAGE}#{letter.token}",
        "page": f"{service_url}{PAGE}",
        "token": letter.token,
        "deadline": format_datetime(
            letter.expires_at, pattern, tzinfo=ZONE, locale=LANGUAGES[0]
        ),
    }
    return Message(
        to=letter.email,
        subject="Du er invitert til Urne",
        text=_environment.get_template("mail/official_invitation.txt").render(context),
        html=_environment.get_template("mail/official_invitation.html").render(context),
    )


_environment: Final = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
