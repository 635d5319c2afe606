"""The jobs that read a large roll file, and that import it.

A file is read twice: once to see that every row of it is right, which stores nothing,
and once to lay its rows up beside the roll, a chunk in a transaction, so that nobody
else waits. A job that dies is run again from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from infra.delivery import DELIVERY_JOB
from infra.queues import job
from infra.runtime import Runtime
from register.persons import digest_source
from register.queueing import enqueue_quietly
from register.roll import RollFrozen, read_data_key
from register.roll_findings import RollRow
from register.roll_import import DifferenceTally, lay_up_chunk, shelved_difference
from register.roll_readings import (
    discard_reading,
    note_ready,
    reopen_upload,
)
from register.roll_report import RollReport, counts_of
from register.roll_shelf import CHUNK, clear_shelf
from register.roll_tables import ReadingState, RollReading, Shelf
from register.roll_updates import import_reading
from register.roll_uploads import Upload, UploadGone
from register.rollfile import RollPreview, scan_roll
from register.rollfile_refusals import RollFileRefused

READ_JOB: Final = "register.roll_reading_jobs.read_file"
IMPORT_JOB: Final = "register.roll_reading_jobs.import_file"

STEP: Final = 5_000
"""Rows after which the page is told how far the checking has come."""

_RUNNING: Final = frozenset(
    {ReadingState.WAITING, ReadingState.CHECKING, ReadingState.COMPARING}
)
_READING_MARK: Final = "r"


class Superseded(Exception):
    """Another file was sent, or the roll was frozen: this one is not wanted."""


def enqueue_reading(runtime: Runtime, election_id: str, reading_id: bytes) -> None:
    """Have a file read."""
    enqueue_quietly(runtime, READ_JOB, election_id, _READING_MARK + reading_id.hex())


def enqueue_import(runtime: Runtime, election_id: str, reading_id: bytes) -> None:
    """Have a file that was read and confirmed imported."""
    enqueue_quietly(runtime, IMPORT_JOB, election_id, _READING_MARK + reading_id.hex())


@job
def read_file(runtime: Runtime, election_id: str, reading: str) -> None:
    """Check a file and compare it with the roll; what was found waits for a yes."""
    work = _Work(runtime, election_id, _id_of(reading))
    try:
        upload = work.open()
    except UploadGone:
        work.note_lost()
        return
    except Superseded:
        return
    try:
        found = work.read(upload)
    except RollFileRefused as refused:
        work.settle(refused)
    except Superseded:
        return
    else:
        work.settle(found)


@job
def import_file(runtime: Runtime, election_id: str, reading: str) -> None:
    """Import what was laid up."""
    now, keystore = runtime.clock.now(), runtime.keystore("register")
    store = runtime.store("register")
    try:
        with store.begin() as session:
            import_reading(
                session,
                runtime.settings,
                keystore,
                election_id=election_id,
                reading_id=_id_of(reading),
                now=now,
            )
    except RollFrozen:
        with store.begin() as session:
            discard_reading(session, keystore, election_id, now)
    enqueue_quietly(runtime, DELIVERY_JOB, "register")


def _id_of(reading: str) -> bytes:
    return bytes.fromhex(reading.removeprefix(_READING_MARK))


class _Work:
    """One reading, from its file to its report."""

    def __init__(self, runtime: Runtime, election_id: str, reading_id: bytes) -> None:
        self._runtime = runtime
        self._store = runtime.store("register")
        self._connection = runtime.redis("register")
        self._election_id = election_id
        self._reading_id = reading_id
        with self._store.reading() as session:
            keystore = runtime.keystore("register")
            self._key = read_data_key(session, keystore, election_id)
        self._chunk: list[RollRow] = []
        self._tally = DifferenceTally()
        self._done = 0

    def open(self) -> Upload:
        """Return the file, and note that it is being checked."""
        keystore = self._runtime.keystore("register")
        with self._store.begin() as session:
            row = self._row(session.get(RollReading, self._election_id))
            upload = reopen_upload(keystore, self._connection, row)
            row.state, row.done, row.total = ReadingState.CHECKING, 0, None
            clear_shelf(session, self._election_id, Shelf.COMING)
        return upload

    def read(self, upload: Upload) -> RollReport:
        """Check the file and lay its rows up; see `scan_roll` for what it raises."""
        preview = self._scan(upload, self._count)
        difference = None
        if not preview.error_count:
            self._begin_comparing(preview.members)
            self._scan(upload, self._lay_up)
            self._lay_up_chunk()
            with self._store.reading() as session:
                found = shelved_difference(
                    session, self._key, self._election_id, self._tally
                )
            difference = counts_of(found)
        source_digest = digest_source(self._key, upload.data)
        return RollReport(preview, difference, source_digest)

    def settle(self, found: RollReport | RollFileRefused) -> None:
        """Keep what was found."""
        with self._store.begin() as session:
            row = session.get(RollReading, self._election_id)
            if row is not None and row.id == self._reading_id:
                note_ready(
                    session,
                    self._connection,
                    self._key,
                    row,
                    found=found,
                    now=self._runtime.clock.now(),
                )

    def note_lost(self) -> None:
        """Note that the file is gone."""
        with self._store.begin() as session:
            row = session.get(RollReading, self._election_id)
            if row is not None and row.id == self._reading_id:
                row.state = ReadingState.LOST

    def _scan(self, upload: Upload, keep: Callable[[RollRow], None]) -> RollPreview:
        return scan_roll(
            upload.data,
            upload.filename,
            keep,
            mapping=upload.mapping,
            sheet=upload.sheet,
        )

    def _count(self, _row: RollRow) -> None:
        self._done += 1
        if self._done % STEP == 0:
            with self._store.begin() as session:
                row = self._row(session.get(RollReading, self._election_id))
                row.done = self._done

    def _begin_comparing(self, total: int) -> None:
        with self._store.begin() as session:
            row = self._row(session.get(RollReading, self._election_id))
            row.state, row.done, row.total = ReadingState.COMPARING, 0, total

    def _lay_up(self, row: RollRow) -> None:
        self._chunk.append(row)
        if len(self._chunk) == CHUNK:
            self._lay_up_chunk()

    def _lay_up_chunk(self) -> None:
        rows, self._chunk = self._chunk, []
        if not rows:
            return
        with self._store.begin() as session:
            row = self._row(session.get(RollReading, self._election_id))
            lay_up_chunk(session, self._key, self._election_id, rows, self._tally)
            row.done += len(rows)

    def _row(self, row: RollReading | None) -> RollReading:
        if row is None or row.id != self._reading_id or row.state not in _RUNNING:
            raise Superseded
        return row
