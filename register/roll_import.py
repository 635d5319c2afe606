"""Import a roll file: all of it or nothing, and the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infra.keystore import DataKey, Keystore
from register.persons import EntryId, Person, digest_source, open_person
from register.roll import DRAFT_LIFETIME, RollRefused, lock_roll, require_draft
from register.roll_findings import RollRow
from register.roll_shelf import (
    Compared,
    chunks_of,
    clear_shelf,
    compare_chunk,
    count_missing,
    lay_up,
    put_on_roll,
    read_missing,
    take_place,
)
from register.roll_tables import Shelf
from register.rollfile import RollPreview
from register.tables import Roll, RollEntry

REMOVED_SHOWN: Final = 200
"""Members who would go that a difference names; all are counted."""


class NothingToUndo(RollRefused):
    """Nothing was imported, or it was undone or frozen already."""


@dataclass(frozen=True, slots=True)
class RollDifference:
    """What an import changes of the roll that is there."""

    added_lines: tuple[int, ...]
    """Lines of the file with members who were not on the roll."""

    changed_lines: tuple[int, ...]
    """Lines of the file with other names, addresses or groups than before."""

    unchanged: int
    removed_count: int
    removed: tuple[Person, ...] = field(repr=False)
    """Members of the roll who are not in the file, the first 200."""

    @property
    def is_empty(self) -> bool:
        """Tell whether the file holds what the roll holds."""
        return not (self.added_lines or self.changed_lines or self.removed_count)


class DifferenceTally:
    """Counts what rows change while they are compared, chunk by chunk."""

    def __init__(self) -> None:
        self._added: list[int] = []
        self._changed: list[int] = []
        self._unchanged = 0

    def count(self, compared: Iterable[Compared]) -> None:
        """Take in a chunk."""
        for each in compared:
            if each.there is None:
                self._added.append(each.row.line)
            elif each.is_changed:
                self._changed.append(each.row.line)
            else:
                self._unchanged += 1

    def difference(
        self, removed_count: int, removed: Iterable[Person]
    ) -> RollDifference:
        """Return what was counted, with those who would go."""
        return RollDifference(
            tuple(self._added),
            tuple(self._changed),
            self._unchanged,
            removed_count,
            tuple(removed),
        )


def compare_roll(
    session: Session, keystore: Keystore, election_id: str, preview: RollPreview
) -> RollDifference:
    """Return what importing a file would change; changes nothing.

    Raises:
        UnknownRoll: there is no roll.
        RollFrozen: it is past its draft.
        RollHasErrors: the file has errors.

    """
    rows = preview.require_clean()
    roll = require_draft(session, election_id)
    key = keystore.read_key(roll.key_id)
    tally, found = DifferenceTally(), set[bytes]()
    for chunk in chunks_of(rows):
        compared = compare_chunk(session, key, election_id, chunk)
        tally.count(compared)
        found.update(each.digest for each in compared if each.there)
    return tally.difference(*_not_found(session, key, election_id, found))


def import_roll(
    session: Session,
    keystore: Keystore,
    *,
    election_id: str,
    preview: RollPreview,
    source: bytes,
    now: datetime,
) -> RollDifference:
    """Make the roll what the file says; a file that says the same changes no row.

    A member who stays keeps id and salt. `source` is the file's bytes, of which a
    keyed digest is kept.

    Raises:
        UnknownRoll: there is no roll.
        RollFrozen: it is past its draft.
        RollHasErrors: the file has errors; nothing is half-imported.

    """
    rows = preview.require_clean()
    lock_roll(session, election_id)
    roll = require_draft(session, election_id)
    key = keystore.read_key(roll.key_id)
    clear_shelf(session, election_id, Shelf.COMING)
    tally = DifferenceTally()
    for chunk in chunks_of(rows):
        lay_up_chunk(session, key, election_id, chunk, tally)
    difference = shelved_difference(session, key, election_id, tally)
    settle_import(
        session,
        roll,
        source_digest=digest_source(key, source),
        is_empty=difference.is_empty,
        now=now,
    )
    return difference


def lay_up_chunk(
    session: Session,
    key: DataKey,
    election_id: str,
    rows: list[RollRow],
    tally: DifferenceTally,
) -> None:
    """Compare at most `CHUNK` rows with the roll, count them, and lay them up."""
    compared = compare_chunk(session, key, election_id, rows)
    lay_up(session, key, election_id, compared)
    tally.count(compared)


def shelved_difference(
    session: Session, key: DataKey, election_id: str, tally: DifferenceTally
) -> RollDifference:
    """Return what the rows that were laid up would change."""
    missing = read_missing(session, key, election_id, REMOVED_SHOWN)
    return tally.difference(count_missing(session, election_id), missing)


def settle_import(
    session: Session,
    roll: Roll,
    *,
    source_digest: bytes,
    is_empty: bool,
    now: datetime,
) -> None:
    """Let the rows that were laid up take effect, unless they change nothing.

    `source_digest`: 32 bytes, keyed, of the file.
    """
    if is_empty:
        clear_shelf(session, roll.election_id, Shelf.COMING)
        if roll.source_digest == source_digest:
            return
    else:
        take_place(session, roll.election_id)
        roll.can_undo = True
    roll.source_digest = source_digest
    _touch(session, roll, now)


def undo_import(session: Session, *, election_id: str, now: datetime) -> None:
    """Make the roll what it was before the latest import.

    Raises:
        UnknownRoll, RollFrozen: see import_roll.
        NothingToUndo: see there.

    """
    lock_roll(session, election_id)
    roll = require_draft(session, election_id)
    if not roll.can_undo:
        raise NothingToUndo
    clear_shelf(session, election_id, Shelf.COMING)
    put_on_roll(session, election_id, Shelf.BEFORE)
    roll.can_undo = False
    roll.source_digest = None
    _touch(session, roll, now)


def _touch(session: Session, roll: Roll, now: datetime) -> None:
    roll.last_activity = now
    roll.last_date = now + DRAFT_LIFETIME
    session.flush()


def _not_found(
    session: Session, key: DataKey, election_id: str, found: set[bytes]
) -> tuple[int, list[Person]]:
    on_roll = RollEntry.election_id == election_id
    count = session.scalars(select(func.count()).where(on_roll)).one() - len(found)
    removed: list[Person] = []
    if not count:
        return 0, removed
    query = select(RollEntry.member_digest, RollEntry.id, RollEntry.sealed_person)
    entries = session.execute(query.where(on_roll).order_by(RollEntry.id))
    for digest, entry_id, sealed in entries:
        if digest not in found and len(removed) < REMOVED_SHOWN:
            removed.append(open_person(key, EntryId(entry_id), sealed))
    return count, removed
