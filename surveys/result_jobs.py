"""Making results: asked of the database, safe to run twice."""

from __future__ import annotations

from typing import Final

from infra.queues import Periodic, enqueue, job, queue_of
from infra.runtime import Runtime
from surveys.results import make_results, results_to_make

__all__ = ["PERIODICS", "make_due_results", "queue_results"]

RESULTS_SECONDS: Final = 30
RESULTS_JOB: Final = "surveys.result_jobs.make_due_results"

PERIODICS: Final = (Periodic(RESULTS_JOB, RESULTS_SECONDS),)


@job
def make_due_results(runtime: Runtime) -> None:
    """Make all results that were asked for; a failure holds back no other."""
    store = runtime.store("service")
    with store.reading() as session:
        due = results_to_make(session)
    failures: list[Exception] = []
    for survey_id in due:
        try:
            with store.begin() as session:
                keystore = runtime.keystore("service")
                make_results(session, keystore, survey_id, runtime.clock.now())
        except Exception as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)
    if failures:
        raise failures[0]


def queue_results(runtime: Runtime) -> None:
    """Have results made now instead of at the next sweep."""
    enqueue(queue_of(runtime, "service"), RESULTS_JOB)
