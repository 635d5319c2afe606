"""The group of RFC 9496, its laws, and what its types refuse."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import (
    IdentityPoint,
    NonCanonicalPoint,
    NonCanonicalScalar,
    WrongLength,
    ZeroScalar,
)
from crypto.group import (
    GENERATOR,
    IDENTITY,
    ORDER,
    Point,
    Scalar,
    SecretScalar,
    mul,
    mul_base,
    sum_points,
)
from tests.strategies.group import (
    nonzero_scalars,
    points,
    scalar_numbers,
    scalars,
    unknown_points,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/rfc/rfc9496.json").read_text("utf-8")
)


def test_multiples_of_the_generator_are_those_of_the_rfc() -> None:
    reached = IDENTITY
    for number, encoding in enumerate(VECTORS["multiples_of_generator"]):
        point = Point.decode(bytes.fromhex(encoding))
        assert point == reached
        assert mul_base(Scalar.from_int(number)) == point
        assert mul(Scalar.from_int(number), GENERATOR) == point
        reached += GENERATOR
    assert len(VECTORS["multiples_of_generator"]) == 16


@pytest.mark.parametrize(
    "encoding", [vector["encoding"] for vector in VECTORS["invalid_encodings"]]
)
def test_invalid_encodings_of_the_rfc_are_refused(encoding: str) -> None:
    with pytest.raises(NonCanonicalPoint):
        Point.decode(bytes.fromhex(encoding))


@pytest.mark.parametrize("vector", VECTORS["from_uniform_bytes"])
def test_uniform_bytes_map_to_the_points_of_the_rfc(vector: dict[str, str]) -> None:
    point = Point.from_uniform(bytes.fromhex(vector["input"]))
    assert point.encoded.hex() == vector["output"]


def test_generator_has_the_order_of_the_rfc() -> None:
    assert mul_base(Scalar.from_int(ORDER - 1)) + GENERATOR == IDENTITY
    assert mul_base(Scalar.from_int(ORDER - 1)) == -GENERATOR


def test_points_of_other_lengths_are_refused() -> None:
    for length in (0, 31, 33):
        with pytest.raises(WrongLength):
            Point.decode(bytes(length))
    with pytest.raises(WrongLength):
        Point.from_uniform(bytes(32))


def test_identity_is_a_value_until_it_is_refused() -> None:
    assert Point.decode(bytes(32)).is_identity()
    assert not GENERATOR.is_identity()
    with pytest.raises(IdentityPoint):
        Point.decode_nonidentity(bytes(32))
    with pytest.raises(IdentityPoint):
        (GENERATOR - GENERATOR).require_nonidentity()
    assert Point.decode_nonidentity(GENERATOR.encoded) == GENERATOR
    with pytest.raises(NonCanonicalPoint):
        Point.decode_nonidentity(b"\x01" + bytes(31))


def test_scalars_out_of_range_are_refused() -> None:
    for number in (ORDER, ORDER + 1, 2**255, 2**256 - 1):
        with pytest.raises(NonCanonicalScalar):
            Scalar.decode(number.to_bytes(32, "little"))
    for number in (-1, ORDER, 2**256):
        with pytest.raises(NonCanonicalScalar):
            Scalar.from_int(number)
    for length in (0, 31, 33, 64):
        with pytest.raises(WrongLength):
            Scalar.decode(bytes(length))
    with pytest.raises(WrongLength):
        Scalar.from_wide(bytes(32))
    assert int(Scalar.decode((ORDER - 1).to_bytes(32, "little"))) == ORDER - 1


@given(st.binary(min_size=64, max_size=64))
def test_wide_bytes_are_reduced(wide: bytes) -> None:
    assert int(Scalar.from_wide(wide)) == int.from_bytes(wide, "little") % ORDER


@given(scalar_numbers, scalar_numbers)
def test_scalars_reckon_modulo_the_order(left: int, right: int) -> None:
    a, b = Scalar.from_int(left), Scalar.from_int(right)
    assert int(a + b) == (left + right) % ORDER
    assert int(a - b) == (left - right) % ORDER
    assert int(a * b) == (left * right) % ORDER
    assert int(-a) == -left % ORDER
    assert (a == b) == (left == right)
    assert a.is_zero() == (left == 0)


@given(nonzero_scalars)
def test_scalar_times_its_inverse_is_one(scalar: Scalar) -> None:
    assert int(scalar * scalar.inverse()) == 1


def test_zero_has_no_inverse() -> None:
    with pytest.raises(ZeroScalar):
        Scalar.from_int(0).inverse()


@given(scalars, scalars, unknown_points)
def test_multiplication_distributes(a: Scalar, b: Scalar, point: Point) -> None:
    assert mul(a, point) + mul(b, point) == mul(a + b, point)
    assert mul(a, mul(b, point)) == mul(a * b, point)
    assert mul(a, point) - mul(a, point) == IDENTITY


@given(points, points, unknown_points)
def test_points_form_a_commutative_group(a: Point, b: Point, c: Point) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + IDENTITY == a
    assert a + (-a) == IDENTITY
    assert a - b == a + (-b)
    assert sum_points([a, b, c]) == a + b + c
    assert sum_points([]) == IDENTITY


@given(points)
def test_every_point_survives_its_encoding(point: Point) -> None:
    assert Point.decode(point.encoded) == point
    assert hash(Point.decode(point.encoded)) == hash(point)


def test_random_scalars_differ_and_are_not_zero() -> None:
    drawn = {Scalar.random() for _ in range(50)}
    assert len(drawn) == 50
    assert not any(scalar.is_zero() for scalar in drawn)


def test_secret_scalar_shows_nothing_of_itself() -> None:
    secret = SecretScalar.random()
    for shown in (repr(secret), str(secret), f"{secret}", repr([secret])):
        assert secret.encoded.hex() not in shown
        assert str(int(secret)) not in shown
        assert repr(secret.encoded) not in shown
        assert "SecretScalar(…)" in shown


def test_what_is_reckoned_from_a_secret_is_secret() -> None:
    secret, known = SecretScalar.from_int(5), Scalar.from_int(7)
    for result in (
        secret + known,
        known + secret,
        known - secret,
        known * secret,
        secret * secret,
        -secret,
        secret.inverse(),
    ):
        assert type(result) is SecretScalar
    assert type(known * known) is Scalar
    assert type((secret + known).published()) is Scalar
    assert (secret + known).published() == Scalar.from_int(12)


def test_secret_equals_the_same_number_and_nothing_else() -> None:
    assert SecretScalar.from_int(5) == Scalar.from_int(5)
    assert SecretScalar.from_int(5) != Scalar.from_int(6)
    assert Scalar.from_int(5) != (5).to_bytes(32, "little")
    assert hash(SecretScalar.from_int(5)) == hash(Scalar.from_int(5))
