"""Short names for addresses, proposed from titles. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 60
SHORTEST: Final = 3
_FALLBACK: Final = "valg"
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "ä": "ae", "ö": "o", "đ": "d", "ŋ": "n", "ŧ": "t"}
)


def propose_slug(title: str) -> str:
    """Return 3 to 60 of ``a-z0-9-`` that say what the title says.

    Norwegian and Sámi letters become their nearest; nothing else of the title is
    kept than letters and digits, and no hyphen stands first, last or twice.
    """
    lowered = unicodedata.normalize("NFC", title).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    if len(slug) >= SHORTEST:
        return slug
    return f"{_FALLBACK}-{slug}" if slug else _FALLBACK
