"""Casting a ballot, and asking for its receipt (docs/protocol.md §3.3, §4.4).

Nothing here knows a name. Who may vote was settled on the other side of the wall; what
arrives is a ballot, a nameless credential, and a token that proves the right.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.ballot import (
    BallotContext,
    SealedBallot,
    decode_ballot,
    read_header,
    verify_ballot,
)
from crypto.ballot_signature import (
    tracking_digest,
    verify_ballot_signature,
    verify_status_signature,
)
from crypto.encoding import JsonValue
from crypto.errors import CryptoError, TokenRefused
from crypto.group import Point
from crypto.integers import u32
from crypto.signing import SigningSeed, sign
from infra.token_verifier import TokenVerifier
from voting.box import (
    BoxedBallot,
    CredentialUsed,
    OutOfSequence,
    Place,
    drop_ballot,
    find_place,
    hold_batch,
    hold_credential,
    places_of,
)
from voting.documents import SIGNATURE_BYTES, read_object
from voting.leaves import BallotLeaf, encode_leaf
from voting.sealed import SealedElection, get_sealed

__all__ = [
    "BallotRefused",
    "CastRequest",
    "CredentialUsed",
    "OtherElection",
    "OutOfSequence",
    "Receipt",
    "UnknownGroup",
    "cast_ballot",
    "find_receipts",
    "read_cast_request",
]


class BallotRefused(Exception):
    """The ballot is not one that this election can take; the cause says why."""


class OtherElection(Exception):
    """The request was made for another election."""


class UnknownGroup(Exception):
    """The ballot names a voter group that the manifest does not have."""


@dataclass(frozen=True, slots=True)
class CastRequest:
    """A request to cast (docs/protocol.md §4.4): four parts and the election's."""

    fingerprint: bytes
    ballot: bytes
    credential: Point
    token: Point
    signature: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """The service's signed promise to publish a ballot in a batch (§4.4)."""

    fingerprint: bytes
    tracking: bytes
    batch: int
    signature: bytes

    def document(self) -> dict[str, JsonValue]:
        """Return the receipt as the browser gets it."""
        return {
            "batch": self.batch,
            "fingerprint": self.fingerprint.hex(),
            "signature": self.signature.hex(),
            "tracking": self.tracking.hex(),
        }


def read_cast_request(value: JsonValue) -> CastRequest:
    """Read a request; raises DocumentRefused, its path says where."""
    names = ("ballot", "credential", "fingerprint", "signature", "token")
    fields = read_object(value, names)
    return CastRequest(
        fingerprint=fields.hexadecimal("fingerprint"),
        ballot=fields.base64("ballot"),
        credential=fields.point("credential"),
        token=fields.point("token"),
        signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
    )


def cast_ballot(
    session: Session,
    verifier: TokenVerifier,
    seed: SigningSeed,
    *,
    election: SealedElection,
    request: CastRequest,
    now: datetime,
) -> Receipt:
    """Check a ballot and put it into the box; the same again: the same receipt.

    Checked in this order: phase, token, signature, structure, proofs. Before the
    commit nothing is promised; after it the receipt can always be asked for again.

    Raises:
        ElectionNotOpen, OtherElection, UnknownGroup, TokenRefused, BallotRefused,
        CredentialUsed, OutOfSequence, VerifierUnavailable: nothing is stored.

    """
    election.require_casting(now)
    _require_election(election, request.fingerprint)
    tracking = _verify(verifier, election, request)
    batch = hold_batch(session, election.id)
    hold_credential(session, election.id, request.credential.encoded)
    known = find_place(session, election.id, tracking)
    if known is not None:
        return _receipt(seed, election, known)
    # Closing waits for those who hold the batch, and they for it: so the phase is
    # asked for again, now that it can no longer change.
    get_sealed(session, election.id).require_casting(now)
    _require_predecessor(session, election, request)
    drop_ballot(session, election.id, _boxed(request, tracking, batch))
    return _receipt(seed, election, Place(tracking, batch))


def find_receipts(
    session: Session,
    seed: SigningSeed,
    election: SealedElection,
    *,
    fingerprint: bytes,
    credential: Point,
    signature: bytes,
) -> list[Receipt]:
    """Return the receipts of a credential's ballots, asked for with its signature.

    Raises:
        OtherElection, BallotRefused.

    """
    _require_election(election, fingerprint)
    try:
        verify_status_signature(election.fingerprint, credential, signature)
    except CryptoError as refused:
        raise BallotRefused from refused
    places = places_of(session, election.id, credential.encoded)
    return [_receipt(seed, election, place) for place in places]


def _require_election(election: SealedElection, fingerprint: bytes) -> None:
    if not hmac.compare_digest(election.fingerprint, fingerprint):
        raise OtherElection


def _verify(
    verifier: TokenVerifier, election: SealedElection, request: CastRequest
) -> bytes:
    try:
        header = read_header(request.ballot)
        if header.group >= len(election.manifest.groups):
            raise UnknownGroup
        verifier.verify(
            election.id,
            header.group,
            fingerprint=election.fingerprint,
            credential=request.credential.encoded,
            token=request.token.encoded,
        )
        tracking = tracking_digest(
            election.fingerprint, request.credential, request.ballot
        )
        verify_ballot_signature(
            election.fingerprint,
            request.credential,
            request.token,
            tracking,
            request.signature,
        )
        _verify_proofs(election, request, header.group)
    except TokenRefused:
        raise
    except CryptoError as refused:
        raise BallotRefused from refused
    return tracking


def _verify_proofs(election: SealedElection, request: CastRequest, group: int) -> None:
    manifest = election.manifest
    style = manifest.groups[group].style
    context = BallotContext(
        fingerprint=election.fingerprint,
        group=group,
        style=style,
        credential=request.credential,
        election_key=manifest.election_key,
        revoting=manifest.rules.revoting,
    )
    ballot = decode_ballot(request.ballot, manifest.shape_of_style(style))
    verify_ballot(context, ballot)


def _require_predecessor(
    session: Session, election: SealedElection, request: CastRequest
) -> None:
    header = read_header(request.ballot)
    if header.sequence == 0:
        return
    earlier = places_of(session, election.id, request.credential.encoded)
    follows = len(earlier) >= header.sequence
    if not follows or earlier[header.sequence - 1].tracking != header.predecessor:
        raise OutOfSequence


def _boxed(request: CastRequest, tracking: bytes, batch: int) -> BoxedBallot:
    leaf = BallotLeaf(
        ballot=SealedBallot(request.ballot),
        batch=batch,
        credential=request.credential,
        token=request.token,
        signature=request.signature,
    )
    return BoxedBallot(
        tracking=tracking,
        credential=request.credential.encoded,
        sequence=read_header(request.ballot).sequence,
        leaf=encode_leaf(leaf),
    )


def _receipt(seed: SigningSeed, election: SealedElection, place: Place) -> Receipt:
    fingerprint = election.fingerprint
    parts = (fingerprint, place.tracking, u32(place.batch))
    signature = sign(seed, "receipt", *parts)
    return Receipt(fingerprint, place.tracking, place.batch, signature)
