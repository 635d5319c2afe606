"""The network that a request comes from, as attempts are counted by it. Pure."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address
from typing import Final

_IPV6: Final = 6


def network_of(address: str | None) -> str:
    """Return an address's network: of IPv6 the first half, which a household has.

    Empty for what is none: a Unix socket, or a proxy that names no address.
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if found.version == _IPV6:
        return str(IPv6Network((found, 64), strict=False))
    return str(found)
