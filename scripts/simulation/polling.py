"""Many voters at once: each from the own mail to a receipt, in a few processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Final

from crypto.ballot_shape import ContestShape, Selection, StyleShape
from scripts.simulation.drawing import Draw
from scripts.simulation.voters import VoterClient

PROCESSES: Final = 3
"""More than cores: voters wait for the server, and the server for them."""

CHUNK: Final = 10
BLANK_SHARE: Final = 0.08


@dataclass(frozen=True, slots=True)
class Vote:
    """One who will vote: the link, and where the choice is drawn from."""

    link: str
    seed: int
    number: int


@dataclass(frozen=True, slots=True)
class Voted:
    """What came of it. The choice is told only to be held against the count."""

    group: int
    style: int
    chosen: tuple[tuple[int, ...], ...]
    """Per contest of the style one 0 or 1 per slot."""
    code: str


def cast_votes(votes: Sequence[Vote], processes: int = PROCESSES) -> list[Voted]:
    """Have everybody vote; whoever is refused stops it all.

    Raises:
        Refused: by name, as the server says.

    """
    if len(votes) <= CHUNK:
        return _vote_in_turn(votes)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return [
            voted for part in pool.map(_vote_in_turn, _chunks(votes)) for voted in part
        ]


def draw_selections(shape: StyleShape, draw: Draw) -> tuple[Selection, ...]:
    """Fill in a ballot of a style as somebody might."""
    return tuple(_draw_selection(contest, draw) for contest in shape.contests)


def _vote_in_turn(votes: Sequence[Vote]) -> list[Voted]:
    return [_vote(each) for each in votes]


def _vote(vote: Vote) -> Voted:
    with VoterClient(vote.link) as voter:
        selections = draw_selections(
            voter.shape, Draw(vote.seed, f"vote/{vote.number}")
        )
        receipt = voter.vote(selections)
        contests = voter.shape.contests
        group = voter.identity.group
        return Voted(
            group=group,
            style=voter.manifest.groups[group].style,
            chosen=tuple(
                selection.bits(contest)
                for contest, selection in zip(contests, selections, strict=True)
            ),
            code=receipt.code,
        )


def _draw_selection(contest: ContestShape, draw: Draw) -> Selection:
    if contest.blank and draw.chance(BLANK_SHARE):
        return Selection(frozenset(), blank=True)
    wanted = contest.minimum + draw.below(contest.maximum - contest.minimum + 1)
    # The first choices are liked best.
    places = list(range(contest.choices))
    chosen: set[int] = set()
    while len(chosen) < wanted:
        chosen.add(min(draw.one_of(places), draw.one_of(places)))
    return Selection(frozenset(chosen))


def _chunks(votes: Sequence[Vote]) -> Iterator[list[Vote]]:
    remaining = iter(votes)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
