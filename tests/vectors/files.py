"""The form of the project's own vectors, described in tests/vectors/README.md."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FOLDER = Path(__file__).parent / "own"

_COLUMNS = 76


@dataclass(frozen=True, slots=True)
class Vector:
    """One case: what is done, with what, and what must come of it.

    `name` is the reason, `operation/reason`. `inputs` are the other header lines, in
    order; `body` is the encoded thing under test.
    """

    name: str
    expect: str
    comment: str
    inputs: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """What a reader does with the body."""
        return self.name.partition("/")[0]

    @property
    def text(self) -> str:
        """The file as it is kept."""
        encoded = base64.b64encode(self.body).decode("ascii")
        wrapped = (
            encoded[at : at + _COLUMNS] for at in range(0, len(encoded), _COLUMNS)
        )
        header = {
            "expect": self.expect,
            "operation": self.operation,
            "comment": self.comment,
            **self.inputs,
        }
        lines = [f"{key}: {value}" for key, value in header.items()]
        return "\n".join([*lines, "", *wrapped, ""])

    @classmethod
    def parse(cls, name: str, text: str) -> Self:
        """The vector of a file's text; raises ValueError for another form."""
        head, blank, body = text.partition("\n\n")
        if not blank:
            raise ValueError(f"{name} has no empty line")
        header = dict(_fields(head))
        if header.pop("operation") != name.partition("/")[0]:
            raise ValueError(f"{name} lies in the folder of another operation")
        return cls(
            name=name,
            expect=header.pop("expect"),
            comment=header.pop("comment"),
            inputs=header,
            body=base64.b64decode(body.replace("\n", ""), validate=True),
        )


def read_all(folder: Path = FOLDER) -> list[Vector]:
    """Every vector that is kept, by name."""
    return [
        Vector.parse(
            path.relative_to(folder).with_suffix("").as_posix(),
            path.read_text(encoding="utf-8"),
        )
        for path in sorted(folder.rglob("*.txt"))
    ]


def _fields(head: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line in head.split("\n"):
        key, colon, value = line.partition(": ")
        if not colon or key in seen:
            raise ValueError(f"not a header line of its own: {line}")
        seen.add(key)
        yield key, value
