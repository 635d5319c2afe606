"""One member as an official types them in: read by the rules of a roll file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from register.columns import Field, HeadingRow
from register.identity_watch import IdentityWatch
from register.roll_findings import RollRow, RowError
from register.rows import MappedLine, check_rows

_LINE: Final = 1


class MemberMalformed(ValueError):
    """What was typed cannot stand on a roll; the errors say why."""

    def __init__(self, errors: tuple[RowError, ...]) -> None:
        super().__init__(f"{len(errors)} errors in one member")
        self.errors = errors


def read_member(cells: Mapping[Field, str]) -> RollRow:
    """Return a member as a row of a roll file would give them.

    Raises:
        MemberMalformed: with what is wrong, field by field.
        IdentityNumberFound: a fødselsnummer or D-nummer stands in a field.

    """
    names = tuple(cells)
    columns = {name: place for place, name in enumerate(names)}
    heading = HeadingRow(_LINE, tuple(map(str, names)), columns, {})
    watch = IdentityWatch(heading)
    rows: list[RollRow] = []
    typed = MappedLine(_LINE, dict(cells), 0)
    checked = check_rows(watch.pass_through([typed]), heading, rows.append)
    watch.require_none()
    if not rows:
        raise MemberMalformed(checked.errors)
    return rows[0]
