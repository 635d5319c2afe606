"""The queues: one per side, JSON, ids only, nothing kept of what went well.

The database is the truth and a job is its hand: a job takes ids, opens its own
transaction, may run twice and may be lost. A queue is read by whoever reads Redis,
so neither a payload nor a failure carries more than ids, a class and a place.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import redis
from rq import Queue, Retry, Worker
from rq.cron import CronJob, CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute
from typing_extensions import override

from infra.runtime import Runtime
from infra.sides import Side

Identifier = str | int

FAILURE_SECONDS: Final = 24 * 3600
"""How long Redis keeps that a job failed."""

JOB_SECONDS: Final = 600
"""How long one job may run; longer work is cut into batches."""

RETRY_AFTER: Final = (10, 60, 300)
"""Pauses in seconds before the three further attempts of a failed job."""

LEAST_WAIT_SECONDS: Final = 10
"""A periodic job waits for a worker for its own pace, but at least this long."""

_JOB_MARK: Final = "__urne_job__"
_WORDS: Final = re.compile(r"(?!\d+\Z)[0-9a-z-]{1,128}")
_LARGEST_NUMBER: Final = 9_999_999
_PATH: Final = re.compile(r"[a-z_]+(\.[a-z_]+)+")

_current: list[Runtime] = []


class NotAnId(ValueError):
    """Something other than an id was about to enter a queue; it is not shown."""

    def __init__(self) -> None:
        super().__init__("a queue takes ids only")


class NotAJob(ValueError):
    """A name that is no function marked with ``@job``."""

    def __init__(self, function_path: str) -> None:
        super().__init__(f"{function_path} is not marked as a job")


class JobFailed(Exception):
    """A job raised: class and place of what it raised, never its text."""

    def __init__(self, raised: BaseException) -> None:
        super().__init__(f"{type(raised).__name__} at {place_of(raised)}")


def job(function: Callable[..., None]) -> Callable[..., None]:
    """Mark a module's function as a job: ``(runtime, *ids) -> None``, idempotent."""
    setattr(function, _JOB_MARK, True)
    return function


def place_of(raised: BaseException) -> str:
    """Return file and line where an exception came from: ``register/jobs.py:12``."""
    frames = traceback.extract_tb(raised.__traceback__)
    if not frames:
        return "an unknown place"
    file = "/".join(frames[-1].filename.rsplit("/", 2)[-2:])
    return f"{file}:{frames[-1].lineno}"


def queue_of(runtime: Runtime, side: Side) -> Queue:
    """Return the queue of one side.

    Raises:
        SideNotServed: this process does not serve it.
        WallBreached: the running voter's request is bound to the other side.

    """
    return _open_queue(runtime.redis(side), side)


def enqueue(
    queue: Queue,
    function_path: str,
    *ids: Identifier,
    at: datetime | None = None,
    retries: int = len(RETRY_AFTER),
    seconds: int = JOB_SECONDS,
) -> str:
    """Queue a job by its dotted name, now or at a real time; return its id.

    An id is 1 to 128 of ``0-9 a-z -`` and no mere number, or an integer of at most
    seven digits: no name, address, e-mail, member's or telephone number fits.
    `seconds`: how long the job may run.

    Raises:
        NotAnId: an argument of another kind.
        NotAJob: the name is not a dotted one.

    """
    if _PATH.fullmatch(function_path) is None:
        raise NotAJob(function_path)
    for each in ids:
        require_id(each)
    options: dict[str, Any] = {
        "args": ids,
        "kwargs": {},
        "description": function_path,
        "failure_ttl": FAILURE_SECONDS,
        "job_timeout": seconds,
        "result_ttl": 0,
        "retry": Retry(max=retries, interval=list(RETRY_AFTER)) if retries else None,
    }
    queued = (
        queue.enqueue(function_path, **options)
        if at is None
        else queue.enqueue_at(at, function_path, **options)
    )
    return str(queued.id)


def forget_jobs(queue: Queue, *ids: Identifier) -> int:
    """Delete every job that names one of these ids and is not running; return count.

    Waiting, scheduled, deferred and failed ones, with what Redis keeps of them:
    shredding leaves no trace of its subject in a queue.
    """
    found = {
        *queue.job_ids,
        *queue.scheduled_job_registry.get_job_ids(),
        *queue.deferred_job_registry.get_job_ids(),
        *queue.failed_job_registry.get_job_ids(),
    }
    jobs = IdJob.fetch_many(found, queue.connection, serializer=JSONSerializer)
    named = [each for each in jobs if each is not None and set(each.args) & set(ids)]
    for each in named:
        each.delete()
    return len(named)


