"""What an official may do. Pure."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role of an official; one person may have several."""

    ORGANISER = "organiser"
    COMMITTEE = "committee"
    AUDITOR = "auditor"


ALL_ROLES = tuple(Role)
