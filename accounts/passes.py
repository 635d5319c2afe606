"""Passes: how the register knows an official without having accounts.

The service, where officials sign in, hands the official's browser a signed pass;
the register checks the signature with the service's public key and keeps the pass in
a cookie of its own. It works alike in one process and on two machines.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.officials import OfficialIdentity
from accounts.roles import MOST_SEATS, District, Role
from accounts.sessions import SESSION_HOURS
from crypto.encoding import decode_json, encode_json
from crypto.errors import CryptoError
from crypto.signing import SigningSeed, sign, verify_signature

TAG = "pass"
SIGNATURE_SIZE = 64
MINUTES_TO_PRESENT = 10
"""A pass lies in a page until its button is pressed; a forgotten page grows stale."""

LARGEST_PASS = 4_000
"""Characters; browsers keep cookies of 4,096 bytes."""


class PassRefused(Exception):
    """The pass is not one, was not signed by the service, or has run out."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Who the service says this is, since when and until when (aware, UTC)."""

    official: OfficialIdentity
    issued_at: datetime
    present_by: datetime
    expires_at: datetime


def issue_pass(official: OfficialIdentity, now: datetime, seed: SigningSeed) -> str:
    """Return a pass for an official, printable ASCII, signed by the service.

    Raises:
        ValueError: the official has more than `MOST_SEATS` seats, which fit no cookie.

    """
    if len(official.seats) > MOST_SEATS:
        raise ValueError("too many seats for a pass")
    present_by = now + timedelta(minutes=MINUTES_TO_PRESENT)
    expires_at = now + timedelta(hours=SESSION_HOURS)
    body = encode_json(
        {
            "districts": [
                [each.organisation, each.group] for each in sorted(official.districts)
            ],
            "expires_at": int(expires_at.timestamp()),
            "id": official.id,
            "issued_at": int(now.timestamp()),
            "name": official.name,
            "present_by": int(present_by.timestamp()),
            "roles": sorted(role.value for role in official.roles),
            "seats": sorted(official.seats),
            "union": official.union,
        }
    )
    return base64.urlsafe_b64encode(sign(seed, TAG, body) + body).decode()


def read_pass(text: str, verify_key: bytes, now: datetime) -> Pass:
    """Return what a pass says, checked with the service's 32-byte public key.

    Raises:
        PassRefused: malformed, forged, or run out.

    """
    if len(text) > LARGEST_PASS:
        raise PassRefused
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
        signature, body = raw[:SIGNATURE_SIZE], raw[SIGNATURE_SIZE:]
        verify_signature(verify_key, signature, TAG, body)
        found = _from_document(decode_json(body))
    except (binascii.Error, ValueError, TypeError, KeyError, CryptoError):
        raise PassRefused from None
    if found.expires_at <= now:
        raise PassRefused
    return found


def require_fresh(found: Pass, now: datetime) -> None:
    """Check that a pass that comes in from a page has not lain there too long.

    Raises:
        PassRefused: it has.

    """
    if found.present_by <= now:
        raise PassRefused


def _from_document(document: object) -> Pass:
    if not isinstance(document, dict):
        raise PassRefused
    roles = frozenset(Role(name) for name in document["roles"])
    districts = frozenset(District(*names) for names in document["districts"])
    return Pass(
        OfficialIdentity(
            str(document["id"]),
            str(document["name"]),
            roles,
            districts,
            str(document["union"]),
            frozenset(str(each) for each in document["seats"]),
        ),
        datetime.fromtimestamp(document["issued_at"], UTC),
        datetime.fromtimestamp(document["present_by"], UTC),
        datetime.fromtimestamp(document["expires_at"], UTC),
    )
