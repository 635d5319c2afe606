"""The job that carries on an election's long work, piece by piece."""

from __future__ import annotations

from typing import Final

from infra.queues import enqueue, job, queue_of
from infra.runtime import Runtime
from voting.long_work import Workbench, WorkKind, list_waiting, reopen_work
from voting.record_export import list_lost_records
from voting.work_steps import carry_out

WORK_JOB: Final = "voting.work_jobs.carry_on"

WORK_SECONDS: Final = 6 * 3600
"""How long the job may run. One snapshot of the board has to be read to its end: what
is not finished is begun anew, so that cutting it short would never finish it. Half a
million ballots are read in half a minute, and verified, for the report in the protocol,
in an hour or two on two slow cores."""


@job
def carry_on(runtime: Runtime, election_id: str) -> None:
    """Do all work of an election that is open and that nobody is at."""
    carry_out(
        Workbench(runtime.store("service"), runtime.settings, runtime.clock),
        election_id,
    )


def queue_work(runtime: Runtime, election_id: str) -> None:
    """Queue the job; when it is lost, the next sweep does it again."""
    queue = queue_of(runtime, "service")
    enqueue(queue, WORK_JOB, election_id, seconds=WORK_SECONDS)


def queue_waiting_work(runtime: Runtime) -> None:
    """Queue a job for each election whose work waits for a worker.

    A record whose file is gone (a disk was lost) is asked for again.
    """
    store = runtime.store("service")
    with store.reading() as session:
        lost = list_lost_records(session, runtime.settings)
    if lost:
        with store.begin() as session:
            reopen_work(session, lost, WorkKind.RECORD)
    with store.reading() as session:
        waiting = list_waiting(session, runtime.clock.now())
    for election_id in waiting:
        queue_work(runtime, election_id)
