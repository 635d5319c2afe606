"""What a member's browser does, in Python, and the line that it does it over.

Everything goes over the addresses that the pages use. The line keeps what went over
it, so that a test can look for what should not have.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Flask

from crypto.ballot import BallotContext, seal_ballot
from crypto.ballot_shape import Selection
from crypto.ballot_signature import (
    sign_ballot,
    sign_status,
    tracking_code,
    tracking_digest,
)
from crypto.codes import (
    Credential,
    VotingCode,
    derive_blind,
    derive_credential,
    login_seed,
    parse_link_fragment,
    require_fingerprint,
)
from crypto.encoding import encode_base64
from crypto.group import Point
from crypto.hashing import frames
from crypto.signing import SigningSeed, sign
from crypto.voprf import DleqProof, blind, unblind, verify_evaluations
from infra.sides import Side
from voting.manifest import decode_manifest, encode_manifest, fingerprint_of
from voting.manifest_model import Fingerprint, Manifest

SECONDS_TO_ANSWER = 60


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, whole."""

    side: Side
    method: str
    path: str
    sent: bytes
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the answer as the page reads it."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def answer(self) -> bytes:
        """Return headers and body."""
        told = "\r\n".join(f"{name}: {value}" for name, value in self.headers)
        return told.encode() + b"\r\n\r\n" + self.body


class Refused(Exception):
    """A request was answered with a refusal."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(f"{exchange.path}: {exchange.status} {self.name_in(exchange)}")
        self.status = exchange.status
        self.name = self.name_in(exchange)

    @staticmethod
    def name_in(exchange: Exchange) -> str:
        """Return the name of the refusal, where the answer has one."""
        try:
            return str(exchange.json().get("error"))
        except ValueError:
            return ""


class LineBroken(Exception):
    """No answer came: it may have been done, and may not."""


class Line(Protocol):
    """A way to both sides."""

    seen: list[Exchange]

    def ask(
        self,
        side: Side,
        method: str,
        path: str,
        sent: bytes,
        *,
        type_: str = ...,
        bearer: str = ...,
    ) -> Exchange:
        """Return the answer, whatever its status."""
        ...


JSON = "application/json"


class PagesOf:
    """An application in this process, asked as a browser asks."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.seen: list[Exchange] = []

    def ask(
        self,
        side: Side,
        method: str,
        path: str,
        sent: bytes,
        *,
        type_: str = JSON,
        bearer: str = "",
    ) -> Exchange:
        """Return the answer, whatever its status."""
        client = self.app.test_client(use_cookies=False)
        headers = _headers(type_, sent, bearer)
        with client.open(path, method=method, data=sent, headers=headers) as given:
            told, body = list(given.headers), given.data
        exchange = Exchange(side, method, path, sent, given.status_code, told, body)
        self.seen.append(exchange)
        return exchange


@dataclass(slots=True)
class HttpLine:
    """Servers on this machine, by their addresses."""

    addresses: Mapping[Side, str]
    seen: list[Exchange] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def ask(
        self,
        side: Side,
        method: str,
        path: str,
        sent: bytes,
        *,
        type_: str = JSON,
        bearer: str = "",
    ) -> Exchange:
        """Return the answer, whatever its status.

        Raises:
            LineBroken: nobody listens, or the connection ended before the answer.

        """
        address = urlsplit(self.addresses[side])
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=SECONDS_TO_ANSWER
        )
        headers = _headers(type_, sent, bearer)
        try:
            connection.request(method, path, sent or None, headers)
            given = connection.getresponse()
            told, body = given.getheaders(), given.read()
        except (OSError, http.client.HTTPException):
            raise LineBroken from None
        finally:
            connection.close()
        exchange = Exchange(side, method, path, sent, given.status, told, body)
        with self._lock:
            self.seen.append(exchange)
        return exchange


def _headers(type_: str, sent: bytes, bearer: str) -> dict[str, str]:
    headers = {"Content-Type": type_} if sent else {}
    return {**headers, "Authorization": f"Bearer {bearer}"} if bearer else headers


