"""Carrying documents across the wall: by call in one process, by HTTPS in two."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

from infra.exchange import (
    LARGEST_ON_THE_WIRE,
    DocumentMalformed,
    SignedDocument,
    accept_document,
    pending_documents,
    read_document,
    write_document,
)
from infra.queues import job
from infra.runtime import Runtime
from infra.sides import SIDES, Side, other_side
from infra.tables import OUTBOX

PATH: Final = "/utveksling"
"""Where each side takes documents by POST."""

MEDIA_TYPE: Final = "application/json"

DELIVERY_JOB: Final = "infra.delivery.deliver_documents"
"""The job that carries what a side has posted; its argument is the side."""

TIMEOUT_SECONDS: Final = 30

Carrier = Callable[[SignedDocument], None]
"""Hands one document over, or raises."""


class DeliveryFailed(Exception):
    """The other side could not be reached, or did not take the document."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round brought over, and how many documents still wait."""

    delivered: int
    waiting: int


def deliver_pending(
    runtime: Runtime, side: Side, carrier: Carrier | None = None
) -> Delivered:
    """Carry what this side has posted; what fails waits for the next round.

    A document that does not get over holds back the later ones of its own subject
    and no others; the class of what stopped it is kept beside it.
    """
    carry = carrier or carrier_for(runtime, side)
    with runtime.store(side).reading() as session:
        pending = pending_documents(session)
    held_back: set[str] = set()
    delivered = 0
    for row in pending:
        if row.subject in held_back:
            continue
        document = SignedDocument(side, row.kind, row.subject, row.body, row.signature)
        try:
            carry(document)
        except Exception as failure:  # noqa: BLE001 - kept by name, tried again
            held_back.add(row.subject)
            _note(runtime, side, row.digest, refusal=type(failure).__name__)
        else:
            delivered += 1
            _note(runtime, side, row.digest, refusal=None)
    return Delivered(delivered, len(pending) - delivered)


def carrier_for(runtime: Runtime, side: Side) -> Carrier:
    """Return the way over: a call where this process serves both sides."""
    other = other_side(side)
    if other in runtime.settings.sides:
        return lambda document: _by_call(runtime, other, document)
    address = runtime.settings.public_url(other) + PATH
    return lambda document: send_by_http(address, document)


def send_by_http(address: str, document: SignedDocument) -> None:
    """POST a document to the other side.

    Raises:
        DeliveryFailed: no answer, or one other than 204; nothing of it is kept.

    """
    request = urllib.request.Request(  # noqa: S310 - http(s) alone, see config
        address,
        data=write_document(document),
        headers={"Content-Type": MEDIA_TYPE},
        method="POST",
    )
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            status = answer.status
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        raise DeliveryFailed from None
    if status != http.client.NO_CONTENT:
        raise DeliveryFailed


def receive_by_http(runtime: Runtime, side: Side, wire: bytes) -> None:
    """Take in what another process has POSTed.

    Raises:
        DocumentRefused: see `read_document` and `accept_document`.

    """
    if len(wire) > LARGEST_ON_THE_WIRE:
        raise DocumentMalformed("size")
    accept_document(runtime, side, read_document(wire))


@job
def deliver_documents(runtime: Runtime, side: str) -> None:
    """Carry what a side has posted: queued after posting, and by cron."""
    for known in SIDES:
        if known == side:
            deliver_pending(runtime, known)


def _by_call(runtime: Runtime, other: Side, document: SignedDocument) -> None:
    accept_document(runtime, other, document)


def _note(runtime: Runtime, side: Side, digest: bytes, *, refusal: str | None) -> None:
    with runtime.store(side).begin() as session:
        row = session.get_one(OUTBOX[side], digest)
        row.refusal = refusal
        if refusal is None:
            row.delivered_at = runtime.clock.now()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing: a document goes where the settings say."""


_opener: Final = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), _NoRedirect
)
