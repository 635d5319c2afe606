"""A joint result as people read it: the sum, and each union as far as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from voting.contests import Contest
from voting.decision import Decision
from voting.joint_result import JointResult, Part
from voting.presenting.paper_words import slot_labels
from voting.presenting.rule_words import (
    grounds_sentence,
    outcome_sentence,
    rule_sentences,
)


@dataclass(frozen=True, slots=True)
class UnionRow:
    """One union: its turnout, and what proves its numbers."""

    organisation: str
    title: str
    slug: str
    voted: int
    entitled: int
    sealed: int
    is_alone: bool
    fingerprint: str
    protocol: str
    record: str


@dataclass(frozen=True, slots=True)
class PartColumn:
    """Unions whose votes are shown as one sum."""

    name: str
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class JointContestPart:
    """The joint result of one contest."""

    contest: Contest
    labels: tuple[str, ...]
    total: tuple[int, ...]
    columns: tuple[PartColumn, ...]
    outcome: str
    grounds: str
    rule: tuple[str, ...]
    decision: Decision | None
    sealed: int

    @property
    def votes(self) -> int:
        """All votes, blank ones too."""
        return sum(self.total)


@dataclass(frozen=True, slots=True)
class JointPage:
    """All parts of the joint protocol."""

    voted: int
    entitled: int
    unions: tuple[UnionRow, ...]
    contests: tuple[JointContestPart, ...]
    joined: tuple[str, ...]
    """Names of unions that are shown together, each set as one text."""
    threshold: int
    practice: bool


def show_joint(result: JointResult) -> JointPage:
    """Return the page of a joint result, in the language in use."""
    first = result.unions[0].manifest
    names = [_name(result, part) for part in result.parts]
    return JointPage(
        voted=sum(each.turnout.voted for each in result.unions),
        entitled=sum(each.turnout.entitled for each in result.unions),
        unions=tuple(
            UnionRow(
                organisation=each.manifest.organisation,
                title=each.manifest.title,
                slug=each.manifest.slug,
                voted=each.turnout.voted,
                entitled=each.turnout.entitled,
                sealed=each.sealed,
                is_alone=result.is_shown_alone(place),
                fingerprint=each.fingerprint.hex(),
                protocol=each.protocol.hex(),
                record=each.record.hex(),
            )
            for place, each in enumerate(result.unions)
        ),
        contests=tuple(
            JointContestPart(
                contest=each.contest,
                labels=slot_labels(each.contest),
                total=each.total,
                columns=tuple(
                    PartColumn(name, part.votes[each.contest.index])
                    for name, part in zip(names, result.parts, strict=True)
                ),
                outcome=outcome_sentence(each.contest, each.decision),
                grounds=grounds_sentence(
                    each.contest,
                    each.total,
                    each.turnout.voted,
                    each.turnout.entitled,
                ),
                rule=tuple(rule_sentences(each.contest.decision, each.contest.choices))
                if each.contest.decision
                else (),
                decision=each.decision,
                sealed=each.sealed,
            )
            for each in result.contests
        ),
        joined=tuple(
            name
            for name, part in zip(names, result.parts, strict=True)
            if len(part.unions) > 1
        ),
        threshold=first.rules.suppression_threshold,
        practice=first.practice,
    )


def _name(result: JointResult, part: Part) -> str:
    return " + ".join(
        result.unions[place].manifest.organisation for place in part.unions
    )
