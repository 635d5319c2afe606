"""Which column of a roll file holds what, told by its heading."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NO_HEADINGS: Final = 0
"""The line of the headings of a file that has none."""


class Field(StrEnum):
    """What is read from a roll file; every other column is left unread."""

    MEMBER_NUMBER = "member_number"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    MOBILE = "mobile"
    GROUP = "group"
    ADDRESS = "address"
    POSTCODE = "postcode"
    CITY = "city"
    CHANNEL = "channel"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """An official's own choice of columns, in place of what the headings suggest."""

    heading_line: int
    """Line of the headings in the file, counted from 1; the members come below. 0: the
    file has none, and all its lines are members."""

    columns: Mapping[Field, int]
    """Column of each field, counted from 0."""


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """Headings as they stand in the file, and the fields found among them."""

    line: int
    headings: tuple[str, ...]
    columns: Mapping[Field, int]
    also_possible: Mapping[Field, tuple[int, ...]]
    """Further columns that could be a field; the leftmost best name was taken."""


# Best name first within a field: a file with both "Krets" and "Overenskomst" is
# grouped by krets, as an agreement is an election of its own. Written as compact()
# leaves a heading.
VOCABULARY: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.MEMBER_NUMBER: (
        *("medlemsnummer", "medlemsnr", "medlemnummer", "medlemnr", "medlnr"),
        *("medlemsid", "medlemid", "memberno", "membernumber", "memberid", "membernr"),
        *("membershipnumber", "membershipno", "membershipid"),
    ),
    Field.GIVEN_NAME: (
        *("fornavn", "navnfornavn", "fornavnogmellomnavn", "forogmellomnavn"),
        *("fornavnmellomnavn", "fornamn", "firstname", "givenname", "givennames"),
        *("forename", "namefirst", "medlemfornavn"),
    ),
    Field.FAMILY_NAME: (
        *("etternavn", "navnetternavn", "etternamn", "slektsnavn", "lastname"),
        *("surname", "familyname", "namelast", "medlemetternavn"),
    ),
    Field.FULL_NAME: (
        *("navn", "fulltnavn", "medlemsnavn", "namn", "etternavnfornavn"),
        *("fornavnetternavn", "fornavnogetternavn", "name", "fullname", "membername"),
    ),
    Field.EMAIL: (
        *("epost", "epostadresse", "epostadr", "eadresse", "mail", "mailadresse"),
        *("email", "emailaddress", "mailaddress", "emailadresse"),
        *("epostprivat", "privatepost", "privatemail", "epostjobb"),
    ),
    Field.MOBILE: (
        *("mobil", "mobiltlf", "mobilnr", "mobilnummer", "mobiltelefon", "tlfmobil"),
        *("telefonmobil", "mobiltelefonnummer", "mobile", "mobilephone", "mobileno"),
        *("mobilenumber", "cellphone", "telefon", "telefonnummer", "telefonnr"),
        *("tlf", "tlfnr", "phone", "phonenumber"),
    ),
    Field.GROUP: (
        *("velgergruppe", "votergroup", "gruppe", "group", "krets", "krins"),
        *("district", "avdeling", "avd", "department", "branch", "klubb"),
        *("overenskomst", "overeinskomst", "tariffområde", "tariffavtale"),
        *("tariffomraade", "avtaleområde", "collectiveagreement", "agreement"),
    ),
    Field.ADDRESS: (
        *("postadresse", "adresse", "adresse1", "adresselinje1", "gateadresse"),
        *("gatenavn", "gate", "privatadresse", "postadresse1", "bostedsadresse"),
        *("address", "streetaddress", "postaladdress", "address1", "street"),
    ),
    Field.POSTCODE: (
        *("postnummer", "postnr", "postkode", "zip", "zipcode", "postcode"),
        *("postalcode",),
    ),
    Field.CITY: ("poststed", "poststad", "postort", "city", "town", "posttown"),
    Field.CHANNEL: (
        *("foretrukketkanal", "foretrukkenkanal", "kanal", "varslingskanal"),
        *("kontaktkanal", "kontaktform", "preferredchannel", "channel"),
    ),
    Field.LANGUAGE: (
        *("målform", "maalform", "foretrukketspråk", "språk", "spraak"),
        *("preferredlanguage", "language"),
    ),
}

_RANK: Final = {
    name: (field, rank)
    for field, names in VOCABULARY.items()
    for rank, name in enumerate(names)
}

_FEWEST_HEADINGS: Final = 2
"""One known word alone may be a title, or a member's group."""


def compact(heading: str) -> str:
    """Return a heading's letters and digits alone, in lower case.

    "E-postadresse:" and "epost adresse" are one heading.
    """
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def find_heading_row(rows: Iterable[tuple[int, Sequence[str]]]) -> HeadingRow | None:
    """Return the row that names the most fields, the first one when equal.

    Takes (line, cells) of the top of a file; None when no row names two fields.
    """
    best: HeadingRow | None = None
    for line, cells in rows:
        columns, also = _match_columns(cells)
        known = len(best.columns) if best else _FEWEST_HEADINGS - 1
        if len(columns) > known:
            best = HeadingRow(line, tuple(cells), columns, also)
    return best


def missing_fields(columns: Mapping[Field, int]) -> tuple[Field, ...]:
    """Return the fields that no roll can do without and that have no column."""
    missing = []
    if Field.MEMBER_NUMBER not in columns:
        missing.append(Field.MEMBER_NUMBER)
    if Field.FULL_NAME not in columns:
        halves = (Field.GIVEN_NAME, Field.FAMILY_NAME)
        missing += [half for half in halves if half not in columns]
    return tuple(missing)


def _match_columns(
    cells: Sequence[str],
) -> tuple[dict[Field, int], dict[Field, tuple[int, ...]]]:
    found: dict[Field, list[tuple[int, int]]] = {}
    for index, cell in enumerate(cells):
        known = _RANK.get(compact(cell)) if cell else None
        if known:
            field, rank = known
            found.setdefault(field, []).append((rank, index))
    if Field.GIVEN_NAME in found and Field.FAMILY_NAME in found:
        found.pop(Field.FULL_NAME, None)
    columns = {field: min(places)[1] for field, places in found.items()}
    also = {
        field: tuple(sorted(index for _, index in places if index != columns[field]))
        for field, places in found.items()
        if len(places) > 1
    }
    return columns, also
