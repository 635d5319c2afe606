"""What a credential signs over a survey's answers (docs/protocol.md §8.3).

A tag of its own: nothing that was signed for a ballot is ever taken for a response.
"""

from crypto.group import Point, SecretScalar, mul_base
from crypto.hashing import digest
from crypto.knowledge import KnowledgeProof, prove_knowledge, verify_knowledge

_ANSWERS_TAG = "proof/answers"


def answers_digest(fingerprint: bytes, encoded: bytes) -> bytes:
    """`H("answers", FP, answers)` of canonical JSON, 32 bytes (§8.3)."""
    return digest("answers", fingerprint, encoded)


def respondent_digest(fingerprint: bytes, credential: bytes) -> bytes:
    """`H("respondent", FP, X)`: what stands for a named respondent, 32 bytes (§8.3)."""
    return digest("respondent", fingerprint, credential)


def sign_answers(
    fingerprint: bytes,
    secret: SecretScalar,
    token: Point,
    answers: bytes,
    *,
    nonce: SecretScalar | None = None,
) -> bytes:
    """The credential's signature over answers and right, 64 bytes (§8.3).

    `secret`: x of the credential; `answers`: their digest, 32 bytes; `nonce` is given
    only to write test vectors.
    """
    public = mul_base(secret)
    parts = (fingerprint, public.encoded, token.encoded, answers)
    fresh = nonce or SecretScalar.random()
    return prove_knowledge(_ANSWERS_TAG, parts, secret, fresh).encoded


def verify_answers_signature(
    fingerprint: bytes,
    credential: Point,
    token: Point,
    answers: bytes,
    signature: bytes,
) -> None:
    """Refuse a signature that is not this credential's over answers and right (§8.3).

    Raises WrongLength, NonCanonicalPoint, IdentityPoint, NonCanonicalScalar,
    ProofRefused.
    """
    proof = KnowledgeProof.decode(signature)
    parts = (fingerprint, credential.encoded, token.encoded, answers)
    verify_knowledge(_ANSWERS_TAG, parts, credential, proof)
