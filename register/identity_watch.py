"""Watch the mapped cells of a roll file for identity numbers while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from register.cells import without_decimals
from register.columns import Field, HeadingRow
from register.identity_numbers import (
    find_identity_number,
    find_shortened_number,
    masked,
)
from register.rollfile_refusals import IdentityNumberFound, IdentityPlace
from register.rows import MappedLine

_PLACES_NAMED: Final = 20
_SHORTENED_SHARE: Final = 10
"""One in so many ten-digit member numbers must look like a fødselsnummer without
its zero before the column is taken to hold them; by chance at most one in
121 does."""

_TEN: Final = 10


class IdentityWatch:
    """Lets lines through and remembers where identity numbers stood."""

    def __init__(self, heading: HeadingRow) -> None:
        """Take the headings, to name the columns."""
        self._heading = heading
        self._places: list[IdentityPlace] = []
        self._count = 0
        self._shortened: list[IdentityPlace] = []
        self._shortened_count = 0
        self._ten_digits = 0

    def pass_through(self, lines: Iterable[MappedLine]) -> Iterator[MappedLine]:
        """Yield the lines unchanged."""
        for mapped in lines:
            for field, text in mapped.cells.items():
                if text:
                    self._look(mapped.line, field, text)
            yield mapped

    def require_none(self) -> None:
        """Refuse the file if any was seen, once all lines have passed.

        Raises:
            IdentityNumberFound: with the first places, masked.

        """
        places, count = self._places, self._count
        if self._shortened_count * _SHORTENED_SHARE > self._ten_digits:
            places = sorted([*places, *self._shortened], key=lambda place: place.line)
            count += self._shortened_count
        if count:
            raise IdentityNumberFound(tuple(places[:_PLACES_NAMED]), count)

    def _look(self, line: int, field: Field, text: str) -> None:
        text = without_decimals(text.strip())
        found = find_identity_number(text)
        shortened = None if found else find_shortened_number(text)
        if field is Field.MEMBER_NUMBER:
            self._ten_digits += len(text) == _TEN and text.isdecimal()
            if shortened:
                self._shortened_count += 1
                self._keep(self._shortened, line, field, shortened)
        elif shortened:
            found = shortened
        if found:
            self._count += 1
            self._keep(self._places, line, field, found)

    def _keep(
        self, places: list[IdentityPlace], line: int, field: Field, digits: str
    ) -> None:
        if len(places) < _PLACES_NAMED:
            title = self._heading.headings[self._heading.columns[field]]
            places.append(IdentityPlace(line, title, masked(digits)))
