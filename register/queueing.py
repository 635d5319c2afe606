"""Jobs that follow a commit: queued when it has happened, and never a reason to fail.

The database is the truth: a job that could not be queued is found by the next sweep.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from redis import RedisError
from sqlalchemy import event
from sqlalchemy.orm import Session

from infra.delivery import DELIVERY_JOB
from infra.queues import enqueue, queue_of
from infra.runtime import Runtime

SHRED_JOB: Final = "register.shredding_jobs.shred_roll"
"""The job that shreds one roll, if it is due; its argument is the election's id."""


def queue_delivery(session: Session, runtime: Runtime) -> None:
    """Have posted documents carried over as soon as this transaction is committed."""
    _after_commit(session, runtime, DELIVERY_JOB, "register")


def queue_shredding(
    session: Session, runtime: Runtime, election_id: str, at: datetime
) -> None:
    """Have a roll shredded at its minute; the job asks again whether it is due."""
    _after_commit(session, runtime, SHRED_JOB, election_id, at=at)


def enqueue_quietly(
    runtime: Runtime, function_path: str, *ids: str, at: datetime | None = None
) -> None:
    """Queue a job of the register; without Redis the next sweep does the work."""
    try:
        enqueue(queue_of(runtime, "register"), function_path, *ids, at=at)
    except RedisError:
        return


def _after_commit(
    session: Session,
    runtime: Runtime,
    function_path: str,
    *ids: str,
    at: datetime | None = None,
) -> None:
    def queue(_: Session) -> None:
        enqueue_quietly(runtime, function_path, *ids, at=at)

    event.listen(session, "after_commit", queue, once=True)
