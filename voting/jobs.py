"""The service's jobs: what happens by itself, every minute, asked of the database.

Each step is a transaction of its own and may be asked for again; a job that dies
leaves the rest to the next sweep.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from infra.databases import rewrite_store
from infra.delivery import DELIVERY_JOB, deliver_pending
from infra.queues import Periodic, enqueue, job, queue_of
from infra.runtime import Runtime
from infra.token_verifier import TokenVerifier
from voting.box import discard_waiting
from voting.evidence import is_evidence_due, keep_evidence, make_evidence
from voting.hold_jobs import queue_hold_notices
from voting.joint_jobs import queue_joint_counts
from voting.lifecycle import close_election, open_election, publish_batch
from voting.phases import Phase
from voting.sealed import get_sealed
from voting.tables import Election
from voting.work_jobs import queue_waiting_work

SWEEP_SECONDS: Final = 15
SWEEP_JOB: Final = "voting.jobs.sweep_service"

PERIODICS: Final = (Periodic(SWEEP_JOB, SWEEP_SECONDS),)


@job
def sweep_service(runtime: Runtime) -> None:
    """Open and close what is due, publish batches, prove tokens, deliver documents.

    Work that takes long is queued anew where nobody is at it: it holds up no sweep.

    An election whose step fails holds back no other; the job then fails by name.
    """
    failures: list[Exception] = []
    for phase, step in _STEPS:
        for election_id in _ids(runtime, phase):
            try:
                step(runtime, election_id)
            except Exception as failure:  # noqa: BLE001 - raised again below
                failures.append(failure)
    deliver_pending(runtime, "service")
    for queue in (queue_waiting_work, queue_joint_counts, queue_hold_notices):
        try:
            queue(runtime)
        except Exception as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)
    if failures:
        raise failures[0]


def ask_for_delivery(runtime: Runtime) -> None:
    """Queue the delivery of what was just posted; cron would do it too."""
    enqueue(queue_of(runtime, "service"), DELIVERY_JOB, "service")


def _ids(runtime: Runtime, phase: Phase) -> list[str]:
    with runtime.store("service").reading() as session:
        query = select(Election.id).where(Election.phase == phase.value)
        return list(session.scalars(query.order_by(Election.id)))


def _open(runtime: Runtime, election_id: str) -> None:
    with runtime.store("service").begin() as session:
        open_election(session, runtime.settings, election_id, runtime.clock.now())


def _publish_and_close(runtime: Runtime, election_id: str) -> None:
    for step in (publish_batch, close_election):
        with runtime.store("service").begin() as session:
            step(session, runtime.settings, election_id, runtime.clock.now())


def _prove(runtime: Runtime, election_id: str) -> None:
    store = runtime.store("service")
    verifier = TokenVerifier(runtime.settings.verifier_socket)
    evidence = None
    with store.reading() as session:
        election = get_sealed(session, election_id)
        if is_evidence_due(session, election):
            evidence = make_evidence(session, verifier, election)
    if evidence is not None:
        # The order of casting goes with the old pages of the intake. Once the tokens
        # are proven: what cannot be proven must not have it done every few seconds.
        rewrite_store(store)
        with store.begin() as session:
            keep_evidence(session, election_id, evidence, runtime.clock.now())
    # Also when they were proven before: the process may have died in between.
    verifier.destroy_keys(election_id)


def _wind_up(runtime: Runtime, election_id: str) -> None:
    store = runtime.store("service")
    with store.begin() as session:
        discarded = discard_waiting(session, election_id)
    if discarded:
        rewrite_store(store)
    TokenVerifier(runtime.settings.verifier_socket).destroy_keys(election_id)


_STEPS: Final = (
    (Phase.READY, _open),
    (Phase.OPEN, _publish_and_close),
    (Phase.CLOSED, _prove),
    (Phase.CANCELLED, _wind_up),
)
