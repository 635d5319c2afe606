"""What the cryptography refuses, one class for each reason.

A refusal carries sizes and names of fields, never a secret and never the bytes that
were refused: its text may end in a log.
"""

from typing_extensions import override


class CryptoError(Exception):
    """Something was refused."""

    @override
    def __str__(self) -> str:
        """The given detail, or else the name of the refusal."""
        return super().__str__() or type(self).__name__


class SodiumUnavailable(CryptoError):
    """No libsodium with ristretto255 was found on this machine."""


class WrongLength(CryptoError):
    """A byte string is not of the one length that its place allows."""

    def __init__(self, what: str, expected: int, actual: int) -> None:
        super().__init__(f"{what}: {actual} where {expected} were expected")
        self.what = what
        self.expected = expected
        self.actual = actual


class NonCanonicalScalar(CryptoError):
    """A number is negative, or not less than the order of the group."""


class ZeroScalar(CryptoError):
    """Zero stands where a number with an inverse is needed."""


class NonCanonicalPoint(CryptoError):
    """Bytes are not the one canonical encoding of a point of ristretto255."""


class IdentityPoint(CryptoError):
    """The identity stands where it would prove or hide nothing."""


class NonCanonicalEncoding(CryptoError):
    """Text was not written the one way in which this project writes it."""


class ProofRefused(CryptoError):
    """A zero-knowledge proof does not hold for its statement."""


class TokenRefused(CryptoError):
    """A voting right was not issued with this key, or not to this credential."""


class KeyDerivationFailed(CryptoError):
    """No key came out of the seed (RFC 9497 section 3.2.1: once in 2^64000)."""


class EmptyBatch(CryptoError):
    """A batch proof was asked for over nothing."""


class BatchTooLarge(CryptoError):
    """A batch holds more elements than its index has room for."""


class BadSignature(CryptoError):
    """A signature does not hold for this key and message."""


class WeakPublicKey(CryptoError):
    """A public key is of small order: anybody could open what is sealed to it."""


class UnsealRefused(CryptoError):
    """A sealed box was made for another key, or was changed."""


class UnlockRefused(CryptoError):
    """A secret box was made with another key, or was changed."""


class WrongPassphrase(CryptoError):
    """A password or passphrase is not the one that was set."""


class BadPasswordHash(CryptoError):
    """A stored password hash is not one that Argon2id wrote."""


class BadInclusionProof(CryptoError):
    """A leaf is not shown to be in the tree with this root."""


class BadConsistencyProof(CryptoError):
    """An older tree is not shown to be the beginning of a newer one."""


class OutsideTree(CryptoError):
    """A leaf or a size was asked for that the tree does not have."""


class MalformedNote(CryptoError):
    """A signed note or a checkpoint is not of the C2SP form."""


class UnknownSigner(CryptoError):
    """A note carries no signature by any of the keys that were asked for."""
