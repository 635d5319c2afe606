"""Argon2id as in RFC 9106, the same in Python and in the browser."""

import json
from pathlib import Path
from typing import Any

import argon2
import pytest
from argon2.low_level import Type as Argon2Type
from argon2.low_level import core, error_to_str, ffi

from crypto.errors import (
    BadPasswordHash,
    NonCanonicalEncoding,
    WrongLength,
    WrongPassphrase,
)
from crypto.passwords import (
    CHEAPEST_FOR_TESTS,
    KEY_FILE,
    LOGIN,
    derive_key,
    hash_password,
    is_outdated,
    verify_password,
)

VECTORS = Path(__file__).parents[1] / "vectors"
RFC_9106 = json.loads((VECTORS / "rfc/rfc9106.json").read_text("utf-8"))["vectors"]
KEY_FILES = json.loads((VECTORS / "keyfile_passphrase.json").read_text("utf-8"))


def _argon2id(vector: dict[str, Any]) -> bytes:
    """The whole of RFC 9106, with secret and data, which the profiles do not use."""
    fields = {
        name: bytes.fromhex(vector[name])
        for name in ("password", "salt", "secret", "associated_data")
    }
    kept = {name: ffi.new("uint8_t[]", value) for name, value in fields.items()}
    tag = ffi.new("uint8_t[]", vector["tag_length"])
    context = ffi.new(
        "argon2_context *",
        {
            "out": tag,
            "outlen": vector["tag_length"],
            "pwd": kept["password"],
            "pwdlen": len(fields["password"]),
            "salt": kept["salt"],
            "saltlen": len(fields["salt"]),
            "secret": kept["secret"],
            "secretlen": len(fields["secret"]),
            "ad": kept["associated_data"],
            "adlen": len(fields["associated_data"]),
            "t_cost": vector["passes"],
            "m_cost": vector["memory_kib"],
            "lanes": vector["lanes"],
            "threads": vector["lanes"],
            "version": vector["version"],
            "allocate_cbk": ffi.NULL,
            "free_cbk": ffi.NULL,
            "flags": 0,
        },
    )
    code = core(context, Argon2Type.ID.value)
    assert code == 0, error_to_str(code)
    return bytes(ffi.buffer(tag))


@pytest.mark.parametrize("vector", RFC_9106, ids=lambda vector: vector["name"])
def test_library_computes_the_argon2id_of_the_rfc(vector: dict[str, Any]) -> None:
    assert _argon2id(vector).hex() == vector["tag"]


@pytest.mark.parametrize(
    "vector", KEY_FILES["vectors"], ids=lambda vector: vector["name"]
)
def test_key_file_opens_with_the_key_that_the_browser_derives(
    vector: dict[str, str],
) -> None:
    key = derive_key(vector["passphrase"], bytes.fromhex(vector["salt"]))
    assert key.secret.hex() == vector["key"]


def test_profiles_are_those_of_the_rfc_and_the_protocol() -> None:
    assert argon2.profiles.RFC_9106_LOW_MEMORY == LOGIN
    assert KEY_FILE.memory_cost == KEY_FILES["memory_kib"] == 65536
    assert KEY_FILE.time_cost == KEY_FILES["passes"] == 3
    assert KEY_FILE.parallelism == KEY_FILES["lanes"] == 1
    assert KEY_FILE.hash_len == 32
    assert KEY_FILE.version == 0x13


def test_salt_of_another_length_is_refused() -> None:
    with pytest.raises(WrongLength):
        derive_key("passphrase", bytes(15), CHEAPEST_FOR_TESTS)


def test_password_of_an_official_costs_what_the_profile_says() -> None:
    stored = hash_password("Blåbærgrød")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    verify_password(stored, "Blåbærgrød")
    assert not is_outdated(stored)


def test_only_the_same_password_is_accepted() -> None:
    stored = hash_password("rødgrød", CHEAPEST_FOR_TESTS)
    verify_password(stored, "rødgrød")
    for other in ("rodgrod", "rødgrød ", "", "Rødgrød"):
        with pytest.raises(WrongPassphrase):
            verify_password(stored, other)
    assert stored != hash_password("rødgrød", CHEAPEST_FOR_TESTS)


def test_letters_typed_as_two_characters_are_the_same_password() -> None:
    stored = hash_password("bl\u00e5", CHEAPEST_FOR_TESTS)
    verify_password(stored, "bla\u030a")


def test_hash_with_other_costs_is_outdated() -> None:
    assert is_outdated(hash_password("x", CHEAPEST_FOR_TESTS))


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "password",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$ø$x",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$",
    ],
)
def test_stored_text_that_is_no_hash_is_refused(stored: str) -> None:
    with pytest.raises(BadPasswordHash):
        verify_password(stored, "x")


def test_hash_by_another_function_is_refused() -> None:
    stored = argon2.PasswordHasher(
        time_cost=1, memory_cost=8, parallelism=1, type=Argon2Type.I
    ).hash("x")
    with pytest.raises(BadPasswordHash):
        verify_password(stored, "x")
    with pytest.raises(BadPasswordHash):
        is_outdated("password")


def test_password_that_is_no_text_is_refused_without_being_shown() -> None:
    with pytest.raises(NonCanonicalEncoding) as refusal:
        hash_password("hemmelig\ud800", CHEAPEST_FOR_TESTS)
    assert "hemmelig" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
