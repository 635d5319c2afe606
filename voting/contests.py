"""What stands on a ballot: contests, choices and styles (docs/protocol.md §4.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto.encoding import JsonValue
from voting.decision import Base, DecisionRule
from voting.documents import (
    DocumentRefused,
    Fields,
    Item,
    OutOfBounds,
    read_object,
    read_text,
)

MOST_CONTESTS: Final = 20
MOST_CHOICES: Final = 50
MOST_MARKS: Final = 20
MOST_STYLES: Final = 1_000
LARGEST_FRACTION: Final = 1_000_000
LONGEST_TITLE: Final = 300

_CONTEST_FIELDS: Final = (
    "blank",
    "choices",
    "decision",
    "index",
    "max",
    "min",
    "question",
    "title",
)
_DECISION_FIELDS: Final = (
    "base",
    "choice",
    "denominator",
    "numerator",
    "strict",
    "text",
    "turnout_denominator",
    "turnout_numerator",
    "turnout_strict",
)


class IndexOutOfPlace(DocumentRefused):
    """An index is not that of its place in the list, or points at nothing."""


class EqualNames(DocumentRefused):
    """Two things have one name: labels of groups, choices, holders, witnesses."""


class EmptyStyle(DocumentRefused):
    """A ballot style has no contest."""


class ImpossibleRule(DocumentRefused):
    """A decision rule is about another choice, or about more than the whole."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One question, its choices, and how many of them may be marked."""

    index: int
    title: str
    question: str
    choices: tuple[str, ...]
    min: int
    max: int
    blank: bool
    """Whether a blank vote may be cast."""
    decision: DecisionRule | None

    @property
    def slots(self) -> int:
        """Ciphertexts in a ballot: one for each choice, and one for blank."""
        return len(self.choices) + self.blank


@dataclass(frozen=True, slots=True)
class Style:
    """Which contests the ballots of some voter groups have."""

    index: int
    contests: tuple[int, ...]


def read_contest(item: Item) -> Contest:
    """Read one contest; raises DocumentRefused."""
    fields = item.fields(*_CONTEST_FIELDS)
    choices = fields.array("choices", 1, MOST_CHOICES)
    texts = tuple(_read_choice(choice) for choice in choices)
    require_different(fields.at("choices"), texts)
    most = fields.integer("max", 1, min(MOST_MARKS, len(texts)))
    return Contest(
        index=fields.integer("index", 0, MOST_CONTESTS - 1),
        title=fields.text("title", LONGEST_TITLE, shortest=1),
        question=fields.text("question"),
        choices=texts,
        min=fields.integer("min", 1, most),
        max=most,
        blank=fields.flag("blank"),
        decision=_read_decision(fields, len(texts)),
    )


def encode_contest(contest: Contest) -> dict[str, JsonValue]:
    """Return a contest as the manifest writes it."""
    return {
        "blank": contest.blank,
        "choices": list(contest.choices),
        "decision": _encode_decision(contest.decision),
        "index": contest.index,
        "max": contest.max,
        "min": contest.min,
        "question": contest.question,
        "title": contest.title,
    }


def read_style(item: Item, contests: int) -> Style:
    """Read one ballot style; raises DocumentRefused."""
    fields = item.fields("contests", "index")
    if fields.of("contests") == []:
        raise EmptyStyle(item.path, "has no contest")
    indices = fields.integers("contests", 0, MOST_CONTESTS - 1)
    if indices[-1] >= contests or list(indices) != sorted(set(indices)):
        raise IndexOutOfPlace(item.path, "has contests out of order or unknown")
    return Style(fields.integer("index", 0, MOST_STYLES - 1), indices)


def encode_style(style: Style) -> dict[str, JsonValue]:
    """Return a ballot style as the manifest writes it."""
    return {"contests": list(style.contests), "index": style.index}


def require_different(path: str, names: Sequence[str]) -> None:
    """Refuse one name twice; raises EqualNames."""
    if len(set(names)) != len(names):
        raise EqualNames(path, "holds one name twice")


def _read_choice(item: Item) -> str:
    text = read_text(item.path, item.value)
    if not 1 <= len(text) <= LONGEST_TITLE:
        raise OutOfBounds(item.path, f"has not 1 to {LONGEST_TITLE} letters")
    return text


def _read_decision(contest: Fields, choices: int) -> DecisionRule | None:
    value = contest.of("decision")
    if value is None:
        return None
    path = contest.at("decision")
    fields = read_object(value, _DECISION_FIELDS, path=path)
    rule = DecisionRule(
        choice=fields.integer("choice", 0, MOST_CHOICES - 1),
        base=fields.one_of("base", Base),
        numerator=fields.integer("numerator", 0, LARGEST_FRACTION),
        denominator=fields.integer("denominator", 1, LARGEST_FRACTION),
        strict=fields.flag("strict"),
        turnout_numerator=fields.integer("turnout_numerator", 0, LARGEST_FRACTION),
        turnout_denominator=fields.integer("turnout_denominator", 1, LARGEST_FRACTION),
        turnout_strict=fields.flag("turnout_strict"),
        text=fields.text("text"),
    )
    _require_possible(path, rule, choices)
    return rule


def _require_possible(path: str, rule: DecisionRule, choices: int) -> None:
    """Refuse a rule that no result could be measured by; raises ImpossibleRule."""
    if rule.choice >= choices:
        raise ImpossibleRule(path, "is about a choice that is not there")
    if rule.numerator > rule.denominator:
        raise ImpossibleRule(path, "asks for more than all votes")
    if rule.turnout_numerator > rule.turnout_denominator:
        raise ImpossibleRule(path, "asks for more than all members")


def _encode_decision(rule: DecisionRule | None) -> JsonValue:
    if rule is None:
        return None
    return {
        "base": rule.base.value,
        "choice": rule.choice,
        "denominator": rule.denominator,
        "numerator": rule.numerator,
        "strict": rule.strict,
        "text": rule.text,
        "turnout_denominator": rule.turnout_denominator,
        "turnout_numerator": rule.turnout_numerator,
        "turnout_strict": rule.turnout_strict,
    }
