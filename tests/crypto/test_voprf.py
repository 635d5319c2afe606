"""The VOPRF of RFC 9497, every field of its vectors, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import voprf
from crypto.errors import (
    BatchTooLarge,
    EmptyBatch,
    IdentityPoint,
    KeyDerivationFailed,
    NonCanonicalScalar,
    ProofRefused,
    TokenRefused,
    WrongLength,
    ZeroScalar,
)
from crypto.group import GENERATOR, IDENTITY, ORDER, Point, Scalar, SecretScalar, mul
from crypto.voprf import (
    DleqProof,
    blind,
    derive_key_pair,
    evaluate,
    expand_message,
    finalize,
    hash_to_group,
    prove_evaluations,
    unblind,
    verify_evaluations,
    verify_token,
)
from tests.strategies.group import secret_scalars

RFC = Path(__file__).parents[1] / "vectors/rfc"
RFC_9497 = json.loads((RFC / "rfc9497.json").read_text("utf-8"))
RFC_9380 = json.loads((RFC / "rfc9380.json").read_text("utf-8"))
SECRET, PUBLIC = derive_key_pair(bytes(32), b"test")


def _points(encodings: list[str]) -> list[Point]:
    return [Point.decode_nonidentity(bytes.fromhex(encoding)) for encoding in encodings]


def _secrets(encodings: list[str]) -> list[SecretScalar]:
    return [SecretScalar.decode(bytes.fromhex(encoding)) for encoding in encodings]


def test_key_pair_is_the_one_of_the_rfc() -> None:
    secret, public = derive_key_pair(
        bytes.fromhex(RFC_9497["seed"]), bytes.fromhex(RFC_9497["key_info"])
    )
    assert secret.encoded.hex() == RFC_9497["secret_key"]
    assert public.encoded.hex() == RFC_9497["public_key"]


@pytest.mark.parametrize(
    "vector", RFC_9497["vectors"], ids=lambda vector: vector["name"]
)
def test_every_field_of_the_rfc_is_met(vector: dict[str, Any]) -> None:
    secret = _secrets([RFC_9497["secret_key"]])[0]
    public = _points([RFC_9497["public_key"]])[0]
    inputs = [bytes.fromhex(value) for value in vector["input"]]
    blinds = _secrets(vector["blind"])

    blinded = [blind(data, b) for data, b in zip(inputs, blinds, strict=True)]
    assert blinded == _points(vector["blinded_element"])

    evaluated, own_proof = evaluate(secret, blinded)
    assert list(evaluated) == _points(vector["evaluation_element"])
    verify_evaluations(public, blinded, evaluated, own_proof)

    nonce = _secrets([vector["proof_random_scalar"]])[0]
    proof = prove_evaluations(secret, blinded, evaluated, nonce=nonce)
    assert proof.encoded.hex() == vector["proof"]
    assert DleqProof.decode(bytes.fromhex(vector["proof"])) == proof
    verify_evaluations(public, blinded, evaluated, proof)

    tokens = [unblind(b, e) for b, e in zip(blinds, evaluated, strict=True)]
    outputs = [finalize(d, t).hex() for d, t in zip(inputs, tokens, strict=True)]
    assert outputs == vector["output"]
    for data, token in zip(inputs, tokens, strict=True):
        verify_token(secret, data, token)


@pytest.mark.parametrize("vector", RFC_9380["vectors"])
def test_messages_expand_as_in_rfc_9380(vector: dict[str, Any]) -> None:
    message = bytes.fromhex(vector["message"])
    expanded = expand_message(message, RFC_9380["dst"].encode(), vector["length"])
    assert expanded.hex() == vector["output"]


def test_expansion_outside_its_lengths_is_refused() -> None:
    assert len(expand_message(b"", b"dst", 255 * 64)) == 255 * 64
    assert len(expand_message(b"", bytes(255), 65)) == 65
    for length in (0, 255 * 64 + 1):
        with pytest.raises(WrongLength):
            expand_message(b"", b"dst", length)
    with pytest.raises(WrongLength):
        expand_message(b"", bytes(256), 64)


@given(secret_scalars, st.binary(max_size=60), secret_scalars)
def test_token_is_the_key_times_the_credential(
    secret: SecretScalar, data: bytes, hidden: SecretScalar
) -> None:
    (evaluated,), _ = evaluate(secret, [blind(data, hidden)])
    token = unblind(hidden, evaluated)
    assert token == mul(secret, hash_to_group(data))
    verify_token(secret, data, token)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=5), st.data())
def test_proof_over_other_elements_is_refused(
    inputs: list[bytes], data: st.DataObject
) -> None:
    elements = [hash_to_group(value) for value in inputs]
    evaluated, proof = evaluate(SECRET, elements)
    verify_evaluations(PUBLIC, elements, evaluated, proof)
    place = data.draw(st.integers(0, len(inputs) - 1))
    for changed in (evaluated[place] + GENERATOR, -evaluated[place], GENERATOR):
        images = [*evaluated[:place], changed, *evaluated[place + 1 :]]
        with pytest.raises(ProofRefused):
            verify_evaluations(PUBLIC, elements, images, proof)
        originals = [*elements[:place], changed, *elements[place + 1 :]]
        with pytest.raises(ProofRefused):
            verify_evaluations(PUBLIC, originals, evaluated, proof)


def test_elements_that_change_places_are_refused() -> None:
    elements = [hash_to_group(b"a"), hash_to_group(b"b")]
    evaluated, proof = evaluate(SECRET, elements)
    with pytest.raises(ProofRefused):
        verify_evaluations(PUBLIC, elements, evaluated[::-1], proof)
    with pytest.raises(ProofRefused):
        verify_evaluations(PUBLIC, elements[::-1], evaluated[::-1], proof)
    with pytest.raises(ProofRefused):
        verify_evaluations(PUBLIC, elements[:1], evaluated[:1], proof)


def test_errors_that_cancel_out_are_refused() -> None:
    """Why each element has a weight of its own: the plain sums agree here."""
    elements = [hash_to_group(b"a"), hash_to_group(b"b")]
    images = [mul(SECRET, element) for element in elements]
    crooked = [images[0] + GENERATOR, images[1] - GENERATOR]
    proof = prove_evaluations(SECRET, elements, crooked)
    with pytest.raises(ProofRefused):
        verify_evaluations(PUBLIC, elements, crooked, proof)


def test_other_key_is_refused() -> None:
    elements = [hash_to_group(b"a")]
    other, other_public = derive_key_pair(bytes(32), b"other")
    evaluated, proof = evaluate(other, elements)
    with pytest.raises(ProofRefused):
        verify_evaluations(PUBLIC, elements, evaluated, proof)
    verify_evaluations(other_public, elements, evaluated, proof)
    crooked = prove_evaluations(SECRET, elements, evaluated)
    with pytest.raises(ProofRefused):
        verify_evaluations(PUBLIC, elements, evaluated, crooked)


@given(st.integers(0, 63), st.integers(1, 255))
def test_proof_with_one_byte_changed_is_refused(place: int, change: int) -> None:
    elements = [hash_to_group(b"a"), hash_to_group(b"b")]
    evaluated, proof = evaluate(SECRET, elements)
    changed = bytearray(proof.encoded)
    changed[place] ^= change
    with pytest.raises((ProofRefused, NonCanonicalScalar)):
        verify_evaluations(
            PUBLIC, elements, evaluated, DleqProof.decode(bytes(changed))
        )


def test_proof_of_another_form_is_refused() -> None:
    for length in (0, 63, 65):
        with pytest.raises(WrongLength):
            DleqProof.decode(bytes(length))
    for place in (0, 32):
        proof = bytearray(64)
        proof[place : place + 32] = ORDER.to_bytes(32, "little")
        with pytest.raises(NonCanonicalScalar):
            DleqProof.decode(bytes(proof))


def test_identity_is_refused_everywhere() -> None:
    element = hash_to_group(b"a")
    (image,), proof = evaluate(SECRET, [element])
    for public, given_element, given_image in (
        (IDENTITY, element, image),
        (PUBLIC, IDENTITY, image),
        (PUBLIC, element, IDENTITY),
    ):
        with pytest.raises(IdentityPoint):
            verify_evaluations(public, [given_element], [given_image], proof)
    with pytest.raises(IdentityPoint):
        evaluate(SECRET, [IDENTITY])
    with pytest.raises(IdentityPoint):
        evaluate(SecretScalar.from_int(0), [element])
    with pytest.raises(IdentityPoint):
        blind(b"a", SecretScalar.from_int(0))
    with pytest.raises(IdentityPoint):
        unblind(SecretScalar.from_int(5), IDENTITY)
    with pytest.raises(ZeroScalar):
        unblind(SecretScalar.from_int(0), image)


def test_batch_without_or_with_too_many_elements_is_refused() -> None:
    with pytest.raises(EmptyBatch):
        evaluate(SECRET, [])
    proof = DleqProof(Scalar.from_int(1), Scalar.from_int(1))
    many = [GENERATOR] * (voprf.BATCH_LIMIT + 1)
    with pytest.raises(BatchTooLarge):
        verify_evaluations(PUBLIC, many, many, proof)
    with pytest.raises(WrongLength):
        verify_evaluations(PUBLIC, many[:2], many[:1], proof)


def test_token_of_another_key_or_credential_is_refused() -> None:
    token = mul(SECRET, hash_to_group(b"credential"))
    verify_token(SECRET, b"credential", token)
    for secret, data, given_token in (
        (SECRET, b"other", token),
        (SecretScalar.from_int(5), b"credential", token),
        (SECRET, b"credential", token + GENERATOR),
        (SECRET, b"credential", IDENTITY),
    ):
        with pytest.raises(TokenRefused):
            verify_token(secret, data, given_token)


def test_data_that_has_no_room_for_its_length_is_refused() -> None:
    finalize(bytes(voprf.LONGEST_PART), GENERATOR)
    with pytest.raises(WrongLength):
        finalize(bytes(voprf.LONGEST_PART + 1), GENERATOR)
    with pytest.raises(WrongLength):
        derive_key_pair(bytes(31), b"")


def test_key_of_zero_is_never_derived(monkeypatch: pytest.MonkeyPatch) -> None:
    counters: list[bytes] = []

    def first_two_are_zero(data: bytes, dst: bytes) -> Scalar:
        counters.append(data[-1:])
        assert dst.startswith(b"DeriveKeyPairOPRFV1-")
        return Scalar.from_int(0 if len(counters) < 3 else 5)

    monkeypatch.setattr(voprf, "hash_to_scalar", first_two_are_zero)
    secret, public = derive_key_pair(bytes(32), b"info")
    assert int(secret) == 5
    assert public == mul(secret, GENERATOR)
    assert counters == [b"\x00", b"\x01", b"\x02"]

    monkeypatch.setattr(voprf, "hash_to_scalar", lambda _data, _dst: Scalar.from_int(0))
    with pytest.raises(KeyDerivationFailed):
        derive_key_pair(bytes(32), b"info")