@dataclass(slots=True)
class Device:
    """One browser of one member; what it has learned stays in it."""

    line: Line
    link: str
    salt: bytes = b""
    group: int = -1
    token: Point | None = None
    ballot: bytes = b""
    signature: bytes = b""
    receipt: dict[str, Any] | None = None
    evaluated: bytes = b""
    _manifest: Manifest | None = None
    _fingerprint: Fingerprint | None = None

    @property
    def slug(self) -> str:
        """The election's short name."""
        return urlsplit(self.link).path.rpartition("/")[2]

    @property
    def code(self) -> VotingCode:
        """The secret in the link."""
        return parse_link_fragment(urlsplit(self.link).fragment)[0]

    @property
    def manifest(self) -> Manifest:
        """The manifest, fetched once and held against the link."""
        if self._manifest is None:
            found = self._ask("service", "GET", f"/s/{self.slug}/manifest.json")
            short = parse_link_fragment(urlsplit(self.link).fragment)[1]
            require_fingerprint(short, fingerprint_of(found.body))
            self._manifest = decode_manifest(found.body)
        return self._manifest

    @property
    def fingerprint(self) -> Fingerprint:
        """The manifest's."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint_of(encode_manifest(self.manifest))
        return self._fingerprint

    @property
    def login(self) -> SigningSeed:
        """The key that the register knows the public half of."""
        return SigningSeed(login_seed(self.fingerprint, self.code))

    @property
    def credential(self) -> Credential:
        """The nameless key pair."""
        return derive_credential(self.fingerprint, self.code, self.salt)

    @property
    def tracking(self) -> bytes:
        """The digest of the ballot that was sealed last."""
        public = self.credential.public
        return tracking_digest(self.fingerprint, public, self.ballot)

    @property
    def tracking_code(self) -> str:
        """What is printed of it on the receipt."""
        return tracking_code(self.tracking)

    @property
    def blinded(self) -> bytes:
        """The element that the register is shown."""
        data = frames("right", self.fingerprint, self.credential.public.encoded)
        return blind(data, self._factor()).encoded

    def identify(self) -> dict[str, Any]:
        """Ask the register who this is."""
        login = self.login
        signed = sign(login, "identify", self.fingerprint, login.public_key)
        found = self._say("register", f"/r/{self.slug}/identify", signed)
        self.salt, self.group = bytes.fromhex(found["salt"]), found["group"]
        return found

    def take_right(self) -> None:
        """Take out the right, check the proof against the manifest, unblind."""
        blinded = self.blinded
        signed = sign(self.login, "right", self.fingerprint, blinded)
        where = f"/r/{self.slug}/right"
        found = self._say("register", where, signed, blinded=blinded.hex())
        self.evaluated = bytes.fromhex(found["evaluated"])
        evaluated = Point.decode(self.evaluated)
        proof = DleqProof.decode(bytes.fromhex(found["proof"]))
        issuer = self.manifest.groups[self.group].issuer_key
        verify_evaluations(issuer, [Point.decode(blinded)], [evaluated], proof)
        self.token = unblind(self._factor(), evaluated)

    def fill(self, selections: Sequence[Selection]) -> None:
        """Seal a ballot."""
        style = self.manifest.groups[self.group].style
        context = BallotContext(
            fingerprint=self.fingerprint,
            group=self.group,
            style=style,
            credential=self.credential.public,
            election_key=self.manifest.election_key,
        )
        shape = self.manifest.shape_of_style(style)
        self.ballot = bytes(seal_ballot(context, shape, tuple(selections)))

    def cast(self) -> dict[str, Any]:
        """Sign the ballot and put it into the box."""
        secret = self.credential.secret
        self.signature = sign_ballot(
            self.fingerprint, secret, self.right, self.tracking
        )
        sent = {
            "ballot": encode_base64(self.ballot),
            "credential": self.credential.public.encoded.hex(),
            "fingerprint": self.fingerprint.hex(),
            "signature": self.signature.hex(),
            "token": self.right.encoded.hex(),
        }
        where = f"/api/s/{self.slug}/cast"
        found = self._post("service", where, sent)
        assert found["tracking"] == self.tracking.hex()
        self.receipt = found
        return found

    def receipts(self) -> list[dict[str, Any]]:
        """Ask for the receipts of the own ballots."""
        signature = sign_status(self.fingerprint, self.credential.secret)
        sent = {
            "credential": self.credential.public.encoded.hex(),
            "fingerprint": self.fingerprint.hex(),
            "signature": signature.hex(),
        }
        found = self._post("service", f"/api/s/{self.slug}/status", sent)
        receipts: list[dict[str, Any]] = found["receipts"]
        return receipts

    def vote(self, selections: Sequence[Selection]) -> dict[str, Any]:
        """Go the whole way, from the link to the receipt.

        A device that finds its ballot in the box already takes that one's receipt.
        """
        self._ask("service", "GET", f"/s/{self.slug}")
        if self.identify()["mark"] != "none":
            found = self.receipts()
            if found:
                self.receipt = found[0]
                return found[0]
        self.take_right()
        if not self.ballot:
            self.fill(selections)
        return self.cast()

    @property
    def right(self) -> Point:
        """The token; asked for after `take_right`."""
        assert self.token is not None
        return self.token

    def _factor(self) -> Any:  # noqa: ANN401 - a secret scalar
        return derive_blind(self.fingerprint, self.code, self.salt)

    def _say(
        self, side: Side, path: str, signature: bytes, **more: str
    ) -> dict[str, Any]:
        sent = {
            "fingerprint": self.fingerprint.hex(),
            "login": self.login.public_key.hex(),
            "signature": signature.hex(),
            **more,
        }
        return self._post(side, path, sent)

    def _post(self, side: Side, path: str, sent: Mapping[str, str]) -> dict[str, Any]:
        return self._ask(side, "POST", path, json.dumps(sent).encode()).json()

    def _ask(self, side: Side, method: str, path: str, sent: bytes = b"") -> Exchange:
        found = self.line.ask(side, method, path, sent)
        if found.status != http.client.OK:
            raise Refused(found)
        return found
