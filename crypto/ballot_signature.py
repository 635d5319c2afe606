"""The tracking code of a ballot, and what its credential signs (docs/protocol.md §5.6).

The signature is made over the tracking digest, which stands for the whole sealed ballot
in its election and under its credential, and over the voting right it is cast with.
"""

from crypto.encoding import encode_base32, group_base32
from crypto.group import Point, SecretScalar, mul_base
from crypto.hashing import digest
from crypto.knowledge import KnowledgeProof, prove_knowledge, verify_knowledge

_BALLOT_TAG = "proof/ballot"
_STATUS_TAG = "proof/status"

# 100 bits are enough to tell ballots apart, and few enough to compare by eye.
_TRACKING_SYMBOLS = 20


def tracking_digest(fingerprint: bytes, credential: Point, sealed: bytes) -> bytes:
    """`H("tracking", FP, X, sealed)`, 32 bytes (docs/protocol.md §4.3)."""
    return digest("tracking", fingerprint, credential.encoded, sealed)


def tracking_code(tracking: bytes) -> str:
    """The first 100 bits of a tracking digest, 20 symbols in groups of five (§4.3)."""
    return group_base32(encode_base32(tracking)[:_TRACKING_SYMBOLS])


def sign_ballot(
    fingerprint: bytes,
    secret: SecretScalar,
    token: Point,
    tracking: bytes,
    *,
    nonce: SecretScalar | None = None,
) -> bytes:
    """The credential's signature over ballot and voting right, 64 bytes (§5.6).

    `secret`: x of the credential; `nonce` is given only to write test vectors.
    """
    public = mul_base(secret)
    parts = (fingerprint, public.encoded, token.encoded, tracking)
    fresh = nonce or SecretScalar.random()
    return prove_knowledge(_BALLOT_TAG, parts, secret, fresh).encoded


def verify_ballot_signature(
    fingerprint: bytes,
    credential: Point,
    token: Point,
    tracking: bytes,
    signature: bytes,
) -> None:
    """Refuse a signature that is not this credential's over ballot and right (§5.6).

    Raises WrongLength, NonCanonicalPoint, IdentityPoint, NonCanonicalScalar,
    ProofRefused.
    """
    proof = KnowledgeProof.decode(signature)
    parts = (fingerprint, credential.encoded, token.encoded, tracking)
    verify_knowledge(_BALLOT_TAG, parts, credential, proof)


def sign_status(
    fingerprint: bytes, secret: SecretScalar, *, nonce: SecretScalar | None = None
) -> bytes:
    """The signature that asks for a credential's own receipts, 64 bytes (§3.3, §5.6).

    `nonce` is given only to write test vectors.
    """
    public = mul_base(secret)
    parts = (fingerprint, public.encoded)
    fresh = nonce or SecretScalar.random()
    return prove_knowledge(_STATUS_TAG, parts, secret, fresh).encoded


def verify_status_signature(
    fingerprint: bytes, credential: Point, signature: bytes
) -> None:
    """Refuse a status request that the credential did not sign (§3.3, §5.6).

    Raises WrongLength, NonCanonicalPoint, IdentityPoint, NonCanonicalScalar,
    ProofRefused.
    """
    proof = KnowledgeProof.decode(signature)
    verify_knowledge(_STATUS_TAG, (fingerprint, credential.encoded), credential, proof)
