"""The voting code in a member's link, and the keys that follow from it.

See docs/protocol.md §1.6 and §3.3. Whoever holds the code can vote with it, so that it
shows itself only where it is asked to: in the message that carries it.
"""

from dataclasses import dataclass
from typing import Self

from typing_extensions import override

from crypto.encoding import (
    draw_base32,
    encode_base32,
    group_base32,
    normalise_base32,
)
from crypto.errors import CryptoError, NonCanonicalEncoding, ZeroScalar
from crypto.group import Point, SecretScalar, mul_base
from crypto.hashing import challenge, digest

# 130 bits.
CODE_SYMBOLS = 26
PRINTED_GROUP = 4
# 80 bits of the fingerprint go into the link.
FINGERPRINT_SYMBOLS = 16
SALT_BYTES = 32


class MalformedCode(CryptoError):
    """What was typed or followed is no voting code."""


class MalformedLink(CryptoError):
    """The part of a link after `#` is not CODE.FP16."""


class OtherFingerprint(CryptoError):
    """The link belongs to another election, or the manifest is not the one it names."""


@dataclass(frozen=True, slots=True, repr=False)
class VotingCode:
    """26 symbols of Crockford's base32; raises MalformedCode for any other text.

    It shows nothing of itself when printed by mistake.
    """

    symbols: str

    def __post_init__(self) -> None:
        if len(self.symbols) != CODE_SYMBOLS or not _is_normal(self.symbols):
            raise MalformedCode

    @override
    def __repr__(self) -> str:
        return "VotingCode(…)"

    @classmethod
    def draw(cls) -> Self:
        """A new code: each symbol uniform, 130 bits (§3.3)."""
        return cls(draw_base32(CODE_SYMBOLS))

    @classmethod
    def typed(cls, text: str) -> Self:
        """The code that a person typed, normalised (§1.6); raises MalformedCode."""
        try:
            return cls(normalise_base32(text))
        except NonCanonicalEncoding as error:
            raise MalformedCode from error

    @property
    def printed(self) -> str:
        """The code in groups of four, to be read from paper."""
        return group_base32(self.symbols, PRINTED_GROUP)

    def link_fragment(self, fingerprint: bytes) -> str:
        """`CODE.FP16`, which stands after the `#` of the link (§3.3)."""
        return f"{self.symbols}.{short_fingerprint(fingerprint)}"


@dataclass(frozen=True, slots=True)
class Credential:
    """The key pair that a ballot is bound to: x, and X = x·G."""

    secret: SecretScalar
    public: Point


def short_fingerprint(fingerprint: bytes) -> str:
    """FP16: the first 80 bits of a fingerprint as 16 symbols (§3.3)."""
    return encode_base32(fingerprint)[:FINGERPRINT_SYMBOLS]


def parse_link_fragment(fragment: str) -> tuple[VotingCode, str]:
    """The code and FP16 of `CODE.FP16`, as followed or as typed from a letter.

    Raises MalformedLink, MalformedCode.
    """
    typed, dot, short = fragment.partition(".")
    if not dot:
        raise MalformedLink
    try:
        symbols = normalise_base32(short)
    except NonCanonicalEncoding as error:
        raise MalformedLink from error
    if len(symbols) != FINGERPRINT_SYMBOLS:
        raise MalformedLink
    return VotingCode.typed(typed), symbols


def require_fingerprint(short: str, fingerprint: bytes) -> None:
    """Raise OtherFingerprint unless FP16 is that of the fingerprint (§3.3)."""
    if short != short_fingerprint(fingerprint):
        raise OtherFingerprint


def login_seed(fingerprint: bytes, code: VotingCode) -> bytes:
    """The seed of the Ed25519 login key, 32 secret bytes (§3.3)."""
    return digest("login-key", fingerprint, code.symbols.encode("ascii"))


def derive_credential(fingerprint: bytes, code: VotingCode, salt: bytes) -> Credential:
    """The credential of a code and the register's 32-byte salt (§3.3).

    Raises ZeroScalar, which nobody will live to see.
    """
    secret = _derive_scalar("credential", fingerprint, code, salt)
    return Credential(secret, mul_base(secret))


def derive_blind(fingerprint: bytes, code: VotingCode, salt: bytes) -> SecretScalar:
    """The blind of the voting right (§3.3); raises ZeroScalar.

    Derived, so that any device with the link can finish what another began.
    """
    return _derive_scalar("blind", fingerprint, code, salt)


def _derive_scalar(
    tag: str, fingerprint: bytes, code: VotingCode, salt: bytes
) -> SecretScalar:
    scalar = challenge(tag, fingerprint, code.symbols.encode("ascii"), salt)
    if scalar.is_zero():
        raise ZeroScalar
    return SecretScalar(scalar.encoded)


def _is_normal(symbols: str) -> bool:
    try:
        return normalise_base32(symbols) == symbols
    except NonCanonicalEncoding:
        return False
