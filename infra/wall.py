"""The wall guard: a voter's request touches one of the two sides, never both.

Every opening of a store says ``touch(side)``. Inside ``request_of(side)`` a touch
of the other side raises, so that no code path, however indirect, can hold a
member's name and a ballot in one request (docs/threat-model.md).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.sides import Side

_bound_to: ContextVar[Side | None] = ContextVar("urne_wall", default=None)


class WallBreached(RuntimeError):
    """A voter's request reached for the other side's store."""

    def __init__(self, bound: Side, touched: Side) -> None:
        """Name both sides; neither is personal."""
        super().__init__(f"a request of the {bound} side touched the {touched} side")
        self.bound = bound
        self.touched = touched


@contextmanager
def request_of(side: Side) -> Iterator[None]:
    """Bind what runs inside to one side.

    Raises:
        WallBreached: the surrounding request is already bound to the other side.

    """
    touch(side)
    token = _bound_to.set(side)
    try:
        yield
    finally:
        _bound_to.reset(token)


def touch(side: Side) -> None:
    """Say that a side's store is about to be used.

    Raises:
        WallBreached: this request is bound to the other side.

    """
    bound = _bound_to.get()
    if bound is not None and bound != side:
        raise WallBreached(bound, side)
