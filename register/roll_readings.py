"""A large roll file, read by a job while its official waits: begun, ready, confirmed.

The row says how far it has come; the file lies sealed in Redis, its key in the keystore
until the reading is over (docs/adr/0009). One file at a time for an election.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.keystore import DataKey, KeyMissing, KeyRefused, Keystore
from register.roll import lock_roll, require_draft
from register.roll_report import RollReport, open_report, seal_report
from register.roll_shelf import clear_shelf
from register.roll_tables import ReadingState, RollReading, Shelf
from register.roll_uploads import (
    SECONDS,
    Upload,
    UploadGone,
    keep_longer,
    put_upload,
    take_upload,
)
from register.rollfile_refusals import RollFileRefused, RollHasErrors

LARGE: Final = 2 * 1024 * 1024
"""Bytes from which a file is read by a job: some 30,000 members."""

LIFETIME: Final = timedelta(seconds=SECONDS)


class ReadingNotReady(Exception):
    """The file is still being read, or is being imported already."""


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far a reading has come."""

    reading_id: str
    state: ReadingState
    done: int
    total: int | None

    @property
    def is_running(self) -> bool:
        """Tell whether a job is at work on it, or will be."""
        return self.state not in {
            ReadingState.READY,
            ReadingState.DONE,
            ReadingState.LOST,
        }


def start_reading(
    session: Session,
    keystore: Keystore,
    connection: redis.Redis,
    upload: Upload,
    now: datetime,
) -> bytes:
    """Keep a file for a job to read; return the reading's id. The older one is void.

    Raises:
        UnknownRoll, RollFrozen: nothing can be imported.

    """
    lock_roll(session, upload.election_id)
    require_draft(session, upload.election_id)
    discard_reading(session, keystore, upload.election_id, now)
    reading_id = secrets.token_bytes(16)
    key = keystore.create_key(reading_id.hex())
    put_upload(connection, reading_id, key.value, upload)
    session.add(
        RollReading(
            election_id=upload.election_id,
            id=reading_id,
            actor=upload.actor,
            state=ReadingState.WAITING,
            started_at=now,
            done=0,
        )
    )
    session.flush()
    return reading_id


def require_reading(
    session: Session, election_id: str, reading_id: bytes, actor: str
) -> RollReading:
    """Return a reading of an official's own.

    Raises:
        UploadGone: it is over, or void, or of another official.

    """
    row = session.get(RollReading, election_id)
    if row is None or row.id != reading_id or row.actor != actor:
        raise UploadGone
    if row.state == ReadingState.LOST:
        raise UploadGone
    return row


def reading_progress(row: RollReading) -> ReadingProgress:
    """Return how far a reading has come."""
    return ReadingProgress(row.id.hex(), ReadingState(row.state), row.done, row.total)


def read_report(key: DataKey, row: RollReading) -> RollReport:
    """Return what was found in the file.

    Raises:
        ReadingNotReady: it is still being read.
        RollFileRefused: it could not be.

    """
    if row.report is None:
        raise ReadingNotReady
    return open_report(key, row.id, row.report)


def reopen_upload(
    keystore: Keystore, connection: redis.Redis, row: RollReading
) -> Upload:
    """Return the file of a reading.

    Raises:
        UploadGone: it has expired.

    """
    try:
        key = keystore.read_key(row.id.hex())
    except KeyRefused:
        raise UploadGone from None
    return take_upload(connection, row.id, key.value)


def note_ready(
    session: Session,
    connection: redis.Redis,
    key: DataKey,
    row: RollReading,
    *,
    found: RollReport | RollFileRefused,
    now: datetime,
) -> None:
    """Keep what was found, for half an hour more."""
    row.report = seal_report(key, row.id, found)
    row.state = ReadingState.READY
    row.started_at = now
    session.flush()
    keep_longer(connection, row.id)


def confirm_reading(session: Session, key: DataKey, row: RollReading) -> None:
    """Let the job import what was read.

    Raises:
        ReadingNotReady: see there.
        RollHasErrors, RollFileRefused: there is nothing to import.

    """
    if row.state != ReadingState.READY:
        raise ReadingNotReady
    report = read_report(key, row)
    if report.difference is None:
        raise RollHasErrors(report.preview.error_count)
    row.state = ReadingState.IMPORTING
    session.flush()


def discard_reading(
    session: Session, keystore: Keystore, election_id: str, now: datetime
) -> None:
    """Forget the file that is being read, if there is one, and what was laid up."""
    row = session.get(RollReading, election_id)
    if row is None:
        return
    clear_shelf(session, election_id, Shelf.COMING)
    destroy_reading_key(session, keystore, election_id, now)
    session.delete(row)
    session.flush()


def expired_readings(session: Session, now: datetime) -> list[str]:
    """Return the elections whose file nobody decided on within half an hour."""
    query = select(RollReading.election_id).where(
        RollReading.started_at <= now - LIFETIME,
        RollReading.state != ReadingState.IMPORTING,
    )
    return list(session.scalars(query.order_by(RollReading.election_id)))


def destroy_reading_key(
    session: Session, keystore: Keystore, election_id: str, now: datetime
) -> None:
    """Destroy the key of the file that is being read, if there is one."""
    row = session.get(RollReading, election_id)
    if row is not None:
        with suppress(KeyMissing):
            keystore.destroy_key(row.id.hex(), at=now)
