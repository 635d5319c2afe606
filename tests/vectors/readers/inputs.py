"""Header lines of a vector as values."""

import json

from crypto.ballot_shape import ContestShape, StyleShape
from crypto.group import Point, Scalar, SecretScalar
from tests.vectors.files import Vector


def octets(vector: Vector, key: str) -> bytes:
    """Hexadecimal digits."""
    return bytes.fromhex(vector.inputs[key])


def number(vector: Vector, key: str) -> int:
    """A decimal number."""
    return int(vector.inputs[key])


def point(vector: Vector, key: str) -> Point:
    """A point that is not the identity."""
    return Point.decode_nonidentity(octets(vector, key))


def scalar(vector: Vector, key: str) -> Scalar:
    """A scalar."""
    return Scalar.decode(octets(vector, key))


def secret(vector: Vector, key: str) -> SecretScalar:
    """A secret scalar."""
    return SecretScalar.decode(octets(vector, key))


def shape(vector: Vector) -> StyleShape:
    """The contests of a ballot style."""
    return StyleShape(
        tuple(
            ContestShape(
                index=contest["index"],
                choices=contest["choices"],
                blank=contest["blank"],
                minimum=contest["min"],
                maximum=contest["max"],
            )
            for contest in json.loads(vector.inputs["contests"])
        )
    )
