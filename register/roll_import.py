"""Import a roll file: all of it or nothing, and the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from infra.keystore import DataKey, Keystore
from register.persons import (
    EntryId,
    Person,
    digest_member,
    digest_source,
    draw_entry_id,
    open_person,
    person_of,
    reach_columns,
    seal_new_salt,
    seal_person,
)
from register.roll import DRAFT_LIFETIME, lock_roll, require_draft
from register.roll_findings import RollRow
from register.roll_phases import Channel
from register.rollfile import RollPreview
from register.tables import RollEntry, VoterGroup

_CHUNK: Final = 5_000
"""Rows in one statement: bounds what is held in memory twice."""


@dataclass(frozen=True, slots=True)
class RollDifference:
    """What an import changes of the roll that is there."""

    added_lines: tuple[int, ...]
    """Lines of the file with members who were not on the roll."""

    changed_lines: tuple[int, ...]
    """Lines of the file with other names, addresses or groups than before."""

    unchanged: int
    removed: tuple[Person, ...] = field(repr=False)
    """Members of the roll who are not in the file."""

    @property
    def is_empty(self) -> bool:
        """Tell whether the file holds what the roll holds."""
        return not (self.added_lines or self.changed_lines or self.removed)


@dataclass(frozen=True, slots=True)
class _Present:
    """An entry as it stands, opened to be compared."""

    entry_id: EntryId
    sealed_person: bytes
    sealed_salt: bytes
    group: str
    person: Person


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
    found = _digests(key, rows)
    return _difference(_present(session, key, election_id), found)


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
    present = _present(session, key, election_id)
    found = _digests(key, rows)
    difference = _difference(present, found)
    source_digest = digest_source(key, source)
    if difference.is_empty and roll.source_digest == source_digest:
        return difference
    if not difference.is_empty:
        labels = [group.label for group in preview.groups]
        _replace(session, election_id, labels, _new_rows(key, labels, present, found))
    roll.source_digest = source_digest
    roll.last_activity = now
    roll.last_date = now + DRAFT_LIFETIME
    session.flush()
    return difference


def _digests(key: DataKey, rows: Iterable[RollRow]) -> dict[bytes, RollRow]:
    return {digest_member(key, row.member_number): row for row in rows}


def _present(session: Session, key: DataKey, election_id: str) -> dict[bytes, _Present]:
    entries = session.execute(
        select(
            RollEntry.member_digest,
            RollEntry.id,
            RollEntry.sealed_person,
            RollEntry.sealed_salt,
            VoterGroup.label,
        )
        .join(
            VoterGroup,
            (VoterGroup.election_id == RollEntry.election_id)
            & (VoterGroup.index == RollEntry.group_index),
        )
        .where(RollEntry.election_id == election_id)
    )
    return {
        digest: _Present(
            EntryId(entry_id),
            sealed_person,
            sealed_salt,
            label,
            open_person(key, EntryId(entry_id), sealed_person),
        )
        for digest, entry_id, sealed_person, sealed_salt, label in entries
    }


def _is_same(present: _Present, row: RollRow) -> bool:
    return present.group == row.group and present.person == person_of(row)


def _difference(
    present: Mapping[bytes, _Present], found: Mapping[bytes, RollRow]
) -> RollDifference:
    added, changed = [], []
    for digest, row in found.items():
        there = present.get(digest)
        if there is None:
            added.append(row.line)
        elif not _is_same(there, row):
            changed.append(row.line)
    removed = [there.person for digest, there in present.items() if digest not in found]
    return RollDifference(
        tuple(added),
        tuple(changed),
        len(found) - len(added) - len(changed),
        tuple(removed),
    )


def _new_rows(
    key: DataKey,
    labels: Sequence[str],
    present: Mapping[bytes, _Present],
    found: Mapping[bytes, RollRow],
) -> Iterator[dict[str, object]]:
    index = {label: number for number, label in enumerate(labels)}
    # In the order of the digests: the file's own order tells nothing afterwards.
    for digest in sorted(found):
        row, there = found[digest], present.get(digest)
        entry_id = there.entry_id if there else draw_entry_id()
        person = person_of(row)
        kept = there is not None and there.person == person
        yield {
            "id": entry_id,
            "group_index": index[row.group],
            "member_digest": digest,
            **reach_columns(key, person),
            "sealed_person": there.sealed_person
            if there and kept
            else seal_person(key, entry_id, person),
            "sealed_salt": there.sealed_salt if there else seal_new_salt(key, entry_id),
            "channel": Channel.DIGITAL,
            "added_late": False,
        }


def _replace(
    session: Session,
    election_id: str,
    labels: Sequence[str],
    rows: Iterator[dict[str, object]],
) -> None:
    # While a roll is a draft nothing refers to its entries, so they are all written
    # anew: groups are then numbered without gaps, as the manifest wants them.
    session.execute(delete(RollEntry).where(RollEntry.election_id == election_id))
    session.execute(delete(VoterGroup).where(VoterGroup.election_id == election_id))
    groups = [
        {"election_id": election_id, "index": index, "label": label}
        for index, label in enumerate(labels)
    ]
    session.execute(insert(VoterGroup), groups)
    while chunk := list(islice(rows, _CHUNK)):
        for row in chunk:
            row["election_id"] = election_id
        session.execute(insert(RollEntry), chunk)
