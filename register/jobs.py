"""The register's sweep: whatever is due, asked of the database, safe to run twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.databases import rewrite_store
from infra.delivery import deliver_pending
from infra.queues import Periodic, job
from infra.runtime import Runtime
from register import exchange_handlers, sending_jobs, survey_handlers
from register.address_notices import notices_wait, queue_notices
from register.alarms import sound_alarms
from register.elections import due_rolls, move_phase, running_elections
from register.hours import post_turnout
from register.marks import hold_marking, mix_marks, move_marks
from register.queueing import SHRED_JOB, enqueue_quietly
from register.roll import require_roll
from register.roll_phases import RollPhase
from register.roll_readings import discard_reading, expired_readings
from register.tables import Roll

__all__ = [
    "PERIODICS",
    "SWEEP_JOB",
    "exchange_handlers",
    "survey_handlers",
    "sweep_register",
]

SWEEP_SECONDS: Final = 15
SWEEP_JOB: Final = "register.jobs.sweep_register"

PERIODICS: Final = (
    Periodic(SWEEP_JOB, SWEEP_SECONDS),
    Periodic(sending_jobs.SWEEP_JOB, SWEEP_SECONDS),
)
"""A worker that knows these knows the handlers of documents as well."""


@job
def sweep_register(runtime: Runtime) -> None:
    """Open and close, move marks, settle what is over, queue shreddings, deliver.

    An election whose step fails holds back no other; the job then fails by name.
    """
    failures: list[Exception] = []
    for ids, step in _STEPS:
        with runtime.store("register").reading() as session:
            due = ids(session)
        for election_id in due:
            try:
                step(runtime, election_id)
            except Exception as failure:  # noqa: BLE001 - raised again below
                failures.append(failure)
    try:
        with runtime.store("register").begin() as session:
            sound_alarms(session, runtime.settings, runtime.clock.now())
    except Exception as failure:  # noqa: BLE001 - raised again below
        failures.append(failure)
    _forget_readings(runtime)
    _queue_notices(runtime)
    _queue_shreddings(runtime)
    deliver_pending(runtime, "register")
    if failures:
        raise failures[0]


def _advance(runtime: Runtime, election_id: str) -> None:
    now = runtime.clock.now()
    with runtime.store("register").begin() as session:
        # Whoever closes or cancels it comes before, or waits.
        hold_marking(session, election_id)
        move_phase(session, require_roll(session, election_id), now)
        post_turnout(session, runtime.settings, election_id, now=now)
    with runtime.store("register").begin() as session:
        move_marks(session, election_id, batch_size=runtime.settings.batch_size)


def _settle(runtime: Runtime, election_id: str) -> None:
    # Nobody marks any more: all marks are made one batch, and the files are written
    # anew, so that neither the intake's order nor that of the batches is in them.
    store = runtime.store("register")
    with store.begin() as session:
        mix_marks(session, election_id)
    rewrite_store(store)
    with store.begin() as session:
        require_roll(session, election_id).rewritten_at = runtime.clock.now()


def _forget_readings(runtime: Runtime) -> None:
    # Files that nobody decided on: their rows and keys go as the files themselves do.
    now = runtime.clock.now()
    with runtime.store("register").reading() as session:
        expired = expired_readings(session, now)
    for election_id in expired:
        with runtime.store("register").begin() as session:
            discard_reading(session, runtime.keystore("register"), election_id, now)


def _queue_notices(runtime: Runtime) -> None:
    with runtime.store("register").reading() as session:
        waiting = notices_wait(session)
    if waiting:
        queue_notices(runtime)


def _queue_shreddings(runtime: Runtime) -> None:
    with runtime.store("register").reading() as session:
        due = due_rolls(session, runtime.clock.now())
    for election_id in due:
        enqueue_quietly(runtime, SHRED_JOB, election_id)


def _running(session: Session) -> list[str]:
    return [roll.election_id for roll in running_elections(session)]


def _over(session: Session) -> list[str]:
    over = (Roll.closed_at.is_not(None)) | (Roll.phase == RollPhase.CANCELLED)
    query = select(Roll.election_id).where(
        over, Roll.rewritten_at.is_(None), Roll.phase != RollPhase.SHREDDED
    )
    return list(session.scalars(query.order_by(Roll.election_id)))


_Step = tuple[Callable[[Session], list[str]], Callable[[Runtime, str], None]]
_STEPS: Final[tuple[_Step, ...]] = ((_running, _advance), (_over, _settle))
