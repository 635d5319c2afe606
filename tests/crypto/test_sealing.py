"""Boxes open for their key alone, and only unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import UnlockRefused, UnsealRefused, WeakPublicKey, WrongLength
from crypto.sealing import (
    LOCK_OVERHEAD_BYTES,
    SEAL_OVERHEAD_BYTES,
    LockKey,
    SealingKey,
    lock,
    seal,
    unlock,
    unseal,
)

SEALING = SealingKey(bytes(range(32)))
LOCK = LockKey(bytes(range(32)))

# Recorded once from libsodium 1.0.20: crypto_box_seal to the key above.
SEALED_BEFORE = bytes.fromhex(
    "02eb46953599d7a3bf9cea7cf62a99a823d40682786812535a3a355bb3b09f1fe7c715afa57a09d2c7f34627987b0eb7d556b8144ae22bc2d67458eafca026b1c26104f8"
)


@given(st.binary(max_size=100))
def test_sealed_box_opens_for_its_key(plaintext: bytes) -> None:
    sealed = seal(SEALING.public_key, plaintext)
    assert len(sealed) == len(plaintext) + SEAL_OVERHEAD_BYTES
    assert unseal(SEALING, sealed) == plaintext
    assert seal(SEALING.public_key, plaintext) != sealed


def test_sealed_box_made_elsewhere_opens() -> None:
    assert unseal(SEALING, SEALED_BEFORE) == b"en andel av en andel"


def test_sealed_box_opens_for_no_other_key() -> None:
    sealed = seal(SEALING.public_key, b"share")
    with pytest.raises(UnsealRefused):
        unseal(SealingKey.generate(), sealed)


def test_changed_sealed_box_is_refused() -> None:
    sealed = seal(SEALING.public_key, b"share")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(UnsealRefused):
            unseal(SEALING, bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(UnsealRefused):
            unseal(SEALING, sealed[:length])


@pytest.mark.parametrize("first", [0, 1])
def test_nothing_is_sealed_to_a_key_of_small_order(first: int) -> None:
    with pytest.raises(WeakPublicKey):
        seal(bytes([first]) + bytes(31), b"share")


@given(st.binary(max_size=100))
def test_locked_box_opens_for_its_key(plaintext: bytes) -> None:
    locked = lock(LOCK, plaintext)
    assert len(locked) == len(plaintext) + LOCK_OVERHEAD_BYTES
    assert unlock(LOCK, locked) == plaintext
    assert lock(LOCK, plaintext)[:24] != locked[:24]


def test_secret_box_of_nacl_opens() -> None:
    """The test of NaCl's own tests/secretbox.c, with its nonce before the box."""
    key = LockKey(
        bytes.fromhex(
            "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389"
        )
    )
    nonce = bytes.fromhex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
    box = bytes.fromhex(
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a447"
        "6fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eee"
        "e314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5"
        "f9b37973f622a43d14a6599b1f654cb45a74e355a5"
    )
    assert unlock(key, nonce + box) == bytes.fromhex(
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a"
        "1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6"
        "b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705"
    )


def test_changed_locked_box_or_other_key_is_refused() -> None:
    locked = lock(LOCK, b"name")
    with pytest.raises(UnlockRefused):
        unlock(LockKey.generate(), locked)
    for place in range(len(locked)):
        changed = bytearray(locked)
        changed[place] ^= 1
        with pytest.raises(UnlockRefused):
            unlock(LOCK, bytes(changed))
    for length in range(len(locked)):
        with pytest.raises(UnlockRefused):
            unlock(LOCK, locked[:length])


def test_keys_of_other_lengths_are_refused() -> None:
    for make in (SealingKey, LockKey):
        with pytest.raises(WrongLength):
            make(bytes(31))
    with pytest.raises(WrongLength):
        seal(bytes(33), b"")


def test_keys_show_nothing_of_themselves() -> None:
    for key in (SealingKey.generate(), LockKey.generate()):
        assert repr(key.secret) not in repr(key)
        assert key.secret.hex() not in str(key)
