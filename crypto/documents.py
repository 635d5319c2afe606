"""Reading the fields of a document: each of one type, none missing, none beside.

Every refusal of form is NonCanonicalEncoding (docs/protocol.md §1.5); it names the
field and never shows the value. Bytes of another length are WrongLength, and points and
scalars are refused by their own names.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from crypto.encoding import JsonValue, decode_base64, decode_hex
from crypto.errors import NonCanonicalEncoding
from crypto.group import POINT_BYTES, SCALAR_BYTES, Point, SecretScalar

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, repr=False)
class Fields:
    """The fields of one object that has exactly the expected ones.

    It does not show its values: a key file holds secrets.
    """

    values: Mapping[str, JsonValue]

    @classmethod
    def of(cls, value: JsonValue, *names: str) -> Self:
        """The fields of an object; raises NonCanonicalEncoding for any other."""
        if not isinstance(value, Mapping):
            raise NonCanonicalEncoding("an object is expected")
        if value.keys() != set(names):
            raise NonCanonicalEncoding("a field is missing or unknown")
        return cls(value)

    def require(self, name: str, expected: JsonValue) -> None:
        """Refuse any other value than the expected one."""
        value = self.values[name]
        if type(value) is not type(expected) or value != expected:
            raise NonCanonicalEncoding(f"{name} has another value")

    def text(self, name: str) -> str:
        """A text."""
        value = self.values[name]
        if not isinstance(value, str):
            raise NonCanonicalEncoding(f"{name} is no text")
        return value

    def person(self, name: str) -> str:
        """The name of a person: 1 to 100 characters, no controls (§4.2)."""
        text = self.text(name)
        require_name(text)
        return text

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.values[name]
        if not isinstance(value, bool):
            raise NonCanonicalEncoding(f"{name} is not true or false")
        return value

    def integer(self, name: str, lowest: int, highest: int) -> int:
        """An integer from `lowest` to `highest`."""
        value = self.values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise NonCanonicalEncoding(f"{name} is no integer")
        if not lowest <= value <= highest:
            raise NonCanonicalEncoding(f"{name} is out of range")
        return value

    def hex(self, name: str, length: int) -> bytes:
        """So many bytes, lower-case hexadecimal; raises WrongLength too."""
        return decode_hex(self.text(name), length=length)

    def base64(self, name: str, length: int | None = None) -> bytes:
        """Bytes, so many if given, in base64; raises WrongLength too."""
        return decode_base64(self.text(name), length=length)

    def point(self, name: str) -> Point:
        """A point; raises NonCanonicalPoint, IdentityPoint too."""
        return Point.decode_nonidentity(self.hex(name, POINT_BYTES))

    def secret(self, name: str) -> SecretScalar:
        """A secret scalar; raises NonCanonicalScalar too."""
        return SecretScalar.decode(self.hex(name, SCALAR_BYTES))

    def items(self, name: str) -> Sequence[JsonValue]:
        """A list."""
        value = self.values[name]
        if not isinstance(value, list):
            raise NonCanonicalEncoding(f"{name} is no list")
        return value

    def points(self, name: str) -> tuple[Point, ...]:
        """A list of points, as `point`."""
        encoded: list[bytes] = []
        for item in self.items(name):
            if not isinstance(item, str):
                raise NonCanonicalEncoding(f"{name} holds what is no text")
            encoded.append(decode_hex(item, length=POINT_BYTES))
        return tuple(Point.decode_nonidentity(each) for each in encoded)


def require_name(name: str) -> None:
    """Refuse a name that is not 1 to 100 characters without controls (§4.2)."""
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NonCanonicalEncoding("a name has 1 to 100 characters")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise NonCanonicalEncoding("a name holds a control character")


def require_indices(indices: Sequence[int], first: int, count: int) -> None:
    """Refuse entries that are not `first`, `first` + 1, …, as many as `count`."""
    if list(indices) != list(range(first, first + count)):
        raise NonCanonicalEncoding("an index is missing or out of place")
