"""The key ceremony, docs/protocol.md §3.1 and §4.2."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.ceremony import (
    BadShare,
    deal_share,
    open_all_shares,
    open_share,
    post_commit,
    post_keys,
    post_reveal,
    rehearse,
    sign_transcript,
    spoken_words,
)
from crypto.ceremony_messages import Assembly, CeremonyDocument
from crypto.ceremony_record import CeremonyRecord, verify_ceremony, verify_document
from crypto.decryption import combine
from crypto.encoding import decode_json, encode_json
from crypto.errors import CryptoError
from crypto.group import SecretScalar, mul, mul_base, sum_points
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed
from tests.strategies.group import digests

committees = st.sampled_from([(3, 2), (4, 3), (5, 3), (5, 4)])


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder with all secrets."""

    index: int
    seed: SigningSeed
    sealing: SealingKey
    polynomial: Polynomial


@dataclass(frozen=True, slots=True)
class Held:
    """A ceremony that was held."""

    holders: list[Holder]
    document: CeremonyDocument
    shares: list[SecretScalar]


def hold(count: int, threshold: int) -> Held:
    holders = [
        Holder(
            index,
            SigningSeed.generate(),
            SealingKey.generate(),
            Polynomial.draw(threshold),
        )
        for index in range(1, count + 1)
    ]
    assembly = assemble(holders, threshold)
    document = CeremonyDocument(
        title="Årsmøtet",
        assembly=assembly,
        commits=tuple(
            post_commit(assembly, one.index, one.polynomial, one.seed)
            for one in holders
        ),
        reveals=tuple(
            post_reveal(assembly, one.index, one.polynomial, one.seed)
            for one in holders
        ),
        shares=tuple(
            deal_share(assembly, one.index, other.index, one.polynomial, one.seed)
            for one in holders
            for other in holders
        ),
    )
    shares = [open_all_shares(document, one.index, one.sealing) for one in holders]
    return Held(holders, document, shares)


def assemble(holders: list[Holder], threshold: int) -> Assembly:
    keys = tuple(
        post_keys(
            bytes(16), one.index, f"N {one.index}", one.seed, one.sealing.public_key
        )
        for one in holders
    )
    return Assembly(bytes(16), threshold, keys)


def record_of(held: Held) -> CeremonyRecord:
    transcript = held.document.transcript
    return CeremonyRecord(
        held.document,
        tuple(
            rehearse(transcript, index, share)
            for index, share in enumerate(held.shares, 1)
        ),
        tuple(sign_transcript(transcript, one.index, one.seed) for one in held.holders),
    )


HELD = hold(3, 2)


@settings(max_examples=8)
@given(committees, st.data())
def test_any_k_shares_are_the_election_key(
    committee: tuple[int, int], data: st.DataObject
) -> None:
    count, threshold = committee
    held = hold(count, threshold)
    outcome = verify_ceremony(record_of(held))
    secrets = [one.polynomial.coefficients[0] for one in held.holders]
    assert outcome.election_key == sum_points(mul_base(each) for each in secrets)
    assert outcome.share_keys == tuple(mul_base(share) for share in held.shares)
    chosen = data.draw(st.permutations(range(count)))[:threshold]
    base = mul_base(SecretScalar.random())
    parts = {index + 1: mul(held.shares[index], base) for index in chosen}
    whole = sum_points(mul(secret, base) for secret in secrets)
    assert combine(parts, threshold) == whole
    few = dict(list(parts.items())[:-1])
    assert combine(few, threshold - 1) != whole


def test_the_record_is_written_and_read_the_same() -> None:
    record = record_of(HELD)
    encoded = encode_json(record.entry)
    read = CeremonyRecord.read(decode_json(encoded))
    assert read == record
    assert read.document.transcript == record.document.transcript


def test_every_holder_reads_the_same_words_and_another_key_changes_them() -> None:
    words = [f"word {number}" for number in range(256)]
    assembly = HELD.document.assembly
    spoken = spoken_words(assembly, words)
    assert len(spoken) == 16
    other = replace(HELD.holders[0], sealing=SealingKey.generate())
    assert spoken != spoken_words(assemble([other, *HELD.holders[1:]], 2), words)


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_any_changed_byte_of_the_record_is_refused(at: int, change: int) -> None:
    encoded = encode_json(record_of(HELD).entry)
    at %= len(encoded)
    changed = encoded[:at] + bytes([encoded[at] ^ change]) + encoded[at + 1 :]
    with pytest.raises(CryptoError):
        verify_ceremony(CeremonyRecord.read(decode_json(changed)))


@given(st.integers(0, 111), st.integers(1, 255))
def test_any_changed_byte_of_a_share_blames_its_dealer(at: int, change: int) -> None:
    share = HELD.document.shares[3]
    sealed = share.sealed
    changed = sealed[:at] + bytes([sealed[at] ^ change]) + sealed[at + 1 :]
    with pytest.raises(BadShare) as refusal:
        open_share(
            HELD.document.assembly,
            HELD.document.reveals[1],
            replace(share, sealed=changed),
            HELD.holders[0].sealing,
        )
    assert refusal.value.dealer == 2


def test_a_share_opens_for_its_recipient_alone() -> None:
    share = HELD.document.shares[3]
    with pytest.raises(BadShare):
        open_share(
            HELD.document.assembly,
            HELD.document.reveals[1],
            share,
            HELD.holders[2].sealing,
        )


def test_every_ceremony_has_another_transcript() -> None:
    assert hold(3, 2).document.transcript != HELD.document.transcript


@given(digests)
def test_a_signature_of_another_transcript_is_refused(transcript: bytes) -> None:
    record = record_of(HELD)
    signed = sign_transcript(transcript, 1, HELD.holders[0].seed)
    with pytest.raises(CryptoError):
        verify_ceremony(replace(record, signatures=(signed, *record.signatures[1:])))


def test_polynomials_do_not_show_themselves() -> None:
    polynomial = HELD.holders[0].polynomial
    assert polynomial.coefficients[0].encoded.hex() not in repr(polynomial)
    assert repr(polynomial) == "Polynomial(…)"


def test_the_document_verifies_before_anyone_signs_it() -> None:
    outcome = verify_document(HELD.document)
    assert outcome.share_keys == tuple(mul_base(share) for share in HELD.shares)
