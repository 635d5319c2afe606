"""Every single change to a JSON value: each leaf, each entry, each key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from crypto.encoding import JsonValue

Path: TypeAlias = "tuple[str | int, ...]"

_HEX = set("0123456789abcdef")


@dataclass(frozen=True)
class Change:
    """One change: where, of what kind, and the whole value after it."""

    path: Path
    kind: str
    value: JsonValue

    @property
    def place(self) -> str:
        """The kind of place, the same for every entry of a list."""
        steps = ("*" if isinstance(step, int) else step for step in self.path)
        return ".".join(steps) + ":" + self.kind


def changes_of(value: JsonValue, path: Path = ()) -> Iterator[Change]:
    """Every change of a value; none of them gives the value back."""
    for kind, other in _own_changes(value):
        if other != value or type(other) is not type(value):
            yield Change(path, kind, other)
    if isinstance(value, dict):
        for key, item in value.items():
            for change in changes_of(item, (*path, key)):
                yield Change(change.path, change.kind, {**value, key: change.value})
    elif isinstance(value, list):
        for at, item in enumerate(value):
            for change in changes_of(item, (*path, at)):
                changed = [*value[:at], change.value, *value[at + 1 :]]
                yield Change(change.path, change.kind, changed)


def _own_changes(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, bool):
        yield "flip", not value
    elif isinstance(value, int):
        yield "more", value + 1
        yield "less", value - 1
    elif value is None:
        yield "fill", {}
    elif isinstance(value, str):
        yield from _text_changes(value)
    elif isinstance(value, dict):
        yield from _object_changes(dict(value))
    elif isinstance(value, list):
        yield from _list_changes(list(value))
    if value is not None:
        yield "null", None


def _text_changes(text: str) -> Iterator[tuple[str, JsonValue]]:
    yield "longer", text + ("0" if text and set(text) <= _HEX else "x")
    if not text:
        return
    yield "shorter", text[:-1]
    for name, at in (("first", 0), ("middle", len(text) // 2), ("last", -1)):
        place = at % len(text)
        yield f"{name} letter", text[:place] + _other(text[place]) + text[place + 1 :]


def _other(letter: str) -> str:
    if letter in _HEX:
        return format(int(letter, 16) ^ 1, "x")
    return "B" if letter == "A" else "A"


def _object_changes(fields: dict[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    yield "add key", {**fields, "zz": 0}
    for name in fields:
        yield (
            f"remove {name}",
            {key: item for key, item in fields.items() if key != name},
        )


def _list_changes(items: list[JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    yield "add entry", [*items, None]
    for at in range(len(items)):
        yield "drop", items[:at] + items[at + 1 :]
        yield "double", items[: at + 1] + items[at:]
    for at in range(len(items) - 1):
        yield "swap", [*items[:at], items[at + 1], items[at], *items[at + 2 :]]
