"""From when to when an election is open: a fold over the schedules of its board.

The closing time is no part of the manifest: two members of the committee may move it,
later and never earlier, with a reason (docs/protocol.md §4.5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from voting.leaves import ScheduleLeaf


class ScheduleRefused(Exception):
    """A schedule may not follow the one before; the subclasses say why."""


class NoSchedule(ScheduleRefused):
    """There is no first schedule, number 0."""


class ScheduleOutOfTurn(ScheduleRefused):
    """A schedule does not have the next number."""


class OpeningMoved(ScheduleRefused):
    """A later schedule says another opening time."""


class NotLater(ScheduleRefused):
    """A closing time is not later than the one before it, or than the opening."""


class NoReason(ScheduleRefused):
    """A closing time is moved without saying why."""


LONGEST_EMBARGO: Final = timedelta(days=90)
"""From closing to the time set for publication. As long as an election may wait for its
approval before its roll is shredded, and its place in a joint count with it (§3.7, §9).
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an election is open, by the last of its schedules."""

    number: int
    opens_at: datetime
    closes_at: datetime

    def last_ballot_at(self, grace_seconds: int) -> datetime:
        """Return until when a ballot is taken with a right taken out in time."""
        return self.closes_at + timedelta(seconds=grace_seconds)


def first_schedule(leaf: ScheduleLeaf) -> Schedule:
    """Begin with schedule number 0.

    Raises:
        ScheduleOutOfTurn: it has another number.
        NotLater: it closes before it opens.

    """
    if leaf.number:
        raise ScheduleOutOfTurn(f"schedule {leaf.number} stands where 0 begins")
    if leaf.closes_at <= leaf.opens_at:
        raise NotLater("the election closes before it opens")
    return Schedule(0, leaf.opens_at, leaf.closes_at)


def follow_schedule(current: Schedule, leaf: ScheduleLeaf) -> Schedule:
    """Return what holds after one schedule more.

    Raises:
        ScheduleOutOfTurn: it has not the next number.
        OpeningMoved: it says another opening time.
        NotLater: it does not close later.
        NoReason: it does not say why.

    """
    if leaf.number != current.number + 1:
        raise ScheduleOutOfTurn(f"schedule {leaf.number} follows {current.number}")
    if leaf.opens_at != current.opens_at:
        raise OpeningMoved("a later schedule moves the opening")
    if leaf.closes_at <= current.closes_at:
        raise NotLater("a later schedule does not close later")
    if not leaf.reason.strip():
        raise NoReason("a later schedule does not say why")
    return Schedule(leaf.number, leaf.opens_at, leaf.closes_at)


def fold_schedules(leaves: Iterable[ScheduleLeaf]) -> Schedule:
    """Return what holds after all schedules of a board, in its order.

    Signatures are checked by voting.leaf_signatures.

    Raises:
        NoSchedule: there is none.
        ScheduleRefused: one may not follow the one before.

    """
    current: Schedule | None = None
    for leaf in leaves:
        current = follow_schedule(current, leaf) if current else first_schedule(leaf)
    if current is None:
        raise NoSchedule("the board has no schedule")
    return current


def is_published_too_late(publish_at: datetime, closes_at: datetime) -> bool:
    """Tell whether a result would wait longer than it may after the closing."""
    return publish_at > closes_at + LONGEST_EMBARGO
