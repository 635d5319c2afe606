"""How messages leave the house: the mail server, the SMS gateway, what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from infra.secret_values import Secret, read_setting

TlsMode = Literal["starttls", "tls", "none"]

_LEAST_TOKEN: Final = 20


class GatewayIncomplete(ValueError):
    """An address without a token, or a token too short to keep others out."""

    def __init__(self, name: str) -> None:
        """Name the variable."""
        super().__init__(f"{name} must be set, with {_LEAST_TOKEN} characters or more")
        self.name = name


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    tls: TlsMode
    user: str | None
    password: Secret | None
    from_address: str
    bounce_address: str | None = None
    """Where mail that cannot be delivered comes back to; takes NAME+TOKEN@HOST."""


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """The gateway that takes SMS."""

    url: str
    token: Secret
    sender: str
    """Shown as from whom: up to 11 letters and digits, or a number."""


def read_sms(environ: Mapping[str, str]) -> SmsSettings | None:
    """Return the gateway's settings, or None where none is set up.

    Raises:
        GatewayIncomplete: an address without its token.

    """
    url = environ.get("URNE_SMS_URL")
    if not url:
        return None
    token = read_token(environ, "URNE_SMS_TOKEN")
    if token is None:
        raise GatewayIncomplete("URNE_SMS_TOKEN")
    return SmsSettings(url, token, environ.get("URNE_SMS_SENDER", "Urne"))


def read_token(environ: Mapping[str, str], name: str) -> Secret | None:
    """Return a bearer token, or None where it is not set.

    Raises:
        GatewayIncomplete: it is too short.

    """
    value = read_setting(environ, name)
    if not value:
        return None
    if len(value) < _LEAST_TOKEN:
        raise GatewayIncomplete(name)
    return Secret(value.encode())
