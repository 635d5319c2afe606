"""Whether a choice is adopted, and whether the result binds (docs/protocol.md §5.9).

Integers only: a rule is two fractions, and fractions are compared by multiplying
across, so that exactly two thirds is exactly two thirds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Base(StrEnum):
    """What the votes for the choice are measured against."""

    CHOICES = "choices"
    """The votes for all choices; blank votes do not count."""
    ALL = "all"
    """The blank votes too."""


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """When the choice is adopted, and the turnout from which the result binds."""

    choice: int
    """Index of the choice that is put to the vote."""
    base: Base
    numerator: int
    denominator: int
    strict: bool
    """More than the fraction is needed; otherwise the fraction itself suffices."""
    turnout_numerator: int
    """0: every result binds."""
    turnout_denominator: int
    turnout_strict: bool
    text: str
    """The rule in the union's own words, for the ballot and the protocol."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule says of a result."""

    adopted: bool
    binding: bool
    tie: bool
    """The votes are exactly the fraction."""


def decide(
    rule: DecisionRule,
    totals: Sequence[int],
    *,
    choices: int,
    voted: int,
    entitled: int,
) -> Decision:
    """Apply a rule to the votes of a contest (docs/protocol.md §5.9).

    Args:
        rule: the contest's rule.
        totals: votes per slot, digital and paper together: the choices, then the
            blank votes if the contest allows them.
        choices: how many of the slots are choices.
        voted: ballots, digital and paper, of the groups that have the contest.
        entitled: members of these groups with the right to vote, additions too.

    """
    base = sum(totals if rule.base is Base.ALL else totals[:choices])
    votes = totals[rule.choice]
    reached = _compare(votes, base, rule.numerator, rule.denominator)
    turnout = _compare(
        voted, entitled, rule.turnout_numerator, rule.turnout_denominator
    )
    return Decision(
        # Nobody voted: then nothing is adopted, however low the bar.
        adopted=base > 0 and (reached > 0 if rule.strict else reached >= 0),
        tie=base > 0 and reached == 0,
        binding=rule.turnout_numerator == 0
        or (turnout > 0 if rule.turnout_strict else turnout >= 0),
    )


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ballots of a contest that stay sealed, and what each of them can hold."""

    ballots: int
    fewest: int
    most: int
    choices: int
    blank: bool


def decide_despite(
    rule: DecisionRule, totals: Sequence[int], decision: Decision, sealed: Sealed
) -> Decision | None:
    """Return the decision if no filling of the sealed ballots could change it.

    Args:
        rule: the contest's rule.
        totals: as `decide` takes them, without the sealed ballots.
        decision: what `decide` made of them; its turnout counts the sealed ballots.
        sealed: what is not opened.

    """
    choices = totals[: sealed.choices]
    base = sum(totals if rule.base is Base.ALL else choices)
    margin = _compare(totals[rule.choice], base, rule.numerator, rule.denominator)
    moves = _moves(rule, sealed)
    least = margin + sealed.ballots * min(moves)
    most = margin + sealed.ballots * max(moves)
    if least <= 0 <= most:
        return None
    return Decision(adopted=least > 0, binding=decision.binding, tie=False)


def _moves(rule: DecisionRule, sealed: Sealed) -> list[int]:
    """By how much one ballot can move `denominator·votes - numerator·base`."""
    marked = [
        rule.denominator - rule.numerator * marks
        for marks in (sealed.fewest, sealed.most)
    ]
    most_others = min(sealed.most, sealed.choices - 1)
    others = [
        -rule.numerator * marks
        for marks in (sealed.fewest, most_others)
        if sealed.fewest <= most_others
    ]
    blank = -rule.numerator if rule.base is Base.ALL else 0
    return [*marked, *others, *([blank] if sealed.blank else [])]


def _compare(part: int, whole: int, numerator: int, denominator: int) -> int:
    """Positive if part of whole is more than the fraction, zero if it is just that."""
    return denominator * part - numerator * whole
