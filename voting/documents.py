"""Strict reading of documents: every field once, of its type, within its bounds.

A refusal names the field by its path, ``groups[3].label``, and never shows the value.
The forms are those of docs/protocol.md §1.5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from crypto.encoding import (
    INTEGER_LIMIT,
    JsonValue,
    decode_base64,
    decode_hex,
)
from crypto.errors import CryptoError
from crypto.group import POINT_BYTES, Point
from crypto.times import MalformedTime, parse_time

Name = TypeVar("Name", bound=StrEnum)

DIGEST_BYTES = 32
KEY_BYTES = 32
SIGNATURE_BYTES = 64
ID_BYTES = 16
LONGEST_TEXT = 10_000


class DocumentRefused(Exception):
    """A document holds something that it may not hold; the path says where."""

    def __init__(self, path: str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path


class MissingField(DocumentRefused):
    """A field that every such document has is not there."""


class UnknownField(DocumentRefused):
    """A field is there that no such document has."""


class WrongType(DocumentRefused):
    """A value is of another type than its field."""


class OutOfBounds(DocumentRefused):
    """A number is too small or too large, a list or a text too short or too long."""


class MalformedValue(DocumentRefused):
    """A text is not of the form that its field has: digits, a time, a name."""


class OtherFormat(DocumentRefused):
    """The document says that it is one of another kind or version."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value inside a list, and where it stands."""

    path: str
    value: JsonValue

    def fields(self, *names: str) -> "Fields":
        """Return the fields of an object that has exactly these."""
        return read_object(self.value, names, path=self.path)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one object, known to be exactly those that were asked for."""

    path: str
    values: dict[str, JsonValue]

    def of(self, name: str) -> JsonValue:
        """Return the value of a field as it stands."""
        return self.values[name]

    def at(self, name: str) -> str:
        """Return the path of a field, for a refusal."""
        return f"{self.path}.{name}" if self.path else name

    def integer(self, name: str, lowest: int, highest: int = INTEGER_LIMIT - 1) -> int:
        """Return a whole number within its bounds."""
        return read_integer(self.at(name), self.of(name), lowest, highest)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.of(name)
        if not isinstance(value, bool):
            raise WrongType(self.at(name), "is not true or false")
        return value

    def text(self, name: str, longest: int = LONGEST_TEXT, *, shortest: int = 0) -> str:
        """Return a text of so many characters at the most."""
        text = read_text(self.at(name), self.of(name))
        if not shortest <= len(text) <= longest:
            raise OutOfBounds(self.at(name), f"has not {shortest} to {longest} letters")
        return text

    def one_of(self, name: str, names: type[Name]) -> Name:
        """Return one of some names."""
        try:
            return names(self.text(name))
        except ValueError:
            raise MalformedValue(self.at(name), "is not a name known here") from None

    def time(self, name: str) -> datetime:
        """Return a time, aware, in UTC."""
        try:
            return parse_time(self.text(name))
        except MalformedTime:
            raise MalformedValue(self.at(name), "is not a time") from None

    def hexadecimal(self, name: str, size: int = DIGEST_BYTES) -> bytes:
        """Return so many bytes, written in lower-case hexadecimal."""
        return read_hex(self.at(name), self.of(name), size)

    def base64(self, name: str) -> bytes:
        """Return the bytes of canonical base64, as many as the document holds.

        A ballot of many choices is longer than any text that people write.
        """
        try:
            return decode_base64(read_text(self.at(name), self.of(name)))
        except CryptoError as refused:
            raise MalformedValue(self.at(name), str(refused)) from None

    def point(self, name: str) -> Point:
        """Return a point of the group that is not the identity."""
        return read_point(self.at(name), self.of(name))

    def array(self, name: str, fewest: int = 0, most: int | None = None) -> list[Item]:
        """Return the items of a list, each with its path."""
        path = self.at(name)
        items = read_array(path, self.of(name))
        if len(items) < fewest or (most is not None and len(items) > most):
            raise OutOfBounds(path, f"holds {len(items)} entries")
        return items

    def integers(self, name: str, lowest: int, highest: int) -> tuple[int, ...]:
        """Return a list of whole numbers within their bounds."""
        items = self.array(name)
        return tuple(
            read_integer(item.path, item.value, lowest, highest) for item in items
        )


def read_object(value: JsonValue, names: Iterable[str], *, path: str = "") -> Fields:
    """Return the fields of an object that has exactly these names.

    Raises:
        WrongType: no object.
        MissingField: a name is not there.
        UnknownField: one name more.

    """
    if not isinstance(value, dict):
        raise WrongType(path or "the document", "is not an object")
    expected = frozenset(names)
    for name in sorted(expected - value.keys()):
        raise MissingField(f"{path}.{name}" if path else name, "is missing")
    for name in sorted(value.keys() - expected):
        raise UnknownField(path or "the document", f"has an unknown field {name!r:.40}")
    return Fields(path, value)


def read_document(value: JsonValue, format_name: str, names: Iterable[str]) -> Fields:
    """Return the fields of a document that names its format.

    Raises:
        OtherFormat: it names another.

    """
    fields = read_object(value, ("format", *names))
    if fields.of("format") != format_name:
        raise OtherFormat("format", f"is not {format_name}")
    return fields


def read_array(path: str, value: JsonValue) -> list[Item]:
    """Return the items of a list; raises WrongType."""
    if not isinstance(value, list):
        raise WrongType(path, "is not a list")
    return [Item(f"{path}[{place}]", each) for place, each in enumerate(value)]


def read_integer(path: str, value: JsonValue, lowest: int, highest: int) -> int:
    """Return a whole number within its bounds; raises WrongType, OutOfBounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongType(path, "is not a whole number")
    if not lowest <= value <= highest:
        raise OutOfBounds(path, f"is not from {lowest} to {highest}")
    return value


def read_text(path: str, value: JsonValue) -> str:
    """Return a text; raises WrongType."""
    if not isinstance(value, str):
        raise WrongType(path, "is not a text")
    return value


def read_hex(path: str, value: JsonValue, size: int) -> bytes:
    """Return bytes in hexadecimal; raises WrongType, MalformedValue."""
    try:
        return decode_hex(read_text(path, value), length=size)
    except CryptoError as refused:
        raise MalformedValue(path, str(refused)) from None


def read_point(path: str, value: JsonValue) -> Point:
    """Return a point that is not the identity; raises WrongType, MalformedValue."""
    encoded = read_hex(path, value, POINT_BYTES)
    try:
        return Point.decode_nonidentity(encoded)
    except CryptoError as refused:
        raise MalformedValue(path, str(refused)) from None
