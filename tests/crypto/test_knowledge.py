"""Schnorr's proof of knowledge, docs/protocol.md §5.5 and §5.6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.ballot_signature import (
    sign_ballot,
    sign_status,
    verify_ballot_signature,
    verify_status_signature,
)
from crypto.errors import CryptoError, ProofRefused
from crypto.group import GENERATOR, Point, SecretScalar, mul_base
from crypto.knowledge import KnowledgeProof, prove_knowledge, verify_knowledge
from tests.strategies.group import digests, nonidentity_points, parts, secret_scalars


@given(secret_scalars, parts)
def test_a_proof_of_the_own_secret_holds(
    secret: SecretScalar, context: list[bytes]
) -> None:
    proof = prove_knowledge("t", tuple(context), secret, SecretScalar.random())
    decoded = KnowledgeProof.decode(proof.encoded)
    assert decoded == proof
    verify_knowledge("t", tuple(context), mul_base(secret), decoded)


@given(secret_scalars, parts, parts)
def test_a_proof_holds_in_no_other_context(
    secret: SecretScalar, context: list[bytes], other: list[bytes]
) -> None:
    proof = prove_knowledge("t", tuple(context), secret, SecretScalar.random())
    public = mul_base(secret)
    if context != other:
        with pytest.raises(ProofRefused):
            verify_knowledge("t", tuple(other), public, proof)
    with pytest.raises(ProofRefused):
        verify_knowledge("u", tuple(context), public, proof)
    with pytest.raises(ProofRefused):
        verify_knowledge("t", tuple(context), public + GENERATOR, proof)


@given(secret_scalars, nonidentity_points, digests, digests)
def test_any_changed_byte_of_a_ballot_signature_is_refused(
    secret: SecretScalar, token: Point, fingerprint: bytes, tracking: bytes
) -> None:
    public = mul_base(secret)
    whole = sign_ballot(fingerprint, secret, token, tracking)
    verify_ballot_signature(fingerprint, public, token, tracking, whole)
    for at in range(0, 64, 5):
        changed = whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]
        with pytest.raises(CryptoError):
            verify_ballot_signature(fingerprint, public, token, tracking, changed)


@given(secret_scalars, nonidentity_points, digests, st.integers(0, 31))
def test_a_ballot_signature_holds_for_its_statement_alone(
    secret: SecretScalar, token: Point, digest: bytes, at: int
) -> None:
    public = mul_base(secret)
    other = digest[:at] + bytes([digest[at] ^ 1]) + digest[at + 1 :]
    signature = sign_ballot(digest, secret, token, digest)
    for statement in (
        (other, public, token, digest),
        (digest, public + GENERATOR, token, digest),
        (digest, public, token + GENERATOR, digest),
        (digest, public, token, other),
    ):
        with pytest.raises(CryptoError):
            verify_ballot_signature(*statement, signature)


@given(secret_scalars, digests)
def test_a_status_request_is_no_ballot_signature(
    secret: SecretScalar, digest: bytes
) -> None:
    public = mul_base(secret)
    request = sign_status(digest, secret)
    verify_status_signature(digest, public, request)
    with pytest.raises(ProofRefused):
        verify_ballot_signature(digest, public, public, digest, request)
