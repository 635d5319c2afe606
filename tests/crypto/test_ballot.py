"""The sealed ballot, docs/protocol.md §4.3."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crypto.ballot import (
    BallotContext,
    WrongPredecessor,
    WrongSequence,
    decode_ballot,
    read_header,
    seal_ballot,
    verify_ballot,
)
from crypto.ballot_shape import (
    BlankNotOffered,
    BlankTogetherWithChoice,
    ContestShape,
    ImpossibleShape,
    InvalidSelection,
    OverVote,
    Selection,
    StyleShape,
    UnderVote,
    UnknownChoice,
    WrongContests,
    sealed_length,
)
from crypto.ballot_signature import tracking_code, tracking_digest
from crypto.errors import CryptoError, ProofRefused, WrongLength
from crypto.group import GENERATOR, Scalar, SecretScalar, mul, mul_base
from tests.strategies.ballots import filled_styles

KEY = SecretScalar.random()
CONTEXT = BallotContext(
    fingerprint=bytes(range(32)),
    group=2,
    style=1,
    credential=mul_base(SecretScalar.random()),
    election_key=mul_base(KEY),
)
JA_NEI_BLANK = StyleShape((ContestShape(0, 2, blank=True, minimum=1, maximum=1),))
JA = Selection(frozenset({0}))


@given(filled_styles())
def test_a_sealed_ballot_verifies_and_holds_what_was_chosen(
    filled: tuple[StyleShape, list[Selection]],
) -> None:
    shape, selections = filled
    sealed = seal_ballot(CONTEXT, shape, selections)
    assert len(sealed) == sealed_length(shape)
    ballot = decode_ballot(sealed, shape)
    verify_ballot(CONTEXT, ballot)
    for contest, sealed_contest, selection in zip(
        shape.contests, ballot.contests, selections, strict=True
    ):
        opened = [
            slot.ciphertext.b - mul(KEY, slot.ciphertext.a)
            for slot in sealed_contest.slots
        ]
        bits = [mul_base(Scalar.from_int(bit)) for bit in selection.bits(contest)]
        assert opened == bits


@given(filled_styles(), filled_styles())
def test_a_ballot_of_another_length_is_refused(
    filled: tuple[StyleShape, list[Selection]],
    other: tuple[StyleShape, list[Selection]],
) -> None:
    sealed = seal_ballot(CONTEXT, *filled)
    assume(sealed_length(filled[0]) != sealed_length(other[0]))
    with pytest.raises(WrongLength):
        decode_ballot(sealed, other[0])


def test_a_ballot_of_ja_nei_and_blank_has_1001_bytes() -> None:
    assert sealed_length(JA_NEI_BLANK) == 1001


def test_any_changed_byte_of_a_ballot_is_refused() -> None:
    sealed = seal_ballot(CONTEXT, JA_NEI_BLANK, [JA])
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(CryptoError):
            verify_ballot(CONTEXT, decode_ballot(changed, JA_NEI_BLANK))


@given(st.integers(0, 1000), st.integers(1, 255))
def test_any_change_to_a_byte_of_a_ballot_is_refused(at: int, change: int) -> None:
    sealed = seal_ballot(CONTEXT, JA_NEI_BLANK, [JA])
    changed = sealed[:at] + bytes([sealed[at] ^ change]) + sealed[at + 1 :]
    with pytest.raises(CryptoError):
        verify_ballot(CONTEXT, decode_ballot(changed, JA_NEI_BLANK))


@given(st.integers(0, 31), st.integers(1, 255))
def test_a_ballot_holds_in_its_own_context_alone(at: int, change: int) -> None:
    ballot = decode_ballot(seal_ballot(CONTEXT, JA_NEI_BLANK, [JA]), JA_NEI_BLANK)
    old = CONTEXT.fingerprint
    fingerprint = old[:at] + bytes([old[at] ^ change]) + old[at + 1 :]
    for context in (
        replace(CONTEXT, fingerprint=fingerprint),
        replace(CONTEXT, credential=CONTEXT.credential + GENERATOR),
        replace(CONTEXT, election_key=CONTEXT.election_key + GENERATOR),
    ):
        with pytest.raises(ProofRefused):
            verify_ballot(context, ballot)


@given(st.binary(max_size=1100))
def test_no_bytes_at_all_break_the_reader(received: bytes) -> None:
    with pytest.raises(CryptoError):
        decode_ballot(received, JA_NEI_BLANK)


def test_a_chain_of_ballots_is_sealed_only_where_revoting_is_allowed() -> None:
    first = seal_ballot(CONTEXT, JA_NEI_BLANK, [JA])
    tracking = tracking_digest(CONTEXT.fingerprint, CONTEXT.credential, first)
    with pytest.raises(WrongSequence):
        seal_ballot(CONTEXT, JA_NEI_BLANK, [JA], sequence=1, predecessor=tracking)
    revoting = replace(CONTEXT, revoting=True)
    with pytest.raises(WrongPredecessor):
        seal_ballot(revoting, JA_NEI_BLANK, [JA], sequence=1)
    with pytest.raises(WrongPredecessor):
        seal_ballot(revoting, JA_NEI_BLANK, [JA], predecessor=tracking)
    with pytest.raises(WrongLength):
        seal_ballot(revoting, JA_NEI_BLANK, [JA], sequence=1, predecessor=b"\x01")
    second = seal_ballot(revoting, JA_NEI_BLANK, [JA], sequence=1, predecessor=tracking)
    assert read_header(second).predecessor == tracking
    verify_ballot(revoting, decode_ballot(second, JA_NEI_BLANK))


MANY = StyleShape((ContestShape(0, 4, blank=False, minimum=2, maximum=3),))


@pytest.mark.parametrize(
    ("shape", "selections", "reason"),
    [
        (JA_NEI_BLANK, [Selection(frozenset({0, 1}))], OverVote),
        (JA_NEI_BLANK, [Selection(frozenset())], UnderVote),
        (
            JA_NEI_BLANK,
            [Selection(frozenset({0}), blank=True)],
            BlankTogetherWithChoice,
        ),
        (JA_NEI_BLANK, [Selection(frozenset({2}))], UnknownChoice),
        (JA_NEI_BLANK, [Selection(frozenset({-1}))], UnknownChoice),
        (JA_NEI_BLANK, [], WrongContests),
        (JA_NEI_BLANK, [JA, JA], WrongContests),
        (MANY, [Selection(frozenset({1}))], UnderVote),
        (MANY, [Selection(frozenset({0, 1, 2, 3}))], OverVote),
        (MANY, [Selection(frozenset(), blank=True)], BlankNotOffered),
    ],
)
def test_an_invalid_vote_is_not_sealed(
    shape: StyleShape, selections: list[Selection], reason: type[InvalidSelection]
) -> None:
    with pytest.raises(InvalidSelection) as refusal:
        seal_ballot(CONTEXT, shape, selections)
    assert type(refusal.value) is reason


@pytest.mark.parametrize(
    ("choices", "minimum", "maximum"),
    [(0, 1, 1), (51, 1, 1), (3, 0, 1), (3, 2, 1), (3, 1, 4), (30, 1, 21)],
)
def test_impossible_contests_are_refused(
    choices: int, minimum: int, maximum: int
) -> None:
    with pytest.raises(ImpossibleShape):
        ContestShape(0, choices, blank=True, minimum=minimum, maximum=maximum)


def test_impossible_styles_are_refused() -> None:
    contest = JA_NEI_BLANK.contests[0]
    many = tuple(replace(contest, index=index) for index in range(21))
    for contests in ((), (contest, contest), many, many[1::-1]):
        with pytest.raises(ImpossibleShape):
            StyleShape(contests)


def test_a_vote_does_not_show_itself() -> None:
    assert "0" not in repr(JA)


def test_a_tracking_code_has_four_groups_of_five() -> None:
    code = tracking_code(bytes(31) + b"\xff")
    assert code == "00000-00000-00000-00000"
    assert tracking_code(b"\xff" * 32) == "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ"
