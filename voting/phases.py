"""The life of an election: its phases, and which may follow which.

Opening and closing happen at their time without anyone pressing a button; the
other steps are somebody's. Nothing goes back: an error means cancel and start again.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Phase(StrEnum):
    """Where an election stands."""

    DRAFT = "draft"
    """Being drawn up; nothing is fixed."""
    KEYS = "keys"
    """The key holders hold their ceremony."""
    READY = "ready"
    """Rehearsed, the roll frozen, the manifest sealed; waits for its opening."""
    OPEN = "open"
    """Members vote."""
    CLOSED = "closed"
    """No more ballots; waits for the count."""
    COUNTED = "counted"
    """The totals are there and proven; waits for the committee's signatures."""
    APPROVED = "approved"
    """The committee has signed; the roll waits to be shredded."""
    SHREDDED = "shredded"
    """The roll is gone; the record stays."""
    CANCELLED = "cancelled"
    """Ended without a result."""


class ForbiddenTransition(Exception):
    """An election was to take a step that does not follow from where it stands."""

    def __init__(self, current: Phase, following: Phase) -> None:
        super().__init__(f"{following} does not follow {current}")
        self.current = current
        self.following = following


_FOLLOWING: Final = MappingProxyType(
    {
        Phase.DRAFT: frozenset({Phase.KEYS, Phase.CANCELLED}),
        Phase.KEYS: frozenset({Phase.READY, Phase.CANCELLED}),
        Phase.READY: frozenset({Phase.OPEN, Phase.CANCELLED}),
        Phase.OPEN: frozenset({Phase.CLOSED, Phase.CANCELLED}),
        Phase.CLOSED: frozenset({Phase.COUNTED, Phase.CANCELLED}),
        Phase.COUNTED: frozenset({Phase.APPROVED, Phase.CANCELLED}),
        Phase.APPROVED: frozenset({Phase.SHREDDED}),
        Phase.SHREDDED: frozenset[Phase](),
        Phase.CANCELLED: frozenset[Phase](),
    }
)


def following_phases(current: Phase) -> frozenset[Phase]:
    """Return every phase that may follow this one; none after the last."""
    return _FOLLOWING[current]


def require_transition(current: Phase, following: Phase) -> None:
    """Refuse a step that does not follow.

    Raises:
        ForbiddenTransition: also when the election stands there already.

    """
    if following not in _FOLLOWING[current]:
        raise ForbiddenTransition(current, following)


def is_sealed(phase: Phase) -> bool:
    """Tell whether the manifest exists, so that nothing in it may change.

    A cancelled election may have been cancelled before its manifest was sealed:
    its manifest has to be looked for, and this answers no.
    """
    return phase not in {Phase.DRAFT, Phase.KEYS, Phase.CANCELLED}


def is_final(phase: Phase) -> bool:
    """Tell whether nothing follows."""
    return not _FOLLOWING[phase]
