"""The binding refuses what libsodium would swallow, on both of its libraries."""

import ctypes
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from crypto import sodium
from crypto.errors import (
    NonCanonicalPoint,
    NonCanonicalScalar,
    SodiumUnavailable,
    WrongLength,
    ZeroScalar,
)
from crypto.sodium import IDENTITY, ORDER, Sodium

GENERATOR = bytes.fromhex(
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
)
NOT_A_POINT = b"\xff" * 32
ONE = (1).to_bytes(32, "little")
ZERO = bytes(32)
TOO_LARGE = ORDER.to_bytes(32, "little")


@pytest.fixture(params=["system", "carried"], scope="module")
def library(request: pytest.FixtureRequest) -> Sodium:
    """Each of the two; a machine without libsodium of its own has the carried one."""
    if request.param == "carried":
        return sodium.load_carried()
    return sodium.load()


def test_both_libraries_reckon_alike(library: Sodium) -> None:
    assert library.version >= (1, 0, 18)
    scalar = library.scalar_reduce(bytes(range(64)))
    point = library.from_hash(bytes(range(64)))
    number = int.from_bytes(bytes(range(64)), "little") % ORDER
    assert scalar == number.to_bytes(32, "little")
    assert point == sodium.load().from_hash(bytes(range(64)))
    product = library.multiply(scalar, point)
    assert product == sodium.load().multiply(scalar, point)
    assert library.is_valid_point(product)
    assert library.multiply(library.scalar_invert(scalar), product) == point


def test_sum_with_something_that_is_no_point_is_refused(library: Sodium) -> None:
    for operation in (library.add, library.subtract):
        with pytest.raises(NonCanonicalPoint):
            operation(NOT_A_POINT, GENERATOR)
        with pytest.raises(NonCanonicalPoint):
            operation(GENERATOR, NOT_A_POINT)


def test_product_that_is_the_identity_is_told_from_a_refusal(library: Sodium) -> None:
    assert library.multiply(ZERO, GENERATOR) == IDENTITY
    assert library.multiply(ONE, IDENTITY) == IDENTITY
    assert library.multiply_base(ZERO) == IDENTITY
    assert library.multiply_base(ONE) == GENERATOR
    with pytest.raises(NonCanonicalPoint):
        library.multiply(ONE, NOT_A_POINT)
    with pytest.raises(NonCanonicalPoint):
        library.multiply(ZERO, NOT_A_POINT)


def test_scalar_not_less_than_the_order_is_refused(library: Sodium) -> None:
    calls: list[Callable[[], object]] = [
        lambda: library.multiply(TOO_LARGE, GENERATOR),
        lambda: library.multiply_base(TOO_LARGE),
        lambda: library.scalar_add(TOO_LARGE, ONE),
        lambda: library.scalar_subtract(ONE, TOO_LARGE),
        lambda: library.scalar_multiply(b"\xff" * 32, ONE),
        lambda: library.scalar_invert(TOO_LARGE),
    ]
    for call in calls:
        with pytest.raises(NonCanonicalScalar):
            call()


def test_zero_has_no_inverse(library: Sodium) -> None:
    with pytest.raises(ZeroScalar):
        library.scalar_invert(ZERO)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_wrong_length_never_reaches_the_library(library: Sodium, length: int) -> None:
    wrong = bytes(length)
    calls: list[Callable[[], object]] = [
        lambda: library.is_valid_point(wrong),
        lambda: library.add(wrong, GENERATOR),
        lambda: library.subtract(GENERATOR, wrong),
        lambda: library.multiply(wrong, GENERATOR),
        lambda: library.multiply(ONE, wrong),
        lambda: library.multiply_base(wrong),
        lambda: library.scalar_add(wrong, ONE),
        lambda: library.scalar_subtract(ONE, wrong),
        lambda: library.scalar_multiply(ONE, wrong),
        lambda: library.scalar_invert(wrong),
    ]
    if length != 64:
        calls += [
            lambda: library.from_hash(wrong),
            lambda: library.scalar_reduce(wrong),
        ]
    for call in calls:
        with pytest.raises(WrongLength) as refusal:
            call()
        assert refusal.value.actual == length


def test_random_scalars_are_canonical_and_differ(library: Sodium) -> None:
    drawn = {library.scalar_random() for _ in range(50)}
    assert len(drawn) == 50
    for scalar in drawn:
        sodium.require_scalar(scalar)


def test_carried_library_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == "rbcl"]:
        monkeypatch.delitem(sys.modules, name)
    assert sodium.load_carried().multiply_base(ONE) == GENERATOR
    assert list(tmp_path.iterdir()) == []


def test_program_leaves_no_file_behind_without_a_system_library(tmp_path: Path) -> None:
    program = (
        "import ctypes.util\n"
        "ctypes.util.find_library = lambda name: None\n"
        "import crypto.sodium\n"
        "crypto.sodium._WELL_KNOWN = ()\n"
        "print(crypto.sodium.load().multiply_base(bytes([1]) + bytes(31)).hex())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == GENERATOR.hex()
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_libraries_that_are_no_libsodium_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sodium, "_WELL_KNOWN", ("libc.so.6", "libnowhere.so"))
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: "libnowhere.so")
    with pytest.raises(SodiumUnavailable):
        sodium.load_system()
    assert sodium.load().multiply_base(ONE) == GENERATOR


def test_machine_with_neither_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sodium, "_WELL_KNOWN", ())
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    monkeypatch.setitem(sys.modules, "rbcl", None)
    monkeypatch.setitem(sys.modules, "rbcl._sodium", None)
    with pytest.raises(SodiumUnavailable):
        sodium.load()


class _Function(SimpleNamespace):
    """Something of the shape of a function of a shared library."""

    def __call__(self) -> object:
        return self.answer


def _library_of(version: bytes, ready: int, *names: str) -> ctypes.CDLL:
    return SimpleNamespace(  # type: ignore[return-value]
        sodium_version_string=_Function(answer=version),
        sodium_init=_Function(answer=ready),
        **{name: _Function(answer=0) for name in names},
    )


def test_library_that_is_too_old_is_refused() -> None:
    with pytest.raises(SodiumUnavailable, match=r"older than 1\.0\.18"):
        Sodium(_library_of(b"1.0.17", 0))


def test_library_without_a_readable_version_is_refused() -> None:
    with pytest.raises(SodiumUnavailable, match="version"):
        Sodium(_library_of(b"master", 0))


def test_library_without_ristretto_is_refused() -> None:
    with pytest.raises(SodiumUnavailable, match="built without crypto_core"):
        Sodium(_library_of(b"1.0.20-stable", 0))


def test_library_that_cannot_start_is_refused() -> None:
    with pytest.raises(SodiumUnavailable, match="initialised"):
        Sodium(_library_of(b"1.0.18", -1, *sodium._FUNCTIONS))
