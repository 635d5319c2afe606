"""What an official does to a roll: look at a file's effect, and let it take effect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.config import Settings
from infra.keystore import Keystore
from register.freezing import announce_draft
from register.roll_import import RollDifference, import_roll
from register.rollfile import RollPreview


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
    record_event(
        session,
        at=now,
        actor=actor,
        kind="roll-imported",
        subject=election_id,
        content={
            "added": len(difference.added_lines),
            "changed": len(difference.changed_lines),
            "members": len(preview.rows),
            "removed": difference.removed_count,
        },
    )
    announce_draft(session, settings, election_id=election_id, now=now)
    return difference
