"""The register's jobs: hands of the database, each of them safe to run twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.databases import rewrite_store
from infra.delivery import DELIVERY_JOB
from infra.queues import job
from infra.runtime import Runtime
from register.elections import due_rolls, move_phase, running_elections
from register.hours import post_turnout
from register.marks import move_marks
from register.queueing import SHRED_JOB, enqueue_quietly
from register.roll import require_roll
from register.roll_phases import RollPhase
from register.tables import Roll

SWEEP_JOB = "register.jobs.sweep_register"


@job
def sweep_register(runtime: Runtime) -> None:
    """Do whatever is due: open, close, move marks, rewrite, shred, deliver."""
    store, now = runtime.store("register"), runtime.clock.now()
    with store.begin() as session:
        for roll in running_elections(session):
            move_phase(session, roll, now)
            post_turnout(session, runtime.settings, roll.election_id, now=now)
    with store.reading() as session:
        voting, over = _voting(session), _over(session)
        due = due_rolls(session, now)
    for election_id in voting:
        with store.begin() as session:
            batch_size = runtime.settings.batch_size
            move_marks(session, election_id, batch_size=batch_size)
    for election_id in due:
        enqueue_quietly(runtime, SHRED_JOB, election_id)
    enqueue_quietly(runtime, DELIVERY_JOB, "register")
    if over:
        _settle(runtime, over, now)


def _settle(runtime: Runtime, over: list[str], now: datetime) -> None:
    # Nobody marks any more: the last ones move, few as they may be, and the files are
    # written anew, so that the intake's order is in none of them.
    store = runtime.store("register")
    for election_id in over:
        with store.begin() as session:
            move_marks(session, election_id, batch_size=1, rest=True)
    rewrite_store(store)
    with store.begin() as session:
        for election_id in over:
            require_roll(session, election_id).rewritten_at = now


def _voting(session: Session) -> list[str]:
    return [roll.election_id for roll in running_elections(session)]


def _over(session: Session) -> list[str]:
    over = (Roll.closed_at.is_not(None)) | (Roll.phase == RollPhase.CANCELLED)
    query = select(Roll.election_id).where(
        over, Roll.rewritten_at.is_(None), Roll.phase != RollPhase.SHREDDED
    )
    return list(session.scalars(query.order_by(Roll.election_id)))
