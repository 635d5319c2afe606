"""Use cases on officials: create, authenticate, list."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from argon2 import Parameters
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.roles import District, Role, plain_name
from accounts.tables import Official, OfficialDistrict, OfficialRole
from crypto.errors import CryptoError
from crypto.passwords import LOGIN, hash_password, verify_password

SHORTEST_PASSWORD = 12
"""Characters; NIST SP 800-63B-4 asks for 15 without a second factor, 8 with one."""

LONGEST_PASSWORD = 200

_ID: Final = re.compile(r"[0-9a-f]{32}")


class OfficialRefused(Exception):
    """An official could not be created; the text names the field only."""


class EmailMalformed(OfficialRefused):
    """The e-mail address cannot be one."""


class EmailTaken(OfficialRefused):
    """Another official has that e-mail address."""


class NameMalformed(OfficialRefused):
    """A name is 1 to 100 printable characters."""


class PasswordTooShort(OfficialRefused):
    """A password has at least 12 characters."""


class PasswordTooLong(OfficialRefused):
    """A password has at most 200 characters."""


class UnknownOfficial(Exception):
    """There is no official with that id."""


class SignInRefused(Exception):
    """E-mail and password do not belong together, or the account is closed.

    Which of them it was is not told: that would say who has an account.
    """


@dataclass(frozen=True, slots=True)
class OfficialIdentity:
    """What a request knows of the official who made it."""

    id: str
    name: str
    roles: frozenset[Role]
    districts: frozenset[District] = frozenset()
    union: str = ""
    """Whose elections alone the official works with; empty: everybody's here."""

    seats: frozenset[str] = frozenset()
    """Ids of elections whose committee the official sits in, as a pass carries them.

    At most `MOST_SEATS`. On the service itself they are asked of the database.
    """

    def may_work_for(self, organisation: str) -> bool:
        """Tell whether an organisation's elections are the official's to see."""
        return not self.union or plain_name(organisation) == self.union

    def is_contact_of(self, organisation: str, group: str) -> bool:
        """Tell whether the official is the contact of a voter group."""
        if Role.DISTRICT_CONTACT not in self.roles:
            return False
        wanted = (plain_name(organisation), plain_name(group))
        return any((own.organisation, own.group) == wanted for own in self.districts)


def create_official(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    roles: Iterable[Role],
    profile: Parameters = LOGIN,
) -> OfficialIdentity:
    """Create an official who may sign in.

    Raises:
        NameMalformed, EmailMalformed, EmailTaken, PasswordTooShort,
        PasswordTooLong: nothing is stored.

    """
    require_password(password)
    official = add_official(session, name=name, email=email, roles=roles)
    official.password_hash = hash_password(password, profile)
    session.flush()
    return identity_of(official)


def add_official(
    session: Session,
    *,
    name: str,
    email: str,
    roles: Iterable[Role],
    districts: Iterable[District] = (),
    union: str = "",
) -> Official:
    """Add an official who has no password yet, and so cannot sign in.

    Raises:
        NameMalformed, EmailMalformed, EmailTaken: nothing is stored.

    """
    name = _clean_name(name)
    address = normalise_email(email)
    taken = select(Official.id).where(Official.email == address)
    if session.scalar(taken) is not None:
        raise EmailTaken
    official = Official(
        id=secrets.token_hex(16),
        name=name,
        email=address,
        password_hash=None,
        disabled=False,
        roles=role_rows(roles),
        districts=district_rows(districts),
        union=union,
    )
    session.add(official)
    session.flush()
    return official


def role_rows(roles: Iterable[Role]) -> list[OfficialRole]:
    """Return the rows of some roles."""
    return [OfficialRole(role=role.value) for role in sorted(set(roles))]


def district_rows(districts: Iterable[District]) -> list[OfficialDistrict]:
    """Return the rows of some districts."""
    return [
        OfficialDistrict(organisation=each.organisation, group=each.group)
        for each in sorted(set(districts))
    ]


def authenticate_official(
    session: Session, *, email: str, password: str, decoy_hash: str
) -> OfficialIdentity:
    """Return who this is.

    An unknown address costs as much time as a known one: the password is then
    checked against ``decoy_hash``, an Argon2id hash of a random password.

    Raises:
        SignInRefused: for every reason alike.

    """
    try:
        address = normalise_email(email)
    except EmailMalformed:
        address = ""
    official = session.scalar(select(Official).where(Official.email == address))
    stored = None if official is None else official.password_hash
    try:
        verify_password(stored or decoy_hash, password[: LONGEST_PASSWORD + 1])
    except CryptoError:
        raise SignInRefused from None
    if official is None or stored is None or official.disabled:
        raise SignInRefused
    return identity_of(official)


def find_official(session: Session, official_id: str) -> Official:
    """Return a stored official; the id may be whatever stood in an address.

    Raises:
        UnknownOfficial: there is none.

    """
    found = session.get(Official, official_id) if is_id(official_id) else None
    if found is None:
        raise UnknownOfficial
    return found


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id; others no database need be asked."""
    return _ID.fullmatch(text) is not None


def identity_of(official: Official) -> OfficialIdentity:
    """Return the frozen identity of a stored official."""
    return OfficialIdentity(
        official.id,
        official.name,
        frozenset(Role(entry.role) for entry in official.roles),
        frozenset(
            District(entry.organisation, entry.group) for entry in official.districts
        ),
        official.union,
    )


def list_officials(session: Session, role: Role) -> list[OfficialIdentity]:
    """Return the officials with a role who are not disabled, by name."""
    query = (
        select(Official)
        .join(OfficialRole)
        .where(OfficialRole.role == role.value, Official.disabled.is_(False))
        .order_by(Official.name, Official.id)
    )
    return [identity_of(official) for official in session.scalars(query)]


def normalise_email(email: str) -> str:
    """Return the address in its one stored form.

    Raises:
        EmailMalformed: it cannot be an address.

    """
    try:
        found = validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        raise EmailMalformed from None
    return found.normalized.lower()


def _clean_name(name: str) -> str:
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(cleaned) <= 100 or not cleaned.isprintable():  # noqa: PLR2004
        raise NameMalformed
    return cleaned


def require_password(password: str) -> None:
    """Refuse a password that is too easily guessed, or too long to be hashed.

    Raises:
        PasswordTooShort, PasswordTooLong: see there.

    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooLong
