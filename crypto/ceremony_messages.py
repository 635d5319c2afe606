"""What key holders post during a ceremony, and the document of it (§3.1, §4.2).

Reading refuses every form but the canonical one and checks no signature and no proof:
that is `crypto.ceremony`'s. All sections are of docs/protocol.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from crypto.decryption import DECRYPTION_BYTES, PartialDecryption
from crypto.documents import Fields, require_indices
from crypto.encoding import JsonValue, encode_base64, encode_json
from crypto.errors import NonCanonicalEncoding
from crypto.group import Point
from crypto.hashing import DIGEST_BYTES, digest
from crypto.integers import u16
from crypto.knowledge import KNOWLEDGE_BYTES, KnowledgeProof
from crypto.sealing import SEALING_KEY_BYTES
from crypto.sharing import MOST_HOLDERS, require_threshold
from crypto.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES

FORMAT = "urne/v1/ceremony"
ID_BYTES = 16
SEALED_SHARE_BYTES = 112


@dataclass(frozen=True, slots=True)
class HolderKeys:
    """Round 1: a holder's name, Ed25519 and X25519 public keys, 32 bytes each."""

    index: int
    name: str
    signing_key: bytes
    sealing_key: bytes
    signature: bytes

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The entry of a document; raises NonCanonicalEncoding, WrongLength."""
        fields = Fields.of(
            value, "index", "name", "sealing_key", "signature", "signing_key"
        )
        return cls(
            index=fields.integer("index", 1, MOST_HOLDERS),
            name=fields.person("name"),
            signing_key=fields.hex("signing_key", PUBLIC_KEY_BYTES),
            sealing_key=fields.hex("sealing_key", SEALING_KEY_BYTES),
            signature=fields.hex("signature", SIGNATURE_BYTES),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it stands in the document."""
        return {
            "index": self.index,
            "name": self.name,
            "sealing_key": self.sealing_key.hex(),
            "signature": self.signature.hex(),
            "signing_key": self.signing_key.hex(),
        }


@dataclass(frozen=True, slots=True)
class Commit:
    """Round 3: the digest of what the holder will reveal, 32 bytes."""

    index: int
    commitment: bytes
    signature: bytes

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The entry of a document; raises NonCanonicalEncoding, WrongLength."""
        fields = Fields.of(value, "commitment", "index", "signature")
        return cls(
            index=fields.integer("index", 1, MOST_HOLDERS),
            commitment=fields.hex("commitment", DIGEST_BYTES),
            signature=fields.hex("signature", SIGNATURE_BYTES),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it stands in the document."""
        return {
            "commitment": self.commitment.hex(),
            "index": self.index,
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True, slots=True)
class Reveal:
    """Round 4: the points F_0 … F_{k-1}, and the proof of possession of f_0."""

    index: int
    points: tuple[Point, ...]
    possession: KnowledgeProof
    signature: bytes

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The entry of a document.

        Raises NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint,
        NonCanonicalScalar.
        """
        fields = Fields.of(value, "index", "points", "possession", "signature")
        return cls(
            index=fields.integer("index", 1, MOST_HOLDERS),
            points=fields.points("points"),
            possession=KnowledgeProof.decode(fields.hex("possession", KNOWLEDGE_BYTES)),
            signature=fields.hex("signature", SIGNATURE_BYTES),
        )

    @property
    def encoded_points(self) -> bytes:
        """F_0 || …, 32 bytes each."""
        return encode_points(self.points)

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it stands in the document."""
        return {
            "index": self.index,
            "points": [point.encoded.hex() for point in self.points],
            "possession": self.possession.encoded.hex(),
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True, slots=True)
class SealedShare:
    """Round 5: a dealer's share for one recipient, sealed, 112 bytes."""

    dealer: int
    recipient: int
    sealed: bytes
    signature: bytes

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The entry of a document; raises NonCanonicalEncoding, WrongLength."""
        fields = Fields.of(value, "dealer", "recipient", "sealed", "signature")
        return cls(
            dealer=fields.integer("dealer", 1, MOST_HOLDERS),
            recipient=fields.integer("recipient", 1, MOST_HOLDERS),
            sealed=fields.base64("sealed", SEALED_SHARE_BYTES),
            signature=fields.hex("signature", SIGNATURE_BYTES),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it stands in the document."""
        return {
            "dealer": self.dealer,
            "recipient": self.recipient,
            "sealed": encode_base64(self.sealed),
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True, slots=True)
class TranscriptSignature:
    """Round 6: a holder's signature over the transcript digest, 64 bytes."""

    index: int
    signature: bytes

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The entry of the record; raises NonCanonicalEncoding, WrongLength."""
        fields = Fields.of(value, "index", "signature")
        return cls(
            index=fields.integer("index", 1, MOST_HOLDERS),
            signature=fields.hex("signature", SIGNATURE_BYTES),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it stands in the record."""
        return {"index": self.index, "signature": self.signature.hex()}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Round 8: the partial decryption of the rehearsal's point, with its proof."""

    index: int
    proof: PartialDecryption

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The entry of the record.

        Raises NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint,
        NonCanonicalScalar.
        """
        fields = Fields.of(value, "index", "proof")
        return cls(
            index=fields.integer("index", 1, MOST_HOLDERS),
            proof=PartialDecryption.decode(fields.hex("proof", DECRYPTION_BYTES)),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As it stands in the record."""
        return {"index": self.index, "proof": self.proof.encoded.hex()}


