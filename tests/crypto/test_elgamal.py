"""Exponential ElGamal, docs/protocol.md §4.3."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crypto.discrete_log import DiscreteLogs
from crypto.elgamal import NEUTRAL, Ciphertext, encrypt, sum_ciphertexts
from crypto.errors import IdentityPoint, NonCanonicalPoint, WrongLength
from crypto.group import GENERATOR, SecretScalar, mul, mul_base
from tests.strategies.group import secret_scalars

LOGS = DiscreteLogs(10_000)
small = st.integers(0, 1000)


def decrypt(key: SecretScalar, ciphertext: Ciphertext) -> int:
    return LOGS.find(ciphertext.b - mul(key, ciphertext.a), 10_000)


@given(secret_scalars, secret_scalars, small)
def test_decryption_undoes_encryption(
    key: SecretScalar, randomness: SecretScalar, value: int
) -> None:
    assert decrypt(key, encrypt(mul_base(key), value, randomness)) == value


@given(secret_scalars, st.lists(st.tuples(secret_scalars, small), max_size=6))
def test_the_sum_of_ciphertexts_holds_the_sum_of_values(
    key: SecretScalar, votes: list[tuple[SecretScalar, int]]
) -> None:
    sealed = [encrypt(mul_base(key), value, chance) for chance, value in votes]
    assert decrypt(key, sum_ciphertexts(sealed)) == sum(value for _, value in votes)


@given(secret_scalars, secret_scalars, small, st.integers(0, 9))
def test_a_multiple_holds_the_multiple(
    key: SecretScalar, randomness: SecretScalar, value: int, factor: int
) -> None:
    sealed = encrypt(mul_base(key), value, randomness)
    assert decrypt(key, sealed.times(factor)) == factor * value
    assert sealed.times(factor) == sum_ciphertexts([sealed] * factor)


@given(secret_scalars, secret_scalars, secret_scalars, small)
def test_another_key_does_not_decrypt(
    key: SecretScalar, other: SecretScalar, randomness: SecretScalar, value: int
) -> None:
    sealed = encrypt(mul_base(key), value, randomness)
    opened = sealed.b - mul(other, sealed.a)
    assert (opened == sealed.b - mul(key, sealed.a)) == (key == other)


@given(secret_scalars, secret_scalars)
def test_encoding_and_decoding_are_inverse(
    key: SecretScalar, randomness: SecretScalar
) -> None:
    sealed = encrypt(mul_base(key), 1, randomness)
    # r·x = -1 hides the message in the identity, which is refused: a drawn r never is.
    assume(not sealed.b.is_identity())
    assert Ciphertext.decode(sealed.encoded) == sealed
    assert len(sealed.encoded) == 64


def test_the_neutral_ciphertext_is_never_received() -> None:
    with pytest.raises(IdentityPoint):
        Ciphertext.decode(NEUTRAL.encoded)
    with pytest.raises(IdentityPoint):
        Ciphertext.decode(GENERATOR.encoded + bytes(32))
    with pytest.raises(IdentityPoint):
        Ciphertext.decode(bytes(32) + GENERATOR.encoded)


def test_other_lengths_and_encodings_are_refused() -> None:
    with pytest.raises(WrongLength):
        Ciphertext.decode(GENERATOR.encoded * 2 + b"\x00")
    with pytest.raises(NonCanonicalPoint):
        Ciphertext.decode(GENERATOR.encoded + b"\xff" * 32)
