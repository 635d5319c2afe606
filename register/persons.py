"""A member in the database: encrypted as a whole, found by keyed digests alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, fields
from typing import Final, NewType, cast

from crypto.encoding import decode_json, encode_json
from infra.fields import decrypt_field, encrypt_field, keyed_digest
from infra.keystore import DataKey
from register.contacts import parse_mobile
from register.roll_findings import RollRow
from register.rows import member_key

EntryId = NewType("EntryId", bytes)
"""16 random bytes."""

ENTRY_ID_SIZE: Final = 16
SALT_SIZE: Final = 32

_PERSON: Final = "person"
_SALT: Final = "salt"


@dataclass(frozen=True, slots=True)
class Person:
    """Who a member is; shows nothing of it in a log."""

    member_number: str = field(repr=False)
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    email: str | None = field(repr=False)
    mobile: str | None = field(repr=False)
    postal: str | None = field(default=None, repr=False)
    """The lines of a letter's address below the name."""

    channel: str | None = None
    """By what the member wants to be reached, where the roll says so."""

    language: str | None = None
    """nb, nn or en, where the roll says so."""

    @property
    def display_name(self) -> str:
        """Given and family name, as far as the roll has them."""
        return f"{self.given_name} {self.family_name}".strip()


def person_of(row: RollRow) -> Person:
    """Return the member of a row of a roll file."""
    return Person(
        row.member_number,
        row.given_name,
        row.family_name,
        row.email,
        row.mobile,
        row.postal,
        row.channel,
        row.language,
    )


def reach_columns(key: DataKey, person: Person) -> dict[str, object]:
    """Return the columns of an entry that tell how its member can be reached."""
    return {
        "email_digest": digest_address(key, person.email) if person.email else None,
        "has_mobile": person.mobile is not None
        and parse_mobile(person.mobile).is_mobile,
        "has_postal": person.postal is not None,
        "preferred": person.channel,
    }


def draw_entry_id() -> EntryId:
    """Return a new id: nothing of it follows from another."""
    return EntryId(secrets.token_bytes(ENTRY_ID_SIZE))


def digest_member(key: DataKey, member_number: str) -> bytes:
    """Return the 32-byte digest by which a member number is found."""
    return keyed_digest(key, "member", member_key(member_number).encode())


def digest_address(key: DataKey, email: str) -> bytes:
    """Return the 32-byte digest by which a mail address is found."""
    return keyed_digest(key, "email", email.casefold().encode())


def digest_source(key: DataKey, data: bytes) -> bytes:
    """Return the 32-byte digest of an imported file."""
    return keyed_digest(key, "roll-source", data)


def seal_person(key: DataKey, entry_id: EntryId, person: Person) -> bytes:
    """Encrypt a member for one entry; opens in no other."""
    value = {each.name: getattr(person, each.name) for each in fields(person)}
    return encrypt_field(key, entry_id, _PERSON, encode_json(value))


def open_person(key: DataKey, entry_id: EntryId, sealed: bytes) -> Person:
    """Return the member of an entry.

    Raises:
        FieldUnreadable: changed, or of another entry or election.

    """
    value = decode_json(decrypt_field(key, entry_id, _PERSON, sealed))
    return Person(**cast("dict[str, str]", value))


def seal_new_salt(key: DataKey, entry_id: EntryId) -> bytes:
    """Draw an entry's salt, 32 bytes, and encrypt it (104 bytes)."""
    return encrypt_field(key, entry_id, _SALT, secrets.token_bytes(SALT_SIZE))


def open_salt(key: DataKey, entry_id: EntryId, sealed: bytes) -> bytes:
    """Return an entry's salt, 32 bytes (docs/protocol.md §3.3).

    Raises:
        FieldUnreadable: changed, or of another entry or election.

    """
    return decrypt_field(key, entry_id, _SALT, sealed)
