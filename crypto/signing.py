"""Ed25519 signatures (RFC 8032, docs/protocol.md §1.4).

Documents are signed over the frames of `crypto.hashing`, so that a signature made for
one purpose holds for no other. Notes of the board are the one exception: they are
signed as C2SP says, over their text, by `sign_raw`.
"""

import secrets
from dataclasses import dataclass, field
from typing import Self

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto.errors import BadSignature
from crypto.hashing import frames
from crypto.sodium import require_length

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SigningSeed:
    """The secret an Ed25519 key pair is made from, 32 bytes. Shows nothing of itself.

    Raises WrongLength.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        require_length("signing seed", SEED_BYTES, self.secret)

    @classmethod
    def generate(cls) -> Self:
        """A fresh seed from the operating system's generator."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @property
    def public_key(self) -> bytes:
        """The public key, 32 bytes."""
        return bytes(SigningKey(self.secret).verify_key)


def sign(seed: SigningSeed, tag: str, *parts: bytes) -> bytes:
    """`Sign(seed, tag, parts)` of docs/protocol.md §1.4, 64 bytes."""
    return sign_raw(seed, frames(tag, *parts))


def verify_signature(
    public_key: bytes, signature: bytes, tag: str, *parts: bytes
) -> None:
    """Refuse a signature that `sign` did not make of this tag and these parts.

    Raises WrongLength (public key 32 bytes, signature 64), BadSignature.
    """
    verify_raw(public_key, signature, frames(tag, *parts))


def sign_raw(seed: SigningSeed, message: bytes) -> bytes:
    """The signature of RFC 8032 section 5.1.6 over the bare message, 64 bytes."""
    return SigningKey(seed.secret).sign(message).signature


def verify_raw(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Refuse a signature that does not hold over the bare message.

    libsodium refuses an S that is not canonical and keys of small order as well
    (docs/protocol.md §1.4). Raises WrongLength, BadSignature.
    """
    require_length("public key", PUBLIC_KEY_BYTES, public_key)
    require_length("signature", SIGNATURE_BYTES, signature)
    try:
        VerifyKey(public_key).verify(message, signature)
    except BadSignatureError as error:
        raise BadSignature from error
