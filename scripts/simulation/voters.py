"""A voter's device in Python: what the browser does, docs/protocol.md §3.3.

It believes nothing that it cannot check: the manifest against the link, the register's
proof against the manifest, the receipt against the service's key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from crypto.ballot import NO_PREDECESSOR, BallotContext, seal_ballot
from crypto.ballot_shape import Selection, StyleShape
from crypto.ballot_signature import (
    sign_ballot,
    sign_status,
    tracking_code,
    tracking_digest,
)
from crypto.codes import (
    Credential,
    derive_blind,
    derive_credential,
    login_seed,
    parse_link_fragment,
    require_fingerprint,
)
from crypto.encoding import decode_hex, encode_base64
from crypto.group import Point
from crypto.hashing import frames
from crypto.integers import u32
from crypto.signing import SigningSeed, sign, verify_signature
from crypto.voprf import DleqProof, blind, unblind, verify_evaluations
from scripts.simulation.web import HttpClient
from voting.manifest import decode_manifest, fingerprint_of
from voting.manifest_model import Fingerprint, Manifest

_KEPT_MANIFESTS: Final = 8


@dataclass(frozen=True, slots=True)
class VoterIdentity:
    """What the register tells the holder of a code."""

    display_name: str
    group: int
    group_label: str
    mark: str
    election_phase: str
    salt: bytes = field(repr=False)


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


class VoterClient:
    """One member with one link; a step at a time, or all of them by `vote`."""

    def __init__(self, link: str) -> None:
        """`link`: the address in the mail, with its fragment."""
        parts = urlsplit(link)
        self._code, self._short = parse_link_fragment(parts.fragment)
        self._slug = parts.path.removeprefix("/s/")
        self._service = HttpClient(f"{parts.scheme}://{parts.netloc}")
        self._register: HttpClient | None = None
        self._sealed: tuple[Manifest, Fingerprint] | None = None
        self._identity: VoterIdentity | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _raised: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._service.close()
        if self._register is not None:
            self._register.close()

    @property
    def manifest(self) -> Manifest:
        """The manifest that the link names, fetched and compared.

        Raises:
            OtherFingerprint: it is another election's, or it was changed.
            Refused: there is none.

        """
        return self._open()[0]

    @property
    def fingerprint(self) -> Fingerprint:
        """The election's, 32 bytes."""
        return self._open()[1]

    @property
    def identity(self) -> VoterIdentity:
        """What the register has told; asked for the first time."""
        return self._identity or self.identify()

    @property
    def shape(self) -> StyleShape:
        """The ballot style of the member's group."""
        return self.manifest.shape_of_style(self._style)

    @property
    def credential(self) -> Credential:
        """The nameless key pair that the ballot is bound to."""
        return derive_credential(self.fingerprint, self._code, self.identity.salt)

    def identify(self) -> VoterIdentity:
        """Ask the register who stands on the roll with this code (step 3).

        Raises:
            Refused: by name, as the register does.

        """
        seed, fingerprint = self._login, self.fingerprint
        told = self._ask_register(
            "identify", sign(seed, "identify", fingerprint, seed.public_key), {}
        )
        self._identity = VoterIdentity(
            display_name=str(told["display_name"]),
            group=int(told["group"]),
            group_label=str(told["group_label"]),
            mark=str(told["mark"]),
            election_phase=str(told["election"]["phase"]),
            salt=decode_hex(told["salt"], length=32),
        )
        return self._identity

    def take_right(self) -> Point:
        """Take out the voting right, blinded, and return the token (step 5).

        Raises:
            Refused: by name, as the register does.
            ProofRefused: it was not evaluated with the announced key.

        """
        fingerprint, salt = self.fingerprint, self.identity.salt
        factor = derive_blind(fingerprint, self._code, salt)
        data = frames("right", fingerprint, self.credential.public.encoded)
        blinded = blind(data, factor)
        signature = sign(self._login, "right", fingerprint, blinded.encoded)
        parts = {"blinded": blinded.encoded.hex()}
        told = self._ask_register("right", signature, parts)
        evaluated = Point.decode_nonidentity(decode_hex(told["evaluated"], length=32))
        proof = DleqProof.decode(decode_hex(told["proof"], length=64))
        issuer_key = self.manifest.groups[self.identity.group].issuer_key
        verify_evaluations(issuer_key, [blinded], [evaluated], proof)
        return unblind(factor, evaluated)

    def fill(
        self,
        selections: Sequence[Selection],
        token: Point,
        *,
        sequence: int = 0,
        predecessor: bytes = NO_PREDECESSOR,
    ) -> SignedBallot:
        """Seal a ballot, prove it, and sign it (step 6)."""
        manifest, fingerprint = self._open()
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
    def _login(self) -> SigningSeed:
        return SigningSeed(login_seed(self.fingerprint, self._code))

    @property
    def _style(self) -> int:
        return self.manifest.groups[self.identity.group].style

    def _open(self) -> tuple[Manifest, Fingerprint]:
        if self._sealed is None:
            encoded = self._service.get_bytes(f"/s/{self._slug}/manifest.json")
            fingerprint = fingerprint_of(encoded)
            require_fingerprint(self._short, fingerprint)
            self._sealed = _read_manifest(encoded), fingerprint
        return self._sealed

    def _ask_register(
        self, what: str, signature: bytes, parts: dict[str, str]
    ) -> dict[str, Any]:
        if self._register is None:
            self._register = HttpClient(self.manifest.register_url)
        sent = {
            "fingerprint": self.fingerprint.hex(),
            "login": self._login.public_key.hex(),
            "signature": signature.hex(),
            **parts,
        }
        told = self._register.post_json(f"/r/{self._slug}/{what}", sent)
        return dict(told)

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
