"""A roll file between its preview and its confirmation: sealed, and soon gone.

The file is never kept. While an official reads the preview it lies in Redis under a
key of its own that stands in the official's page and nowhere else, for half an hour;
so neither Redis, its dump nor a backup of it can be read (docs/adr/0009).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Final, NewType, cast

import redis
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from crypto.encoding import JsonValue, decode_json, encode_json

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
    """A roll file as it came, and whose it is."""

    election_id: str
    actor: str
    filename: str = field(repr=False)
    data: bytes = field(repr=False)


def seal_upload(connection: redis.Redis, upload: Upload) -> Ticket:
    """Keep an upload for half an hour; only the ticket opens it."""
    upload_id, key = secrets.token_bytes(_ID_SIZE), secrets.token_bytes(32)
    about: dict[str, JsonValue] = {
        "actor": upload.actor,
        "election": upload.election_id,
        "filename": upload.filename[:200],
    }
    header = encode_json(about)
    inside = len(header).to_bytes(_LENGTH_SIZE, "big") + header + upload.data
    connection.set(_name(upload_id), SecretBox(key).encrypt(inside), ex=SECONDS)
    return Ticket((upload_id + key).hex())


def open_upload(
    connection: redis.Redis, ticket: str, *, election_id: str, actor: str
) -> Upload:
    """Return the upload of a ticket.

    Raises:
        UploadGone: there is none for this official and election any more.

    """
    upload_id, key = _read_ticket(ticket)
    sealed = cast("bytes | None", connection.get(_name(upload_id)))
    if sealed is None:
        raise UploadGone
    try:
        inside = SecretBox(key).decrypt(sealed)
    except (CryptoError, ValueError):
        raise UploadGone from None
    end = _LENGTH_SIZE + int.from_bytes(inside[:_LENGTH_SIZE], "big")
    about = cast("dict[str, str]", decode_json(inside[_LENGTH_SIZE:end]))
    if about["election"] != election_id or about["actor"] != actor:
        raise UploadGone
    return Upload(election_id, actor, about["filename"], inside[end:])


def drop_upload(connection: redis.Redis, ticket: str) -> None:
    """Remove an upload that has been used."""
    upload_id, _ = _read_ticket(ticket)
    connection.delete(_name(upload_id))


def _read_ticket(ticket: str) -> tuple[bytes, bytes]:
    if _TICKET.fullmatch(ticket) is None:
        raise UploadGone
    raw = bytes.fromhex(ticket)
    return raw[:_ID_SIZE], raw[_ID_SIZE:]


def _name(upload_id: bytes) -> str:
    return f"roll-upload:{upload_id.hex()}"
