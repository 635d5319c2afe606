"""The protocol as people read it: every number of it, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crypto.encoding import decode_json
from voting.contests import Contest
from voting.decision import Decision
from voting.documents import Fields, Item, read_document, read_integer, read_object
from voting.manifest_model import Manifest
from voting.presenting.discrepancy_words import DiscrepancyWords, explain_discrepancy
from voting.presenting.manifest_review import risk_words
from voting.presenting.paper_words import slot_labels
from voting.presenting.rule_words import (
    grounds_sentence,
    outcome_sentence,
    rule_sentences,
)
from voting.protocol_document import FORMAT
from voting.reconciliation import Discrepancy, DiscrepancyKind
from voting.tally import BoardHead, read_head

LARGEST_PROTOCOL = 64 * 1024 * 1024
_FIELDS = (
    "accepted_risks",
    "additions",
    "checkpoint",
    "closed_at",
    "contests",
    "discrepancies",
    "files",
    "fingerprint",
    "groups",
    "opened_at",
    "schedules",
    "tally",
    "title",
    "turnout",
    "units",
)


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """The votes of one choice."""

    label: str
    digital: int
    paper: int
    total: int
    is_blank: bool


@dataclass(frozen=True, slots=True)
class ContestPart:
    """The result of one contest."""

    contest: Contest
    rows: tuple[ChoiceRow, ...]
    voted: int
    entitled: int
    rule: tuple[str, ...]
    outcome: str
    grounds: str
    decision: Decision | None
    sealed: int
    """Ballots that were too few to be opened."""

    @property
    def votes(self) -> int:
        """All votes, blank ones too."""
        return sum(row.total for row in self.rows)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The numbers of one voter group."""

    label: str
    entitled: int
    marks: int
    paper_marks: int
    ballots: int
    paper_ballots: int


