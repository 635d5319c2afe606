"""Which entries of the roll an event of the register's chain is about.

An entry's id says no name; what official wrote as a reason may, and is not read here.
"""

from __future__ import annotations

from typing import Final

from crypto.encoding import decode_json

SHOWN_DIGITS: Final = 8
"""Of an entry's 32 hexadecimal digits: enough to tell it from the others on a page."""


def entries_of(content: str) -> tuple[str, ...]:
    """Return the ids of the entries that an event names, hexadecimal, in its order.

    `content`: canonical JSON as the event has it, or nothing.
    """
    document = decode_json(content.encode()) if content else None
    if not isinstance(document, dict):
        return ()
    one, several = document.get("entry"), document.get("entries")
    found = [one, *(several if isinstance(several, list) else ())]
    return tuple(each for each in found if isinstance(each, str))
