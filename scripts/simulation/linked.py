"""What every device does with a member's link, docs/protocol.md §3.3, steps 1 to 5.

Of elections and surveys alike: it believes nothing that it cannot check, the manifest
against the link, the register's proof against the manifest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar
from urllib.parse import urlsplit

from crypto.codes import (
    Credential,
    derive_blind,
    derive_credential,
    login_seed,
    parse_link_fragment,
    require_fingerprint,
)
from crypto.encoding import decode_hex
from crypto.group import Point
from crypto.hashing import digest, frames
from crypto.signing import SigningSeed, sign
from crypto.voprf import DleqProof, blind, unblind, verify_evaluations
from scripts.simulation.web import HttpClient


class _Group(Protocol):
    @property
    def issuer_key(self) -> Point: ...


class Promises(Protocol):
    """What a device needs of any manifest."""

    @property
    def register_url(self) -> str:
        """The origin of the register."""

    @property
    def service_key(self) -> bytes:
        """The service's Ed25519 public key."""

    @property
    def groups(self) -> Sequence[_Group]:
        """The issuer keys, in order of index."""


Sealed = TypeVar("Sealed", bound=Promises)


@dataclass(frozen=True, slots=True)
class VoterIdentity:
    """What the register tells the holder of a code."""

    display_name: str
    group: int
    group_label: str
    mark: str
    election_phase: str
    salt: bytes = field(repr=False)


class LinkedMember(ABC, Generic[Sealed]):
    """One member with one link, up to the right that it gives."""

    room: str
    """What the path of the link begins with."""

    def __init__(self, link: str) -> None:
        """`link`: the address in the mail, with its fragment."""
        parts = urlsplit(link)
        self._code, self._short = parse_link_fragment(parts.fragment)
        self._slug = parts.path.removeprefix(f"/{self.room}/")
        self._service = HttpClient(f"{parts.scheme}://{parts.netloc}")
        self._register: HttpClient | None = None
        self._sealed: tuple[Sealed, bytes] | None = None
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
    def manifest(self) -> Sealed:
        """The manifest that the link names, fetched and compared.

        Raises:
            OtherFingerprint: it is another's, or it was changed.
            Refused: there is none.

        """
        return self._open()[0]

    @property
    def fingerprint(self) -> bytes:
        """The manifest's, 32 bytes."""
        return self._open()[1]

    @property
    def identity(self) -> VoterIdentity:
        """What the register has told; asked for the first time."""
        return self._identity or self.identify()

    @property
    def credential(self) -> Credential:
        """The nameless key pair that the right is bound to."""
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
        """Take out the right, blinded, and return the token (step 5).

        Raises:
            Refused: by name, as the register does.
            ProofRefused: it was not evaluated with the announced key.

        """
        fingerprint, salt = self.fingerprint, self.identity.salt
        factor = derive_blind(fingerprint, self._code, salt)
        blinded = blind(self._right_data, factor)
        signature = sign(self._login, "right", fingerprint, blinded.encoded)
        parts = {"blinded": blinded.encoded.hex()}
        return unblind(factor, self._evaluated("right", signature, parts, blinded))

    @property
    def issuer_index(self) -> int:
        """Which of the manifest's issuer keys gives out this member's right."""
        return self.identity.group

    @property
    def _right_data(self) -> bytes:
        return frames("right", self.fingerprint, self.credential.public.encoded)

    def _evaluated(
        self, what: str, signature: bytes, parts: dict[str, str], blinded: Point
    ) -> Point:
        told = self._ask_register(what, signature, parts)
        evaluated = Point.decode_nonidentity(decode_hex(told["evaluated"], length=32))
        proof = DleqProof.decode(decode_hex(told["proof"], length=64))
        issuer_key = self.manifest.groups[self.issuer_index].issuer_key
        verify_evaluations(issuer_key, [blinded], [evaluated], proof)
        return evaluated

    @property
    def _login(self) -> SigningSeed:
        return SigningSeed(login_seed(self.fingerprint, self._code))

    @abstractmethod
    def _read(self, encoded: bytes) -> Sealed:
        """Read a manifest."""

    def _open(self) -> tuple[Sealed, bytes]:
        if self._sealed is None:
            path = f"/{self.room}/{self._slug}/manifest.json"
            encoded = self._service.get_bytes(path)
            fingerprint = digest("fingerprint", encoded)
            require_fingerprint(self._short, fingerprint)
            self._sealed = self._read(encoded), fingerprint
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
