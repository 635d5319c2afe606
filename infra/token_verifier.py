"""Asking the verifier process whether a voting right is good."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crypto.encoding import decode_hex, encode_base64, encode_hex
from crypto.errors import TokenRefused

TIMEOUT_SECONDS: Final = 60


class VerifierUnavailable(Exception):
    """The verifier process does not answer: try again, nothing was lost."""


class VerifierAnsweredNo(Exception):
    """The verifier process refused for another reason than a bad token; named."""


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """The process behind a Unix socket."""

    socket_path: Path

    def public_key(self) -> bytes:
        """Return the key, 32 bytes, to which issuer keys are sealed."""
        return decode_hex(self._ask({"op": "public-key"})["key"], length=32)

    def install_keys(self, election_id: str, sealed: Sequence[bytes]) -> list[bytes]:
        """Hand over sealed issuer keys in order of group; returns the public keys."""
        boxes = [encode_base64(box) for box in sealed]
        reply = self._ask({"op": "install", "election": election_id, "sealed": boxes})
        return [decode_hex(key, length=32) for key in reply["issuer_keys"]]

    def verify(
        self,
        election_id: str,
        group: int,
        *,
        fingerprint: bytes,
        credential: bytes,
        token: bytes,
    ) -> None:
        """Check one token (32 bytes) of a credential (32 bytes).

        Raises:
            TokenRefused: the group's key did not make it for this credential.
            VerifierUnavailable: nobody answers.

        """
        self._ask(
            {
                "op": "check",
                "election": election_id,
                "group": group,
                "fingerprint": encode_hex(fingerprint),
                "credential": encode_hex(credential),
                "token": encode_hex(token),
            }
        )

    def prove(
        self,
        election_id: str,
        group: int,
        *,
        fingerprint: bytes,
        pairs: Sequence[tuple[bytes, bytes]],
    ) -> bytes:
        """Return the proof, 64 bytes, over at most 10,000 credentials and tokens."""
        reply = self._ask(
            {
                "op": "prove",
                "election": election_id,
                "group": group,
                "fingerprint": encode_hex(fingerprint),
                "pairs": [[encode_hex(x), encode_hex(t)] for x, t in pairs],
            }
        )
        return decode_hex(reply["proof"], length=64)

    def destroy_keys(self, election_id: str) -> None:
        """Have an election's issuer keys destroyed; again is the same as once."""
        self._ask({"op": "destroy", "election": election_id})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        reply = self._exchange(json.dumps(request).encode() + b"\n")
        error = reply.get("error")
        if error == TokenRefused.__name__:
            raise TokenRefused
        if error is not None:
            raise VerifierAnsweredNo(str(error))
        return reply

    def _exchange(self, line: bytes) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(TIMEOUT_SECONDS)
                connection.connect(str(self.socket_path))
                connection.sendall(line)
                with connection.makefile("rb") as answer:
                    reply = answer.readline()
                found: dict[str, Any] = json.loads(reply)
        except (OSError, ValueError):
            raise VerifierUnavailable from None
        return found
