"""The life of a survey: its phases, and which may follow which. Pure.

Opening, closing and deletion happen at their minute without anyone pressing a button.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class SurveyPhase(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    """Being drawn up; everything may change."""
    READY = "ready"
    """Launched: the manifest is sealed; waits for its opening."""
    OPEN = "open"
    """Responses are taken."""
    CLOSED = "closed"
    """No more responses; waits for its deletion date."""
    DELETED = "deleted"
    """Every response is gone, and the key that opened them."""
    CANCELLED = "cancelled"
    """Ended before it closed; its responses are gone."""


class ForbiddenStep(Exception):
    """A survey was to take a step that does not follow from where it stands."""

    def __init__(self, current: SurveyPhase, following: SurveyPhase) -> None:
        super().__init__(f"{following} does not follow {current}")
        self.current = current
        self.following = following


_FOLLOWING: Final = MappingProxyType(
    {
        SurveyPhase.DRAFT: frozenset({SurveyPhase.READY, SurveyPhase.CANCELLED}),
        SurveyPhase.READY: frozenset({SurveyPhase.OPEN, SurveyPhase.CANCELLED}),
        SurveyPhase.OPEN: frozenset({SurveyPhase.CLOSED, SurveyPhase.CANCELLED}),
        SurveyPhase.CLOSED: frozenset({SurveyPhase.DELETED}),
        SurveyPhase.DELETED: frozenset[SurveyPhase](),
        SurveyPhase.CANCELLED: frozenset[SurveyPhase](),
    }
)


def require_step(current: SurveyPhase, following: SurveyPhase) -> None:
    """Refuse a step that does not follow.

    Raises:
        ForbiddenStep: also when the survey stands there already.

    """
    if following not in _FOLLOWING[current]:
        raise ForbiddenStep(current, following)


def is_launched(phase: SurveyPhase) -> bool:
    """Tell whether the manifest is sealed and may be shown to respondents."""
    return phase in {SurveyPhase.READY, SurveyPhase.OPEN, SurveyPhase.CLOSED}
