"""Rows beside the roll: those of a checked file, and those that it replaced.

A file is laid up a chunk at a time, each in a transaction of its own if need be, and
takes the roll's place in one; so neither memory nor the time that others wait grows
with the file. Rows are copied in the order of entry ids, which are random: the order
of the file is nowhere afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import delete, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from infra.keystore import DataKey
from register.persons import (
    EntryId,
    Person,
    digest_member,
    draw_entry_id,
    open_person,
    person_of,
    reach_columns,
    seal_new_salt,
    seal_person,
)
from register.roll_comparison import label_order
from register.roll_findings import RollRow
from register.roll_phases import Channel
from register.roll_tables import Shelf, ShelvedEntry
from register.tables import RollEntry, VoterGroup

CHUNK: Final = 2_000
"""Rows in one statement."""

_Each = TypeVar("_Each")

_COPIED: Final = (
    *("id", "election_id", "member_digest", "email_digest", "sealed_person"),
    *("sealed_salt", "preferred", "has_mobile", "has_postal"),
)


@dataclass(frozen=True, slots=True)
class Present:
    """An entry as it stands, opened to be compared."""

    entry_id: EntryId
    sealed_person: bytes
    sealed_salt: bytes
    group: str
    person: Person


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of a file beside the entry of the same member, if there is one."""

    row: RollRow
    digest: bytes
    there: Present | None

    @property
    def is_changed(self) -> bool:
        """Tell whether the member is there with another name, address or group."""
        there = self.there
        return there is not None and (
            there.group != self.row.group or there.person != person_of(self.row)
        )


def chunks_of(rows: Iterable[_Each], size: int = CHUNK) -> Iterator[list[_Each]]:
    """Yield what comes in lists of at most `size`."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def compare_chunk(
    session: Session, key: DataKey, election_id: str, rows: Sequence[RollRow]
) -> list[Compared]:
    """Set at most `CHUNK` rows beside the roll as it is."""
    digests = [digest_member(key, row.member_number) for row in rows]
    present = _present(session, key, election_id, digests)
    return [
        Compared(row, digest, present.get(digest))
        for row, digest in zip(rows, digests, strict=True)
    ]


def lay_up(
    session: Session, key: DataKey, election_id: str, compared: Iterable[Compared]
) -> None:
    """Lay rows on the shelf of what is coming; who is on the roll keeps id and salt."""
    values = [
        {**_shelved(key, each), "election_id": election_id, "shelf": Shelf.COMING}
        for each in compared
    ]
    session.execute(insert(ShelvedEntry), values)


def clear_shelf(session: Session, election_id: str, shelf: Shelf) -> None:
    """Take everything off a shelf."""
    session.execute(
        delete(ShelvedEntry).where(
            ShelvedEntry.election_id == election_id, ShelvedEntry.shelf == shelf
        )
    )


def count_missing(session: Session, election_id: str) -> int:
    """Return how many members of the roll are not on the shelf of what is coming."""
    query = select(func.count()).select_from(RollEntry)
    return session.scalars(query.where(*_missing(election_id))).one()


def read_missing(
    session: Session, key: DataKey, election_id: str, most: int
) -> tuple[Person, ...]:
    """Return the first of them, in the order of their ids."""
    query = select(RollEntry.id, RollEntry.sealed_person).where(*_missing(election_id))
    found = session.execute(query.order_by(RollEntry.id).limit(most))
    return tuple(open_person(key, EntryId(each.id), each[1]) for each in found)


def take_place(session: Session, election_id: str) -> None:
    """Let what is coming take the roll's place; what was there can be brought back."""
    clear_shelf(session, election_id, Shelf.BEFORE)
    columns = [RollEntry.__table__.c[name] for name in _COPIED]
    leaving = (
        select(*columns, VoterGroup.label, literal(str(Shelf.BEFORE)))
        .join(
            VoterGroup,
            (VoterGroup.election_id == RollEntry.election_id)
            & (VoterGroup.index == RollEntry.group_index),
        )
        .where(RollEntry.election_id == election_id)
        .order_by(RollEntry.id)
    )
    names = [*_COPIED, "group_label", "shelf"]
    session.execute(insert(ShelvedEntry).from_select(names, leaving))
    put_on_roll(session, election_id, Shelf.COMING)


def put_on_roll(session: Session, election_id: str, shelf: Shelf) -> None:
    """Make the roll what lies on a shelf, and clear the shelf.

    While a roll is a draft nothing refers to its entries, so they are all written
    anew: groups are then numbered without gaps, as the manifest wants them.
    """
    session.execute(delete(RollEntry).where(RollEntry.election_id == election_id))
    session.execute(delete(VoterGroup).where(VoterGroup.election_id == election_id))
    lying = (ShelvedEntry.election_id == election_id, ShelvedEntry.shelf == shelf)
    labels = session.scalars(select(ShelvedEntry.group_label).where(*lying).distinct())
    groups = [
        {"election_id": election_id, "index": index, "label": label}
        for index, label in enumerate(sorted(labels, key=label_order))
    ]
    if groups:
        session.execute(insert(VoterGroup), groups)
    columns = [ShelvedEntry.__table__.c[name] for name in _COPIED]
    coming = (
        select(
            *columns,
            VoterGroup.index,
            literal(str(Channel.DIGITAL)),
            literal(value=False),
        )
        .join(
            VoterGroup,
            (VoterGroup.election_id == ShelvedEntry.election_id)
            & (VoterGroup.label == ShelvedEntry.group_label),
        )
        .where(*lying)
        .order_by(ShelvedEntry.id)
    )
    names = [*_COPIED, "group_index", "channel", "added_late"]
    session.execute(insert(RollEntry).from_select(names, coming))
    clear_shelf(session, election_id, shelf)
    session.expire_all()


def _missing(election_id: str) -> tuple[Any, ...]:
    coming = exists().where(
        ShelvedEntry.election_id == election_id,
        ShelvedEntry.shelf == Shelf.COMING,
        ShelvedEntry.member_digest == RollEntry.member_digest,
    )
    return RollEntry.election_id == election_id, ~coming


def _present(
    session: Session, key: DataKey, election_id: str, digests: Sequence[bytes]
) -> Mapping[bytes, Present]:
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
        .where(
            RollEntry.election_id == election_id, RollEntry.member_digest.in_(digests)
        )
    )
    return {
        digest: Present(
            EntryId(entry_id),
            sealed_person,
            sealed_salt,
            label,
            open_person(key, EntryId(entry_id), sealed_person),
        )
        for digest, entry_id, sealed_person, sealed_salt, label in entries
    }


def _shelved(key: DataKey, compared: Compared) -> dict[str, object]:
    row, there = compared.row, compared.there
    entry_id = there.entry_id if there else draw_entry_id()
    person = person_of(row)
    kept = there is not None and there.person == person
    return {
        "id": entry_id,
        "group_label": row.group,
        "member_digest": compared.digest,
        **reach_columns(key, person),
        "sealed_person": there.sealed_person
        if there and kept
        else seal_person(key, entry_id, person),
        "sealed_salt": there.sealed_salt if there else seal_new_salt(key, entry_id),
    }
