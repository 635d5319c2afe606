"""Long pieces of work: asked for, taken by one worker at a time, resumed, told of.

A worker holds a piece for a short while and says again and again that it is still
there. One that dies falls silent, and the next sweep lets another begin anew: every
piece is made aside first and kept in one short transaction, so that it may be made
twice and is kept once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from infra.clock import Clock
from infra.config import Settings
from infra.databases import Store, lock_named
from voting.work_tables import LongWork

HOLD: Final = timedelta(minutes=2)
"""How long a worker may be silent before another takes over."""
TOLD_EVERY: Final = 2_000
"""Ballots between two words of a worker: a second's work or less."""


class WorkKind(StrEnum):
    """The pieces of work, in the order in which an election comes to them."""

    TALLY = "tally"
    """The sums of all ballots."""
    PROTOCOL = "protocol"
    """The sums opened, and what follows from them."""
    RECORD = "record"
    """The record as a file."""
    PRINT = "print"
    """The protocol as a document, its record verified."""
    ANNEX = "annex"
    """The shredding certificate as a document."""


@dataclass(frozen=True, slots=True)
class WorkState:
    """How far a piece of work has come."""

    kind: WorkKind
    stage: str
    done: int
    total: int
    refusal: str | None
    trouble: str | None
    is_finished: bool

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to be done, by a worker and not by a person."""
        return not self.is_finished and self.refusal is None


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a piece of work is done with."""

    store: Store
    settings: Settings
    clock: Clock


def ask_for(session: Session, election_id: str, kind: WorkKind, *, actor: str) -> None:
    """Ask for a piece of work; what is asked for already goes on as it is.

    What was stopped by a refusal begins anew.
    """
    row = session.get(LongWork, (election_id, kind), populate_existing=True)
    if row is None:
        session.add(LongWork(election_id=election_id, kind=kind, actor=actor))
    elif row.refusal is not None:
        row.actor, row.refusal, row.held_until = actor, None, None
        row.stage, row.done, row.total, row.trouble = "", 0, 0, None
    session.flush()


def work_states(session: Session, election_id: str) -> dict[WorkKind, WorkState]:
    """Return every piece of work that was asked for, by kind."""
    query = select(LongWork).where(LongWork.election_id == election_id)
    return {WorkKind(row.kind): _state_of(row) for row in session.scalars(query)}


def is_asked_for(session: Session, election_id: str, kind: WorkKind) -> bool:
    """Tell whether a piece of work is asked for, and nothing has stopped it."""
    row = session.get(LongWork, (election_id, kind), populate_existing=True)
    return row is not None and row.refusal is None


def list_waiting(session: Session, now: datetime) -> list[str]:
    """Return the elections with work that is open and that nobody is at."""
    query = (
        select(LongWork.election_id)
        .where(
            LongWork.finished_at.is_(None),
            LongWork.refusal.is_(None),
            or_(LongWork.held_until.is_(None), LongWork.held_until <= now),
        )
        .distinct()
        .order_by(LongWork.election_id)
    )
    return list(session.scalars(query))


def take_next(bench: Workbench, election_id: str) -> LongWork | None:
    """Hold the first open piece of an election's work that nobody is at."""
    now = bench.clock.now()
    with bench.store.begin() as session:
        lock_named(session, b"work", election_id.encode())
        query = select(LongWork).where(LongWork.election_id == election_id)
        rows = {WorkKind(row.kind): row for row in session.scalars(query)}
        for kind in WorkKind:
            row = rows.get(kind)
            if row is None or not _state_of(row).is_open:
                continue
            if _is_held(row, now):
                return None
            row.held_until = now + HOLD
            row.stage, row.done, row.total = "", 0, 0
            return row
    return None


def finish_work(
    session: Session, election_id: str, kind: WorkKind, at: datetime
) -> None:
    """Note that a piece is done; in the transaction that keeps what was made."""
    row = session.get_one(LongWork, (election_id, kind), populate_existing=True)
    row.finished_at, row.held_until, row.trouble = at, None, None
    row.done = row.total
    session.flush()


def reopen_work(session: Session, election_ids: Sequence[str], kind: WorkKind) -> None:
    """Have a finished piece done once more: what it made is lost."""
    for election_id in election_ids:
        session.get_one(LongWork, (election_id, kind)).finished_at = None
    session.flush()


def note_refusal(bench: Workbench, row: LongWork, refused: Exception) -> None:
    """Keep the class of what stopped a piece, until somebody asks for it anew."""
    with bench.store.begin() as session:
        found = session.get_one(LongWork, (row.election_id, row.kind))
        found.refusal, found.held_until = type(refused).__name__[:60], None


def note_trouble(bench: Workbench, row: LongWork, failure: Exception) -> None:
    """Keep the class of what went wrong; it stays held, as a pause before the next."""
    with bench.store.begin() as session:
        found = session.get_one(LongWork, (row.election_id, row.kind))
        found.trouble = type(failure).__name__[:60]


class Progress:
    """Tells the store how far a piece of work has come, and that somebody is at it."""

    def __init__(self, bench: Workbench, election_id: str, kind: WorkKind) -> None:
        """Begin with nothing done."""
        self._bench = bench
        self._key = (election_id, kind)
        self._stage, self._done, self._total = "", 0, 0

    def enter(self, stage: str, total: int = 0) -> None:
        """Begin a stage in which so many ballots pass; 0: nobody knows how many."""
        self._stage, self._done, self._total = stage, 0, total
        self._tell()

    def tick(self) -> None:
        """Count one more ballot of the stage."""
        self._done += 1
        if self._done % TOLD_EVERY == 0:
            self._tell()

    def reach(self, done: int, total: int) -> None:
        """Count all ballots that have passed, for whoever counts by itself."""
        self._done, self._total = done, total
        self._tell()

    def _tell(self) -> None:
        bench = self._bench
        with bench.store.begin() as session:
            row = session.get_one(LongWork, self._key)
            row.stage, row.total = self._stage, self._total
            row.done = min(self._done, self._total)
            if row.finished_at is None:
                row.held_until = bench.clock.now() + HOLD


def _is_held(row: LongWork, now: datetime) -> bool:
    return row.held_until is not None and row.held_until > now


def _state_of(row: LongWork) -> WorkState:
    return WorkState(
        kind=WorkKind(row.kind),
        stage=row.stage,
        done=row.done,
        total=row.total,
        refusal=row.refusal,
        trouble=row.trouble,
        is_finished=row.finished_at is not None,
    )
