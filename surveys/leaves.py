"""The leaves of the log of surveys, as canonical JSON (docs/protocol.md §8.5). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crypto.documents import Fields
from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.errors import NonCanonicalEncoding
from crypto.signing import SIGNATURE_BYTES, SigningSeed, sign, verify_signature
from crypto.statements import codes_parts, schedule_parts
from crypto.times import format_time

Leaf = dict[str, JsonValue]

_CODE_KINDS = frozenset({"invitation", "reminder", "resend", "late"})
_U32 = 2**32 - 1


def survey_leaf(manifest: Mapping[str, JsonValue]) -> Leaf:
    """The leaf that a launch puts on the log."""
    return {"manifest": dict(manifest), "type": "survey"}


def schedule_leaf(
    seed: SigningSeed,
    fingerprint: bytes,
    *,
    number: int,
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
) -> Leaf:
    """The signed leaf that says from when to when a survey is open."""
    opens, closes = format_time(opens_at), format_time(closes_at)
    parts = schedule_parts(fingerprint, number, opens, closes, reason)
    signature = sign(seed, "schedule", *parts).hex()
    return {
        "closes_at": closes,
        "fingerprint": fingerprint.hex(),
        "number": number,
        "opens_at": opens,
        "reason": reason,
        "signatures": [{"index": 0, "signature": signature}],
        "type": "schedule",
    }


def wording_leaf(fingerprint: bytes, number: int, digest: bytes) -> Leaf:
    """The leaf of a questionnaire with other words; `digest`: 32 bytes."""
    return {
        "digest": digest.hex(),
        "fingerprint": fingerprint.hex(),
        "number": number,
        "type": "wording",
    }


def is_wording(encoded: bytes) -> bool:
    """Tell whether a leaf of the log is one of `wording_leaf`."""
    leaf = decode_json(encoded)
    return isinstance(leaf, dict) and leaf.get("type") == "wording"


def closed_leaf(fingerprint: bytes, at: datetime, received: int, least: int) -> Leaf:
    """The leaf of a closing, and how many responses there were.

    Of fewer than `least`, the threshold, it does not say how many; nor that of none,
    for then all others that do not say would be of somebody.
    """
    return {
        "at": format_time(at),
        "fingerprint": fingerprint.hex(),
        "received": received if received >= least else None,
        "type": "closed",
    }


def ended_leaf(fingerprint: bytes, at: datetime, *, how: str) -> Leaf:
    """The leaf of a cancelling or a deletion."""
    return {"at": format_time(at), "fingerprint": fingerprint.hex(), "type": how}


def read_codes_leaf(value: JsonValue, fingerprint: bytes, register_key: bytes) -> Leaf:
    """Check what the register says of a sending's codes; return it for the log.

    Raises:
        NonCanonicalEncoding, WrongLength: it is no such leaf.
        BadSignature: the register did not sign it.

    """
    fields = Fields.of(value, "count", "kind", "number", "root", "signature", "type")
    fields.require("type", "codes")
    kind = fields.text("kind")
    if kind not in _CODE_KINDS:
        raise NonCanonicalEncoding("kind is none of a sending with codes")
    number, count = fields.integer("number", 0, _U32), fields.integer("count", 0, _U32)
    parts = codes_parts(fingerprint, number, kind, count, fields.hex("root", 32))
    signature = fields.hex("signature", SIGNATURE_BYTES)
    verify_signature(register_key, signature, "codes", *parts)
    return {**fields.values, "fingerprint": fingerprint.hex()}


def encode_leaf(leaf: Leaf) -> bytes:
    """Write a leaf as it is hashed."""
    return encode_json(leaf)
