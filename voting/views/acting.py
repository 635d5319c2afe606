"""What every page of officials does around its use case: transaction, actor, clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import redis
from flask import flash
from sqlalchemy.orm import Session

from accounts.guards import current_official
from infra.config import Settings
from infra.logs import own_logger
from infra.runtime import Runtime
from infra.web import current_runtime
from voting.jobs import ask_for_delivery
from voting.views.refusals import REFUSALS, sentence_of
from voting.work_jobs import queue_work


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case is given: who acts, when, and in which transaction."""

    session: Session
    settings: Settings
    actor: str
    at: datetime


@contextmanager
def acting() -> Iterator[Desk]:
    """Open a writing transaction for the official; deliver afterwards what it posts."""
    runtime = current_runtime()
    with runtime.store("service").begin() as session:
        yield _desk(runtime, session)
    ask_worker(ask_for_delivery)


def ask_worker(ask: Callable[[Runtime], None]) -> None:
    """Queue something; what was done is done, and the next sweep asks as well."""
    try:
        ask(current_runtime())
    except redis.RedisError as unreachable:
        own_logger("web").warning("job not queued: %s", type(unreachable).__name__)


def ask_for_work(election_id: str) -> None:
    """Have an election's long work begun at once."""
    ask_worker(lambda runtime: queue_work(runtime, election_id))


@contextmanager
def reading() -> Iterator[Desk]:
    """Open a reading transaction for the official."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        yield _desk(runtime, session)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell a refusal on the next page instead of failing; nothing has been stored.

    Wrapped around `acting`, so that the transaction is rolled back before.
    """
    try:
        yield
    except REFUSALS as refused:
        flash(sentence_of(refused), "danger")


def _desk(runtime: Runtime, session: Session) -> Desk:
    now = runtime.clock.now()
    return Desk(session, runtime.settings, current_official().id, now)
