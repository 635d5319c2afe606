"""The job that shreds one roll, step by step, each of them safe to run again.

The database says which step is next. Whoever is killed in the middle leaves a row that
the next sweep takes up; one worker shreds at a time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from crypto.times import format_time
from infra.databases import rewrite_store
from infra.keystore import KeyRefused
from infra.queues import forget_jobs, job, queue_of
from infra.runtime import Runtime
from infra.scan import look_through
from register.canaries import (
    CLEAR,
    canary_file,
    destroy_canaries,
    gather_canaries,
    keep_canaries,
    read_canaries,
)
from register.queueing import queue_delivery
from register.roll import read_data_key, require_roll
from register.roll_phases import ShreddingState
from register.shredding import (
    NOT_SEEN,
    Check,
    KeyStillThere,
    NotDue,
    begin_shredding,
    certify,
    delete_rows,
    destroy_keys,
    note_looked,
    note_rewritten,
    require_key_destroyed,
    rows_left,
)
from register.tables import Shredding

CANARY_FOLDER: Final = "shredding"


@job
def shred_roll(runtime: Runtime, election_id: str) -> None:
    """Shred a roll if it is due; otherwise nothing happens.

    Where another worker is shredding already, the next sweep asks again.
    """
    with suppress(BlockingIOError), _alone(runtime):
        _shred_roll(runtime, election_id)


@contextmanager
def _alone(runtime: Runtime) -> Iterator[None]:
    # A step may be run again, but not by two at once: the one that is done first would
    # destroy the canaries that the other is about to look for. The keystore is on this
    # machine, so that whoever shreds is on it too; the kernel lets go of the dead.
    folder = _folder(runtime)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


def _shred_roll(runtime: Runtime, election_id: str) -> None:
    now = runtime.clock.now()
    try:
        state = _begin(runtime, election_id, now)
    except NotDue:
        return
    store, keystore = runtime.store("register"), runtime.keystore("register")
    if state == ShreddingState.STARTED:
        with store.begin() as session:
            destroy_keys(session, keystore, election_id, now)
        state = ShreddingState.KEY_DESTROYED
    if state == ShreddingState.KEY_DESTROYED:
        with store.begin() as session:
            delete_rows(session, election_id, now)
        state = ShreddingState.ROWS_DELETED
    if state == ShreddingState.ROWS_DELETED:
        _empty_outboxes(runtime, election_id)
        rewrite_store(store)
        with store.begin() as session:
            note_rewritten(session, election_id)
        state = ShreddingState.REWRITTEN
    if state == ShreddingState.REWRITTEN:
        checks = [*_look(runtime, election_id), *_look_at_rows(runtime, election_id)]
        with store.begin() as session:
            note_looked(session, election_id, checks)
    _certify(runtime, election_id)


def _begin(runtime: Runtime, election_id: str, now: datetime) -> ShreddingState:
    store, keystore = runtime.store("register"), runtime.keystore("register")
    with store.begin() as session:
        row = begin_shredding(session, election_id, now)
        state = ShreddingState(row.state)
        if state == ShreddingState.STARTED:
            roll = require_roll(session, election_id)
            try:
                key = read_data_key(session, keystore, election_id)
            except KeyRefused:
                return state  # broken off after the key: the canaries are kept
            canaries = gather_canaries(session, key, roll)
            keep_canaries(keystore, _folder(runtime), election_id, canaries)
    return state


def _empty_outboxes(runtime: Runtime, election_id: str) -> None:
    sink = runtime.settings.mail_sink_dir
    if sink is not None:
        shutil.rmtree(sink / election_id, ignore_errors=True)
    forget_jobs(queue_of(runtime, "register"), election_id)


def _certify(runtime: Runtime, election_id: str) -> None:
    store, keystore = runtime.store("register"), runtime.keystore("register")
    host = ("database-host",) if store.is_postgresql else ()
    now = runtime.clock.now()
    destroy_canaries(keystore, _folder(runtime), election_id, at=now)
    with store.begin() as session:
        certify(
            session,
            runtime.settings,
            election_id,
            not_seen=(*NOT_SEEN, *host),
            now=now,
        )
        queue_delivery(session, runtime)


def _look(runtime: Runtime, election_id: str) -> list[Check]:
    folder = _folder(runtime)
    canaries = read_canaries(runtime.keystore("register"), folder, election_id)
    if not canaries:
        return [{"name": "canaries", "passed": False, "what": "none were kept"}]
    own = [canary_file(folder, election_id)]
    drawn = {kind: each for kind, each in canaries.items() if kind not in CLEAR}
    clear = {kind: each for kind, each in canaries.items() if kind in CLEAR}
    everywhere = [runtime.settings.data_dir]
    look = look_through(everywhere, drawn, skip=own)
    nearer = look_through(everywhere, clear, skip=[*own, *_of_others(runtime)])
    found = {finding.kind for finding in (*look.findings, *nearer.findings)}
    what = f"{look.files} files, {look.size} bytes"
    checks: list[Check] = [
        {"name": f"no {kind}", "passed": kind not in found, "what": what}
        for kind in sorted(canaries)
    ]
    if look.unreadable:
        unread = f"{len(look.unreadable)} files"
        checks.append({"name": "all files read", "passed": False, "what": unread})
    return checks


def _look_at_rows(runtime: Runtime, election_id: str) -> list[Check]:
    with runtime.store("register").reading() as session:
        left = rows_left(session, election_id)
        key_id = require_roll(session, election_id).key_id
        started = session.get_one(Shredding, election_id).started_at
    try:
        require_key_destroyed(runtime.keystore("register"), key_id)
        gone = True
    except KeyStillThere:
        gone = False
    return [
        {"name": "no rows", "passed": left == 0, "what": f"{left} rows"},
        {"name": "key destroyed", "passed": gone, "what": key_id},
        {"name": "begun", "passed": True, "what": format_time(started)},
    ]


def _of_others(runtime: Runtime) -> list[Path]:
    # Names and addresses may stand elsewhere by right: an official can be a member
    # too, and a member can be on another election's roll and have its mail.
    sink = runtime.settings.mail_sink_dir
    mails = [] if sink is None else [sink]
    url = runtime.settings.database_urls.get("service")
    file = None if url is None else make_url(url).database
    if file is None or not url or not url.startswith("sqlite"):
        return mails
    return [*mails, *(Path(file + suffix) for suffix in ("", "-wal", "-shm"))]


def _folder(runtime: Runtime) -> Path:
    return runtime.settings.data_dir / CANARY_FOLDER
