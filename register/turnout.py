"""Who has used the right to vote: while open in totals alone, after closing by name.

Every reading of names is an event of the register's audit chain, with the entries that
were shown; so is every sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.keystore import DataKey
from register.hours import STEP, shown_turnout
from register.marks import MarkState, count_marks
from register.persons import (
    EntryId,
    Person,
    digest_address,
    digest_member,
    open_person,
)
from register.resends import By
from register.roll import RollRefused, count_entries, require_roll
from register.roll_phases import Channel, RollKind, RollPhase
from register.survey_rolls import counts_by_group, survey_roll_of
from register.tables import Mark, MarkInIntake, Roll, RollEntry, VoterGroup

PAGE_SIZE: Final = 50
MOST_SCANNED: Final = 50_000
"""Entries that are opened to find a name: more would keep everybody waiting."""

MarkFilter = Literal["all", "digital", "paper", "none"]
FILTERS: Final[tuple[MarkFilter, ...]] = ("all", "digital", "paper", "none")


class NamesSealed(RollRefused):
    """Nobody lists names while marks are still set; nor when the members are gone."""


class TooManyToSearch(RollRefused):
    """A name is looked for in so many entries only: choose a voter group first."""


class NotYourGroup(RollRefused):
    """The official reads about other voter groups than this."""


@dataclass(frozen=True, slots=True)
class GroupTurnout:
    """How far a voter group has come; while marks are set in steps of 20."""

    index: int
    label: str
    entitled: int
    digital: int
    paper: int
    ballots: int | None
    """In the box, as the service told at closing."""

    @property
    def unfinished(self) -> int | None:
        """How many took out the right and have no ballot in the box."""
        return None if self.ballots is None else self.digital - self.ballots

    @property
    def is_excess(self) -> bool:
        """Tell whether the box holds more ballots than the roll has marks."""
        return self.ballots is not None and self.ballots > self.digital


@dataclass(frozen=True, slots=True)
class Turnout:
    """What may be seen of an election's turnout now."""

    is_final: bool
    has_names: bool
    groups: tuple[GroupTurnout, ...]
    hours: tuple[tuple[int, int], ...]
    """Hours since 1970 and rights taken out, in steps of 20."""

    total: int
    """Marks of both channels; while marks are set in steps of 20."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which names are asked for."""

    groups: frozenset[int]
    """Voter groups; those the official may read about, or some of them."""

    marks: MarkFilter = "all"
    search: str = field(default="", repr=False)
    page: int = 1


@dataclass(frozen=True, slots=True)
class NamedMark:
    """One member with the mark."""

    entry_id: bytes
    person: Person
    group_label: str
    mark: MarkState
    added_late: bool


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of names."""

    rows: tuple[NamedMark, ...]
    found: int
    page: int
    pages: int


def read_turnout(
    session: Session, election_id: str, groups: frozenset[int] | None = None
) -> Turnout:
    """Return totals; `groups` narrows them to some voter groups, None is all.

    Of a survey whose answers bear no voter group there are no groups here either.

    Raises:
        UnknownRoll.
        NotYourGroup: `groups` are given, and nothing is counted by them.

    """
    roll = require_roll(session, election_id)
    is_final = roll.closed_at is not None
    found = _count_groups(session, roll, is_final=is_final)
    mine = tuple(each for each in found if groups is None or each.index in groups)
    if groups and not mine:
        raise NotYourGroup
    total = _total(session, roll)
    return Turnout(
        is_final=is_final,
        has_names=_has_names(roll),
        groups=mine,
        hours=shown_turnout(session, election_id),
        total=total if is_final else total // STEP * STEP,
    )


def require_names(session: Session, election_id: str) -> Roll:
    """Return a roll whose names and marks may be listed.

    Raises:
        NamesSealed: see there.
        UnknownRoll.

    """
    roll = require_roll(session, election_id)
    if not _has_names(roll):
        raise NamesSealed
    return roll


def list_names(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    wanted: Wanted,
    by: By,
) -> NamedPage:
    """Return a page of names with marks, and put on record who read which, and why.

    A search is for a whole member number or mail address, or for a part of a name.

    Raises:
        UnknownRoll, NamesSealed, TooManyToSearch, ReasonNeeded: see there.

    """
    reason = by.require_reason()
    require_names(session, election_id)
    page = _find(session, key, election_id, wanted)
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="turnout-read",
        subject=election_id,
        content={
            "entries": [row.entry_id.hex() for row in page.rows],
            "groups": sorted(wanted.groups),
            "marks": wanted.marks,
            "page": page.page,
            "reason": reason,
            "searched": bool(wanted.search),
        },
    )
    return page


def read_names(
    session: Session, key: DataKey, query: Select[RollEntry, str, Any]
) -> tuple[NamedMark, ...]:
    """Open the entries that a query of `select_named` finds."""
    return tuple(
        NamedMark(
            entry.id,
            open_person(key, EntryId(entry.id), entry.sealed_person),
            label,
            mark,
            entry.added_late,
        )
        for entry, label, mark in session.execute(query)
    )


def select_named(election_id: str) -> Select[RollEntry, str, Any]:
    """Return the query for entries with group label and mark, in the roll's order."""
    mark = func.coalesce(
        select(Mark.channel).where(Mark.entry_id == RollEntry.id).scalar_subquery(),
        select(MarkInIntake.channel)
        .where(MarkInIntake.entry_id == RollEntry.id)
        .scalar_subquery(),
        "none",
    )
    query = select(RollEntry, VoterGroup.label, mark).join(
        VoterGroup,
        (VoterGroup.election_id == RollEntry.election_id)
        & (VoterGroup.index == RollEntry.group_index),
    )
    return query.where(RollEntry.election_id == election_id).order_by(RollEntry.id)


