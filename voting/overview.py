"""Where an election stands: read from the store for the officials' pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from infra.config import Settings
from voting.board import count_ballots
from voting.board_statements import Statements, read_statements
from voting.ceremony import ROUNDS, Ceremony, list_seats, load_ceremony
from voting.ceremony_disputes import Dispute
from voting.ceremony_memory import count_complaints
from voting.counting_room import count_state
from voting.documents import read_array, read_object
from voting.drafts import Draft
from voting.elections import draft_of, stored
from voting.long_work import WorkState, work_states
from voting.phases import Phase, is_sealed
from voting.proposals import OpenProposal, list_proposals
from voting.sealing import read_roll_totals
from voting.tables import Election, TokenEvidence

RETENTION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RollGroup:
    """A voter group of the roll and how many members it has."""

    label: str
    members: int


@dataclass(frozen=True, slots=True)
class Roll:
    """What the register has told of its roll; no person."""

    groups: tuple[RollGroup, ...]
    frozen: bool

    @property
    def members(self) -> int:
        """Members of all groups."""
        return sum(group.members for group in self.groups)

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups' labels, in order."""
        return tuple(group.label for group in self.groups)


@dataclass(frozen=True, slots=True)
class SeatProgress:
    """One holder, and which rounds of the ceremony are done."""

    index: int
    name: str
    official_id: str
    done: tuple[bool, ...]
    """By round, in the order of voting.ceremony.ROUNDS."""
    complaints: int = 0
    """Of shares, in all ceremonies of this election."""


@dataclass(frozen=True, slots=True)
class CeremonyProgress:
    """How far a committee has come."""

    seats: tuple[SeatProgress, ...]
    started: bool
    bad_share: tuple[str, str] | None
    """Names: over whose share there is an open dispute, and who complained."""
    disputes: tuple[Dispute, ...] = ()
    """All of them, settled or not, oldest first."""

    @property
    def is_complete(self) -> bool:
        """Tell whether everybody has rehearsed."""
        return self.started and not self.bad_share and self.round == len(ROUNDS)

    @property
    def round(self) -> int:
        """How many rounds everybody has done."""
        for place in range(len(ROUNDS)):
            if not self.seats or not all(seat.done[place] for seat in self.seats):
                return place
        return len(ROUNDS)

    @property
    def state(self) -> str:
        """Whatever a page of the ceremony must be drawn anew for, as one word."""
        rounds = ["".join("01"[done] for done in seat.done) for seat in self.seats]
        answers = [f"{each.dealer}{each.by}{each.right}" for each in self.disputes]
        return "-".join([str(self.started), *rounds, *answers])


@dataclass(frozen=True, slots=True)
class CountProgress:
    """How far the count has come."""

    marks_final: bool
    evidence: bool
    started: bool
    partials: tuple[int, ...]
    work: WorkState | None = None
    """What a worker is at, or was stopped at."""


