"""Joint counts: elections of several unions, whose results are added up (§9). Pure.

Each union has an election of its own: roll, keys, box, count, approval, shredding. What
binds them is a declaration, signed before the first of them opens. It names sealed
manifests by their fingerprints, so that nothing in them can differ afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.hashing import digest
from crypto.signing import SigningSeed, sign
from crypto.times import format_time
from voting.contests import encode_contest
from voting.documents import SIGNATURE_BYTES, read_document, read_object
from voting.leaf_signatures import verify_statement
from voting.manifest_model import Fingerprint, Manifest

FORMAT: Final = "urne/v1/joint"
MOST_SIBLINGS: Final = 20
LONGEST_TITLE: Final = 200
_SIGNER: Final = "the service"


class JointRefused(Exception):
    """Elections that cannot be counted jointly; the code says why."""

    def __init__(self, code: str) -> None:
        """Take a code such as `other-contests`."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sibling:
    """One election of a joint count, as it was sealed."""

    manifest: Manifest
    fingerprint: Fingerprint
    opens_at: datetime
    closes_at: datetime

    @property
    def entitled(self) -> int:
        """Members on its roll when it was frozen."""
        return sum(group.entitled for group in self.manifest.groups)


@dataclass(frozen=True, slots=True)
class Declaration:
    """Which elections are counted jointly, and since when."""

    joint: str
    """32 hexadecimal digits."""
    title: str
    declared_at: datetime
    fingerprints: tuple[Fingerprint, ...]
    """In the order in which the unions are shown."""


def require_joinable(siblings: Sequence[Sibling], now: datetime) -> None:
    """Check that elections can be added up, and that nobody's votes show by it.

    Raises:
        JointRefused: by its code: `number` (not 2 to 20), `open` (one has opened),
            `same-union`, `same-election`, `other-service`, `practice` (some are, some
            are not), `other-contests`, `styles` (a voter group votes on some contests
            only), `other-threshold`, `other-closing`, or `too-small` (a union with
            fewer members than the suppression threshold).

    """
    if any(now >= each.opens_at for each in siblings):
        raise JointRefused("open")
    if len({each.fingerprint for each in siblings}) < len(siblings):
        raise JointRefused("same-election")
    require_alike([each.manifest for each in siblings])
    if len({each.closes_at for each in siblings}) > 1:
        raise JointRefused("other-closing")


def require_alike(manifests: Sequence[Manifest]) -> None:
    """Check what the manifests must have in common; raises JointRefused as above."""
    if not 2 <= len(manifests) <= MOST_SIBLINGS:  # noqa: PLR2004 - one is not joint
        raise JointRefused("number")
    unions = {" ".join(each.organisation.split()).casefold() for each in manifests}
    if len(unions) < len(manifests):
        raise JointRefused("same-union")
    common: dict[str, set[Any]] = {
        "other-service": {each.service_key for each in manifests},
        "practice": {each.practice for each in manifests},
        "other-contests": {_wording(each) for each in manifests},
        "other-threshold": {each.rules.suppression_threshold for each in manifests},
    }
    for code, found in common.items():
        if len(found) > 1:
            raise JointRefused(code)
    for each in manifests:
        if len(each.styles) > 1:
            raise JointRefused("styles")
        entitled = sum(group.entitled for group in each.groups)
        if entitled < each.rules.suppression_threshold:
            raise JointRefused("too-small")


def encode_declaration(declaration: Declaration) -> bytes:
    """Write a declaration as canonical JSON (docs/protocol.md §9)."""
    fingerprints: list[JsonValue] = [each.hex() for each in declaration.fingerprints]
    return encode_json(
        {
            "declared_at": format_time(declaration.declared_at),
            "fingerprints": fingerprints,
            "format": FORMAT,
            "joint": declaration.joint,
            "title": declaration.title,
        }
    )


def decode_declaration(encoded: bytes) -> Declaration:
    """Read a declaration.

    Raises:
        NonCanonicalEncoding, DocumentRefused: it is none.

    """
    names = ("declared_at", "fingerprints", "joint", "title")
    fields = read_document(decode_json(encoded), FORMAT, names)
    listed = fields.array("fingerprints", 2, MOST_SIBLINGS)
    return Declaration(
        joint=fields.hexadecimal("joint", 16).hex(),
        title=fields.text("title", LONGEST_TITLE, shortest=1),
        declared_at=fields.time("declared_at"),
        fingerprints=tuple(
            Fingerprint(
                read_object({"of": each.value}, ("of",), path=each.path).hexadecimal(
                    "of"
                )
            )
            for each in listed
        ),
    )


def declaration_digest(encoded: bytes) -> bytes:
    """``H("joint", bytes(declaration))``: 32 bytes."""
    return digest("joint", encoded)


def sign_joint(seed: SigningSeed, tag: str, encoded: bytes) -> bytes:
    """Return the service's signature, 64 bytes, with `joint` or `joint-protocol`."""
    return sign(seed, tag, encoded)


def verify_joint_signature(
    key: bytes, signature: bytes, tag: str, encoded: bytes
) -> None:
    """Check a signature of `sign_joint` with the manifests' service key.

    Raises:
        SignatureRefused: it does not hold.

    """
    verify_statement(key, signature, _SIGNER, tag, (encoded,))


@dataclass(frozen=True, slots=True)
class JointFile:
    """What is handed out of a joint count: two documents and their signatures."""

    declaration: bytes
    declaration_signature: bytes
    protocol: bytes
    protocol_signature: bytes


def encode_joint_file(file: JointFile) -> bytes:
    """Write it as canonical JSON, the documents as values."""
    return encode_json(
        {
            "declaration": decode_json(file.declaration),
            "declaration_signature": file.declaration_signature.hex(),
            "protocol": decode_json(file.protocol),
            "protocol_signature": file.protocol_signature.hex(),
        }
    )


def decode_joint_file(encoded: bytes) -> JointFile:
    """Read it; raises NonCanonicalEncoding, DocumentRefused."""
    names = ("declaration", "protocol")
    signed = tuple(f"{name}_signature" for name in names)
    fields = read_object(decode_json(encoded), (*names, *signed))
    return JointFile(
        encode_json(fields.of("declaration")),
        fields.hexadecimal("declaration_signature", SIGNATURE_BYTES),
        encode_json(fields.of("protocol")),
        fields.hexadecimal("protocol_signature", SIGNATURE_BYTES),
    )


def _wording(manifest: Manifest) -> bytes:
    return encode_json([encode_contest(each) for each in manifest.contests])
