"""That a ciphertext holds one of a few values, docs/protocol.md §5.1."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.elgamal import encrypt
from crypto.errors import CryptoError, ProofRefused, WrongLength
from crypto.group import GENERATOR, ORDER, SecretScalar, mul_base
from crypto.value_proof import (
    ValueProof,
    ValueStatement,
    prove_value,
    value_proof_bytes,
    verify_value,
)
from tests.strategies.group import parts, secret_scalars

ranges = st.tuples(st.integers(0, 4), st.integers(1, 5)).map(
    lambda pair: range(pair[0], pair[0] + pair[1])
)
draw = SecretScalar.random


def proven(
    values: range, value: int, context: tuple[bytes, ...] = (b"here", b"X")
) -> tuple[ValueStatement, ValueProof]:
    randomness = draw()
    key = mul_base(draw())
    sealed = encrypt(key, value, randomness)
    statement = ValueStatement("proof/choice", context, key, sealed, values)
    return statement, prove_value(statement, value, randomness, draw)


@given(ranges, st.data(), parts)
def test_every_value_of_the_statement_can_be_proven(
    values: range, data: st.DataObject, context: list[bytes]
) -> None:
    value = data.draw(st.sampled_from(values))
    statement, proof = proven(values, value, tuple(context))
    encoded = proof.encoded
    assert len(encoded) == value_proof_bytes(len(values)) == 128 * len(values) - 32
    verify_value(statement, ValueProof.decode(encoded, len(values)))


@given(ranges, st.integers(-2, 10), st.data())
def test_no_other_value_can_be_claimed(
    values: range, value: int, data: st.DataObject
) -> None:
    claim = data.draw(st.sampled_from(values))
    randomness, key = draw(), mul_base(draw())
    sealed = encrypt(key, value % ORDER, randomness)
    statement = ValueStatement("proof/sum", (), key, sealed, values)
    proof = prove_value(statement, claim, randomness, draw)
    if claim == value:
        verify_value(statement, proof)
    else:
        with pytest.raises(ProofRefused):
            verify_value(statement, proof)


def test_a_value_outside_the_statement_is_not_proven() -> None:
    statement, _ = proven(range(2), 1)
    with pytest.raises(ValueError, match="3 is not in list"):
        prove_value(statement, 3, draw(), draw)


def test_any_changed_byte_of_the_proof_is_refused() -> None:
    statement, proof = proven(range(1, 4), 2)
    whole = proof.encoded
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(CryptoError):
            verify_value(statement, ValueProof.decode(changed, 3))


@given(st.integers(0, 223), st.integers(1, 255))
def test_any_change_to_a_byte_of_the_proof_is_refused(at: int, change: int) -> None:
    statement, proof = proven(range(2), at % 2)
    whole = proof.encoded
    changed = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
    with pytest.raises(CryptoError):
        verify_value(statement, ValueProof.decode(changed, 2))


def test_any_change_to_the_statement_is_refused() -> None:
    statement, proof = proven(range(2), 1)
    other, _ = proven(range(2), 1)
    sealed = statement.ciphertext
    for changed in (
        replace(statement, tag="proof/sum"),
        replace(statement, context=(b"here", b"Y")),
        replace(statement, context=(b"her", b"eX")),
        replace(statement, context=(b"here", b"X", b"")),
        replace(statement, key=other.key),
        replace(statement, ciphertext=other.ciphertext),
        replace(statement, ciphertext=replace(sealed, a=sealed.a + GENERATOR)),
        replace(statement, ciphertext=replace(sealed, b=sealed.b + GENERATOR)),
        replace(statement, ciphertext=replace(sealed, b=sealed.b - GENERATOR)),
        replace(statement, values=(1, 0)),
        replace(statement, values=(0, 2)),
        replace(statement, values=(1, 2)),
    ):
        with pytest.raises(ProofRefused):
            verify_value(changed, proof)
    verify_value(statement, proof)


@given(secret_scalars)
def test_two_proofs_of_the_same_are_different(randomness: SecretScalar) -> None:
    key = mul_base(draw())
    sealed = encrypt(key, 0, randomness)
    statement = ValueStatement("proof/choice", (), key, sealed, range(2))
    first = prove_value(statement, 0, randomness, draw)
    assert first != prove_value(statement, 0, randomness, draw)


@given(st.integers(0, 600).filter(lambda size: size != 224))
def test_other_lengths_are_refused(size: int) -> None:
    with pytest.raises(WrongLength):
        ValueProof.decode(bytes(size), 2)