@dataclass(frozen=True, slots=True)
class Assembly:
    """The holders with their keys: what every later message is bound to.

    `ceremony`: the id, 16 bytes; `holders` in order of index from 1. Raises
    ImpossibleThreshold, NonCanonicalEncoding for an index out of place.
    """

    ceremony: bytes
    threshold: int
    holders: tuple[HolderKeys, ...]

    def __post_init__(self) -> None:
        require_threshold(len(self.holders), self.threshold)
        indices = [holder.index for holder in self.holders]
        require_indices(indices, 1, len(self.holders))

    @property
    def keys(self) -> bytes:
        """The digest of all keys, 32 bytes, which is read aloud as words (§3.1)."""
        parts = [self.ceremony, u16(len(self.holders)), u16(self.threshold)]
        for holder in self.holders:
            parts += [u16(holder.index), holder.name.encode("utf-8")]
            parts += [holder.signing_key, holder.sealing_key]
        return digest("ceremony/all-keys", *parts)

    def holder(self, index: int) -> HolderKeys:
        """The holder of an index, from 1; raises NonCanonicalEncoding."""
        if not 1 <= index <= len(self.holders):
            raise NonCanonicalEncoding("there is no such holder")
        return self.holders[index - 1]


@dataclass(frozen=True, slots=True)
class CeremonyDocument:
    """The transcript: all messages up to the shares, each list in order (§4.2).

    Raises NonCanonicalEncoding for lists that are not complete and in order.
    """

    title: str
    assembly: Assembly
    commits: tuple[Commit, ...]
    reveals: tuple[Reveal, ...]
    shares: tuple[SealedShare, ...]

    def __post_init__(self) -> None:
        count = len(self.assembly.holders)
        require_indices([commit.index for commit in self.commits], 1, count)
        require_indices([reveal.index for reveal in self.reveals], 1, count)
        for reveal in self.reveals:
            if len(reveal.points) != self.assembly.threshold:
                raise NonCanonicalEncoding("not as many points as the threshold")
        indices = range(1, count + 1)
        pairs = [(dealer, recipient) for dealer in indices for recipient in indices]
        if [(share.dealer, share.recipient) for share in self.shares] != pairs:
            raise NonCanonicalEncoding("a share is missing or out of place")

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The document of decoded JSON.

        Raises NonCanonicalEncoding, WrongLength, ImpossibleThreshold,
        NonCanonicalPoint, IdentityPoint, NonCanonicalScalar.
        """
        fields = Fields.of(
            value,
            "ceremony",
            "commits",
            "format",
            "holders",
            "reveals",
            "shares",
            "threshold",
            "title",
        )
        fields.require("format", FORMAT)
        return cls(
            title=fields.text("title"),
            assembly=Assembly(
                ceremony=fields.hex("ceremony", ID_BYTES),
                threshold=fields.integer("threshold", 1, MOST_HOLDERS),
                holders=tuple(map(HolderKeys.read, fields.items("holders"))),
            ),
            commits=tuple(map(Commit.read, fields.items("commits"))),
            reveals=tuple(map(Reveal.read, fields.items("reveals"))),
            shares=tuple(map(SealedShare.read, fields.items("shares"))),
        )

    @property
    def document(self) -> dict[str, JsonValue]:
        """As canonical JSON has it."""
        return {
            "ceremony": self.assembly.ceremony.hex(),
            "commits": [commit.entry for commit in self.commits],
            "format": FORMAT,
            "holders": [holder.entry for holder in self.assembly.holders],
            "reveals": [reveal.entry for reveal in self.reveals],
            "shares": [share.entry for share in self.shares],
            "threshold": self.assembly.threshold,
            "title": self.title,
        }

    @property
    def transcript(self) -> bytes:
        """The digest that all holders sign and the manifest names, 32 bytes."""
        return digest("ceremony/transcript", encode_json(self.document))


def encode_points(points: Sequence[Point]) -> bytes:
    """F_0 || …, 32 bytes each."""
    return b"".join(point.encoded for point in points)
