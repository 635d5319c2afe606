"""Canaries: bytes of a roll that are noted before shredding, to be looked for after it.

They are what must vanish, so they are kept in one encrypted file under a key of its
own for as long as the shredding lasts, and destroyed with it. That a shredding which
was broken off can still look for them afterwards is what the file is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_base64, decode_json, encode_base64, encode_json
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey, KeyExists, KeyMissing, KeyRefused, Keystore
from infra.scan import SHORTEST
from register.persons import EntryId, open_person
from register.tables import Roll, RollEntry, VotingCode

MOST_ENTRIES: Final = 64
"""A look is a sample; the tests look for every row."""

CIPHERTEXT_BYTES: Final = 32
"""From the start of a ciphertext: its random nonce and some of its text."""

CLEAR: Final = frozenset({"address", "name"})
"""Kinds that may stand elsewhere by right: an official can be a member too."""

_FIELD: Final = "canaries"

Canaries = dict[str, list[bytes]]


def gather_canaries(session: Session, key: DataKey, roll: Roll) -> Canaries:
    """Note of some entries what the database holds of them, and what it means."""
    found: Canaries = {"data key": [key.value]}
    query = (
        select(RollEntry)
        .where(RollEntry.election_id == roll.election_id)
        .order_by(RollEntry.id)
        .limit(MOST_ENTRIES)
    )
    for entry in session.scalars(query):
        for kind, value in _of_entry(key, entry):
            found.setdefault(kind, []).append(value)
    codes = (
        select(VotingCode.login_key)
        .where(VotingCode.election_id == roll.election_id)
        .order_by(VotingCode.login_key)
        .limit(MOST_ENTRIES)
    )
    found["login key"] = list(session.scalars(codes))
    # A key holder may be a member; the manifest, which stays, names key holders.
    stays = roll.manifest or b""
    return {
        kind: [v for v in values if len(v) >= SHORTEST and v not in stays]
        for kind, values in found.items()
    }


def keep_canaries(
    keystore: Keystore, folder: Path, election_id: str, canaries: Canaries
) -> None:
    """Write the canaries, encrypted under a key of their own.

    Raises:
        KeyDestroyed: this election's were looked for and destroyed already.

    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    document = encode_json(
        {
            kind: [encode_base64(each) for each in all_]
            for kind, all_ in canaries.items()
        }
    )
    key_id = canary_key_id(election_id)
    try:
        key = keystore.create_key(key_id)
    except KeyExists:
        key = keystore.read_key(key_id)
    sealed = encrypt_field(key, bytes.fromhex(key_id), _FIELD, document)
    canary_file(folder, election_id).write_bytes(sealed)


def read_canaries(keystore: Keystore, folder: Path, election_id: str) -> Canaries:
    """Return the canaries of a shredding under way; empty when they are gone."""
    key_id = canary_key_id(election_id)
    try:
        sealed = canary_file(folder, election_id).read_bytes()
        key = keystore.read_key(key_id)
    except (FileNotFoundError, KeyRefused):
        return {}
    document = decode_json(decrypt_field(key, bytes.fromhex(key_id), _FIELD, sealed))
    if not isinstance(document, dict):
        return {}
    return {
        kind: [decode_base64(str(each)) for each in values]
        for kind, values in document.items()
        if isinstance(values, list)
    }


def destroy_canaries(
    keystore: Keystore, folder: Path, election_id: str, *, at: datetime
) -> None:
    """Destroy the canaries' key and remove their file; may be run again."""
    with suppress(KeyMissing):
        keystore.destroy_key(canary_key_id(election_id), at=at)
    canary_file(folder, election_id).unlink(missing_ok=True)


def canary_key_id(election_id: str) -> str:
    """Return the id of the canaries' key: no issuer key has such a number."""
    return f"{election_id}cafe"


def canary_file(folder: Path, election_id: str) -> Path:
    """Return the file of an election's canaries."""
    return folder / f"{election_id}.canaries"


def _of_entry(key: DataKey, entry: RollEntry) -> Iterable[tuple[str, bytes]]:
    person = open_person(key, EntryId(entry.id), entry.sealed_person)
    yield "ciphertext", entry.sealed_person[:CIPHERTEXT_BYTES]
    yield "salt", entry.sealed_salt[:CIPHERTEXT_BYTES]
    yield "digest", entry.member_digest
    yield "name", person.display_name.encode()
    if person.email is not None:
        yield "address", person.email.encode()
