"""The key file, docs/protocol.md §4.10. Files here are cheap, but for one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import encode_json
from crypto.errors import CryptoError, WrongPassphrase
from crypto.group import SecretScalar
from crypto.keyfile import (
    HolderSecrets,
    KeyFileLabel,
    OtherTally,
    UnsupportedParameters,
    read_key_file,
    read_label,
    write_key_file,
)
from crypto.passwords import CHEAPEST_FOR_TESTS
from crypto.sealing import SealingKey
from crypto.signing import SigningSeed
from tests.strategies.group import digests, texts

LABEL = KeyFileLabel(bytes(range(16)), 2, "Åse Ødegård", "Lønnsoppgjøret 2027")
SECRETS = HolderSecrets(
    share=SecretScalar.random(),
    signing_seed=SigningSeed.generate(),
    sealing_key=SealingKey.generate(),
    transcript=bytes(range(32)),
)


def cheap(passphrase: str, secrets: HolderSecrets = SECRETS) -> bytes:
    return write_key_file(LABEL, secrets, passphrase, profile=CHEAPEST_FOR_TESTS)


@given(texts)
def test_the_passphrase_opens_the_file(passphrase: str) -> None:
    opened = read_key_file(cheap(passphrase), passphrase, profile=CHEAPEST_FOR_TESTS)
    assert opened == (LABEL, SECRETS)


@given(texts)
def test_another_passphrase_does_not(passphrase: str) -> None:
    file = cheap(passphrase)
    with pytest.raises(WrongPassphrase):
        read_key_file(file, passphrase + ".", profile=CHEAPEST_FOR_TESTS)


def test_a_file_of_full_cost_is_written_and_read() -> None:
    file = write_key_file(LABEL, SECRETS, "blåbær")
    assert read_label(file) == LABEL
    assert read_key_file(file, "blåbær") == (LABEL, SECRETS)


def test_a_cheap_file_is_refused_before_the_passphrase_is_tried() -> None:
    with pytest.raises(UnsupportedParameters):
        read_key_file(cheap("blåbær"), "blåbær")
    with pytest.raises(UnsupportedParameters):
        read_label(cheap("blåbær"))


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_file_is_refused_or_has_another_label(at: int, change: int) -> None:
    file = cheap("blåbær")
    at %= len(file)
    changed = file[:at] + bytes([file[at] ^ change]) + file[at + 1 :]
    try:
        label, secrets = read_key_file(changed, "blåbær", profile=CHEAPEST_FOR_TESTS)
    except CryptoError:
        return
    assert label != LABEL
    assert secrets == SECRETS


def test_two_files_of_the_same_have_other_salts_nonces_and_boxes() -> None:
    first, second = json.loads(cheap("blåbær")), json.loads(cheap("blåbær"))
    for field in ("box", "nonce", "salt"):
        assert first[field] != second[field]


@given(digests, digests)
def test_one_tally_is_remembered_and_no_second_one(first: bytes, second: bytes) -> None:
    remembered = SECRETS.with_tally(first)
    file = cheap("blåbær", remembered)
    _, opened = read_key_file(file, "blåbær", profile=CHEAPEST_FOR_TESTS)
    assert opened.tallied == first
    assert opened.with_tally(first) == opened
    if first != second:
        with pytest.raises(OtherTally):
            opened.with_tally(second)


def test_secrets_do_not_show_themselves() -> None:
    shown = repr(replace(SECRETS, tallied=bytes(32)))
    assert shown == "HolderSecrets(…)"


def test_no_secret_stands_in_the_file_in_the_clear() -> None:
    file = cheap("blåbær")
    for secret in (
        SECRETS.share.encoded,
        SECRETS.signing_seed.secret,
        SECRETS.sealing_key.secret,
    ):
        assert secret.hex().encode() not in file
    assert encode_json(json.loads(file)) == file
