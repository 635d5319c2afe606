"""Whom passkeys are for (WebAuthn level 3, section 5.1.2)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


class PasskeysUnavailable(Exception):
    """The service's address is a number: passkeys belong to names."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom a passkey is for: the service's host name, and its whole origin."""

    id: str
    origin: str


def relying_party(service_url: str) -> RelyingParty:
    """Return the relying party of the service's public address.

    Raises:
        PasskeysUnavailable: browsers make no passkeys for a numeric address.

    """
    host = urlsplit(service_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return RelyingParty(host, service_url)
    raise PasskeysUnavailable


def has_passkeys(service_url: str) -> bool:
    """Tell whether passkeys can be used at this address."""
    try:
        relying_party(service_url)
    except PasskeysUnavailable:
        return False
    return True
