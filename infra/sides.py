"""The two sides of the one-way wall, by name."""

from __future__ import annotations

from typing import Final, Literal

Side = Literal["register", "service"]

SIDES: Final[tuple[Side, Side]] = ("register", "service")


def other_side(side: Side) -> Side:
    """Return the side across the wall."""
    return "service" if side == "register" else "register"
