"""Points and scalars of ristretto255 (RFC 9496, docs/protocol.md §1.3).

A `Point` is canonical from its making; a `Scalar` is less than the order. All work on
them is done inside libsodium, so that secret scalars meet no arithmetic of Python's.
A product or sum that is the identity is a value like any other; whoever must not meet
it says so by `require_nonidentity`.
"""

import hmac
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Self, overload

from typing_extensions import override

from crypto import sodium
from crypto.errors import IdentityPoint, NonCanonicalPoint, NonCanonicalScalar
from crypto.sodium import ORDER, POINT_BYTES, SCALAR_BYTES, WIDE_BYTES

__all__ = [
    "GENERATOR",
    "IDENTITY",
    "ORDER",
    "POINT_BYTES",
    "SCALAR_BYTES",
    "WIDE_BYTES",
    "Point",
    "Scalar",
    "SecretScalar",
    "mul",
    "mul_base",
    "sum_points",
]

_SODIUM = sodium.load()


@dataclass(frozen=True, slots=True)
class Point:
    """An element of ristretto255.

    `encoded`: its 32 bytes, the only ones that stand for it. Raises WrongLength or
    NonCanonicalPoint for any other (docs/protocol.md §1.3).
    """

    encoded: bytes

    def __post_init__(self) -> None:
        if not _SODIUM.is_valid_point(self.encoded):
            raise NonCanonicalPoint

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """The point of 32 bytes, the identity too; raises as the class does."""
        return cls(encoded)

    @classmethod
    def decode_nonidentity(cls, encoded: bytes) -> Self:
        """As `decode`; raises IdentityPoint for 32 zero bytes."""
        point = cls(encoded)
        point.require_nonidentity()
        return point

    @classmethod
    def from_uniform(cls, uniform: bytes) -> Self:
        """The point that 64 uniform bytes map to (RFC 9496 section 4.3.4).

        Nobody knows its discrete logarithm. Raises WrongLength.
        """
        return cls._from_sodium(_SODIUM.from_hash(uniform))

    def is_identity(self) -> bool:
        """Whether this is the neutral element."""
        return self.encoded == sodium.IDENTITY

    def require_nonidentity(self) -> None:
        """Refuse the neutral element; raises IdentityPoint."""
        if self.is_identity():
            raise IdentityPoint

    def __add__(self, other: "Point") -> "Point":
        return self._from_sodium(_SODIUM.add(self.encoded, other.encoded))

    def __sub__(self, other: "Point") -> "Point":
        return self._from_sodium(_SODIUM.subtract(self.encoded, other.encoded))

    def __neg__(self) -> "Point":
        return IDENTITY - self

    @classmethod
    def _from_sodium(cls, encoded: bytes) -> Self:
        """Wrap an answer of libsodium, which needs no second look."""
        point = object.__new__(cls)
        object.__setattr__(point, "encoded", encoded)
        return point


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """An integer modulo the order L of the group.

    `encoded`: 32 bytes, little-endian, less than L. Raises WrongLength or
    NonCanonicalScalar for any other (docs/protocol.md §1.3).
    """

    encoded: bytes

    def __post_init__(self) -> None:
        sodium.require_scalar(self.encoded)

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """The scalar of 32 bytes, zero too; raises as the class does."""
        return cls(encoded)

    @classmethod
    def from_int(cls, value: int) -> Self:
        """The scalar of a number from 0 to L-1; raises NonCanonicalScalar."""
        if not 0 <= value < ORDER:
            raise NonCanonicalScalar
        return cls(value.to_bytes(SCALAR_BYTES, "little"))

    @classmethod
    def from_wide(cls, wide: bytes) -> Self:
        """64 bytes, little-endian, modulo L (RFC 9496 section 4.4).

        Uniform bytes give a uniform scalar. Raises WrongLength.
        """
        return cls(_SODIUM.scalar_reduce(wide))

    @classmethod
    def random(cls) -> Self:
        """A uniform scalar that is not zero, from libsodium's generator."""
        return cls(_SODIUM.scalar_random())

    def is_zero(self) -> bool:
        """Whether this is zero."""
        return hmac.compare_digest(self.encoded, bytes(SCALAR_BYTES))

    def inverse(self) -> Self:
        """The scalar that gives one when multiplied with this; raises ZeroScalar."""
        return type(self)(_SODIUM.scalar_invert(self.encoded))

    def __int__(self) -> int:
        return int.from_bytes(self.encoded, "little")

    @overload
    def __add__(self, other: "SecretScalar") -> "SecretScalar": ...
    @overload
    def __add__(self, other: "Scalar") -> Self: ...
    def __add__(self, other: "Scalar") -> "Scalar":
        return self._with(other, _SODIUM.scalar_add(self.encoded, other.encoded))

    @overload
    def __sub__(self, other: "SecretScalar") -> "SecretScalar": ...
    @overload
    def __sub__(self, other: "Scalar") -> Self: ...
    def __sub__(self, other: "Scalar") -> "Scalar":
        return self._with(other, _SODIUM.scalar_subtract(self.encoded, other.encoded))

    @overload
    def __mul__(self, other: "SecretScalar") -> "SecretScalar": ...
    @overload
    def __mul__(self, other: "Scalar") -> Self: ...
    def __mul__(self, other: "Scalar") -> "Scalar":
        return self._with(other, _SODIUM.scalar_multiply(self.encoded, other.encoded))

    def __neg__(self) -> Self:
        return type(self)(_SODIUM.scalar_subtract(bytes(SCALAR_BYTES), self.encoded))

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scalar):
            return NotImplemented
        return hmac.compare_digest(self.encoded, other.encoded)

    @override
    def __hash__(self) -> int:
        return hash(self.encoded)

    def _with(self, other: "Scalar", encoded: bytes) -> "Scalar":
        """Wrap what came of two scalars: what a secret went into is a secret."""
        if isinstance(other, SecretScalar):
            return SecretScalar(encoded)
        return type(self)(encoded)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SecretScalar(Scalar):
    """A scalar that nobody else may learn: a key, a share, a nonce, a blind.

    It shows nothing of itself. What is reckoned from it is secret as well, until
    `published` says that it may be told: a response, hidden by its nonce.
    """

    @override
    def __repr__(self) -> str:
        return "SecretScalar(…)"

    def published(self) -> Scalar:
        """The same number as one that may be shown."""
        return Scalar(self.encoded)


def mul(scalar: Scalar, point: Point) -> Point:
    """The product of a scalar and a point, in constant time."""
    return Point._from_sodium(  # noqa: SLF001
        _SODIUM.multiply(scalar.encoded, point.encoded)
    )


def mul_base(scalar: Scalar) -> Point:
    """The product of a scalar and the generator, in constant time."""
    return Point._from_sodium(_SODIUM.multiply_base(scalar.encoded))  # noqa: SLF001


def sum_points(points: Iterable[Point]) -> Point:
    """The sum of any number of points; the identity of none."""
    return reduce(operator.add, points, IDENTITY)


# RFC 9496 section 4.3.2 and Appendix A.1: the neutral element and the generator.
IDENTITY = Point(sodium.IDENTITY)
GENERATOR = Point(
    bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
)
