"""How members are reached, as a roll has it: letter, channel, language. Pure.

Nothing of this decides whether a member is on the roll: what cannot be read is left
out, and the official is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from register.columns import compact
from register.roll_phases import MessageChannel

LANGUAGES: Final = ("nb", "nn", "en")
"""Those that members can be written to in; bokmål first."""

_CHANNELS: Final[Mapping[MessageChannel, tuple[str, ...]]] = {
    MessageChannel.EMAIL: ("epost", "email", "mail", "elektronisk", "digital"),
    MessageChannel.SMS: ("sms", "mobil", "telefon", "tekstmelding", "textmessage"),
    MessageChannel.LETTER: ("brev", "post", "papir", "papirpost", "letter", "paper"),
}
_LANGUAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "nb": ("nb", "bokmål", "bokmaal", "norsk", "no", "nob", "norskbokmål", "b"),
    "nn": ("nn", "nynorsk", "nno", "norsknynorsk", "n"),
    "en": ("en", "engelsk", "english", "eng"),
}
_CHANNEL_OF: Final = {
    word: channel for channel, words in _CHANNELS.items() for word in words
}
_LANGUAGE_OF: Final = {
    word: language for language, words in _LANGUAGES.items() for word in words
}

_SHORT_POSTCODE: Final = re.compile(r"\d{3}", re.ASCII)


def read_channel(text: str) -> MessageChannel | None:
    """Return the channel that a cell names, or None."""
    return _CHANNEL_OF.get(compact(text))


def read_language(text: str) -> str | None:
    """Return the language that a cell names, nb, nn or en, or None."""
    return _LANGUAGE_OF.get(compact(text))


def join_postal(street: str, postcode: str, city: str) -> str | None:
    """Return the lines of a letter's address; None when a letter would not arrive.

    A spreadsheet drops the zero in front of Oslo's postcodes: it is put back.
    """
    if _SHORT_POSTCODE.fullmatch(postcode):
        postcode = f"0{postcode}"
    if not postcode or not city:
        return None
    place = f"{postcode} {city}"
    return f"{street}\n{place}" if street else place
