"""The verifier process: the only place on the service's side with issuer keys.

A token can be checked by whoever could have made it (RFC 9497, mode VOPRF), so the
keys stand in a process of their own that answers three questions over a Unix socket:
is this token good, prove that these are, forget the keys. It sees credentials and
tokens, which are public on the board, and never a name. On the disk the keys lie as
the register sealed them, to a key that this process alone reads; they are destroyed
as soon as the tokens are proven (docs/protocol.md §3.5).
"""

from __future__ import annotations

import json
import os
import socketserver
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

from typing_extensions import override

from crypto.encoding import decode_base64, decode_hex, encode_hex
from crypto.errors import CryptoError
from crypto.group import Point, SecretScalar, mul_base
from crypto.hashing import frames
from crypto.sealing import SEALING_KEY_BYTES, SealingKey, unseal
from crypto.voprf import hash_to_group, prove_evaluations, verify_token

MAX_LINE: Final = 4 * 1024 * 1024
"""10,000 credentials and tokens as hexadecimal digits, with room."""

_IDENTITY: Final = "identity.key"


class VerifierRefused(Exception):
    """A request that cannot be answered; the text is a name."""


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """The folder of sealed issuer keys, one file per voter group."""

    folder: Path
    identity: SealingKey
    _opened: dict[tuple[str, int], SecretScalar] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def at(cls, folder: Path) -> IssuerKeys:
        """Open the folder, making it and the sealing key at the first start."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / _IDENTITY
        if not path.exists():
            _write_durably(path, SealingKey.generate().secret)
        secret = path.read_bytes()
        if len(secret) != SEALING_KEY_BYTES:
            raise VerifierRefused("IdentityKeyDamaged")
        return cls(folder, SealingKey(secret))

    def install(self, election_id: str, sealed: list[bytes]) -> list[Point]:
        """Keep one sealed key per group, in order; return their public keys.

        The same keys again change nothing. A key that was cut off while it was being
        written is written again.

        Raises:
            VerifierRefused: the election has other keys, which votes rely on.

        """
        keys = [SecretScalar(unseal(self.identity, box)) for box in sealed]
        for key in keys:
            mul_base(key).require_nonidentity()
        folder = self._folder(election_id)
        with self._lock:
            folder.mkdir(exist_ok=True, mode=0o700)
            known = [self._known(path) for path in folder.iterdir()]
            if any(key not in keys for key in known if key is not None):
                raise VerifierRefused("OtherIssuerKeysInstalled")
            for group, (key, box) in enumerate(zip(keys, sealed, strict=True)):
                if self._known(folder / str(group)) != key:
                    _write_durably(folder / str(group), box)
                self._opened[election_id, group] = key
        return [mul_base(key) for key in keys]

    def key(self, election_id: str, group: int) -> SecretScalar:
        """Return a group's issuer key.

        Raises:
            VerifierRefused: it was never here, or was destroyed.

        """
        with self._lock:
            found = self._opened.get((election_id, group))
            if found is None:
                found = self._read(election_id, group)
                self._opened[election_id, group] = found
        return found

    def destroy(self, election_id: str) -> None:
        """Forget an election's keys: overwritten, then removed."""
        with self._lock:
            for known in [key for key in self._opened if key[0] == election_id]:
                del self._opened[known]
            folder = self._folder(election_id)
            if folder.exists():
                for path in sorted(folder.iterdir()):
                    _write_durably(path, bytes(path.stat().st_size))
                    path.unlink()
                folder.rmdir()

    def _read(self, election_id: str, group: int) -> SecretScalar:
        try:
            sealed = (self._folder(election_id) / str(group)).read_bytes()
        except FileNotFoundError:
            raise VerifierRefused("IssuerKeyMissing") from None
        return SecretScalar(unseal(self.identity, sealed))

    def _known(self, path: Path) -> SecretScalar | None:
        try:
            return SecretScalar(unseal(self.identity, path.read_bytes()))
        except (FileNotFoundError, CryptoError):
            return None

    def _folder(self, election_id: str) -> Path:
        return self.folder / encode_hex(decode_hex(election_id, length=16))


def answer(keys: IssuerKeys, request: dict[str, Any]) -> dict[str, Any]:
    """Answer one request; an `error` names a refusal."""
    try:
        operation = _OPERATIONS[request.pop("op")]
        return operation(keys, **request)
    except VerifierRefused as refusal:
        return {"error": str(refusal)}
    except CryptoError as refusal:
        return {"error": type(refusal).__name__}
    except (AttributeError, KeyError, TypeError, ValueError, OSError):
        return {"error": "MalformedRequest"}


def credential_input(fingerprint: bytes, credential: bytes) -> bytes:
    """The input of E(X) (docs/protocol.md §3.3)."""
    return frames("right", fingerprint, credential)


def _public_key(keys: IssuerKeys) -> dict[str, Any]:
    return {"key": encode_hex(keys.identity.public_key)}


def _install(keys: IssuerKeys, election: str, sealed: list[str]) -> dict[str, Any]:
    boxes = [decode_base64(box) for box in sealed]
    public = keys.install(election, boxes)
    return {"issuer_keys": [encode_hex(key.encoded) for key in public]}


def _check(
    keys: IssuerKeys,
    *,
    election: str,
    group: int,
    fingerprint: str,
    credential: str,
    token: str,
) -> dict[str, Any]:
    data = credential_input(decode_hex(fingerprint), decode_hex(credential))
    verify_token(keys.key(election, group), data, Point.decode(decode_hex(token)))
    return {}


def _prove(
    keys: IssuerKeys,
    election: str,
    group: int,
    fingerprint: str,
    pairs: list[tuple[str, str]],
) -> dict[str, Any]:
    bound = decode_hex(fingerprint)
    elements = [
        hash_to_group(credential_input(bound, decode_hex(credential)))
        for credential, _ in pairs
    ]
    tokens = [Point.decode(decode_hex(token)) for _, token in pairs]
    proof = prove_evaluations(keys.key(election, group), elements, tokens)
    return {"proof": encode_hex(proof.encoded)}


def _destroy(keys: IssuerKeys, election: str) -> dict[str, Any]:
    keys.destroy(election)
    return {}


_OPERATIONS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "check": _check,
    "destroy": _destroy,
    "install": _install,
    "prove": _prove,
    "public-key": _public_key,
}


class _Handler(socketserver.StreamRequestHandler):
    server: VerifierServer

    @override
    def handle(self) -> None:
        while line := self.rfile.readline(MAX_LINE):
            try:
                request = json.loads(line)
            except ValueError:
                return
            reply = answer(self.server.keys, request)
            self.wfile.write(json.dumps(reply).encode() + b"\n")


class VerifierServer(socketserver.ThreadingUnixStreamServer):
    """Listens on a Unix socket that only its own user may open."""

    daemon_threads = True
    request_queue_size = 128
    """Who finds the queue full is refused at once, and a ballot with them."""

    def __init__(self, socket_path: Path, keys: IssuerKeys) -> None:
        """Listen; a socket left by a process that died is replaced."""
        socket_path.unlink(missing_ok=True)
        socket_path.parent.mkdir(parents=True, exist_ok=True)
        mask = os.umask(0o177)
        try:
            super().__init__(str(socket_path), _Handler)
        finally:
            os.umask(mask)
        self.keys = keys


def _write_durably(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
