"""The committee's signatures under a protocol (docs/protocol.md §3.6, §4.11)."""

from dataclasses import dataclass
from datetime import datetime

from crypto.encoding import decode_json, encode_json
from crypto.hashing import digest
from crypto.signing import SigningSeed, sign
from crypto.statements import approval_parts
from crypto.times import format_time
from voting.documents import SIGNATURE_BYTES, read_object
from voting.leaf_signatures import verify_holders, verify_statement
from voting.leaves import IndexedSignature, read_signatures, signatures_document
from voting.manifest_model import Fingerprint, Manifest

__all__ = [
    "Approvals",
    "approval_parts",
    "approved_parts",
    "decode_approvals",
    "encode_approvals",
    "protocol_digest",
    "sign_approved",
    "verify_approval",
    "verify_approvals",
]


@dataclass(frozen=True, slots=True)
class Approvals:
    """Exactly as many signatures as the manifest asks for, and since when."""

    approvals: tuple[IndexedSignature, ...]
    approved_at: datetime
    signature: bytes
    """The service's, over the time of the last approval."""


def protocol_digest(encoded: bytes) -> bytes:
    """``H("protocol", bytes(protocol))``: 32 bytes, which the committee signs."""
    return digest("protocol", encoded)


def approved_parts(
    fingerprint: bytes, protocol: bytes, approved_at: datetime
) -> tuple[bytes, ...]:
    """What the service signs with the tag ``approved``."""
    return (fingerprint, protocol, format_time(approved_at).encode("ascii"))


def sign_approved(
    seed: SigningSeed, fingerprint: Fingerprint, protocol: bytes, approved_at: datetime
) -> bytes:
    """Return the service's signature over the time of approval, 64 bytes."""
    return sign(seed, "approved", *approved_parts(fingerprint, protocol, approved_at))


def encode_approvals(approvals: Approvals) -> bytes:
    """Write the approvals as canonical JSON."""
    return encode_json(
        {
            "approvals": signatures_document(approvals.approvals),
            "approved_at": format_time(approvals.approved_at),
            "signature": approvals.signature.hex(),
        }
    )


def decode_approvals(encoded: bytes) -> Approvals:
    """Read the approvals.

    Raises:
        NonCanonicalEncoding: not written the one way.
        DocumentRefused: its subclass says what may not be, its path where.

    """
    names = ("approvals", "approved_at", "signature")
    fields = read_object(decode_json(encoded), names)
    return Approvals(
        approvals=read_signatures(fields, "approvals"),
        approved_at=fields.time("approved_at"),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def verify_approval(
    manifest: Manifest,
    fingerprint: Fingerprint,
    protocol: bytes,
    approval: IndexedSignature,
) -> None:
    """Check one holder's approval of a protocol's digest, 32 bytes.

    Raises:
        SignersRefused: there is no such holder.
        SignatureRefused: it is not the holder's, or not of this protocol.

    """
    parts = approval_parts(fingerprint, protocol)
    verify_holders(manifest, [approval], 1, "approval", parts)


def verify_approvals(
    manifest: Manifest,
    fingerprint: Fingerprint,
    protocol: bytes,
    approvals: Approvals,
) -> None:
    """Check every approval, that they are as many as needed, and the time.

    Raises:
        SignersRefused: more or fewer than the manifest asks for, or out of order.
        SignatureRefused: naming whose.

    """
    verify_holders(
        manifest,
        approvals.approvals,
        manifest.approvals_needed,
        "approval",
        approval_parts(fingerprint, protocol),
    )
    verify_statement(
        manifest.service_key,
        approvals.signature,
        "the service",
        "approved",
        approved_parts(fingerprint, protocol, approvals.approved_at),
    )
