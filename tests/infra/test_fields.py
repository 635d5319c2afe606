import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.fields import (
    FIELD_OVERHEAD,
    FieldUnreadable,
    decrypt_field,
    encrypt_field,
    keyed_digest,
)
from infra.keystore import DataKey

KEY = DataKey("0" * 16, os.urandom(32))
OTHER_KEY = DataKey("0" * 16, os.urandom(32))
ROW = os.urandom(16)


@given(st.binary(max_size=200))
def test_a_field_opens_to_what_was_put_in(plaintext: bytes) -> None:
    sealed = encrypt_field(KEY, ROW, "email", plaintext)
    assert len(sealed) == len(plaintext) + FIELD_OVERHEAD
    assert decrypt_field(KEY, ROW, "email", sealed) == plaintext


def test_the_same_value_twice_looks_different() -> None:
    first, second = (encrypt_field(KEY, ROW, "email", b"kari@x.no") for _ in range(2))
    assert first != second
    assert b"kari" not in first + second


def test_a_field_moved_elsewhere_does_not_open() -> None:
    sealed = encrypt_field(KEY, ROW, "email", b"kari@x.no")
    for key, row, name in (
        (OTHER_KEY, ROW, "email"),
        (KEY, os.urandom(16), "email"),
        (KEY, ROW, "mobile"),
        (KEY, ROW + b"e", "mail"),
    ):
        with pytest.raises(FieldUnreadable):
            decrypt_field(key, row, name, sealed)


def test_a_changed_or_cut_field_does_not_open() -> None:
    sealed = encrypt_field(KEY, ROW, "email", b"kari@x.no")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        for bad in (bytes(changed), sealed[:place]):
            with pytest.raises(FieldUnreadable):
                decrypt_field(KEY, ROW, "email", bad)


def test_a_refusal_does_not_show_the_value() -> None:
    with pytest.raises(FieldUnreadable) as caught:
        decrypt_field(KEY, ROW, "email", b"kari@x.no")
    assert "kari" not in str(caught.value)


def test_a_digest_depends_on_key_purpose_and_value_and_nothing_else() -> None:
    digest = keyed_digest(KEY, "number", b"1001")
    assert len(digest) == 32
    assert keyed_digest(KEY, "number", b"1001") == digest
    others = {
        keyed_digest(OTHER_KEY, "number", b"1001"),
        keyed_digest(KEY, "email", b"1001"),
        keyed_digest(KEY, "number", b"1002"),
        keyed_digest(KEY, "number1", b"001"),
    }
    assert len(others) == 4
    assert digest not in others