def is_marked(channel: str | None = None) -> ColumnElement[bool]:
    """Return the condition that an entry is marked, by a channel or by any."""
    found = [
        exists().where(
            table.entry_id == RollEntry.id,
            *(() if channel is None else (table.channel == channel,)),
        )
        for table in (Mark, MarkInIntake)
    ]
    return found[0] | found[1]


def _has_names(roll: Roll) -> bool:
    # Of a survey nobody is shown who has answered: turnout is not checked by hand.
    if roll.kind == RollKind.SURVEY:
        return False
    return roll.closed_at is not None and roll.phase in {
        RollPhase.CLOSED,
        RollPhase.APPROVED,
    }


def _total(session: Session, roll: Roll) -> int:
    own = survey_roll_of(session, roll.election_id)
    if own is not None and own.marks is not None:
        return own.marks
    groups = _count_groups(session, roll, is_final=True)
    marks = count_marks(session, roll.election_id)
    kept = [each.digital + each.paper for each in groups]
    return sum(kept) if kept else sum(marks.digital) + sum(marks.paper)


def _count_groups(
    session: Session, roll: Roll, *, is_final: bool
) -> tuple[GroupTurnout, ...]:
    if not counts_by_group(session, roll.election_id):
        return ()
    groups = session.scalars(
        select(VoterGroup)
        .where(VoterGroup.election_id == roll.election_id)
        .order_by(VoterGroup.index)
    ).all()
    counts = count_marks(session, roll.election_id)
    totals = count_entries(session, roll.election_id)

    def shown(kept: int | None, counted: int) -> int:
        number = counted if kept is None else kept
        return number if is_final else number // STEP * STEP

    return tuple(
        GroupTurnout(
            each.index,
            each.label,
            total.entitled or each.entitled or 0,
            shown(each.digital_marks, digital),
            shown(each.paper_marks, paper),
            each.ballots,
        )
        for each, total, digital, paper in zip(
            groups, totals, counts.digital, counts.paper, strict=True
        )
    )


def _find(
    session: Session, key: DataKey, election_id: str, wanted: Wanted
) -> NamedPage:
    conditions = _conditions(wanted)
    digests = _digests(key, wanted.search)
    if digests:
        exact = (RollEntry.member_digest == digests[0]) | (
            RollEntry.email_digest == digests[1]
        )
        page = _page(session, key, election_id, [*conditions, exact], wanted.page)
        if page.found:
            return page
        ids = _search_names(session, key, election_id, conditions, wanted.search)
        conditions = [*conditions, RollEntry.id.in_(ids)]
    return _page(session, key, election_id, conditions, wanted.page)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        RollEntry.group_index.in_(sorted(wanted.groups))
    ]
    if wanted.marks == "none":
        conditions.append(~is_marked())
    elif wanted.marks != "all":
        conditions.append(is_marked(Channel(wanted.marks)))
    return conditions


def _digests(key: DataKey, search: str) -> tuple[bytes, bytes] | None:
    text = search.strip()
    return (digest_member(key, text), digest_address(key, text)) if text else None


def _search_names(
    session: Session,
    key: DataKey,
    election_id: str,
    conditions: Sequence[ColumnElement[bool]],
    search: str,
) -> list[bytes]:
    if _count(session, election_id, conditions) > MOST_SCANNED:
        raise TooManyToSearch
    words = search.casefold().split()
    query = select(RollEntry.id, RollEntry.sealed_person).where(
        RollEntry.election_id == election_id, *conditions
    )
    found = []
    for entry_id, sealed in session.execute(query):
        name = open_person(key, EntryId(entry_id), sealed).display_name.casefold()
        if all(word in name for word in words):
            found.append(entry_id)
    return found[: PAGE_SIZE * 10]


def _page(
    session: Session,
    key: DataKey,
    election_id: str,
    conditions: Sequence[ColumnElement[bool]],
    wanted: int,
) -> NamedPage:
    found = _count(session, election_id, conditions)
    pages = max(1, -(-found // PAGE_SIZE))
    page = min(max(wanted, 1), pages)
    query = select_named(election_id).where(*conditions)
    part = query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return NamedPage(read_names(session, key, part), found, page, pages)


def _count(
    session: Session, election_id: str, conditions: Sequence[ColumnElement[bool]]
) -> int:
    query = select(func.count()).select_from(RollEntry)
    on_roll = RollEntry.election_id == election_id
    return session.scalars(query.where(on_roll, *conditions)).one()
