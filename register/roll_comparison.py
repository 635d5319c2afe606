"""What only shows when all members of a roll file are seen together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from register.cells import showable
from register.columns import compact
from register.roll_findings import GroupCount, Notice, Remark, RollRow

_LINES_NAMED: Final = 20


def shared_addresses(rows: Iterable[RollRow]) -> list[Notice]:
    """Return a notice for each address that stands with several members.

    Allowed, as families do share one, but each will get a mail of their own there.
    """
    lines: dict[str, list[int]] = {}
    for row in rows:
        if row.email:
            lines.setdefault(row.email.casefold(), []).append(row.line)
    return [
        Notice(sharing[0], Remark.SHARED_EMAIL, _shared(address, sharing))
        for address, sharing in lines.items()
        if len(sharing) > 1
    ]


def similar_groups(rows: Iterable[RollRow]) -> list[Notice]:
    """Return a notice for each group whose label differs by spelling alone.

    "Krets Øst" and "KRETS ØST" would be counted apart.
    """
    first: dict[str, str] = {}
    seen: set[str] = set()
    notices = []
    for row in rows:
        if row.group in seen:
            continue
        seen.add(row.group)
        other = first.setdefault(compact(row.group) or row.group, row.group)
        if other != row.group:
            parameters = {"group": showable(row.group), "other": showable(other)}
            notices.append(Notice(row.line, Remark.SIMILAR_GROUPS, parameters))
    return notices


def count_groups(rows: Iterable[RollRow]) -> tuple[GroupCount, ...]:
    """Return each group with its members counted, in the order of their labels."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.group] = counts.get(row.group, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (pair[0].casefold(), pair[0]))
    return tuple(GroupCount(label, count) for label, count in ordered)


def _shared(address: str, lines: list[int]) -> dict[str, str | int]:
    return {
        "email": showable(address),
        "lines": ", ".join(map(str, lines[:_LINES_NAMED])),
        "count": len(lines),
    }
