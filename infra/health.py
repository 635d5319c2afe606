"""Health: what a process needs to do its work, checked and told as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from rq.cron_scheduler_registry import get_registry_key
from rq.defaults import DEFAULT_CRON_SCHEDULER_TTL
from rq.worker_registration import REDIS_WORKER_KEYS
from sqlalchemy import text

from infra.runtime import Runtime
from infra.sides import SIDES, Side

View = Callable[[], ResponseReturnValue]
Look = Callable[[Runtime, Side], None]
"""Looks at one thing of a side, and raises when it is not well."""

NO_MORE: Final[Mapping[Side, Mapping[str, Look]]] = {}

CRON_SILENCE_SECONDS: Final = DEFAULT_CRON_SCHEDULER_TTL
"""A cron that has said nothing for so long is dead; it speaks every minute."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. The failure is a class name, never a text."""

    name: str
    side: Side
    is_well: bool
    failure: str | None = None


def check_health(
    runtime: Runtime, more: Mapping[Side, Mapping[str, Look]] = NO_MORE
) -> tuple[Check, ...]:
    """Look at database, Redis, worker and cron of every side that is served here.

    `more` names what else a side cannot do without.
    """
    return tuple(
        _check(runtime, side, name, look)
        for side in SIDES
        if side in runtime.settings.sides
        for name, look in {**_LOOKS, **more.get(side, {})}.items()
    )


def is_ready(checks: tuple[Check, ...]) -> bool:
    """Tell whether all is well."""
    return all(check.is_well for check in checks)


def health_blueprint(
    runtime: Runtime,
    mark: Callable[[View], View] = lambda view: view,
    more: Mapping[Side, Mapping[str, Look]] = NO_MORE,
) -> Blueprint:
    """Return ``/helse`` (readiness: 200 or 503) and ``/helse/liv`` (liveness: 200).

    `mark` says of the views who may open them; `more` is as in `check_health`.
    """
    blueprint = Blueprint("health", __name__, url_prefix="/helse")

    @blueprint.get("")
    @mark
    def readiness() -> ResponseReturnValue:
        checks = check_health(runtime, more)
        found = {
            side: {
                check.name: check.failure or "ok"
                for check in checks
                if check.side == side
            }
            for side in sorted(runtime.settings.sides)
        }
        well = is_ready(checks)
        return jsonify(ready=well, checks=found), 200 if well else 503

    @blueprint.get("/liv")
    @mark
    def liveness() -> ResponseReturnValue:
        return jsonify(alive=True)

    return blueprint


class WorkerSilent(Exception):
    """No worker of this side has been heard of for as long as its key lives."""


class CronSilent(Exception):
    """No cron of this side has been heard of for `CRON_SILENCE_SECONDS`."""


def _look_at_database(runtime: Runtime, side: Side) -> None:
    with runtime.store(side).reading() as session:
        session.execute(text("SELECT 1")).scalar_one()


def _look_at_redis(runtime: Runtime, side: Side) -> None:
    runtime.redis(side).ping()


def _look_at_worker(runtime: Runtime, side: Side) -> None:
    connection = runtime.redis(side)
    keys = cast("set[bytes]", connection.smembers(REDIS_WORKER_KEYS))
    # A worker's own key expires when it stops renewing it; the set does not.
    if not keys or not connection.exists(*keys):
        raise WorkerSilent


def _look_at_cron(runtime: Runtime, side: Side) -> None:
    connection = runtime.redis(side)
    # Against the clock of Redis: development may have moved its own.
    now = connection.time()[0]
    oldest = now - CRON_SILENCE_SECONDS
    if not connection.zcount(get_registry_key(), oldest, "+inf"):
        raise CronSilent


_LOOKS: Final[dict[str, Look]] = {
    "database": _look_at_database,
    "redis": _look_at_redis,
    "worker": _look_at_worker,
    "cron": _look_at_cron,
}


def _check(runtime: Runtime, side: Side, name: str, look: Look) -> Check:
    try:
        look(runtime, side)
    except Exception as failure:  # noqa: BLE001 - whatever it was, it is not well
        return Check(name, side, is_well=False, failure=type(failure).__name__)
    return Check(name, side, is_well=True)
