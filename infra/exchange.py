"""Signed documents between the two sides: all that ever crosses the wall.

A document is posted in the transaction of the change it tells of, carried by cron
until the other side has it, and taken in once. By call or by HTTPS it is the same
document under the same signature, so that two operators need not trust the line.
Documents of one subject (an election, a survey) arrive in the order of posting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.encoding import (
    JsonValue,
    decode_base64,
    decode_json,
    encode_base64,
    encode_json,
)
from crypto.errors import BadSignature, NonCanonicalEncoding, WrongLength
from crypto.hashing import digest
from crypto.signing import SIGNATURE_BYTES, SigningSeed, sign, verify_signature
from infra.config import Settings
from infra.databases import lock_named, side_of
from infra.runtime import Runtime
from infra.sides import SIDES, Side, other_side
from infra.tables import INBOX, OUTBOX, OutboxDocument

TAG: Final = "exchange"
"""Domain of the signature; the frames are those of docs/protocol.md §1.1."""

LARGEST_BODY: Final = 1024 * 1024
"""Most bytes in a document's body."""

LARGEST_ON_THE_WIRE: Final = 2 * LARGEST_BODY
"""Most bytes in a document with its base64, signature and names."""

_WORD: Final = re.compile(r"[a-z0-9-]{1,64}")
_FIELDS: Final = frozenset({"body", "kind", "sender", "signature", "subject"})


class DocumentRefused(Exception):
    """A document that is not taken in."""


class DocumentMalformed(DocumentRefused):
    """Bytes that no side would have written."""


class UnknownKind(DocumentRefused):
    """Nobody on this side handles documents of this kind."""


class WrongSender(DocumentRefused):
    """The document says it comes from this very side."""


class WrongSignature(DocumentRefused):
    """The sender's key did not sign this document."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """What crosses: who says what about which subject, signed."""

    sender: Side
    kind: str
    subject: str
    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Identify the document, 32 bytes, whatever its signature's encoding."""
        return digest(TAG, *_parts(self.sender, self.kind, self.subject, self.body))


@dataclass(frozen=True, slots=True)
class ReceivedDocument:
    """A document whose signature holds, as its handler gets it."""

    kind: str
    subject: str
    body: JsonValue
    digest: bytes


Handler = Callable[[Session, ReceivedDocument, Runtime], None]

_handlers: dict[tuple[Side, str], Handler] = {}


def handles(side: Side, kind: str) -> Callable[[Handler], Handler]:
    """Register what a side does with documents of one kind.

    The handler runs in the transaction that notes the document as taken: it opens
    none and commits nothing, and whatever it raises leaves the document untaken.
    """

    def register(handler: Handler) -> Handler:
        known = _handlers.setdefault((side, kind), handler)
        if known.__qualname__ != handler.__qualname__:
            raise ValueError(f"{kind} documents already have a handler")
        return handler

    return register


def sign_document(
    settings: Settings, sender: Side, kind: str, subject: str, body: JsonValue
) -> SignedDocument:
    """Sign a document with the sender's own key.

    Raises:
        SideNotServed: this process does not hold the sender's key.
        ValueError: kind or subject is not 1 to 64 of ``a-z0-9-``, or the body has
            more than `LARGEST_BODY` bytes.
        NonCanonicalEncoding: the body is no canonical JSON.

    """
    encoded = encode_json(body)
    if not all(map(_WORD.fullmatch, (kind, subject))) or len(encoded) > LARGEST_BODY:
        raise ValueError("not a document's kind, subject or size")
    seed = SigningSeed(settings.secrets_of(sender).signing_seed.reveal())
    signature = sign(seed, TAG, *_parts(sender, kind, subject, encoded))
    return SignedDocument(sender, kind, subject, encoded, signature)


