"""Marks on the roll: who has taken out the right, or votes on paper.

A fresh mark waits in an intake table; marks are moved on in batches, in the order of
entry ids, which are random, so that afterwards a row tells its batch alone. How many
there are is read over both tables in one statement: a mark in between counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Select, delete, func, insert, literal, select, union_all
from sqlalchemy.orm import Session

from infra.databases import lock_named
from register.roll_phases import Channel
from register.tables import Mark, MarkInIntake, VoterGroup

MarkState = Literal["none", "digital", "paper"]

_MARKING: Final = b"marking"
_ENTRY: Final = b"entry"
_BATCH: Final = b"mark-batch"
_TABLES: Final = (MarkInIntake, Mark)


@dataclass(frozen=True, slots=True)
class FoundMark:
    """What stands beside a member's entry."""

    channel: str
    element_digest: bytes | None
    login_key: bytes | None


@dataclass(frozen=True, slots=True)
class MarkCounts:
    """How many are marked, by voter group in order of index."""

    digital: tuple[int, ...]
    paper: tuple[int, ...]


def hold_marking(session: Session, election_id: str) -> None:
    """Keep an election's marking from being ended; many may hold it at once."""
    lock_named(session, _MARKING, election_id.encode(), shared=True)


def end_marking(session: Session, election_id: str) -> None:
    """Wait until nobody marks any more, and keep them waiting."""
    lock_named(session, _MARKING, election_id.encode())


def lock_entry(session: Session, entry_id: bytes) -> None:
    """Let one transaction at a time mark this entry, or change its codes.

    Taken after `hold_marking`. Never a lock on the row: see register.tables.
    """
    lock_named(session, _ENTRY, entry_id)


def find_mark(session: Session, entry_id: bytes) -> FoundMark | None:
    """Return an entry's mark, wherever it stands, or None."""
    parts = [
        select(table.channel, table.element_digest, table.login_key).where(
            table.entry_id == entry_id
        )
        for table in _TABLES
    ]
    row = session.execute(union_all(*parts)).one_or_none()
    return None if row is None else FoundMark(*row)


def mark_state(mark: FoundMark | None) -> MarkState:
    """Return what a member is told of the own mark."""
    if mark is None:
        return "none"
    return "paper" if mark.channel == Channel.PAPER else "digital"


def count_marks(session: Session, election_id: str) -> MarkCounts:
    """Count the marks of every voter group, intake included, as one snapshot."""
    marks = union_all(
        *(
            select(table.group_index, table.channel).where(
                table.election_id == election_id
            )
            for table in _TABLES
        )
    ).subquery()
    counted = session.execute(
        select(
            VoterGroup.index,
            func.count(marks.c.channel).filter(marks.c.channel == Channel.DIGITAL),
            func.count(marks.c.channel).filter(marks.c.channel == Channel.PAPER),
        )
        .outerjoin(marks, marks.c.group_index == VoterGroup.index)
        .where(VoterGroup.election_id == election_id)
        .group_by(VoterGroup.index)
        .order_by(VoterGroup.index)
    ).all()
    return MarkCounts(
        tuple(digital for _, digital, _ in counted),
        tuple(paper for _, _, paper in counted),
    )


def move_marks(session: Session, election_id: str, *, batch_size: int) -> int:
    """Move all waiting marks in one batch; return how many.

    Fewer than `batch_size` stay where they are: alone they would tell who came when.
    """
    lock_named(session, _BATCH, election_id.encode())
    waiting = select(func.count()).where(MarkInIntake.election_id == election_id)
    if session.execute(waiting).scalar_one() < max(batch_size, 1):
        return 0
    last = session.scalar(
        select(func.max(Mark.batch)).where(Mark.election_id == election_id)
    )
    batch = 0 if last is None else last + 1
    columns = [column.name for column in MarkInIntake.__table__.columns]
    session.execute(
        insert(Mark).from_select([*columns, "batch"], _batch_of(election_id, batch))
    )
    # Those moved and no others: what came in meanwhile waits for the next batch.
    moved = select(Mark.entry_id).where(
        Mark.election_id == election_id, Mark.batch == batch
    )
    session.execute(delete(MarkInIntake).where(MarkInIntake.entry_id.in_(moved)))
    return session.execute(
        select(func.count()).select_from(moved.subquery())
    ).scalar_one()


def mix_marks(session: Session, election_id: str) -> int:
    """Make one batch of all marks, once nobody marks any more; return how many.

    The board tells each ballot's batch for ever. A mark that told its own would join a
    member to that batch, and the last one, after closing, may be of one ballot.
    """
    lock_named(session, _BATCH, election_id.encode())
    columns = [column.name for column in MarkInIntake.__table__.columns]
    moved = select(*(Mark.__table__.c[name] for name in columns)).where(
        Mark.election_id == election_id
    )
    session.execute(insert(MarkInIntake).from_select(columns, moved))
    session.execute(delete(Mark).where(Mark.election_id == election_id))
    return move_marks(session, election_id, batch_size=1)


def _batch_of(election_id: str, batch: int) -> Select[tuple[object, ...]]:
    columns = MarkInIntake.__table__.columns
    return (
        select(*columns, literal(batch))
        .where(MarkInIntake.election_id == election_id)
        .order_by(MarkInIntake.entry_id)
    )
