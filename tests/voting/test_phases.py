"""The life of an election: forward only."""

from itertools import pairwise

import pytest

from voting.phases import (
    ForbiddenTransition,
    Phase,
    following_phases,
    is_final,
    is_sealed,
    require_transition,
)

WAY = [
    Phase.DRAFT,
    Phase.KEYS,
    Phase.READY,
    Phase.OPEN,
    Phase.CLOSED,
    Phase.COUNTED,
    Phase.APPROVED,
    Phase.SHREDDED,
]


def test_an_election_can_go_all_the_way() -> None:
    for current, following in pairwise(WAY):
        require_transition(current, following)


@pytest.mark.parametrize("current", Phase)
@pytest.mark.parametrize("following", Phase)
def test_nothing_goes_back_stands_still_or_leaps(
    current: Phase, following: Phase
) -> None:
    steps = set(pairwise(WAY))
    steps |= {(phase, Phase.CANCELLED) for phase in WAY[:6]}
    if (current, following) in steps:
        require_transition(current, following)
        return
    with pytest.raises(ForbiddenTransition, match=f"{following} does not follow"):
        require_transition(current, following)


def test_an_approved_election_cannot_be_cancelled() -> None:
    assert following_phases(Phase.APPROVED) == {Phase.SHREDDED}


def test_the_manifest_is_sealed_from_ready_on() -> None:
    assert [is_sealed(phase) for phase in WAY] == [False] * 2 + [True] * 6
    assert not is_sealed(Phase.CANCELLED)


def test_only_the_two_ends_are_final() -> None:
    assert {phase for phase in Phase if is_final(phase)} == {
        Phase.SHREDDED,
        Phase.CANCELLED,
    }
