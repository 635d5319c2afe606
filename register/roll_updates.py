"""What an official does to a roll: import a file, or take the import back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.config import Settings
from infra.keystore import Keystore
from register.freezing import announce_draft
from register.roll import lock_roll, require_draft
from register.roll_import import (
    RollDifference,
    import_roll,
    settle_import,
    undo_import,
)
from register.roll_readings import destroy_reading_key, read_report
from register.roll_report import DifferenceCounts, counts_of
from register.roll_tables import ReadingState, RollReading
from register.rollfile import RollPreview
from register.rollfile_refusals import RollHasErrors


def update_roll(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    preview: RollPreview,
    source: bytes,
    actor: str,
    now: datetime,
) -> RollDifference:
    """Make the roll what the file says, note who did it, and tell the group counts.

    Raises:
        UnknownRoll, RollFrozen, RollHasErrors: see import_roll.

    """
    difference = import_roll(
        session,
        keystore,
        election_id=election_id,
        preview=preview,
        source=source,
        now=now,
    )
    note_import(
        session,
        settings,
        election_id=election_id,
        actor=actor,
        counts=counts_of(difference),
        members=preview.members,
        now=now,
    )
    return difference


def import_reading(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    reading_id: bytes,
    now: datetime,
) -> None:
    """Let the rows that were laid up take the roll's place. Twice is once.

    Raises:
        UnknownRoll, RollFrozen: it was frozen meanwhile.

    """
    lock_roll(session, election_id)
    row = session.get(RollReading, election_id)
    if row is None or row.id != reading_id or row.state != ReadingState.IMPORTING:
        return
    roll = require_draft(session, election_id)
    report = read_report(keystore.read_key(roll.key_id), row)
    counts = report.difference
    if counts is None:
        raise RollHasErrors(report.preview.error_count)
    settle_import(
        session,
        roll,
        source_digest=report.source_digest,
        is_empty=counts.is_empty,
        now=now,
    )
    note_import(
        session,
        settings,
        election_id=election_id,
        actor=row.actor,
        counts=counts,
        members=report.preview.members,
        now=now,
    )
    row.report, row.state, row.started_at = None, ReadingState.DONE, now
    destroy_reading_key(session, keystore, election_id, now)
    session.flush()


def note_import(
    session: Session,
    settings: Settings,
    *,
    election_id: str,
    actor: str,
    counts: DifferenceCounts,
    members: int,
    now: datetime,
) -> None:
    """Put an import on record, and tell the group counts."""
    record_event(
        session,
        at=now,
        actor=actor,
        kind="roll-imported",
        subject=election_id,
        content={
            "added": counts.added,
            "changed": counts.changed,
            "members": members,
            "removed": counts.removed_count,
        },
    )
    announce_draft(session, settings, election_id=election_id, now=now)


def take_back_import(
    session: Session,
    settings: Settings,
    *,
    election_id: str,
    actor: str,
    now: datetime,
) -> None:
    """Make the roll what it was before the latest import, and tell the group counts.

    Raises:
        UnknownRoll, RollFrozen, NothingToUndo: see undo_import.

    """
    undo_import(session, election_id=election_id, now=now)
    record_event(
        session, at=now, actor=actor, kind="roll-import-undone", subject=election_id
    )
    announce_draft(session, settings, election_id=election_id, now=now)
