"""Voting codes, docs/protocol.md §1.6 and §3.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.codes import (
    MalformedCode,
    OtherFingerprint,
    VotingCode,
    derive_blind,
    derive_credential,
    login_seed,
    parse_link_fragment,
    require_fingerprint,
    short_fingerprint,
)
from crypto.encoding import BASE32_ALPHABET
from crypto.group import mul_base
from tests.strategies.group import digests

codes = st.text(BASE32_ALPHABET, min_size=26, max_size=26).map(VotingCode)


@given(codes, digests)
def test_a_link_leads_back_to_its_code_and_election(
    code: VotingCode, fingerprint: bytes
) -> None:
    read, short = parse_link_fragment(code.link_fragment(fingerprint))
    assert read == code
    require_fingerprint(short, fingerprint)


@given(codes, digests, digests)
def test_a_link_is_for_one_election(
    code: VotingCode, fingerprint: bytes, other: bytes
) -> None:
    _, short = parse_link_fragment(code.link_fragment(fingerprint))
    if fingerprint[:10] != other[:10]:
        with pytest.raises(OtherFingerprint):
            require_fingerprint(short, other)


@given(codes)
def test_a_printed_code_is_typed_in_many_ways(code: VotingCode) -> None:
    assert VotingCode.typed(code.printed) == code
    assert VotingCode.typed(code.printed.lower().replace("-", " ")) == code
    assert VotingCode.typed(code.symbols.replace("0", "o").replace("1", "l")) == code


@given(st.text())
def test_other_text_is_refused_by_name(text: str) -> None:
    try:
        VotingCode.typed(text)
    except MalformedCode:
        return
    assert sum(character not in " -" for character in text) == 26


@given(codes, digests, digests)
def test_all_that_is_derived_is_different_and_stays_the_same(
    code: VotingCode, fingerprint: bytes, salt: bytes
) -> None:
    credential = derive_credential(fingerprint, code, salt)
    blind = derive_blind(fingerprint, code, salt)
    assert credential.public == mul_base(credential.secret)
    assert credential == derive_credential(fingerprint, code, salt)
    assert blind == derive_blind(fingerprint, code, salt)
    derived = {
        credential.secret.encoded,
        blind.encoded,
        login_seed(fingerprint, code),
        credential.public.encoded,
    }
    assert len(derived) == 4


@given(codes, digests, digests, digests)
def test_the_salt_and_the_election_change_the_credential(
    code: VotingCode, fingerprint: bytes, salt: bytes, other: bytes
) -> None:
    own = derive_credential(fingerprint, code, salt)
    assert (own == derive_credential(fingerprint, code, other)) == (salt == other)
    elsewhere = derive_credential(other, code, salt)
    assert (own == elsewhere) == (fingerprint == other)


def test_drawn_codes_are_different_and_use_every_symbol() -> None:
    drawn = {VotingCode.draw() for _ in range(200)}
    assert len(drawn) == 200
    assert {symbol for code in drawn for symbol in code.symbols} == set(BASE32_ALPHABET)


def test_a_code_does_not_show_itself() -> None:
    code = VotingCode.draw()
    assert code.symbols not in f"{code} {code!r} {[code]}"
    credential = derive_credential(bytes(32), code, bytes(32))
    assert credential.secret.encoded.hex() not in repr(credential)


def test_the_short_fingerprint_is_the_first_80_bits() -> None:
    assert short_fingerprint(b"\xff" * 10 + bytes(22)) == "Z" * 16
    assert short_fingerprint(bytes(10) + b"\xff" * 22) == "0" * 16
