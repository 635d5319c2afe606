"""What only shows when all members of a roll file are seen together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from register.cells import showable
from register.columns import compact
from register.roll_findings import (
    MOST_FINDINGS,
    GroupCount,
    Notice,
    Remark,
    RollRow,
)

_LINES_NAMED: Final = 20
_SHORT: Final = 8
"""Bytes by which values are told apart: two of 500,000 meet once in 10^8 files."""


class RowComparison:
    """Sees members one by one, and keeps some hundred bytes of each and no name."""

    def __init__(self) -> None:
        self.members = 0
        self.without_address = 0
        self._first_lines: dict[int, int] = {}
        self._shared: dict[str, _Sharing] = {}
        self._groups: dict[str, _Group] = {}

    def see(self, row: RollRow) -> None:
        """Take in the next member."""
        self.members += 1
        group = self._groups.setdefault(row.group, _Group(row.line))
        group.count += 1
        if row.email is None:
            self.without_address += 1
            return
        address = row.email.casefold()
        first = self._first_lines.setdefault(short_digest(address), row.line)
        if first != row.line and (
            address in self._shared or len(self._shared) < MOST_FINDINGS
        ):
            sharing = self._shared.setdefault(address, _Sharing([first]))
            sharing.count += 1
            if len(sharing.lines) < _LINES_NAMED:
                sharing.lines.append(row.line)

    def groups(self) -> tuple[GroupCount, ...]:
        """Return each group with its members counted, in the order of their labels."""
        ordered = sorted(self._groups, key=label_order)
        return tuple(GroupCount(label, self._groups[label].count) for label in ordered)

    def shared_addresses(self) -> list[Notice]:
        """Return a notice for each address that stands with several members.

        Allowed, as families do share one, but each will get a mail of their own there.
        """
        return [
            Notice(
                sharing.lines[0],
                Remark.SHARED_EMAIL,
                {
                    "email": showable(address),
                    "lines": ", ".join(map(str, sharing.lines)),
                    "count": sharing.count,
                },
            )
            for address, sharing in self._shared.items()
        ]

    def similar_groups(self) -> list[Notice]:
        """Return a notice for each group whose label differs by spelling alone.

        "Krets Øst" and "KRETS ØST" would be counted apart.
        """
        first: dict[str, str] = {}
        notices = []
        for label, group in self._groups.items():
            other = first.setdefault(compact(label) or label, label)
            if other != label:
                parameters = {"group": showable(label), "other": showable(other)}
                notices.append(Notice(group.line, Remark.SIMILAR_GROUPS, parameters))
        return notices


def short_digest(text: str) -> int:
    """Return what tells a value apart from others of one file, in 8 bytes."""
    digest = hashlib.blake2b(text.encode(), digest_size=_SHORT).digest()
    return int.from_bytes(digest, "big")


def label_order(label: str) -> tuple[str, str]:
    """Return what voter groups are sorted by."""
    return label.casefold(), label


@dataclass(slots=True)
class _Sharing:
    lines: list[int]
    count: int = 1


@dataclass(slots=True)
class _Group:
    line: int
    count: int = 0