def post_document(
    session: Session,
    settings: Settings,
    *,
    kind: str,
    subject: str,
    body: JsonValue,
    at: datetime,
) -> bytes:
    """Put a document into the outbox of the session's side; return its digest.

    Posting the same document again changes nothing.

    Raises:
        SideNotServed, ValueError, NonCanonicalEncoding: see `sign_document`.

    """
    side = side_of(session)
    document = sign_document(settings, side, kind, subject, body)
    table = OUTBOX[side]
    lock_named(session, b"exchange-outbox")
    if session.get(table, document.digest) is None:
        last = session.scalar(select(func.max(table.number))) or 0
        row = table(
            digest=document.digest,
            number=last + 1,
            kind=kind,
            subject=subject,
            body=document.body,
            signature=document.signature,
            posted_at=at,
        )
        session.add(row)
        session.flush()
    return document.digest


def pending_documents(session: Session) -> list[OutboxDocument]:
    """Return what the other side has not yet taken, in the order of posting."""
    table = OUTBOX[side_of(session)]
    pending = select(table).where(table.delivered_at.is_(None)).order_by(table.number)
    return list(session.scalars(pending))


def verify_document(settings: Settings, side: Side, document: SignedDocument) -> None:
    """Refuse a document that the other side did not sign.

    Raises:
        WrongSender: it claims this side as its sender.
        WrongSignature: the other side's key did not sign it.

    """
    if document.sender != other_side(side):
        raise WrongSender(document.kind)
    parts = _parts(document.sender, document.kind, document.subject, document.body)
    key = settings.verify_key(document.sender)
    try:
        verify_signature(key, document.signature, TAG, *parts)
    except (BadSignature, WrongLength):
        raise WrongSignature(document.kind) from None


def accept_document(runtime: Runtime, side: Side, document: SignedDocument) -> bool:
    """Take a document in: once, in one transaction with what its handler does.

    Returns whether it was new; the same document again changes nothing.

    Raises:
        WrongSender, WrongSignature: it is not the other side's.
        UnknownKind: nobody here handles it.
        DocumentMalformed: the body is no canonical JSON.
        Exception: whatever the handler refused it with.

    """
    verify_document(runtime.settings, side, document)
    handler = _handlers.get((side, document.kind))
    if handler is None:
        raise UnknownKind(document.kind)
    try:
        body = decode_json(document.body, limit=LARGEST_BODY)
    except NonCanonicalEncoding:
        raise DocumentMalformed(document.kind) from None
    table = INBOX[side]
    with runtime.store(side).begin() as session:
        lock_named(session, b"exchange-inbox", document.digest)
        if session.get(table, document.digest) is not None:
            return False
        received = ReceivedDocument(
            document.kind, document.subject, body, document.digest
        )
        handler(session, received, runtime)
        session.add(
            table(
                digest=document.digest,
                kind=document.kind,
                subject=document.subject,
                taken_at=runtime.clock.now(),
            )
        )
    return True


def write_document(document: SignedDocument) -> bytes:
    """Return a document as canonical JSON, as it goes over the wire."""
    return encode_json(
        {
            "body": encode_base64(document.body),
            "kind": document.kind,
            "sender": document.sender,
            "signature": encode_base64(document.signature),
            "subject": document.subject,
        }
    )


def read_document(wire: bytes) -> SignedDocument:
    """Read what `write_document` wrote; nothing is verified yet.

    Raises:
        DocumentMalformed: other fields, names, lengths or encodings.

    """
    try:
        value = decode_json(wire, limit=LARGEST_ON_THE_WIRE)
        if not isinstance(value, dict) or value.keys() != _FIELDS:
            raise DocumentMalformed("fields")
        text = {name: each for name, each in value.items() if isinstance(each, str)}
        if len(text) != len(_FIELDS) or text["sender"] not in SIDES:
            raise DocumentMalformed("types")
        if not all(_WORD.fullmatch(text[name]) for name in ("kind", "subject")):
            raise DocumentMalformed("names")
        return SignedDocument(
            text["sender"],
            text["kind"],
            text["subject"],
            decode_base64(text["body"]),
            decode_base64(text["signature"], length=SIGNATURE_BYTES),
        )
    except (NonCanonicalEncoding, WrongLength):
        raise DocumentMalformed("encoding") from None


def _parts(sender: Side, kind: str, subject: str, body: bytes) -> tuple[bytes, ...]:
    return sender.encode(), kind.encode(), subject.encode(), body
