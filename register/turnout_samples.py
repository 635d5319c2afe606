"""Samples to telephone: drawn by a seed that can be used again, and all on record."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.keystore import DataKey
from register.resends import By
from register.roll import RollRefused, lock_roll
from register.tables import RollEntry
from register.turnout import (
    NamedMark,
    is_marked,
    read_names,
    require_names,
    select_named,
)
from register.turnout_sampling import LARGEST_SAMPLE, draw_numbers
from register.turnout_tables import Among, TurnoutSample

LONGEST_SEED: Final = 100
_SEED_BYTES: Final = 16


class SampleRefused(RollRefused):
    """No sample is drawn; see the subclasses."""


class SampleSize(SampleRefused):
    """A sample is of 1 to 500 members, and not of more than there are."""


class SeedMalformed(SampleRefused):
    """A seed is one line of 1 to 100 characters."""


class UnknownSample(SampleRefused):
    """No sample of this number was drawn."""


@dataclass(frozen=True, slots=True)
class DrawnMember:
    """One member of a sample, with the number that was drawn."""

    number: int
    member: NamedMark


def draw_sample(
    session: Session,
    *,
    election_id: str,
    size: int,
    among: Among,
    seed: str,
    actor: str,
    now: datetime,
) -> int:
    """Draw a sample and keep how; return its number. An empty seed is drawn here.

    Raises:
        UnknownRoll, NamesSealed, SampleSize, SeedMalformed: see there.

    """
    lock_roll(session, election_id)
    require_names(session, election_id)
    chosen = " ".join(seed.split()) or secrets.token_hex(_SEED_BYTES)
    if len(chosen) > LONGEST_SEED or not chosen.isprintable():
        raise SeedMalformed
    population = _count(session, election_id, among)
    if not 1 <= size <= min(population, LARGEST_SAMPLE):
        raise SampleSize
    number = len(list_samples(session, election_id)) + 1
    session.add(
        TurnoutSample(
            election_id=election_id,
            number=number,
            seed=chosen,
            among=among,
            size=size,
            population=population,
            drawn_by=actor,
            drawn_at=now,
        )
    )
    session.flush()
    record_event(
        session,
        at=now,
        actor=actor,
        kind="turnout-sample-drawn",
        subject=election_id,
        content={
            "among": among.value,
            "number": number,
            "population": population,
            "seed": chosen,
            "size": size,
        },
    )
    return number


def list_samples(session: Session, election_id: str) -> list[TurnoutSample]:
    """Return every sample of an election, the first one first."""
    query = select(TurnoutSample).where(TurnoutSample.election_id == election_id)
    return list(session.scalars(query.order_by(TurnoutSample.number)))


def read_sample(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    number: int,
    by: By,
) -> tuple[TurnoutSample, tuple[DrawnMember, ...]]:
    """Return a sample with its members, drawn again, and note that it was read.

    Raises:
        UnknownRoll, NamesSealed, UnknownSample, ReasonNeeded: see there.

    """
    reason = by.require_reason()
    require_names(session, election_id)
    sample = session.get(TurnoutSample, (election_id, number))
    if sample is None:
        raise UnknownSample
    numbers = draw_numbers(sample.seed, sample.size, sample.population)
    ids = list(session.scalars(_population(election_id, Among(sample.among))))
    chosen = RollEntry.id.in_([ids[place - 1] for place in numbers])
    named = read_names(session, key, select_named(election_id).where(chosen))
    record_event(
        session,
        at=by.now,
        actor=by.actor,
        kind="turnout-sample-read",
        subject=election_id,
        content={
            "entries": [each.entry_id.hex() for each in named],
            "number": number,
            "reason": reason,
        },
    )
    drawn = zip(numbers, named, strict=True)
    return sample, tuple(DrawnMember(place, member) for place, member in drawn)


def _where(election_id: str, among: Among) -> tuple[ColumnElement[bool], ...]:
    on_roll = RollEntry.election_id == election_id
    return (on_roll, is_marked()) if among == Among.MARKED else (on_roll,)


def _count(session: Session, election_id: str, among: Among) -> int:
    query = select(func.count()).select_from(RollEntry)
    return session.scalars(query.where(*_where(election_id, among))).one()


def _population(election_id: str, among: Among) -> Select[bytes]:
    query = select(RollEntry.id).where(*_where(election_id, among))
    return query.order_by(RollEntry.id)
