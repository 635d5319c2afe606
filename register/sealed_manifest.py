"""What the register reads of a sealed manifest (docs/protocol.md §4.1).

Styles, contests and rules are the service's; here stand the roll as it was frozen and
the keys of those whose signatures the register must know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.documents import Fields
from crypto.encoding import JsonValue, decode_json
from crypto.hashing import digest
from crypto.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verify_signature

FORMAT: Final = "urne/v1/manifest"
SIGNERS_OF_A_CHANGE: Final = 2
"""Holders that move a deadline or hold a shredding."""

_MOST_HOLDERS: Final = 9
_LARGEST_COUNT: Final = 2**32 - 1
_FIELDS: Final = (
    *("accepted_risks", "approvals_needed", "ceremony", "contests", "election"),
    *("election_key", "format", "groups", "holders", "language", "organisation"),
    *("practice", "register_key", "register_url", "roll_commitment", "rules"),
    *("scripts", "service_key", "service_url", "slug", "styles", "threshold"),
    *("title", "witness_threshold", "witnesses"),
)


class SignersRefused(Exception):
    """Not exactly as many different key holders signed as must, in order of index."""


@dataclass(frozen=True, slots=True)
class SealedGroup:
    """A voter group as the manifest has it."""

    label: str
    entitled: int
    issuer_key: bytes


@dataclass(frozen=True, slots=True)
class SealedManifest:
    """The register's part of a manifest."""

    fingerprint: bytes
    election: str
    slug: str
    practice: bool
    service_key: bytes
    register_key: bytes
    groups: tuple[SealedGroup, ...]
    roll_commitment: bytes
    approvals_needed: int
    holder_keys: Mapping[int, bytes]
    """Signing keys by index from 1."""


def read_manifest(encoded: bytes) -> SealedManifest:
    """Read the canonical bytes of a manifest of at most 1 MiB.

    Raises:
        NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint: it is not
            one.

    """
    fields = Fields.of(decode_json(encoded), *_FIELDS)
    fields.require("format", FORMAT)
    return SealedManifest(
        fingerprint=digest("fingerprint", encoded),
        election=fields.text("election"),
        slug=fields.text("slug"),
        practice=fields.flag("practice"),
        service_key=fields.hex("service_key", PUBLIC_KEY_BYTES),
        register_key=fields.hex("register_key", PUBLIC_KEY_BYTES),
        groups=tuple(
            _read_group(item, index)
            for index, item in enumerate(fields.items("groups"))
        ),
        roll_commitment=fields.hex("roll_commitment", 32),
        approvals_needed=fields.integer("approvals_needed", 1, _MOST_HOLDERS),
        holder_keys=dict(
            _read_holder(item, index)
            for index, item in enumerate(fields.items("holders"), 1)
        ),
    )


def verify_two_holders(
    manifest: SealedManifest,
    signatures: Sequence[JsonValue],
    tag: str,
    parts: Sequence[bytes],
) -> None:
    """Check that exactly two different holders signed, in order of index.

    `signatures`: a list of ``{"index","signature"}`` as documents have it.

    Raises:
        SignersRefused: fewer, more, one twice, out of order, or no holder.
        BadSignature: one does not hold.
        NonCanonicalEncoding, WrongLength: an entry is malformed.

    """
    verify_holders(manifest, signatures, SIGNERS_OF_A_CHANGE, tag, parts)


def verify_holders(
    manifest: SealedManifest,
    signatures: Sequence[JsonValue],
    needed: int,
    tag: str,
    parts: Sequence[bytes],
) -> None:
    """Check that exactly so many different holders signed; raises as above."""
    signed = [_read_signature(item) for item in signatures]
    indices = [index for index, _ in signed]
    if len(indices) != needed or indices != sorted(set(indices)):
        raise SignersRefused
    for index, signature in signed:
        key = manifest.holder_keys.get(index)
        if key is None:
            raise SignersRefused
        verify_signature(key, signature, tag, *parts)


def verify_service(
    manifest: SealedManifest,
    signatures: Sequence[JsonValue],
    tag: str,
    parts: Sequence[bytes],
) -> None:
    """Check that the service alone signed, as index 0; raises as above."""
    signed = [_read_signature(item) for item in signatures]
    if [index for index, _ in signed] != [0]:
        raise SignersRefused
    verify_signature(manifest.service_key, signed[0][1], tag, *parts)


def _read_group(item: JsonValue, index: int) -> SealedGroup:
    fields = Fields.of(item, "entitled", "index", "issuer_key", "label", "style")
    fields.require("index", index)
    return SealedGroup(
        label=fields.text("label"),
        entitled=fields.integer("entitled", 0, _LARGEST_COUNT),
        issuer_key=fields.point("issuer_key").encoded,
    )


def _read_holder(item: JsonValue, index: int) -> tuple[int, bytes]:
    fields = Fields.of(item, "index", "name", "share_key", "signing_key")
    fields.require("index", index)
    return index, fields.hex("signing_key", PUBLIC_KEY_BYTES)


def _read_signature(item: JsonValue) -> tuple[int, bytes]:
    fields = Fields.of(item, "index", "signature")
    index = fields.integer("index", 0, _MOST_HOLDERS)
    return index, fields.hex("signature", SIGNATURE_BYTES)
