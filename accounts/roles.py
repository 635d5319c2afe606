"""What an official may do. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A role of an official; one person may have several."""

    ADMINISTRATOR = "administrator"
    """Accounts alone: invites, disables, reads the audit log; sees no roll."""

    ORGANISER = "organiser"
    COMMITTEE = "committee"
    AUDITOR = "auditor"

    DISTRICT_CONTACT = "district-contact"
    """Reads about the own voter groups (`District`), and changes nothing."""

    SURVEY_DESIGNER = "survey-designer"
    """Makes surveys; sees no roll and no answer."""


ALL_ROLES: Final = tuple(Role)

ELECTION_ROLES: Final = (Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
"""Those who work with whole elections: a view that names no role is for them."""

LONGEST_DISTRICT_NAME: Final = 100
"""Characters in an organisation's name or a voter group's label of a district."""

MOST_DISTRICT_BYTES: Final = 200
"""The same as UTF-8."""

MOST_DISTRICTS: Final = 4
"""Of one official, so that all of them fit into the register's cookie."""


MOST_SEATS: Final = 8
"""Elections in whose committee a pass says that an official sits; see there."""


class DistrictMalformed(ValueError):
    """Organisation and group are 1 to 100 printable characters each."""


class TooManyDistricts(ValueError):
    """One official speaks for at most four voter groups."""


class DistrictMissing(ValueError):
    """A district contact is the contact of at least one voter group."""


@dataclass(frozen=True, slots=True, order=True)
class District:
    """One voter group of one organisation, by their names, of which one is a contact.

    A group has the same label in every election of its organisation; so a contact
    stays one from election to election.
    """

    organisation: str
    group: str

    def __post_init__(self) -> None:
        """Refuse names that could not stand on a roll.

        Raises:
            DistrictMalformed: empty, too long, or not in the form that is compared.

        """
        for name in (self.organisation, self.group):
            if name != plain_name(name) or not name.isprintable():
                raise DistrictMalformed
            if not 1 <= len(name) <= LONGEST_DISTRICT_NAME:
                raise DistrictMalformed
            if len(name.encode()) > MOST_DISTRICT_BYTES:
                raise DistrictMalformed


def plain_name(text: str) -> str:
    """Return a name in the form in which names are compared: NFC, single-spaced."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class RoleMissing(ValueError):
    """An official has at least one role."""


class UnionMalformed(ValueError):
    """The name of a union is printable, 1 to 100 characters, as elections have it."""


class NotForOneUnion(ValueError):
    """Who administers accounts, or makes surveys, does so for the whole service."""


def require_union(union: str, roles: frozenset[Role]) -> None:
    """Refuse to confine to one union's elections what is not of elections.

    `union`: as `plain_name` leaves it; empty for none.

    Raises:
        UnionMalformed, NotForOneUnion: see there.

    """
    if not union:
        return
    printable = union == plain_name(union) and union.isprintable()
    if not printable or len(union) > LONGEST_DISTRICT_NAME:
        raise UnionMalformed
    if roles & {Role.ADMINISTRATOR, Role.SURVEY_DESIGNER}:
        raise NotForOneUnion


def require_roles(roles: frozenset[Role], districts: frozenset[District]) -> None:
    """Refuse roles that say nothing, and a contact of no group or of too many.

    Raises:
        RoleMissing, DistrictMissing, TooManyDistricts: see there.

    """
    if not roles:
        raise RoleMissing
    if (Role.DISTRICT_CONTACT in roles) != bool(districts):
        raise DistrictMissing
    if len(districts) > MOST_DISTRICTS:
        raise TooManyDistricts