def require_id(value: object) -> None:
    """Refuse what could be anything but an id.

    Raises:
        NotAnId: it could.

    """
    if type(value) is int and 0 <= value <= _LARGEST_NUMBER:
        return
    if isinstance(value, str) and _WORDS.fullmatch(value):
        return
    raise NotAnId


class IdJob(Job):
    """A job that runs marked functions alone and fails without a text."""

    @property
    @override
    def func(self) -> Callable[..., None]:
        """The function that the name points at.

        Whoever can write to Redis can name any function of any module: only those
        marked are run.

        Raises:
            NotAJob: it is not marked.

        """
        path = self.func_name
        if not path or self.instance is not None or _PATH.fullmatch(path) is None:
            raise NotAJob(str(path))
        function: Callable[..., None] = import_attribute(path)
        if not getattr(function, _JOB_MARK, False):
            raise NotAJob(path)
        return function

    @override
    def _execute(self) -> None:
        function = self.func
        for each in self.args:
            require_id(each)
        try:
            function(_current[-1], *self.args)
        except Exception as raised:  # noqa: BLE001 - whatever it was, its text stays
            failure = JobFailed(raised)
        else:
            return
        # Outside the handler, so that no context hangs on to the first exception.
        raise failure


class IdQueue(Queue):
    """A queue of `IdJob`, also where RQ makes one by itself."""

    job_class = IdJob

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer
        kwargs["job_class"] = IdJob
        super().__init__(*args, **kwargs)


class SideWorker(Worker):
    """A worker of one side: each job in a process of its own."""

    job_class = IdJob
    queue_class = IdQueue

    @override
    def main_work_horse(self, job: Job, queue: Queue) -> None:
        _current[-1].forget_connections()
        super().main_work_horse(job, queue)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job without arguments that is queued every so many seconds."""

    function_path: str
    seconds: int


def run_worker(runtime: Runtime, side: Side, *, burst: bool = False) -> None:
    """Work off one side's queue until told to stop (or, in a burst, until empty).

    Includes RQ's scheduler, so that `enqueue` with a time and retries work.
    """
    connection = runtime.redis(side)
    worker = SideWorker(
        [_open_queue(connection, side)],
        connection=connection,
        serializer=JSONSerializer,
        log_job_description=False,
    )
    _current.append(runtime)
    try:
        worker.work(with_scheduler=True, burst=burst, logging_level="WARNING")
    finally:
        _current.pop()


def run_cron(runtime: Runtime, side: Side, periodics: Sequence[Periodic]) -> None:
    """Queue one side's periodic jobs, each at once and then at its pace, for ever."""
    cron_of(runtime, side, periodics).start()  # type: ignore[no-untyped-call]


def cron_of(
    runtime: Runtime, side: Side, periodics: Sequence[Periodic]
) -> CronScheduler:
    """Return one side's cron, not yet started."""
    scheduler = CronScheduler(runtime.redis(side), logging_level="WARNING")
    for periodic in periodics:
        scheduler.get_jobs().append(_PeriodicJob(side, periodic))
    return scheduler


class _PeriodicJob(CronJob):
    # RQ's own builds its queue without a serializer: pickles would enter Redis.
    def __init__(self, side: Side, periodic: Periodic) -> None:
        super().__init__(
            queue_name=side,
            func_name=periodic.function_path,
            interval=periodic.seconds,
            result_ttl=0,
        )
        self._side: Side = side
        self._periodic = periodic

    @override
    def enqueue(self, connection: redis.Redis) -> Job:
        # Dropped when still waiting at the next turn: a worker that was away for a
        # night finds one sweep, not five hundred.
        return _open_queue(connection, self._side).enqueue(
            self._periodic.function_path,
            description=self._periodic.function_path,
            failure_ttl=FAILURE_SECONDS,
            job_timeout=JOB_SECONDS,
            result_ttl=0,
            ttl=max(self._periodic.seconds, LEAST_WAIT_SECONDS),
        )


def _open_queue(connection: redis.Redis, side: Side) -> IdQueue:
    return IdQueue(side, connection=connection)
