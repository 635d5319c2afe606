"""Argon2id (RFC 9106): officials' passwords and the passphrases of key files.

A profile is a set of costs with a reason. Text is brought to Unicode's NFC first, so
that an `ø` or `å` typed on one machine is the same on another (docs/protocol.md §4.10).
"""

import unicodedata
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import Type, hash_secret_raw

from crypto.errors import BadPasswordHash, NonCanonicalEncoding, WrongPassphrase
from crypto.sealing import LOCK_KEY_BYTES, LockKey
from crypto.sodium import require_length

SALT_BYTES = 16

LOGIN: Final = argon2.Parameters(
    type=Type.ID,
    version=19,
    salt_len=SALT_BYTES,
    hash_len=32,
    time_cost=3,
    memory_cost=65536,
    parallelism=4,
)
"""RFC 9106 section 4, second recommended option: 3 passes, 4 lanes, 64 MiB."""

KEY_FILE: Final = argon2.Parameters(
    type=Type.ID,
    version=19,
    salt_len=SALT_BYTES,
    hash_len=LOCK_KEY_BYTES,
    time_cost=3,
    memory_cost=65536,
    parallelism=1,
)
"""docs/protocol.md §4.10: as LOGIN with one lane, as a browser has one thread."""

CHEAPEST_FOR_TESTS: Final = argon2.Parameters(
    type=Type.ID,
    version=19,
    salt_len=SALT_BYTES,
    hash_len=32,
    time_cost=1,
    memory_cost=8,
    parallelism=1,
)
"""Protects nothing. Only for tests that are not about passwords."""


def hash_password(password: str, profile: argon2.Parameters = LOGIN) -> str:
    """What to store of a password, in PHC form, with a fresh salt.

    Raises NonCanonicalEncoding for a lone surrogate.
    """
    return argon2.PasswordHasher.from_parameters(profile).hash(_normal(password))


def verify_password(stored: str, password: str) -> None:
    """Refuse a password that is not the stored one, at the costs of the stored hash.

    Raises WrongPassphrase, BadPasswordHash, NonCanonicalEncoding.
    """
    if not stored.startswith("$argon2id$"):
        raise BadPasswordHash
    secret = _normal(password)
    try:
        argon2.PasswordHasher().verify(stored, secret)
    except VerifyMismatchError as error:
        raise WrongPassphrase from error
    except (ValueError, VerificationError) as error:
        raise BadPasswordHash from error


def is_outdated(stored: str, profile: argon2.Parameters = LOGIN) -> bool:
    """Whether a stored hash has other costs, so that the next login renews it.

    Raises BadPasswordHash.
    """
    try:
        hasher = argon2.PasswordHasher.from_parameters(profile)
        return hasher.check_needs_rehash(stored)
    except InvalidHashError as error:
        raise BadPasswordHash from error


def derive_key(
    passphrase: str, salt: bytes, profile: argon2.Parameters = KEY_FILE
) -> LockKey:
    """The key of a passphrase and a salt of 16 bytes: the same on every machine.

    Raises WrongLength, NonCanonicalEncoding.
    """
    require_length("salt", SALT_BYTES, salt)
    return LockKey(
        hash_secret_raw(
            secret=_normal(passphrase),
            salt=salt,
            time_cost=profile.time_cost,
            memory_cost=profile.memory_cost,
            parallelism=profile.parallelism,
            hash_len=profile.hash_len,
            type=profile.type,
            version=profile.version,
        )
    )


def _normal(text: str) -> bytes:
    try:
        return unicodedata.normalize("NFC", text).encode("utf-8")
    except UnicodeEncodeError:
        # Not chained: the cause would carry the text.
        raise NonCanonicalEncoding("a text has a lone surrogate") from None
