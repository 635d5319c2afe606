"""Changes to a draft that an organiser asks for by pressing something. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from voting.contests import Contest
from voting.decision import Base, DecisionRule
from voting.drafts import (
    FEWEST_HOLDERS,
    GRACE_SECONDS,
    Draft,
    DraftContest,
)
from voting.manifest_model import Rules

YES: Final = "Ja"
NO: Final = "Nei"


class NoSuchContest(LookupError):
    """The draft has no contest in this place."""


@dataclass(frozen=True, slots=True)
class Basics:
    """What every election says of itself."""

    organisation: str
    language: str
    practice: bool
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an installation proposes for the rules of a new election."""

    batch_size: int
    suppression_threshold: int


@dataclass(frozen=True, slots=True)
class CommitteeNumbers:
    """How many holders open a sum together (k), and how many sign (m)."""

    threshold: int
    approvals_needed: int


def new_draft(basics: Basics, defaults: Defaults) -> Draft:
    """Return a draft without contests, for a committee of three."""
    numbers = propose_numbers(FEWEST_HOLDERS)
    return Draft(
        organisation=basics.organisation,
        language=basics.language,
        practice=basics.practice,
        opens_at=basics.opens_at,
        closes_at=basics.closes_at,
        contests=(),
        rules=Rules(
            batch_size=defaults.batch_size,
            grace_seconds=GRACE_SECONDS,
            revoting=False,
            suppression_threshold=defaults.suppression_threshold,
        ),
        threshold=numbers.threshold,
        approvals_needed=numbers.approvals_needed,
    )


def with_basics(draft: Draft, basics: Basics) -> Draft:
    """Return the draft with other basics; a practice election stays one."""
    return replace(
        draft,
        organisation=basics.organisation,
        language=basics.language,
        opens_at=basics.opens_at,
        closes_at=basics.closes_at,
    )


def with_numbers(draft: Draft, numbers: CommitteeNumbers) -> Draft:
    """Return the draft with other numbers of the committee."""
    return replace(
        draft,
        threshold=numbers.threshold,
        approvals_needed=numbers.approvals_needed,
    )


def propose_numbers(holders: int) -> CommitteeNumbers:
    """Return the smallest majority of so many holders, for both numbers.

    So one less than all can be away, and no half can count alone.
    """
    majority = holders // 2 + 1
    return CommitteeNumbers(majority, majority)


def fitting_numbers(numbers: CommitteeNumbers, holders: int) -> CommitteeNumbers:
    """Return the numbers if they fit so many holders, or else what is proposed."""
    proposed = propose_numbers(holders)
    fits = holders < 2 * numbers.threshold < 2 * holders
    signs = holders < 2 * numbers.approvals_needed <= 2 * holders
    return CommitteeNumbers(
        numbers.threshold if fits else proposed.threshold,
        numbers.approvals_needed if signs else proposed.approvals_needed,
    )


def yes_no_contest(title: str) -> Contest:
    """Return the usual vote on an agreement: Ja, Nei or blank.

    Adopted by more votes for than against; blank votes are not counted in the base.
    """
    return Contest(
        index=0,
        title=title,
        question="",
        choices=(YES, NO),
        min=1,
        max=1,
        blank=True,
        decision=DecisionRule(
            choice=0,
            base=Base.CHOICES,
            numerator=1,
            denominator=2,
            strict=True,
            turnout_numerator=0,
            turnout_denominator=1,
            turnout_strict=False,
            text="",
        ),
    )


def contest_at(draft: Draft, index: int) -> DraftContest:
    """Return the contest in a place.

    Raises:
        NoSuchContest: there is none.

    """
    if not 0 <= index < len(draft.contests):
        raise NoSuchContest
    return draft.contests[index]


def move_contest(draft: Draft, index: int, *, up: bool) -> Draft:
    """Return the draft with a contest one place further up or down.

    The first cannot go up nor the last down: then the draft is as it was.

    Raises:
        NoSuchContest: there is none in this place.

    """
    contest_at(draft, index)
    other = index - 1 if up else index + 1
    if not 0 <= other < len(draft.contests):
        return draft
    contests = list(draft.contests)
    contests[index], contests[other] = contests[other], contests[index]
    return replace(
        draft,
        contests=tuple(
            replace(each, contest=replace(each.contest, index=place))
            for place, each in enumerate(contests)
        ),
    )
