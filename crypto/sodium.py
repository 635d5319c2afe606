"""libsodium's ristretto255 behind a binding that believes nothing unchecked.

PyNaCl brings libsodium without ristretto255, and the wrappers of `rbcl` pass over
return codes: its `add` answers the identity for points that do not exist. So this
module binds the few functions that docs/protocol.md §1.3 needs, and checks the length
of every argument and the code of every answer.

The library is the system's libsodium, 1.0.18 or later; where there is none, the copy
that the `rbcl` wheel carries is loaded, and nothing else of `rbcl` is used.
"""

import ctypes
import ctypes.util
import importlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from crypto.errors import (
    NonCanonicalPoint,
    NonCanonicalScalar,
    SodiumUnavailable,
    WrongLength,
    ZeroScalar,
)

POINT_BYTES = 32
SCALAR_BYTES = 32
WIDE_BYTES = 64

# RFC 9496 section 4: L = 2^252 + 27742317777372353535851937790883648493.
ORDER = 2**252 + 27742317777372353535851937790883648493
# RFC 9496 section 4.3.2: the identity encodes as zeros.
IDENTITY = bytes(POINT_BYTES)

# The first release with ristretto255.
MINIMUM_VERSION = (1, 0, 18)

# Sonames first: `find_library` starts a compiler on some systems.
_WELL_KNOWN = (
    "libsodium.so.26",
    "libsodium.so.23",
    "libsodium.so",
    "libsodium.26.dylib",
    "libsodium.23.dylib",
    "libsodium.dylib",
)

# The lengths of the arguments, the place for the answer first.
_FUNCTIONS: dict[str, tuple[int, ...]] = {
    "crypto_core_ristretto255_is_valid_point": (32,),
    "crypto_core_ristretto255_add": (32, 32, 32),
    "crypto_core_ristretto255_sub": (32, 32, 32),
    "crypto_core_ristretto255_from_hash": (32, 64),
    "crypto_core_ristretto255_scalar_random": (32,),
    "crypto_core_ristretto255_scalar_reduce": (32, 64),
    "crypto_core_ristretto255_scalar_add": (32, 32, 32),
    "crypto_core_ristretto255_scalar_sub": (32, 32, 32),
    "crypto_core_ristretto255_scalar_mul": (32, 32, 32),
    "crypto_core_ristretto255_scalar_invert": (32, 32),
    "crypto_scalarmult_ristretto255": (32, 32, 32),
    "crypto_scalarmult_ristretto255_base": (32, 32),
}
_WITHOUT_A_CODE = (
    "crypto_core_ristretto255_scalar_random",
    "crypto_core_ristretto255_scalar_reduce",
    "crypto_core_ristretto255_scalar_add",
    "crypto_core_ristretto255_scalar_sub",
    "crypto_core_ristretto255_scalar_mul",
)


