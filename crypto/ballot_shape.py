"""What a ballot style looks like, and which choices it allows (docs/protocol.md §4.1).

Pure law: the same rules hold on the screen, at sealing, and in the sum proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from crypto.elgamal import CIPHERTEXT_BYTES
from crypto.errors import CryptoError
from crypto.value_proof import value_proof_bytes

MAXIMUM_CHOICES = 50
MAXIMUM_MARKS = 20
MAXIMUM_CONTESTS = 20

# 0x01 || u16(group) || u16(style) || u32(sequence) || predecessor (§4.3).
HEADER_BYTES = 41
CHOICE_PROOF_BYTES = value_proof_bytes(2)
SLOT_BYTES = CIPHERTEXT_BYTES + CHOICE_PROOF_BYTES


class ImpossibleShape(CryptoError):
    """A contest or a style is outside the limits of docs/protocol.md §4.1, §6.2."""


class InvalidSelection(CryptoError):
    """What was chosen is not a valid vote; the subclasses say why."""


class WrongContests(InvalidSelection):
    """There is not one selection for each contest of the style."""


class UnknownChoice(InvalidSelection):
    """A choice is not among those of its contest."""


class BlankNotOffered(InvalidSelection):
    """The contest takes no blank vote."""


class BlankTogetherWithChoice(InvalidSelection):
    """A blank vote excludes every choice."""


class UnderVote(InvalidSelection):
    """Fewer choices than the contest asks for."""


class OverVote(InvalidSelection):
    """More choices than the contest allows."""


@dataclass(frozen=True, slots=True)
class ContestShape:
    """One contest: its index in the manifest and what may be chosen.

    `choices`: 1 to 50; `blank`: whether a blank vote may be cast;
    1 <= `minimum` <= `maximum` <= choices, maximum at most 20. Raises ImpossibleShape.
    """

    index: int
    choices: int
    blank: bool
    minimum: int
    maximum: int

    def __post_init__(self) -> None:
        if not 1 <= self.choices <= MAXIMUM_CHOICES:
            raise ImpossibleShape("a contest has 1 to 50 choices")
        highest = min(self.choices, MAXIMUM_MARKS)
        if not 1 <= self.minimum <= self.maximum <= highest:
            raise ImpossibleShape("1 <= min <= max <= choices, and max <= 20")

    @property
    def slots(self) -> int:
        """The choices in order and then, where offered, the blank."""
        return self.choices + int(self.blank)

    @property
    def sums(self) -> range:
        """The values of the sum proof, min … max (§5.3)."""
        return range(self.minimum, self.maximum + 1)

    @property
    def sealed_bytes(self) -> int:
        """The length of the contest in a sealed ballot."""
        return self.slots * SLOT_BYTES + value_proof_bytes(len(self.sums))


@dataclass(frozen=True, slots=True)
class StyleShape:
    """The contests of one ballot style, in order. Raises ImpossibleShape."""

    contests: tuple[ContestShape, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.contests) <= MAXIMUM_CONTESTS:
            raise ImpossibleShape("a style has 1 to 20 contests")
        indices = [contest.index for contest in self.contests]
        if indices != sorted(set(indices)):
            raise ImpossibleShape("the contests of a style rise")


@dataclass(frozen=True, slots=True, repr=False)
class Selection:
    """What a voter chose in one contest; it shows nothing of itself.

    `choices`: indices from 0; `blank`: a blank vote.
    """

    choices: frozenset[int]
    blank: bool = False

    @override
    def __repr__(self) -> str:
        return "Selection(…)"

    def bits(self, contest: ContestShape) -> tuple[int, ...]:
        """One 0 or 1 for each slot of the contest."""
        marks = [int(choice in self.choices) for choice in range(contest.choices)]
        return (*marks, *([int(self.blank)] if contest.blank else []))

    def total(self, contest: ContestShape) -> int:
        """Choices + max·blank, which the sum proof is about (§5.3)."""
        return len(self.choices) + contest.maximum * int(self.blank)


def sealed_length(style: StyleShape) -> int:
    """The one length in bytes of every sealed ballot of a style (§4.3)."""
    return HEADER_BYTES + sum(contest.sealed_bytes for contest in style.contests)


def require_valid(style: StyleShape, selections: Sequence[Selection]) -> None:
    """Raise the InvalidSelection that says why a vote is not valid."""
    if len(selections) != len(style.contests):
        raise WrongContests(f"{len(selections)} for {len(style.contests)} contests")
    for contest, selection in zip(style.contests, selections, strict=True):
        _require_valid_in(contest, selection)


def _require_valid_in(contest: ContestShape, selection: Selection) -> None:
    if any(not 0 <= choice < contest.choices for choice in selection.choices):
        raise UnknownChoice
    if selection.blank and not contest.blank:
        raise BlankNotOffered
    if selection.blank and selection.choices:
        raise BlankTogetherWithChoice
    if len(selection.choices) > contest.maximum:
        raise OverVote
    if len(selection.choices) < contest.minimum and not selection.blank:
        raise UnderVote
