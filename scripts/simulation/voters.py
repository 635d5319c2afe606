"""A voter's device in Python: what the browser does, docs/protocol.md §3.3.

It believes nothing that it cannot check: the manifest against the link, the register's
proof against the manifest, the receipt against the service's key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from typing_extensions import override

from crypto.ballot import NO_PREDECESSOR, BallotContext, seal_ballot
from crypto.ballot_shape import Selection, StyleShape
from crypto.ballot_signature import (
    sign_ballot,
    sign_status,
    tracking_code,
    tracking_digest,
)
from crypto.encoding import decode_hex, encode_base64
from crypto.group import Point
from crypto.integers import u32
from crypto.signing import verify_signature
from scripts.simulation.linked import LinkedMember, VoterIdentity
from voting.manifest import decode_manifest
from voting.manifest_model import Fingerprint, Manifest

__all__ = [
    "FalseReceipt",
    "Receipt",
    "SignedBallot",
    "VoterClient",
    "VoterIdentity",
]

_KEPT_MANIFESTS: Final = 8


@dataclass(frozen=True, slots=True)
class SignedBallot:
    """A ballot as it is cast, and its tracking digest, 32 bytes."""

    request: dict[str, str]
    tracking: bytes

    @property
    def code(self) -> str:
        """The tracking code as it is shown."""
        return tracking_code(self.tracking)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The service's promise, its signature checked."""

    tracking: bytes
    batch: int

    @property
    def code(self) -> str:
        """The tracking code as it is shown."""
        return tracking_code(self.tracking)


class FalseReceipt(Exception):
    """The receipt is one of another ballot."""


class VoterClient(LinkedMember[Manifest]):
    """One member with one link; a step at a time, or all of them by `vote`."""

    room = "s"

    @property
    @override
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(super().fingerprint)

    @property
    def shape(self) -> StyleShape:
        """The ballot style of the member's group."""
        return self.manifest.shape_of_style(self._style)

    def fill(
        self,
        selections: Sequence[Selection],
        token: Point,
        *,
        sequence: int = 0,
        predecessor: bytes = NO_PREDECESSOR,
    ) -> SignedBallot:
        """Seal a ballot, prove it, and sign it (step 6)."""
        manifest, fingerprint = self.manifest, self.fingerprint
        credential = self.credential
        context = BallotContext(
            fingerprint=fingerprint,
            group=self.identity.group,
            style=self._style,
            credential=credential.public,
            election_key=manifest.election_key,
            revoting=manifest.rules.revoting,
        )
        sealed = seal_ballot(
            context, self.shape, selections, sequence=sequence, predecessor=predecessor
        )
        tracking = tracking_digest(fingerprint, credential.public, sealed)
        signature = sign_ballot(fingerprint, credential.secret, token, tracking)
        request = {
            "ballot": encode_base64(sealed),
            "credential": credential.public.encoded.hex(),
            "fingerprint": fingerprint.hex(),
            "signature": signature.hex(),
            "token": token.encoded.hex(),
        }
        return SignedBallot(request, tracking)

    def cast(self, ballot: SignedBallot) -> Receipt:
        """Cast a ballot and check what is promised for it.

        Raises:
            Refused: by name, as the service does.
            BadSignature, FalseReceipt: the promise is worth nothing.

        """
        told = self._service.post_json(f"/api/s/{self._slug}/cast", ballot.request)
        receipt = self._read_receipt(told)
        if receipt.tracking != ballot.tracking:
            raise FalseReceipt
        return receipt

    def vote(self, selections: Sequence[Selection]) -> Receipt:
        """Do all of it, from the link to the receipt."""
        return self.cast(self.fill(selections, self.take_right()))

    def receipts(self) -> list[Receipt]:
        """Ask for the receipts of the own ballots (step 7).

        Raises:
            Refused: by name, as the service does.
            BadSignature: the promise is worth nothing.

        """
        fingerprint, credential = self.fingerprint, self.credential
        told = self._service.post_json(
            f"/api/s/{self._slug}/status",
            {
                "credential": credential.public.encoded.hex(),
                "fingerprint": fingerprint.hex(),
                "signature": sign_status(fingerprint, credential.secret).hex(),
            },
        )
        return [self._read_receipt(each) for each in told["receipts"]]

    @property
    def _style(self) -> int:
        return self.manifest.groups[self.identity.group].style

    @override
    def _read(self, encoded: bytes) -> Manifest:
        return _read_manifest(encoded)

    def _read_receipt(self, told: dict[str, str]) -> Receipt:
        tracking, batch = decode_hex(told["tracking"], length=32), int(told["batch"])
        signature = decode_hex(told["signature"], length=64)
        parts = (self.fingerprint, tracking, u32(batch))
        verify_signature(self.manifest.service_key, signature, "receipt", *parts)
        return Receipt(tracking, batch)


# Every voter fetches the manifest and compares its digest; to read the same bytes again
# in the same process would cost time and show nothing.
@lru_cache(_KEPT_MANIFESTS)
def _read_manifest(encoded: bytes) -> Manifest:
    return decode_manifest(encoded)
