"""Which ballots count, and that their order never matters."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.ballot import NO_PREDECESSOR, BallotHeader, SealedBallot
from crypto.errors import WrongLength
from crypto.group import SecretScalar, mul_base
from tests.record.builder import Built, build, plain_plan, revoting_plan
from voting.board_order import read_board
from voting.counting import (
    CastBallot,
    ciphertexts_of,
    read_cast_ballot,
    sort_ballots,
    sum_units,
)
from voting.leaves import BallotLeaf
from voting.tally import BoardHead, Tally, decode_tally, encode_tally

HEAD = BoardHead(1, bytes(32))


@cache
def the_election(revoting: bool) -> Built:
    return build(revoting_plan() if revoting else plain_plan((4, 3, 3, 2)))


def cast_in(built: Built) -> list[CastBallot]:
    order = read_board(built.manifest, built.fingerprint, built.leaves)
    return list(order.ballots)


def encoded_tally(built: Built, cast: list[CastBallot]) -> bytes:
    sums = sum_units(built.manifest, sort_ballots(cast))
    return encode_tally(Tally(built.fingerprint, HEAD, sums))


@pytest.mark.parametrize("revoting", [False, True])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_order_of_ballots_never_matters(
    revoting: bool, data: st.DataObject
) -> None:
    built = the_election(revoting)
    cast = cast_in(built)
    shuffled = data.draw(st.permutations(cast))
    assert encoded_tally(built, shuffled) == encoded_tally(built, cast)


def test_a_tally_is_read_as_it_was_written() -> None:
    built = the_election(revoting=False)
    encoded = encoded_tally(built, cast_in(built))
    assert encode_tally(decode_tally(encoded, limit=2**20)) == encoded


def test_with_revoting_each_credential_counts_once_by_its_last_ballot() -> None:
    box = sort_ballots(cast_in(the_election(revoting=True)))
    credentials = [each.leaf.credential.encoded for each in box.counted]
    assert len(set(credentials)) == len(credentials) == 22
    assert len(box.cast) == 31
    assert box.uncounted == ()
    sequences = sorted(each.header.sequence for each in box.counted)
    assert sequences == [0] * 14 + [1] * 7 + [2]


CREDENTIALS = [mul_base(SecretScalar.random()) for _ in range(3)]


def link(
    credential: int, sequence: int, before: bytes, *, group: int = 0, salt: int = 0
) -> CastBallot:
    """A ballot of which only the header says anything."""
    name = f"{credential}/{sequence}/{salt}/{group}".encode()
    header = BallotHeader(group, 0, sequence, before)
    sealed = SealedBallot(header.encoded)
    point = CREDENTIALS[credential]
    leaf = BallotLeaf(sealed, 0, point, point, bytes(64))
    return CastBallot(leaf, header, name.ljust(32, b"."))


def chain_of(credential: int, length: int) -> list[CastBallot]:
    chain = [link(credential, 0, NO_PREDECESSOR)]
    for sequence in range(1, length):
        chain.append(link(credential, sequence, chain[-1].tracking))
    return chain


def test_the_highest_of_an_unbroken_chain_counts() -> None:
    chain = chain_of(0, 4)
    box = sort_ballots(reversed(chain))
    assert box.counted == (chain[-1],)
    assert box.uncounted == ()


def test_a_gap_ends_the_chain() -> None:
    chain = chain_of(0, 4)
    box = sort_ballots([chain[0], chain[1], chain[3]])
    assert box.counted == (chain[1],)
    assert box.uncounted == (chain[3],)


def test_a_fork_ends_the_chain_before_it() -> None:
    chain = chain_of(0, 3)
    other = link(0, 1, chain[0].tracking, salt=1)
    box = sort_ballots([*chain, other])
    assert box.counted == (chain[0],)
    assert set(box.uncounted) == {chain[1], chain[2], other}


def test_a_fork_at_the_beginning_leaves_nothing_to_count() -> None:
    first, second = link(0, 0, NO_PREDECESSOR), link(0, 0, NO_PREDECESSOR, salt=1)
    box = sort_ballots([first, second])
    assert box.counted == ()
    assert set(box.uncounted) == {first, second}
    assert box.cast_by_group() == {0: 1}


def test_a_ballot_that_names_another_before_it_does_not_follow() -> None:
    chain = chain_of(0, 1)
    stranger = link(0, 1, bytes(range(32)))
    box = sort_ballots([*chain, stranger])
    assert box.counted == (chain[0],)
    assert box.uncounted_by_group() == {0: 1}


def test_a_chain_stays_in_its_group() -> None:
    chain = chain_of(0, 1)
    elsewhere = link(0, 1, chain[0].tracking, group=1)
    box = sort_ballots([*chain, elsewhere])
    assert box.counted == (chain[0],)
    assert box.uncounted_by_group() == {1: 1}
    assert box.cast_by_group() == {0: 1, 1: 1}


steps = st.tuples(
    st.integers(0, 2), st.integers(0, 3), st.integers(0, 1), st.integers(0, 1)
)


@given(st.lists(steps, max_size=12), st.integers(0, 4))
def test_no_credential_ever_counts_twice(
    extra: list[tuple[int, int, int, int]], length: int
) -> None:
    ballots = {each.tracking: each for each in chain_of(0, length) if length}
    for credential, sequence, salt, group in extra:
        known = [link(credential, max(sequence - 1, 0), NO_PREDECESSOR).tracking]
        before = known[0] if sequence else NO_PREDECESSOR
        ballot = link(credential, sequence, before, salt=salt, group=group)
        ballots.setdefault(ballot.tracking, ballot)
    box = sort_ballots(ballots.values())
    counted = [each.leaf.credential.encoded for each in box.counted]
    assert len(set(counted)) == len(counted)
    assert not set(box.counted) & set(box.uncounted)
    assert set(box.counted) | set(box.uncounted) <= set(box.cast)
    again = sort_ballots(reversed(list(ballots.values())))
    assert set(again.counted) == set(box.counted)


def test_a_ballot_of_another_length_has_no_ciphertexts() -> None:
    built = the_election(revoting=False)
    ballot = cast_in(built)[0]
    shape = built.manifest.shape_of_style(ballot.header.style)
    assert ciphertexts_of(ballot.leaf.ballot, shape)
    with pytest.raises(WrongLength):
        ciphertexts_of(ballot.leaf.ballot[:-1], shape)
    with pytest.raises(WrongLength):
        read_cast_ballot(
            built.fingerprint, replace(ballot.leaf, ballot=SealedBallot(bytes(40)))
        )