@dataclass(frozen=True, slots=True)
class UnitPart:
    """Groups that were counted together, with their digital votes.

    Without contests: too few ballots, whose sum was never opened.
    """

    groups: tuple[str, ...]
    ballots: int
    style: int
    contests: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]

    @property
    def is_opened(self) -> bool:
        """Tell whether the sum was opened."""
        return bool(self.contests)


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule of the election; number 0 is the first."""

    number: int
    closes_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """All parts of the protocol."""

    title: str
    opened_at: datetime
    closed_at: datetime
    voted: int
    entitled: int
    contests: tuple[ContestPart, ...]
    groups: tuple[GroupRow, ...]
    units: tuple[UnitPart, ...]
    discrepancies: tuple[DiscrepancyWords, ...]
    additions: tuple[tuple[str, str], ...]
    """Label of the group, and the reason."""
    schedules: tuple[ScheduleRow, ...]
    risks: tuple[str, ...]
    head: BoardHead
    fingerprint: str
    tally: str

    @property
    def has_paper(self) -> bool:
        """Tell whether anybody voted on paper."""
        return any(row.paper_ballots or row.paper_marks for row in self.groups)


def read_protocol(encoded: bytes, manifest: Manifest) -> ProtocolPage:
    """Return the page of a protocol (docs/protocol.md §4.11).

    Raises:
        NonCanonicalEncoding, DocumentRefused: it is none.

    """
    value = decode_json(encoded, limit=LARGEST_PROTOCOL)
    fields = read_document(value, FORMAT, _FIELDS)
    turnout = read_object(fields.of("turnout"), ("entitled", "voted"))
    units = tuple(_unit(manifest, each) for each in fields.array("units"))
    return ProtocolPage(
        title=fields.text("title"),
        opened_at=fields.time("opened_at"),
        closed_at=fields.time("closed_at"),
        voted=turnout.integer("voted", 0),
        entitled=turnout.integer("entitled", 0),
        contests=tuple(
            _contest(manifest, each, units) for each in fields.array("contests")
        ),
        groups=tuple(_group(manifest, each) for each in fields.array("groups")),
        units=units,
        discrepancies=tuple(
            _discrepancy(manifest, each) for each in fields.array("discrepancies")
        ),
        additions=tuple(
            _addition(manifest, each) for each in fields.array("additions")
        ),
        schedules=tuple(_schedule(each) for each in fields.array("schedules")),
        risks=tuple(map(risk_words, manifest.accepted_risks)),
        head=read_head(fields),
        fingerprint=fields.hexadecimal("fingerprint").hex(),
        tally=fields.hexadecimal("tally").hex(),
    )


def _contest(manifest: Manifest, item: Item, units: Sequence[UnitPart]) -> ContestPart:
    fields = item.fields(
        "decision", "entitled", "index", "paper", "slots", "total", "voted"
    )
    contest = manifest.contests[fields.integer("index", 0)]
    digital, paper, total = (
        fields.integers(name, 0, LARGEST_PROTOCOL)
        for name in ("slots", "paper", "total")
    )
    labels = slot_labels(contest)
    rows = tuple(
        ChoiceRow(label, in_box, on_paper, both, place == len(contest.choices))
        for place, (label, in_box, on_paper, both) in enumerate(
            zip(labels, digital, paper, total, strict=True)
        )
    )
    decision, rule = _decision(fields), contest.decision
    voted, entitled = fields.integer("voted", 0), fields.integer("entitled", 0)
    sealed = sum(
        unit.ballots
        for unit in units
        if not unit.is_opened and contest.index in manifest.styles[unit.style].contests
    )
    return ContestPart(
        contest=contest,
        rows=rows,
        voted=voted,
        entitled=entitled,
        rule=tuple(rule_sentences(rule, contest.choices)) if rule else (),
        outcome=outcome_sentence(contest, decision),
        grounds=grounds_sentence(contest, total, voted, entitled),
        decision=decision,
        sealed=sealed,
    )


def _decision(contest: Fields) -> Decision | None:
    value = contest.of("decision")
    if value is None:
        return None
    fields = read_object(value, ("adopted", "binding", "tie"))
    return Decision(fields.flag("adopted"), fields.flag("binding"), fields.flag("tie"))


def _group(manifest: Manifest, item: Item) -> GroupRow:
    fields = item.fields(
        "ballots", "entitled", "index", "marks", "paper_ballots", "paper_marks"
    )
    return GroupRow(
        label=manifest.groups[fields.integer("index", 0)].label,
        entitled=fields.integer("entitled", 0),
        marks=fields.integer("marks", 0),
        paper_marks=fields.integer("paper_marks", 0),
        ballots=fields.integer("ballots", 0),
        paper_ballots=fields.integer("paper_ballots", 0),
    )


def _unit(manifest: Manifest, item: Item) -> UnitPart:
    fields = item.fields("ballots", "contests", "groups", "style")
    style = fields.integer("style", 0, len(manifest.styles) - 1)
    totals = fields.array("contests")
    contests = manifest.contests_of_style(style) if totals else ()
    groups = fields.integers("groups", 0, len(manifest.groups) - 1)
    return UnitPart(
        groups=tuple(manifest.groups[index].label for index in groups),
        ballots=fields.integer("ballots", 0),
        style=style,
        contests=tuple(
            (
                contest.title,
                tuple(zip(slot_labels(contest), _slots(each), strict=True)),
            )
            for contest, each in zip(contests, totals, strict=True)
        ),
    )


def _slots(item: Item) -> tuple[int, ...]:
    if not isinstance(item.value, list):
        return ()
    return tuple(
        read_integer(item.path, each, 0, LARGEST_PROTOCOL) for each in item.value
    )


def _discrepancy(manifest: Manifest, item: Item) -> DiscrepancyWords:
    fields = item.fields("group", "kind", "number")
    group = fields.integer("group", 0, len(manifest.groups) - 1)
    kind = fields.one_of("kind", DiscrepancyKind)
    found = Discrepancy(group, kind, fields.integer("number", 1))
    return explain_discrepancy(found, manifest.groups[group].label)


def _addition(manifest: Manifest, item: Item) -> tuple[str, str]:
    fields = item.fields("group", "number", "reason")
    group = fields.integer("group", 0, len(manifest.groups) - 1)
    return manifest.groups[group].label, fields.text("reason")


def _schedule(item: Item) -> ScheduleRow:
    fields = item.fields("closes_at", "number", "opens_at", "reason")
    return ScheduleRow(
        fields.integer("number", 0), fields.time("closes_at"), fields.text("reason")
    )
