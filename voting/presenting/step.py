"""One step of an election as the officials' pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "done"
    NOW = "now"
    """Somebody must do something."""
    BY_ITSELF = "by-itself"
    """It is on, or comes by itself at its time."""
    STOPPED = "stopped"
    """Something is wrong and must be put right."""
    LATER = "later"


DONE: Final = StepState.DONE
NOW: Final = StepState.NOW
BY_ITSELF: Final = StepState.BY_ITSELF
STOPPED: Final = StepState.STOPPED
LATER: Final = StepState.LATER

ORGANISER: Final = "organiser"
COMMITTEE: Final = "committee"
EVERYBODY: Final = "all"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a step is done, and what the button says."""

    text: str
    page: str = ""
    """A page of the service."""
    register_page: str = ""
    """A page of the register: there one goes with a pass."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `who` must do it, where somebody must."""

    number: int
    title: str
    state: StepState
    text: str
    link: Link | None = None
    who: str = ""
