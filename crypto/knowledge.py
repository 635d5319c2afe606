"""Schnorr's proof of knowledge of a discrete logarithm, 64 bytes `K || s`.

It proves possession of a key holder's secret (docs/protocol.md §5.5) and signs ballots
and status requests by the credential (§5.6). The tag and the parts say which.
"""

from dataclasses import dataclass
from typing import Self

from crypto.errors import ProofRefused, WrongLength
from crypto.group import POINT_BYTES, Point, Scalar, SecretScalar, mul, mul_base
from crypto.hashing import challenge

KNOWLEDGE_BYTES = 64


@dataclass(frozen=True, slots=True)
class KnowledgeProof:
    """The commitment K and the response s."""

    commitment: Point
    response: Scalar

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """The proof of 64 bytes.

        Raises WrongLength, NonCanonicalPoint, IdentityPoint, NonCanonicalScalar.
        """
        if len(encoded) != KNOWLEDGE_BYTES:
            raise WrongLength("proof of knowledge", KNOWLEDGE_BYTES, len(encoded))
        return cls(
            Point.decode_nonidentity(encoded[:POINT_BYTES]),
            Scalar.decode(encoded[POINT_BYTES:]),
        )

    @property
    def encoded(self) -> bytes:
        """K || s, 64 bytes."""
        return self.commitment.encoded + self.response.encoded


def prove_knowledge(
    tag: str, parts: tuple[bytes, ...], secret: SecretScalar, nonce: SecretScalar
) -> KnowledgeProof:
    """Prove knowledge of `secret`, bound to the tag and all parts.

    The parts hold the public point or what determines it; the nonce is fresh, uniform
    and used once: the same nonce under two challenges tells the secret.
    """
    commitment = mul_base(nonce)
    c = challenge(tag, *parts, commitment.encoded)
    response = nonce + c * secret
    return KnowledgeProof(commitment, Scalar(response.encoded))


def verify_knowledge(
    tag: str, parts: tuple[bytes, ...], public: Point, proof: KnowledgeProof
) -> None:
    """Raise ProofRefused unless `s·G = K + c·X` (docs/protocol.md §5.5, §5.6)."""
    c = challenge(tag, *parts, proof.commitment.encoded)
    if mul_base(proof.response) != proof.commitment + mul(c, public):
        raise ProofRefused
