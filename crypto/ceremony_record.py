"""The ceremony as the election record holds it, and what follows from it (§4.2, §7).

All sections are of docs/protocol.md.
"""

from dataclasses import dataclass
from typing import Self

from crypto.ceremony import (
    verify_commit,
    verify_keys,
    verify_rehearsal,
    verify_reveal,
    verify_share,
    verify_transcript_signature,
)
from crypto.ceremony_messages import (
    Assembly,
    CeremonyDocument,
    Rehearsal,
    TranscriptSignature,
)
from crypto.documents import Fields, require_indices
from crypto.encoding import JsonValue
from crypto.group import Point, sum_points
from crypto.sharing import public_share


@dataclass(frozen=True, slots=True)
class CeremonyOutcome:
    """What a verified ceremony gives an election.

    `transcript`: its digest, 32 bytes; `share_keys`: X_1 … X_n in order of index.
    """

    assembly: Assembly
    transcript: bytes
    election_key: Point
    share_keys: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class CeremonyRecord:
    """`ceremony.json` of the record: the document, all rehearsals, all signatures.

    Raises NonCanonicalEncoding for lists that are not complete and in order.
    """

    document: CeremonyDocument
    rehearsals: tuple[Rehearsal, ...]
    signatures: tuple[TranscriptSignature, ...]

    def __post_init__(self) -> None:
        count = len(self.document.assembly.holders)
        require_indices([rehearsal.index for rehearsal in self.rehearsals], 1, count)
        require_indices([signature.index for signature in self.signatures], 1, count)

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The record of decoded JSON.

        Raises NonCanonicalEncoding, WrongLength, ImpossibleThreshold,
        NonCanonicalPoint, IdentityPoint, NonCanonicalScalar.
        """
        fields = Fields.of(value, "document", "rehearsals", "signatures")
        return cls(
            document=CeremonyDocument.read(fields.values["document"]),
            rehearsals=tuple(map(Rehearsal.read, fields.items("rehearsals"))),
            signatures=tuple(map(TranscriptSignature.read, fields.items("signatures"))),
        )

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As canonical JSON has it."""
        return {
            "document": self.document.document,
            "rehearsals": [rehearsal.entry for rehearsal in self.rehearsals],
            "signatures": [signature.entry for signature in self.signatures],
        }


def verify_document(document: CeremonyDocument) -> CeremonyOutcome:
    """Check every message of a ceremony up to its shares (§3.1).

    This is what a holder does before signing the transcript, besides opening the own
    shares. Raises BadSignature, CommitmentMismatch, ProofRefused, IdentityPoint.
    """
    assembly = document.assembly
    for holder in assembly.holders:
        verify_keys(assembly.ceremony, holder)
    for commit, reveal in zip(document.commits, document.reveals, strict=True):
        verify_commit(assembly, commit)
        verify_reveal(assembly, commit, reveal)
    for share in document.shares:
        verify_share(assembly, document.reveals[share.dealer - 1], share)
    return _outcome(document)


def verify_ceremony(record: CeremonyRecord) -> CeremonyOutcome:
    """Check a whole ceremony: messages, transcript signatures, rehearsals (§7 step 2).

    Raises what `verify_document` raises, and BadSignature and ProofRefused for the
    signatures and the rehearsals of any holder.
    """
    outcome = verify_document(record.document)
    for signed in record.signatures:
        verify_transcript_signature(outcome.assembly, outcome.transcript, signed)
    for key, rehearsal in zip(outcome.share_keys, record.rehearsals, strict=True):
        verify_rehearsal(outcome.transcript, key, rehearsal)
    return outcome


def _outcome(document: CeremonyDocument) -> CeremonyOutcome:
    """`Y = Σ_i F_i0` and `X_j = Σ_i Σ_m j^m·F_im`; raises IdentityPoint (§3.1)."""
    points = [reveal.points for reveal in document.reveals]
    election_key = sum_points(each[0] for each in points)
    share_keys = tuple(
        sum_points(public_share(each, holder.index) for each in points)
        for holder in document.assembly.holders
    )
    for key in (election_key, *share_keys):
        key.require_nonidentity()
    return CeremonyOutcome(
        document.assembly, document.transcript, election_key, share_keys
    )