class Sodium:
    """One loaded libsodium. All arguments and answers are bytes of fixed lengths.

    Points and scalars that are not canonical are refused by name, also where
    libsodium would reduce them in silence. The work on scalars is done in constant
    time by libsodium; only the comparison with the order is not.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        """Check and initialise the library; raises SodiumUnavailable."""
        self.version = _version(library)
        if self.version < MINIMUM_VERSION:
            raise SodiumUnavailable("libsodium is older than 1.0.18")
        for name, lengths in _FUNCTIONS.items():
            if not hasattr(library, name):
                raise SodiumUnavailable(f"libsodium was built without {name}")
            function = getattr(library, name)
            function.argtypes = [ctypes.c_char_p] * len(lengths)
            function.restype = None if name in _WITHOUT_A_CODE else ctypes.c_int
        # 0 is the first time, 1 any later time, -1 a failure to find randomness.
        if library.sodium_init() < 0:
            raise SodiumUnavailable("libsodium could not be initialised")
        self._library = library

    def is_valid_point(self, point: bytes) -> bool:
        """Whether 32 bytes are a canonical point; the identity is one."""
        require_length("point", POINT_BYTES, point)
        return bool(self._library.crypto_core_ristretto255_is_valid_point(point) == 1)

    def add(self, left: bytes, right: bytes) -> bytes:
        """The sum of two points; raises NonCanonicalPoint."""
        return self._combine("crypto_core_ristretto255_add", left, right)

    def subtract(self, left: bytes, right: bytes) -> bytes:
        """The difference of two points; raises NonCanonicalPoint."""
        return self._combine("crypto_core_ristretto255_sub", left, right)

    def from_hash(self, uniform: bytes) -> bytes:
        """The point that 64 uniform bytes map to (RFC 9496 section 4.3.4)."""
        require_length("uniform bytes", WIDE_BYTES, uniform)
        result = ctypes.create_string_buffer(POINT_BYTES)
        self._library.crypto_core_ristretto255_from_hash(result, uniform)
        return result.raw

    def multiply(self, scalar: bytes, point: bytes) -> bytes:
        """The product; raises NonCanonicalScalar, NonCanonicalPoint.

        libsodium answers -1 both for a point that does not exist and for a product
        that is the identity. The second is a value here, and is told from the first
        by asking about the point.
        """
        require_scalar(scalar)
        require_length("point", POINT_BYTES, point)
        result = ctypes.create_string_buffer(POINT_BYTES)
        if self._library.crypto_scalarmult_ristretto255(result, scalar, point) == 0:
            return result.raw
        if not self.is_valid_point(point):
            raise NonCanonicalPoint
        return IDENTITY

    def multiply_base(self, scalar: bytes) -> bytes:
        """The product with the generator; raises NonCanonicalScalar.

        The generator is valid, so that libsodium's -1 can only mean the identity.
        """
        require_scalar(scalar)
        result = ctypes.create_string_buffer(POINT_BYTES)
        code = self._library.crypto_scalarmult_ristretto255_base(result, scalar)
        return result.raw if code == 0 else IDENTITY

    def scalar_random(self) -> bytes:
        """A uniform scalar that is not zero."""
        result = ctypes.create_string_buffer(SCALAR_BYTES)
        self._library.crypto_core_ristretto255_scalar_random(result)
        return result.raw

    def scalar_reduce(self, wide: bytes) -> bytes:
        """64 bytes, little-endian, modulo the order."""
        require_length("wide scalar", WIDE_BYTES, wide)
        result = ctypes.create_string_buffer(SCALAR_BYTES)
        self._library.crypto_core_ristretto255_scalar_reduce(result, wide)
        return result.raw

    def scalar_add(self, left: bytes, right: bytes) -> bytes:
        """The sum modulo the order; raises NonCanonicalScalar."""
        return self._reckon("crypto_core_ristretto255_scalar_add", left, right)

    def scalar_subtract(self, left: bytes, right: bytes) -> bytes:
        """The difference modulo the order; raises NonCanonicalScalar."""
        return self._reckon("crypto_core_ristretto255_scalar_sub", left, right)

    def scalar_multiply(self, left: bytes, right: bytes) -> bytes:
        """The product modulo the order; raises NonCanonicalScalar."""
        return self._reckon("crypto_core_ristretto255_scalar_mul", left, right)

    def scalar_invert(self, scalar: bytes) -> bytes:
        """The inverse modulo the order; raises NonCanonicalScalar, ZeroScalar."""
        require_scalar(scalar)
        result = ctypes.create_string_buffer(SCALAR_BYTES)
        if self._library.crypto_core_ristretto255_scalar_invert(result, scalar) != 0:
            raise ZeroScalar
        return result.raw

    def _combine(self, name: str, left: bytes, right: bytes) -> bytes:
        require_length("point", POINT_BYTES, left)
        require_length("point", POINT_BYTES, right)
        result = ctypes.create_string_buffer(POINT_BYTES)
        if getattr(self._library, name)(result, left, right) != 0:
            raise NonCanonicalPoint
        return result.raw

    def _reckon(self, name: str, left: bytes, right: bytes) -> bytes:
        require_scalar(left)
        require_scalar(right)
        result = ctypes.create_string_buffer(SCALAR_BYTES)
        getattr(self._library, name)(result, left, right)
        return result.raw


def require_length(what: str, expected: int, value: bytes) -> None:
    """Refuse bytes of another length; raises WrongLength."""
    if len(value) != expected:
        raise WrongLength(what, expected, len(value))


def require_scalar(value: bytes) -> None:
    """Refuse what is not 32 bytes, little-endian, less than the order.

    Raises WrongLength, NonCanonicalScalar. See docs/protocol.md §1.3.
    """
    require_length("scalar", SCALAR_BYTES, value)
    if int.from_bytes(value, "little") >= ORDER:
        raise NonCanonicalScalar


def load_system() -> Sodium:
    """The system's libsodium; raises SodiumUnavailable."""
    for name in _system_names():
        try:
            return Sodium(ctypes.CDLL(name))
        except (OSError, SodiumUnavailable):
            continue
    raise SodiumUnavailable("the system has no libsodium with ristretto255")


def load_carried() -> Sodium:
    """The libsodium that the `rbcl` wheel carries; raises SodiumUnavailable.

    Importing `rbcl` writes the library to a temporary file and leaves it there, open.
    Once it is loaded the file is of no use, and is removed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            carrier = importlib.import_module("rbcl._sodium")
    except (ImportError, OSError) as error:
        raise SodiumUnavailable("the wheel of rbcl is not there") from error
    Path(carrier.lib_path).unlink(missing_ok=True)
    return Sodium(carrier._sodium)  # noqa: SLF001 (the only name it has)


def load() -> Sodium:
    """The system's libsodium, or else the carried one; raises SodiumUnavailable."""
    try:
        return load_system()
    except SodiumUnavailable:
        return load_carried()


def _system_names() -> Iterator[str]:
    yield from _WELL_KNOWN
    found = ctypes.util.find_library("sodium")
    if found is not None:
        yield found


def _version(library: ctypes.CDLL) -> tuple[int, ...]:
    if not hasattr(library, "sodium_version_string"):
        raise SodiumUnavailable("the library is not libsodium")
    library.sodium_version_string.restype = ctypes.c_char_p
    numbers = re.match(rb"(\d+)\.(\d+)\.(\d+)", library.sodium_version_string())
    if numbers is None:
        raise SodiumUnavailable("libsodium does not tell its version")
    return tuple(int(number) for number in numbers.groups())
