"""Boxes of libsodium: sealed to a public key, or locked with a secret one.

Never `Box`: what one party seals to another with it, the sender can open as well. A
`SealedBox` (docs/protocol.md §3.1) is opened by the recipient alone; a `SecretBox`
(§4.10) by whoever holds the key. Neither says who made it: shares are signed besides.
"""

import secrets
from dataclasses import dataclass, field
from typing import Self

from nacl.exceptions import CryptoError as SodiumError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from crypto.errors import UnlockRefused, UnsealRefused, WeakPublicKey
from crypto.sodium import require_length

SEALING_KEY_BYTES = 32
SEAL_OVERHEAD_BYTES = 48
LOCK_KEY_BYTES = 32
NONCE_BYTES = 24
LOCK_OVERHEAD_BYTES = NONCE_BYTES + 16


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The secret half of an X25519 key pair, 32 bytes. Shows nothing of itself.

    Raises WrongLength.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        require_length("sealing key", SEALING_KEY_BYTES, self.secret)

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's generator."""
        return cls(secrets.token_bytes(SEALING_KEY_BYTES))

    @property
    def public_key(self) -> bytes:
        """What others seal to, 32 bytes."""
        return bytes(PrivateKey(self.secret).public_key)


@dataclass(frozen=True, slots=True)
class LockKey:
    """The key of a secret box, 32 bytes. Shows nothing of itself.

    Raises WrongLength.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        require_length("lock key", LOCK_KEY_BYTES, self.secret)

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's generator."""
        return cls(secrets.token_bytes(LOCK_KEY_BYTES))


def seal(public_key: bytes, plaintext: bytes) -> bytes:
    """The plaintext for the holder of `public_key` alone, 48 bytes longer.

    libsodium's crypto_box_seal: X25519, XSalsa20-Poly1305. Raises WrongLength,
    WeakPublicKey.
    """
    require_length("sealing public key", SEALING_KEY_BYTES, public_key)
    try:
        return SealedBox(PublicKey(public_key)).encrypt(plaintext)
    except SodiumError as error:
        raise WeakPublicKey from error


def unseal(key: SealingKey, sealed: bytes) -> bytes:
    """The plaintext that was sealed to this key; raises UnsealRefused."""
    try:
        return SealedBox(PrivateKey(key.secret)).decrypt(sealed)
    except SodiumError as error:
        raise UnsealRefused from error


def lock(key: LockKey, plaintext: bytes) -> bytes:
    """A fresh nonce of 24 bytes and the SecretBox, 16 bytes longer than the text."""
    return bytes(SecretBox(key.secret).encrypt(plaintext))


def unlock(key: LockKey, locked: bytes) -> bytes:
    """The plaintext of a nonce and its SecretBox; raises UnlockRefused."""
    if len(locked) < LOCK_OVERHEAD_BYTES:
        raise UnlockRefused
    try:
        return SecretBox(key.secret).decrypt(locked)
    except SodiumError as error:
        raise UnlockRefused from error
