"""A roll file between its preview and its confirmation: sealed, and soon gone.

The file is never kept. While an official reads the preview it lies in Redis for half
an hour under a key of its own: of a small file the key stands in the official's page
and nowhere else, of a large one, which a job reads, in the keystore until the reading
is over. So neither Redis, its dump nor a backup of it can be read (docs/adr/0009).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Final, NewType, cast

import redis
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from crypto.encoding import JsonValue, decode_json, encode_json
from register.columns import ColumnMapping, Field

Ticket = NewType("Ticket", str)
"""Where a sealed upload lies and the key that opens it: 96 hexadecimal digits."""

SECONDS: Final = 1800

_ID_SIZE: Final = 16
_TICKET: Final = re.compile(rf"[0-9a-f]{{{2 * (_ID_SIZE + SecretBox.KEY_SIZE)}}}")
_LENGTH_SIZE: Final = 4


class UploadGone(Exception):
    """The upload was used, has expired, or is another official's: send it again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A roll file as it came, whose it is, and what was chosen for it."""

    election_id: str
    actor: str
    filename: str = field(repr=False)
    data: bytes = field(repr=False)
    mapping: ColumnMapping | None = None
    sheet: str | None = None


def seal_upload(connection: redis.Redis, upload: Upload) -> Ticket:
    """Keep an upload for half an hour; only the ticket opens it."""
    upload_id, key = secrets.token_bytes(_ID_SIZE), secrets.token_bytes(32)
    put_upload(connection, upload_id, key, upload)
    return Ticket((upload_id + key).hex())


def open_upload(
    connection: redis.Redis, ticket: str, *, election_id: str, actor: str
) -> Upload:
    """Return the upload of a ticket.

    Raises:
        UploadGone: there is none for this official and election any more.

    """
    upload = take_upload(connection, *_read_ticket(ticket))
    if upload.election_id != election_id or upload.actor != actor:
        raise UploadGone
    return upload


def drop_upload(connection: redis.Redis, ticket: str) -> None:
    """Remove an upload that has been used."""
    upload_id, _ = _read_ticket(ticket)
    remove_upload(connection, upload_id)


def put_upload(
    connection: redis.Redis, upload_id: bytes, key: bytes, upload: Upload
) -> None:
    """Keep an upload for half an hour under an id (16 bytes) and a key (32 bytes)."""
    header = encode_json(_about(upload))
    inside = len(header).to_bytes(_LENGTH_SIZE, "big") + header + upload.data
    connection.set(_name(upload_id), SecretBox(key).encrypt(inside), ex=SECONDS)


def take_upload(connection: redis.Redis, upload_id: bytes, key: bytes) -> Upload:
    """Return the upload of an id and a key.

    Raises:
        UploadGone: it expired, was removed, or is under another key.

    """
    sealed = cast("bytes | None", connection.get(_name(upload_id)))
    if sealed is None:
        raise UploadGone
    try:
        inside = SecretBox(key).decrypt(sealed)
    except (CryptoError, ValueError):
        raise UploadGone from None
    end = _LENGTH_SIZE + int.from_bytes(inside[:_LENGTH_SIZE], "big")
    about = cast("dict[str, Any]", decode_json(inside[_LENGTH_SIZE:end]))
    return Upload(
        about["election"],
        about["actor"],
        about["filename"],
        inside[end:],
        _mapping(about["heading_line"], about["columns"]),
        about["sheet"],
    )


def keep_longer(connection: redis.Redis, upload_id: bytes) -> None:
    """Begin the half hour anew."""
    connection.expire(_name(upload_id), SECONDS)


def remove_upload(connection: redis.Redis, upload_id: bytes) -> None:
    """Remove an upload; nothing happens where there is none."""
    connection.delete(_name(upload_id))


def _about(upload: Upload) -> JsonValue:
    mapping = upload.mapping
    columns: dict[str, JsonValue] = (
        {}
        if mapping is None
        else {str(each): mapping.columns[each] for each in mapping.columns}
    )
    return {
        "actor": upload.actor,
        "columns": columns,
        "election": upload.election_id,
        "filename": upload.filename[:200],
        "heading_line": None if mapping is None else mapping.heading_line,
        "sheet": upload.sheet,
    }


def _mapping(line: int | None, columns: dict[str, int]) -> ColumnMapping | None:
    if line is None:
        return None
    return ColumnMapping(line, {Field(name): place for name, place in columns.items()})


def _read_ticket(ticket: str) -> tuple[bytes, bytes]:
    if _TICKET.fullmatch(ticket) is None:
        raise UploadGone
    raw = bytes.fromhex(ticket)
    return raw[:_ID_SIZE], raw[_ID_SIZE:]


def _name(upload_id: bytes) -> str:
    return f"roll-upload:{upload_id.hex()}"
