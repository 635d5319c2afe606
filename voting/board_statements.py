"""What stands on a board beside the ballots: few leaves, whatever the turnout."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from voting.leaves import (
    AdditionLeaf,
    ClosedLeaf,
    CodesLeaf,
    MarksLeaf,
    OpenedLeaf,
    ScheduleLeaf,
    decode_leaf,
)
from voting.tables import BoardLeaf


@dataclass(slots=True)
class Statements:
    """The leaves that are no ballots, by kind and in order."""

    schedules: list[ScheduleLeaf] = field(default_factory=list)
    codes: list[CodesLeaf] = field(default_factory=list)
    additions: list[AdditionLeaf] = field(default_factory=list)
    opened: OpenedLeaf | None = None
    closed: ClosedLeaf | None = None
    marks: MarksLeaf | None = None
    """The register's latest counts; final ones come once, after closing."""

    @property
    def codes_sent(self) -> int:
        """How many voting codes went out, resent ones too."""
        return sum(each.count for each in self.codes)

    def additions_to(self, group: int) -> int:
        """Return how many members were added to a group while it was open."""
        return sum(each.group == group for each in self.additions)


def read_statements(session: Session, election_id: str) -> Statements:
    """Read them; all empty before the manifest is sealed."""
    query = (
        select(BoardLeaf.body)
        .where(
            BoardLeaf.election_id == election_id,
            BoardLeaf.position > 0,
            BoardLeaf.tracking.is_(None),
        )
        .order_by(BoardLeaf.position)
    )
    found = Statements()
    for encoded in session.scalars(query):
        match decode_leaf(encoded):
            case ScheduleLeaf() as leaf:
                found.schedules.append(leaf)
            case CodesLeaf() as leaf:
                found.codes.append(leaf)
            case AdditionLeaf() as leaf:
                found.additions.append(leaf)
            case OpenedLeaf() as leaf:
                found.opened = leaf
            case ClosedLeaf() as leaf:
                found.closed = leaf
            case MarksLeaf() as leaf:
                found.marks = leaf
            case _:
                pass
    return found
