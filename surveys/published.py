"""What the gate let out of a survey: the one document that every figure is made from.

A number that is missing was zero or hidden, and nothing tells which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crypto.encoding import JsonValue

FORMAT: Final = "urne-survey-results/1"

Shown = int | None
"""A count of at least the threshold; nothing where it is hidden or zero."""


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """A table's counts within one group of the background question."""

    group: str
    base: int
    counts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """Of a question of numbers, rounded; decimal texts."""

    mean: str
    median: str


@dataclass(frozen=True, slots=True)
class Table:
    """One variable's counts, of all and by group."""

    key: str
    question: str
    row: str
    several: bool
    """Each cell a choice of its own, so that counts add up to more than the base."""
    codes: tuple[str, ...]
    base: Shown
    counts: tuple[Shown, ...]
    whole: bool
    """Nothing is hidden: what is missing is zero. Only then are there derived
    figures that every cell goes into."""
    same: bool = False
    """All gave one answer: what each of them answered is told."""
    groups: tuple[GroupColumn, ...] = ()
    measures: Measures | None = None
    ranks: tuple[tuple[Shown, ...], ...] = ()
    """Of a ranking: for each code, how often in which place; empty if any is small."""

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to see."""
        return self.base is not None

    def count(self, code: str) -> Shown:
        """The count of one cell; nothing for a code that is not there."""
        return self.counts[self.codes.index(code)] if code in self.codes else None


@dataclass(frozen=True, slots=True)
class Published:
    """All numbers of a survey that anyone gets to see."""

    threshold: int
    responses: Shown
    background: str
    """The background question's code, GROUPS for those of the roll, or nothing."""
    group_codes: tuple[str, ...]
    tables: tuple[Table, ...]
    texts: Mapping[str, tuple[str, ...]]
    """What was written, question by question, in an order made of the texts alone."""

    def table(self, key: str) -> Table:
        """The table of a variable. Raises KeyError."""
        for table in self.tables:
            if table.key == key:
                return table
        raise KeyError(key)

    def tables_of(self, question: str) -> tuple[Table, ...]:
        """The tables of a question: of a matrix, one a row."""
        return tuple(each for each in self.tables if each.question == question)


GROUPS: Final = "@groups"
"""In place of a background question: the groups of the roll."""


class NotResults(Exception):
    """A document that is no results of ours."""


def published_json(published: Published) -> dict[str, JsonValue]:
    """The numbers as a JSON value, without the texts: they are kept under lock."""
    return {
        "format": FORMAT,
        "threshold": published.threshold,
        "responses": published.responses,
        "background": published.background,
        "groups": list(published.group_codes),
        "tables": [_table_json(table) for table in published.tables],
    }


def read_published(
    raw: JsonValue, texts: Mapping[str, Sequence[str]] | None = None
) -> Published:
    """The numbers back from their JSON value, with the texts beside them.

    Raises:
        NotResults: anything else.

    """
    try:
        if not isinstance(raw, Mapping) or raw["format"] != FORMAT:
            raise NotResults
        return Published(
            threshold=_number(raw["threshold"]),
            responses=_shown(raw["responses"]),
            background=str(raw["background"]),
            group_codes=_strings(raw["groups"]),
            tables=tuple(_table(each) for each in _items(raw["tables"])),
            texts={key: tuple(each) for key, each in (texts or {}).items()},
        )
    except (KeyError, TypeError, ValueError):
        raise NotResults from None


def _table_json(table: Table) -> JsonValue:
    written: dict[str, JsonValue] = {
        "key": table.key,
        "question": table.question,
        "row": table.row,
        "several": table.several,
        "codes": list(table.codes),
        "base": table.base,
        "counts": list(table.counts),
        "whole": table.whole,
        "same": table.same,
        "groups": [
            {"group": each.group, "base": each.base, "counts": list(each.counts)}
            for each in table.groups
        ],
        "ranks": [list(row) for row in table.ranks],
    }
    if table.measures:
        written["measures"] = {
            "mean": table.measures.mean,
            "median": table.measures.median,
        }
    return written


def _table(raw: JsonValue) -> Table:
    if not isinstance(raw, Mapping):
        raise NotResults
    measures = raw.get("measures")
    table = Table(
        key=str(raw["key"]),
        question=str(raw["question"]),
        row=str(raw["row"]),
        several=raw["several"] is True,
        codes=_strings(raw["codes"]),
        base=_shown(raw["base"]),
        counts=_row(raw["counts"]),
        whole=raw["whole"] is True,
        same=raw["same"] is True,
        groups=tuple(_column(each) for each in _items(raw["groups"])),
        ranks=tuple(_row(each) for each in _items(raw["ranks"])),
    )
    if isinstance(measures, Mapping):
        read = Measures(str(measures["mean"]), str(measures["median"]))
        return replace(table, measures=read)
    return table


def _column(raw: JsonValue) -> GroupColumn:
    if not isinstance(raw, Mapping):
        raise NotResults
    return GroupColumn(str(raw["group"]), _number(raw["base"]), _row(raw["counts"]))


def _items(raw: JsonValue) -> Sequence[JsonValue]:
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        raise NotResults
    return raw


def _strings(raw: JsonValue) -> tuple[str, ...]:
    return tuple(str(each) for each in _items(raw))


def _row(raw: JsonValue) -> tuple[Shown, ...]:
    return tuple(_shown(each) for each in _items(raw))


def _shown(raw: JsonValue) -> Shown:
    return None if raw is None else _number(raw)


def _number(raw: JsonValue) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise NotResults
    return raw
