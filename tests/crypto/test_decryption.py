"""Partial decryptions and combining them, docs/protocol.md §5.4 and §5.7."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.decryption import (
    DecryptionStatement,
    PartialDecryption,
    Place,
    TooFewPartials,
    combine,
    counting_statement,
    decrypt_partially,
    decrypted_point,
    rehearsal_point,
    rehearsal_statement,
    verify_partial,
)
from crypto.discrete_log import DiscreteLogs, NoSuchTotal
from crypto.elgamal import encrypt
from crypto.errors import CryptoError, ProofRefused
from crypto.group import GENERATOR, SecretScalar, mul, mul_base
from crypto.sharing import (
    ImpossibleThreshold,
    Polynomial,
    public_share,
    require_threshold,
)
from tests.strategies.group import digests

BALLOTS = 5000
LOGS = DiscreteLogs(BALLOTS)
draw = SecretScalar.random

committees = st.sampled_from(
    [(n, k) for n in range(3, 10) for k in range(n // 2 + 1, n)]
)


def counted() -> tuple[DecryptionStatement, SecretScalar]:
    share = draw()
    statement = counting_statement(
        bytes(32),
        bytes(range(32)),
        index=3,
        share_key=mul_base(share),
        place=Place(1, 2, 3),
        ciphertext=encrypt(mul_base(draw()), 7, draw()),
    )
    return statement, share


@given(committees, st.integers(0, BALLOTS), st.data())
def test_any_k_holders_agree_and_fewer_do_not_decrypt(
    committee: tuple[int, int], total: int, data: st.DataObject
) -> None:
    holders, threshold = committee
    polynomial = Polynomial.draw(threshold)
    sealed = encrypt(polynomial.commitments[0], total, draw())
    indices = range(1, holders + 1)
    shares = {index: mul(polynomial.share_of(index), sealed.a) for index in indices}
    chosen = data.draw(st.sampled_from(list(combinations(indices, threshold))))
    some = {index: shares[index] for index in chosen}
    opened = decrypted_point(sealed, some, threshold)
    assert LOGS.find(opened, BALLOTS) == total
    assert combine(some, threshold) == combine(shares, threshold)
    some.popitem()
    with pytest.raises(TooFewPartials):
        decrypted_point(sealed, some, threshold)
    with pytest.raises(NoSuchTotal):
        LOGS.find(decrypted_point(sealed, some, threshold - 1), BALLOTS)


@given(committees, st.integers(1, 9))
def test_the_public_share_is_that_of_the_secret_one(
    committee: tuple[int, int], index: int
) -> None:
    polynomial = Polynomial.draw(committee[1])
    share = polynomial.share_of(index)
    assert mul_base(share) == public_share(polynomial.commitments, index)


def test_any_changed_byte_of_a_partial_decryption_is_refused() -> None:
    statement, share = counted()
    whole = decrypt_partially(statement, share, draw()).encoded
    verify_partial(statement, PartialDecryption.decode(whole))
    for at in range(128):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(CryptoError):
            verify_partial(statement, PartialDecryption.decode(changed))


@given(st.integers(0, 8), st.data())
def test_any_changed_byte_of_the_statement_is_refused(
    at: int, data: st.DataObject
) -> None:
    statement, share = counted()
    partial = decrypt_partially(statement, share, draw())
    part = statement.parts[at]
    place = data.draw(st.integers(0, len(part) - 1))
    changed = part[:place] + bytes([part[place] ^ 1]) + part[place + 1 :]
    parts = (*statement.parts[:at], changed, *statement.parts[at + 1 :])
    with pytest.raises(ProofRefused):
        verify_partial(replace(statement, parts=parts), partial)


def test_another_share_or_base_is_refused() -> None:
    statement, share = counted()
    partial = decrypt_partially(statement, share, draw())
    for changed in (
        replace(statement, share_key=statement.share_key + GENERATOR),
        replace(statement, base=statement.base + GENERATOR),
        replace(statement, tag="proof/rehearsal"),
    ):
        with pytest.raises(ProofRefused):
            verify_partial(changed, partial)
    with pytest.raises(ProofRefused):
        verify_partial(statement, decrypt_partially(statement, draw(), draw()))


@given(digests, digests)
def test_a_rehearsal_is_of_the_own_transcript(first: bytes, second: bytes) -> None:
    share = draw()
    statement = rehearsal_statement(first, 1, mul_base(share))
    partial = decrypt_partially(statement, share, draw())
    verify_partial(statement, partial)
    assert (rehearsal_point(first) == rehearsal_point(second)) == (first == second)
    if first != second:
        with pytest.raises(ProofRefused):
            verify_partial(rehearsal_statement(second, 1, mul_base(share)), partial)


def test_thresholds_are_more_than_half_and_fewer_than_all() -> None:
    possible = [
        (holders, threshold)
        for holders in range(12)
        for threshold in range(12)
        if _is_possible(holders, threshold)
    ]
    assert possible == [
        (n, k) for n in range(3, 10) for k in range(1, n) if n / 2 < k < n
    ]


def _is_possible(holders: int, threshold: int) -> bool:
    try:
        require_threshold(holders, threshold)
    except ImpossibleThreshold:
        return False
    return True
