"""The key file: a holder's secrets under a passphrase (docs/protocol.md §4.10).

It is the only place where a share of the election key is kept. The costs of Argon2id
stand in the file so that it explains itself, and are refused when they are others: a
file with cheaper ones would have its passphrase guessed.
"""

import secrets as randomness
from dataclasses import dataclass, replace

import argon2
from typing_extensions import override

from crypto.ceremony_messages import ID_BYTES
from crypto.documents import Fields
from crypto.encoding import (
    JsonValue,
    decode_json,
    encode_base64,
    encode_json,
)
from crypto.errors import CryptoError, UnlockRefused, WrongPassphrase
from crypto.group import SecretScalar
from crypto.hashing import DIGEST_BYTES
from crypto.passwords import KEY_FILE, SALT_BYTES, derive_key
from crypto.sealing import (
    NONCE_BYTES,
    SEALING_KEY_BYTES,
    LockKey,
    SealingKey,
    lock,
    unlock,
)
from crypto.sharing import MOST_HOLDERS
from crypto.signing import SEED_BYTES, SigningSeed

FORMAT = "urne/v1/keyfile"

_COST_LIMIT = 2**32 - 1


class UnsupportedParameters(CryptoError):
    """The file names other costs of Argon2id than the protocol's."""


class OtherTally(CryptoError):
    """The file has decrypted one tally, and another is asked for."""


@dataclass(frozen=True, slots=True)
class KeyFileLabel:
    """What the file tells without its passphrase.

    `ceremony`: the id, 16 bytes; `index` from 1; `name`: 1 to 100 characters.
    """

    ceremony: bytes
    index: int
    name: str
    title: str


@dataclass(frozen=True, slots=True, repr=False)
class HolderSecrets:
    """What the passphrase protects. Shows nothing of itself.

    `share`: x_i; `transcript`: the ceremony's digest, 32 bytes; `tallied`: the digest
    of the one tally that the file has decrypted, 32 bytes, or None.
    """

    share: SecretScalar
    signing_seed: SigningSeed
    sealing_key: SealingKey
    transcript: bytes
    tallied: bytes | None = None

    @override
    def __repr__(self) -> str:
        return "HolderSecrets(…)"

    def with_tally(self, tally: bytes) -> "HolderSecrets":
        """Remember the one tally, 32 bytes; raises OtherTally for a second one.

        The file is written again before the decryptions are shown to anyone.
        """
        if self.tallied not in {None, tally}:
            raise OtherTally
        return replace(self, tallied=tally)


@dataclass(frozen=True, slots=True)
class _LockedFile:
    """The file's parts, read and not yet opened."""

    label: KeyFileLabel
    salt: bytes
    locked: bytes


def write_key_file(
    label: KeyFileLabel,
    secrets: HolderSecrets,
    passphrase: str,
    *,
    profile: argon2.Parameters = KEY_FILE,
) -> bytes:
    """The key file, with a fresh salt and nonce.

    `profile` is another one only in tests: `read_key_file` refuses what it writes.
    """
    salt = randomness.token_bytes(SALT_BYTES)
    key = derive_key(passphrase, salt, profile)
    locked = lock(key, encode_json(_inner(secrets)))
    return encode_json(
        {
            "box": encode_base64(locked[NONCE_BYTES:]),
            "ceremony": label.ceremony.hex(),
            "format": FORMAT,
            "index": label.index,
            "lanes": profile.parallelism,
            "memory_kib": profile.memory_cost,
            "name": label.name,
            "nonce": locked[:NONCE_BYTES].hex(),
            "passes": profile.time_cost,
            "salt": salt.hex(),
            "title": label.title,
        }
    )


def read_label(encoded: bytes) -> KeyFileLabel:
    """What a key file tells without its passphrase; raises as `read_key_file`."""
    return _read(encoded, KEY_FILE).label


def read_key_file(
    encoded: bytes, passphrase: str, *, profile: argon2.Parameters = KEY_FILE
) -> tuple[KeyFileLabel, HolderSecrets]:
    """Open a key file; takes about 0.2 seconds and 64 MiB.

    Raises NonCanonicalEncoding, WrongLength, UnsupportedParameters for other costs,
    WrongPassphrase, also when the box was changed, and NonCanonicalScalar.
    """
    file = _read(encoded, profile)
    plain = _unlocked(derive_key(passphrase, file.salt, profile), file.locked)
    return file.label, _read_inner(decode_json(plain))


def _read(encoded: bytes, profile: argon2.Parameters) -> _LockedFile:
    fields = Fields.of(
        decode_json(encoded),
        "box",
        "ceremony",
        "format",
        "index",
        "lanes",
        "memory_kib",
        "name",
        "nonce",
        "passes",
        "salt",
        "title",
    )
    fields.require("format", FORMAT)
    costs = [
        fields.integer(name, 1, _COST_LIMIT)
        for name in ("lanes", "memory_kib", "passes")
    ]
    if costs != [profile.parallelism, profile.memory_cost, profile.time_cost]:
        raise UnsupportedParameters
    return _LockedFile(
        label=KeyFileLabel(
            ceremony=fields.hex("ceremony", ID_BYTES),
            index=fields.integer("index", 1, MOST_HOLDERS),
            name=fields.person("name"),
            title=fields.text("title"),
        ),
        salt=fields.hex("salt", SALT_BYTES),
        locked=fields.hex("nonce", NONCE_BYTES) + fields.base64("box"),
    )


def _unlocked(key: LockKey, locked: bytes) -> bytes:
    try:
        return unlock(key, locked)
    except UnlockRefused as error:
        raise WrongPassphrase from error


def _inner(secrets: HolderSecrets) -> dict[str, JsonValue]:
    tallied = secrets.tallied
    return {
        "sealing_key": secrets.sealing_key.secret.hex(),
        "share": secrets.share.encoded.hex(),
        "signing_seed": secrets.signing_seed.secret.hex(),
        "tallied": None if tallied is None else tallied.hex(),
        "transcript": secrets.transcript.hex(),
    }


def _read_inner(value: JsonValue) -> HolderSecrets:
    fields = Fields.of(
        value, "sealing_key", "share", "signing_seed", "tallied", "transcript"
    )
    unused = fields.values["tallied"] is None
    return HolderSecrets(
        share=fields.secret("share"),
        signing_seed=SigningSeed(fields.hex("signing_seed", SEED_BYTES)),
        sealing_key=SealingKey(fields.hex("sealing_key", SEALING_KEY_BYTES)),
        transcript=fields.hex("transcript", DIGEST_BYTES),
        tallied=None if unused else fields.hex("tallied", DIGEST_BYTES),
    )
