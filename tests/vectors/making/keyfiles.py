"""Key files, written here by hand so that salt and nonce are known."""

import json
from collections.abc import Iterator
from functools import cache

from nacl.secret import SecretBox

from crypto.encoding import JsonValue, encode_base64, encode_json
from crypto.group import ORDER
from crypto.passwords import derive_key
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice

PASSPHRASE = "blåbær på månen år 2027"
DECOMPOSED = "bla\u030abær pa\u030a ma\u030anen a\u030ar 2027"
DICE = Dice("the key file")
SALT = DICE.bytes(16)
NONCE = DICE.bytes(24)
SECRETS: dict[str, JsonValue] = {
    "sealing_key": DICE.bytes(32).hex(),
    "share": DICE.scalar().encoded.hex(),
    "signing_seed": DICE.bytes(32).hex(),
    "tallied": None,
    "transcript": DICE.bytes(32).hex(),
}
CEREMONY = DICE.bytes(16)


def keyfile_vectors() -> Iterator[Vector]:
    """Every vector of the operation `keyfile`."""
    whole = _document(SECRETS)
    tallied = {**SECRETS, "tallied": Dice("tally").bytes(32).hex()}
    yield _vector("good", "ok", whole, SECRETS)
    yield _vector("tallied", "ok", _document(tallied), tallied)
    yield _vector("decomposed_passphrase", "ok", whole, SECRETS, passphrase=DECOMPOSED)
    yield _vector("wrong_passphrase", "WrongPassphrase", whole, passphrase="blåbær")
    box = encode_base64(_box(SECRETS)[:-1] + b"\x00")
    yield _vector("changed_box", "WrongPassphrase", {**whole, "box": box})
    large = {**SECRETS, "share": ORDER.to_bytes(32, "little").hex()}
    yield _vector("share_not_canonical", "NonCanonicalScalar", _document(large))
    short = {**SECRETS, "transcript": "00"}
    yield _vector("short_transcript", "WrongLength", _document(short))
    unknown: dict[str, JsonValue] = {**SECRETS, "note": "hello"}
    yield _vector("unknown_secret", "NonCanonicalEncoding", _document(unknown))
    changes: dict[str, tuple[str, dict[str, JsonValue]]] = {
        "fewer_passes": ("UnsupportedParameters", {"passes": 1}),
        "less_memory": ("UnsupportedParameters", {"memory_kib": 8}),
        "more_memory": ("UnsupportedParameters", {"memory_kib": 131072}),
        "more_lanes": ("UnsupportedParameters", {"lanes": 4}),
        "other_format": ("NonCanonicalEncoding", {"format": "urne/v2/keyfile"}),
        "short_salt": ("WrongLength", {"salt": SALT.hex()[2:]}),
        "short_nonce": ("WrongLength", {"nonce": NONCE.hex()[2:]}),
        "index_of_zero": ("NonCanonicalEncoding", {"index": 0}),
        "empty_name": ("NonCanonicalEncoding", {"name": ""}),
        "unknown_field": ("NonCanonicalEncoding", {"note": "hello"}),
    }
    for name, (expect, change) in changes.items():
        yield _vector(name, expect, {**whole, **change})


@cache
def _key() -> bytes:
    return derive_key(PASSPHRASE, SALT).secret


def _box(secrets: dict[str, JsonValue]) -> bytes:
    return SecretBox(_key()).encrypt(encode_json(secrets), NONCE).ciphertext


def _document(secrets: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "box": encode_base64(_box(secrets)),
        "ceremony": CEREMONY.hex(),
        "format": "urne/v1/keyfile",
        "index": 2,
        "lanes": 1,
        "memory_kib": 65536,
        "name": "Åse Ødegård",
        "nonce": NONCE.hex(),
        "passes": 3,
        "salt": SALT.hex(),
        "title": "Lønnsoppgjøret 2027",
    }


def _vector(
    name: str,
    expect: str,
    document: dict[str, JsonValue],
    secrets: dict[str, JsonValue] | None = None,
    *,
    passphrase: str = PASSPHRASE,
) -> Vector:
    inputs = {"passphrase": json.dumps(passphrase)}
    if secrets is not None:
        inputs |= {
            "label": encode_json(
                {key: document[key] for key in ("ceremony", "index", "name", "title")}
            ).decode(),
            "secrets": encode_json(secrets).decode(),
        }
    body = encode_json(document)
    return Vector(f"keyfile/{name}", expect, "a holder's file", inputs, body)