@dataclass(frozen=True, slots=True)
class TurnoutHour:
    """How many rights were taken out in the hour from a time, in steps of 20."""

    begins: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the list of steps is made from."""

    id: str
    slug: str
    title: str
    phase: Phase
    draft: Draft
    opens_at: datetime
    closes_at: datetime
    roll: Roll | None
    ceremony: CeremonyProgress
    statements: Statements
    ballots: int
    count: CountProgress
    proposals: tuple[OpenProposal, ...]
    approved_at: datetime | None
    retention: timedelta
    shredded: bool
    turnout: tuple[TurnoutHour, ...]

    @property
    def is_sealed(self) -> bool:
        """Tell whether nothing of the manifest can change."""
        return is_sealed(self.phase)

    @property
    def last_ballot_at(self) -> datetime:
        """The end of the grace for rights taken out in time."""
        return self.closes_at + timedelta(seconds=self.draft.rules.grace_seconds)

    @property
    def held_until(self) -> datetime | None:
        """The latest hold of the shredding that two holders have signed."""
        ends = [
            read_hold(each)[0]
            for each in self.proposals
            if each.kind == "hold" and each.state == "signed"
        ]
        return max(ends, default=None)

    @property
    def shred_due(self) -> datetime | None:
        """When the roll is shredded, holds included; None before approval."""
        if self.approved_at is None:
            return None
        due = self.approved_at + self.retention
        return max(due, self.held_until or due)

    @property
    def count_state(self) -> str:
        """Whatever a page of the count must be drawn anew for, as one word."""
        count = self.count
        parts = [self.phase.value, *map(str, count.partials)]
        if count.started:
            parts.append("started")
        if count.work is not None:
            parts.append("stopped" if count.work.refusal else count.work.kind.value)
        return "-".join(parts)

    def proposals_of(self, kind: str) -> tuple[OpenProposal, ...]:
        """Return the proposals of one kind, oldest first."""
        return tuple(each for each in self.proposals if each.kind == kind)


def read_overview(session: Session, settings: Settings, election: Election) -> Overview:
    """Read where an election stands."""
    draft = draft_of(election)
    statements = read_statements(session, election.id)
    return Overview(
        id=election.id,
        slug=election.slug,
        title=election.title,
        phase=Phase(election.phase),
        draft=draft,
        opens_at=election.opens_at or draft.opens_at,
        closes_at=election.closes_at or draft.closes_at,
        roll=read_roll(election),
        ceremony=read_ceremony(session, election, draft.threshold),
        statements=statements,
        ballots=count_ballots(session, election.id),
        count=_read_count(session, election, statements),
        proposals=tuple(list_proposals(session, election.id)),
        approved_at=election.approved_at,
        retention=_retention(settings),
        shredded=election.certificate is not None,
        turnout=read_turnout(election),
    )


def read_roll(election: Election) -> Roll | None:
    """Return what the register has told of its roll, the frozen one if it is."""
    frozen, drafted = stored(election.roll_totals), stored(election.roll_draft)
    if frozen is not None:
        totals = read_roll_totals(frozen)
        groups = tuple(RollGroup(each.label, each.entitled) for each in totals.groups)
        return Roll(groups, frozen=True)
    if drafted is None:
        return None
    items = read_object(drafted, ("groups",)).array("groups", 0, 1_000)
    read = [item.fields("count", "label") for item in items]
    groups = tuple(
        RollGroup(each.text("label"), each.integer("count", 0)) for each in read
    )
    return Roll(groups, frozen=False)


def read_turnout(election: Election) -> tuple[TurnoutHour, ...]:
    """Return the totals over time that the register has told, if any."""
    hours = stored(election.turnout)
    if hours is None:
        return ()
    read = [item.fields("count", "hour") for item in read_array("turnout", hours)]
    return tuple(
        TurnoutHour(each.time("hour"), each.integer("count", 0)) for each in read
    )


def read_ceremony(
    session: Session, election: Election, threshold: int
) -> CeremonyProgress:
    """Return how far each holder has come."""
    if election.ceremony_id is None:
        seats = list_seats(session, election.id)
        nothing = (False,) * len(ROUNDS)
        return CeremonyProgress(
            tuple(
                SeatProgress(seat.index, seat.name, seat.official_id, nothing)
                for seat in seats
            ),
            started=False,
            bad_share=None,
        )
    complaints = count_complaints(session, election.id)
    return _progress_of(load_ceremony(session, election, threshold), complaints)


def count_unsigned(overview: Overview, seat: SeatProgress | None) -> int:
    """Return how many open proposals wait for the signature of a seat."""
    if seat is None:
        return 0
    return sum(
        each.state == "open" and seat.index not in each.signed_by
        for each in overview.proposals
    )


def read_hold(proposal: OpenProposal) -> tuple[datetime, str]:
    """Return until when a hold lasts, and why."""
    fields = read_object(proposal.document, ("reason", "until"))
    return fields.time("until"), fields.text("reason")


def read_deadline(proposal: OpenProposal) -> tuple[datetime, str]:
    """Return the closing time that is proposed, and why."""
    fields = read_object(proposal.document, ("closes_at", "reason"))
    return fields.time("closes_at"), fields.text("reason")


def _progress_of(ceremony: Ceremony, complaints: Mapping[str, int]) -> CeremonyProgress:
    names = {seat.index: seat.name for seat in ceremony.seats}
    posted = {kind: _posters(ceremony, kind) for kind in ROUNDS}
    seats = tuple(
        SeatProgress(
            seat.index,
            seat.name,
            seat.official_id,
            tuple(seat.index in posted[kind] for kind in ROUNDS),
            complaints.get(seat.official_id, 0),
        )
        for seat in ceremony.seats
    )
    stopped = ceremony.stopped
    return CeremonyProgress(
        seats,
        started=True,
        bad_share=None
        if stopped is None
        else (names[stopped.dealer], names[stopped.by]),
        disputes=ceremony.disputes,
    )


def _posters(ceremony: Ceremony, kind: str) -> set[int]:
    # A dealer posts all shares at once, so that the first tells of all.
    field = "dealer" if kind == "share" else "index"
    found: set[int] = set()
    for message in ceremony.messages[kind]:
        if isinstance(message, dict) and isinstance(message[field], int):
            found.add(message[field])
    return found


def _read_count(
    session: Session, election: Election, statements: Statements
) -> CountProgress:
    state = count_state(session, election.id)
    works = work_states(session, election.id).values()
    return CountProgress(
        marks_final=statements.marks is not None and statements.marks.final,
        evidence=session.get(TokenEvidence, election.id) is not None,
        started=state.tally is not None,
        partials=state.partials,
        work=next((each for each in works if not each.is_finished), None),
    )


def _retention(settings: Settings) -> timedelta:
    # As the register counts: shorter only where nobody real votes.
    seconds = settings.retention_seconds
    return RETENTION if seconds is None else timedelta(seconds=seconds)
