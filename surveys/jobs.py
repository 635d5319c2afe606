"""What happens to surveys by itself: asked of the database, safe to run twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import select

from infra.databases import rewrite_store
from infra.keystore import KeyMissing
from infra.queues import Periodic, enqueue, job, queue_of
from infra.runtime import Runtime
from infra.token_verifier import TokenVerifier
from surveys import exchange_handlers, result_jobs
from surveys.lifecycle import (
    close_survey,
    delete_survey_data,
    is_forgetting_due,
    open_survey,
    remove_identities,
    warn_of_deletion,
)
from surveys.modes import Mode
from surveys.phases import SurveyPhase
from surveys.responses import is_anything_waiting, move_responses, move_spent
from surveys.surveys import SYSTEM, get_survey
from surveys.tables import Survey
from surveys.warning_jobs import WARNING_JOB

__all__ = ["PERIODICS", "SWEEP_JOB", "exchange_handlers", "sweep_surveys"]

SWEEP_SECONDS: Final = 15
SWEEP_JOB: Final = "surveys.jobs.sweep_surveys"

PERIODICS: Final = (Periodic(SWEEP_JOB, SWEEP_SECONDS), *result_jobs.PERIODICS)
"""A worker that knows these knows the handlers of documents as well."""


@job
def sweep_surveys(runtime: Runtime) -> None:
    """Open, move, close, settle, forget, delete and warn: whatever is due.

    A survey whose step fails holds back no other; the job then fails by name.
    """
    failures: list[Exception] = []
    for phases, step in _STEPS:
        for survey_id in _ids(runtime, phases):
            try:
                step(runtime, survey_id)
            except Exception as failure:  # noqa: BLE001 - raised again below
                failures.append(failure)
    if failures:
        raise failures[0]


def _ids(runtime: Runtime, phases: Sequence[SurveyPhase]) -> list[str]:
    with runtime.store("service").reading() as session:
        query = select(Survey.id).where(Survey.phase.in_(phases))
        return list(session.scalars(query.order_by(Survey.id)))


def _open(runtime: Runtime, survey_id: str) -> None:
    with runtime.store("service").begin() as session:
        open_survey(session, survey_id, runtime.clock.now())


def _move_and_close(runtime: Runtime, survey_id: str) -> None:
    _move(runtime, survey_id, whole=False)
    with runtime.store("service").begin() as session:
        close_survey(session, runtime.settings, survey_id, runtime.clock.now())


def _settle(runtime: Runtime, survey_id: str) -> None:
    # The rest moves however few; then the order of answering goes with the old pages.
    now = runtime.clock.now()
    with runtime.store("service").begin() as session:
        survey = get_survey(session, survey_id)
        if is_forgetting_due(survey, now):
            remove_identities(session, survey, actor=SYSTEM, at=now)
        if survey.rewritten_at is not None:
            return
    _move(runtime, survey_id, whole=True)
    _destroy_issuers(runtime, survey_id)
    _rewrite(runtime, survey_id)


def _delete(runtime: Runtime, survey_id: str) -> None:
    with runtime.store("service").begin() as session:
        days = warn_of_deletion(session, survey_id, runtime.clock.now())
    if days is not None:
        enqueue(queue_of(runtime, "service"), WARNING_JOB, survey_id)
    with runtime.store("service").begin() as session:
        delete_survey_data(session, runtime.settings, survey_id, runtime.clock.now())


def _wind_up(runtime: Runtime, survey_id: str) -> None:
    with runtime.store("service").reading() as session:
        survey = get_survey(session, survey_id)
    if survey.rewritten_at is not None:
        return
    if survey.key_id is not None:
        # Also when it was destroyed before: the process may have died in between.
        with suppress(KeyMissing):
            keystore = runtime.keystore("service")
            keystore.destroy_key(survey.key_id, at=runtime.clock.now())
    _destroy_issuers(runtime, survey_id)
    _rewrite(runtime, survey_id)


def _move(runtime: Runtime, survey_id: str, *, whole: bool) -> None:
    # Two transactions, so that no hidden column says which right gave which response.
    store = runtime.store("service")
    with store.reading() as session:
        survey = get_survey(session, survey_id)
        if not is_anything_waiting(session, survey_id) or survey.key_id is None:
            return
        fewest = 1 if whole else survey.threshold
        key = runtime.keystore("service").read_key(survey.key_id)
    with store.begin() as session:
        move_responses(session, key, survey_id, fewest=fewest)
    with store.begin() as session:
        move_spent(session, survey_id, fewest=fewest)


def _rewrite(runtime: Runtime, survey_id: str) -> None:
    store = runtime.store("service")
    rewrite_store(store)
    with store.begin() as session:
        get_survey(session, survey_id).rewritten_at = runtime.clock.now()


def _destroy_issuers(runtime: Runtime, survey_id: str) -> None:
    with runtime.store("service").reading() as session:
        if get_survey(session, survey_id).mode == Mode.OPEN:
            return
    TokenVerifier(runtime.settings.verifier_socket).destroy_keys(survey_id)


_Step = tuple[Sequence[SurveyPhase], Callable[[Runtime, str], None]]
_STEPS: Final[tuple[_Step, ...]] = (
    ((SurveyPhase.READY,), _open),
    ((SurveyPhase.OPEN,), _move_and_close),
    ((SurveyPhase.CLOSED,), _settle),
    ((SurveyPhase.CLOSED,), _delete),
    ((SurveyPhase.DELETED, SurveyPhase.CANCELLED), _wind_up),
)
