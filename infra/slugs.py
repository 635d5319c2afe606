"""Short names for addresses: proposed from titles, and each given out once.

Elections and surveys of one service share them, as their rolls do in the register:
an address names one of either.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sqlalchemy.orm import Session

from infra.databases import lock_named
from infra.tables import TakenSlug

LONGEST: Final = 60
SHORTEST: Final = 3
_FALLBACK: Final = "valg"
_FORM: Final = re.compile(r"[a-z0-9-]{3,60}")
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "ä": "ae", "ö": "o", "đ": "d", "ŋ": "n", "ŧ": "t"}
)


class SlugMalformed(Exception):
    """The short name for the address is 3 to 60 of a-z, 0-9 and hyphen."""


class SlugTaken(Exception):
    """Another election or survey has this short name."""


def is_slug(text: str) -> bool:
    """Tell whether a text from an address can be a short name.

    Asked before a database is: PostgreSQL refuses a text with a NUL in it.
    """
    return _FORM.fullmatch(text) is not None


def claim_slug(session: Session, slug: str) -> None:
    """Give a short name out, for ever: a link must never come to lead elsewhere.

    Raises:
        SlugMalformed, SlugTaken: see there.

    """
    if not is_slug(slug):
        raise SlugMalformed
    lock_named(session, b"slug", slug.encode())
    if session.get(TakenSlug, slug) is not None:
        raise SlugTaken
    session.add(TakenSlug(slug=slug))
    session.flush()


def propose_slug(title: str, fallback: str = _FALLBACK) -> str:
    """Return 3 to 60 of ``a-z0-9-`` that say what the title says.

    Norwegian and Sámi letters become their nearest; nothing else of the title is
    kept than letters and digits, and no hyphen stands first, last or twice.
    """
    lowered = unicodedata.normalize("NFC", title).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    if len(slug) >= SHORTEST:
        return slug
    return f"{fallback}-{slug}" if slug else fallback
