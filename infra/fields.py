"""Personal fields: encrypted and looked up under a data key.

Both die with the key: a ciphertext opens no more, and a digest that finds a row by
its number or address cannot be computed again.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from infra.keystore import DataKey

DIGEST_SIZE: Final = 32
"""Size of a keyed digest in bytes."""

FIELD_OVERHEAD: Final = SecretBox.NONCE_SIZE + SecretBox.MACBYTES + DIGEST_SIZE
"""An encrypted field is this many bytes longer than its plaintext: 72."""


class FieldUnreadable(Exception):
    """Another key, another row or another field than it was encrypted for."""


def encrypt_field(
    key: DataKey, entry_id: bytes, field_name: str, plaintext: bytes
) -> bytes:
    """Encrypt one field of one row: nonce (24), tag (16), context (32), plaintext.

    SecretBox has no associated data, so a digest of the length-prefixed context
    stands before the plaintext: a ciphertext moved to another row or field opens
    to a refusal and not to another member's address.
    """
    inside = _context(entry_id, field_name) + plaintext
    return bytes(SecretBox(_purpose_key(key, b"encrypt")).encrypt(inside))


def decrypt_field(
    key: DataKey, entry_id: bytes, field_name: str, ciphertext: bytes
) -> bytes:
    """Return the plaintext of one field of one row.

    Raises:
        FieldUnreadable: changed, or encrypted for another key, row or field.

    """
    try:
        inside = SecretBox(_purpose_key(key, b"encrypt")).decrypt(ciphertext)
    except (CryptoError, ValueError):
        raise FieldUnreadable(field_name) from None
    context = _context(entry_id, field_name)
    if not hmac.compare_digest(inside[:DIGEST_SIZE], context):
        raise FieldUnreadable(field_name)
    return inside[DIGEST_SIZE:]


def keyed_digest(key: DataKey, purpose: str, value: bytes) -> bytes:
    """Return the 32-byte BLAKE2b digest by which a row is found for one purpose."""
    name = purpose.encode()
    digest = hashlib.blake2b(
        key=_purpose_key(key, b"digest"),
        digest_size=DIGEST_SIZE,
        person=b"urne-digest-v1",
    )
    for part in (name, value):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _purpose_key(key: DataKey, purpose: bytes) -> bytes:
    # One key never serves two algorithms.
    return hashlib.blake2b(
        purpose, key=key.value, digest_size=DIGEST_SIZE, person=b"urne-datakey-v1"
    ).digest()


def _context(entry_id: bytes, field_name: str) -> bytes:
    digest = hashlib.blake2b(digest_size=DIGEST_SIZE, person=b"urne-field-v1")
    for part in (entry_id, field_name.encode()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
