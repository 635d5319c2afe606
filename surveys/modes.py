"""How a survey keeps its respondents apart from their answers.

Chosen when it is made, locked at launch, and until then only ever tightened: a mode
that could be loosened would let a promise be made to some and broken to all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """What ties a response to a person."""

    ANONYMOUS = "anonymous"
    """Nothing: a blinded right, one issuer for all."""
    OPEN = "open"
    """Nothing is asked of who answers, so anyone may answer, and more than once."""
    PSEUDONYMOUS = "pseudonymous"
    """The voter group from the roll, until a date."""
    NAMED = "named"
    """A number whose name the register holds, until a date."""


_STRICTNESS: Final = {Mode.NAMED: 0, Mode.PSEUDONYMOUS: 1, Mode.ANONYMOUS: 2}

INVITED_MODES: Final = frozenset({Mode.ANONYMOUS, Mode.PSEUDONYMOUS, Mode.NAMED})
PERSONAL_MODES: Final = frozenset({Mode.PSEUDONYMOUS, Mode.NAMED})
"""Personal data: legal basis and processor must be told before launch."""


class ModeLoosened(ValueError):
    """The new mode would tell more of the respondents, or is another kind of survey."""


def require_tightened(old: Mode, new: Mode) -> None:
    """Allow the same mode or a stricter one.

    An open survey has no invitations, an invited one no open page: neither becomes the
    other.

    Raises:
        ModeLoosened: any other change.

    """
    if old == new:
        return
    if Mode.OPEN in {old, new} or _STRICTNESS[new] < _STRICTNESS[old]:
        raise ModeLoosened
