"""The settings: read once from the environment, frozen, refused when unsafe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from infra.message_settings import (
    GatewayIncomplete,
    SmsSettings,
    SmtpSettings,
    TlsMode,
    read_sms,
    read_token,
)
from infra.secret_values import (
    Secret,
    SecretMalformed,
    SideSecrets,
    development_secrets,
    read_setting,
    read_side_secrets,
    require_distinct,
)
from infra.setting_refusals import (
    BatchTooSmall,
    ClockMoved,
    MailSinkInProduction,
    MailWithoutTls,
    PlainHttp,
    RetentionOverridden,
    SettingMalformed,
    SettingMissing,
    SettingRefused,
    SideNotServed,
)
from infra.setting_values import (
    address_setting,
    choice_setting,
    flag_setting,
    integer_setting,
    optional_integer,
    path_setting,
    required_setting,
)
from infra.sides import SIDES, Side

__all__ = [
    "SMALLEST_BATCH",
    "BatchTooSmall",
    "ClockMoved",
    "Environment",
    "MailSinkInProduction",
    "MailWithoutTls",
    "PlainHttp",
    "RetentionOverridden",
    "SettingMalformed",
    "SettingMissing",
    "SettingRefused",
    "Settings",
    "SideNotServed",
    "load_settings",
]

Environment = Literal["development", "test", "production"]

T = TypeVar("T")

SMALLEST_BATCH: Final = 20
"""A batch tells which ballots entered together: never fewer in production."""

_VERIFY_KEY_SIZE: Final = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the processes of one installation are told at start.

    The addresses of databases and Redis may carry passwords: not shown.
    """

    environment: Environment
    sides: frozenset[Side]
    data_dir: Path
    database_urls: Mapping[Side, str] = field(repr=False)
    redis_urls: Mapping[Side, str] = field(repr=False)
    service_url: str
    register_url: str
    secrets: Mapping[Side, SideSecrets] = field(repr=False)
    verify_keys: Mapping[Side, bytes]
    smtp: SmtpSettings
    mail_sink_dir: Path | None
    verifier_socket: Path
    batch_size: int
    suppression_threshold: int
    retention_seconds: int | None
    clock_offset: int
    accept_shared_cluster: bool
    mails_per_minute: int | None
    """Most mails of one sending in a minute, where a mail server asks for it."""

    mails_per_day: int | None = None
    """Most mails of all sendings in 24 hours, where a mail host takes no more."""

    trusted_proxies: int = 0
    """How many proxies stand before the web server, each naming whom it speaks for."""

    sms: SmsSettings | None = None
    report_token: Secret | None = None
    """By it gateway and mail server show that a report on a message is theirs."""

    data_protection_officer: str = ""
    """The address that is told of every hold of a shredding."""

    def database_url(self, side: Side) -> str:
        """Return a side's database address.

        Raises:
            SideNotServed: this process does not serve it.

        """
        self.require_side(side)
        return self.database_urls[side]

    def redis_url(self, side: Side) -> str:
        """Return a side's Redis address.

        Raises:
            SideNotServed: this process does not serve it.

        """
        self.require_side(side)
        return self.redis_urls[side]

    def secrets_of(self, side: Side) -> SideSecrets:
        """Return a side's secrets.

        Raises:
            SideNotServed: this process does not serve it.

        """
        self.require_side(side)
        return self.secrets[side]

    def verify_key(self, side: Side) -> bytes:
        """Return a side's Ed25519 public key, 32 bytes."""
        return self.verify_keys[side]

    def public_url(self, side: Side) -> str:
        """Return a side's public address, without a slash at the end."""
        return self.register_url if side == "register" else self.service_url

    def require_side(self, side: Side) -> None:
        """Refuse what belongs to a side that this process does not serve.

        Raises:
            SideNotServed: it is not served here.

        """
        if side not in self.sides:
            raise SideNotServed(side)

    @property
    def in_production(self) -> bool:
        """Tell whether real members vote here."""
        return self.environment == "production"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from the environment, or refuse to start.

    The default environment is production: what is forgotten fails safe.

    Raises:
        SettingRefused: a setting is missing, malformed or unsafe; see subclasses.
        SecretRefused: a secret is missing, too short, guessable or used twice.

    """
    environment = choice_setting(environ, "URNE_ENVIRONMENT", Environment, "production")
    production = environment == "production"
    sides = _sides(environ)
    data_dir = Path(
        required_setting(environ, "URNE_DATA_DIR", "data", production)
    ).absolute()
    fallback = None if production else development_secrets(data_dir)
    held = {
        side: read_side_secrets(environ, side, fallback=fallback)
        for side in SIDES
        if side in sides
    }
    require_distinct(held)
    service_url = _url(environ, "URNE_SERVICE_URL", production=production)
    settings = Settings(
        environment=cast("Environment", environment),
        sides=sides,
        data_dir=data_dir,
        database_urls=_database_urls(environ, sides, data_dir),
        redis_urls=_redis_urls(environ, sides),
        service_url=service_url,
        register_url=_url(
            environ, "URNE_REGISTER_URL", production=production, default=service_url
        ),
        secrets=held,
        verify_keys=_verify_keys(environ, held, fallback),
        smtp=_smtp(environ, production=production),
        mail_sink_dir=path_setting(environ, "URNE_MAIL_SINK_DIR"),
        verifier_socket=path_setting(environ, "URNE_VERIFIER_SOCKET")
        or data_dir / "verifier.sock",
        batch_size=integer_setting(environ, "URNE_BATCH_SIZE", SMALLEST_BATCH, least=1),
        suppression_threshold=integer_setting(
            environ, "URNE_SUPPRESSION_THRESHOLD", SMALLEST_BATCH, least=1
        ),
        retention_seconds=optional_integer(environ, "URNE_RETENTION_SECONDS"),
        clock_offset=integer_setting(environ, "URNE_CLOCK_OFFSET", 0, least=None),
        accept_shared_cluster=flag_setting(environ, "URNE_ACCEPT_SHARED_CLUSTER"),
        mails_per_minute=optional_integer(environ, "URNE_MAILS_PER_MINUTE"),
        mails_per_day=optional_integer(environ, "URNE_MAILS_PER_DAY"),
        trusted_proxies=integer_setting(environ, "URNE_TRUSTED_PROXIES", 0, least=0),
        sms=_complete(read_sms, environ),
        report_token=_complete(
            lambda told: read_token(told, "URNE_REPORT_TOKEN"), environ
        ),
        data_protection_officer=address_setting(
            environ,
            "URNE_DATA_PROTECTION_OFFICER",
            "personvernombud@localhost.localdomain",
            production,
        ),
    )
    if production:
        _require_safe(settings)
    return settings


def _require_safe(settings: Settings) -> None:
    if settings.smtp.tls == "none":
        raise MailWithoutTls("URNE_SMTP_TLS", "must be starttls or tls in production")
    if settings.clock_offset:
        raise ClockMoved("URNE_CLOCK_OFFSET", "must not be set in production")
    if settings.batch_size < SMALLEST_BATCH:
        raise BatchTooSmall("URNE_BATCH_SIZE", f"must be at least {SMALLEST_BATCH}")
    if settings.mail_sink_dir is not None:
        raise MailSinkInProduction("URNE_MAIL_SINK_DIR", "is for development only")
    if settings.sms and urlsplit(settings.sms.url).scheme != "https":
        raise PlainHttp("URNE_SMS_URL", "must begin with https://")
    if settings.retention_seconds is not None:
        raise RetentionOverridden("URNE_RETENTION_SECONDS", "is for development only")
    for side in reversed(SIDES):
        if urlsplit(settings.public_url(side)).scheme != "https":
            raise PlainHttp(f"URNE_{side.upper()}_URL", "must begin with https://")


def _sides(environ: Mapping[str, str]) -> frozenset[Side]:
    value = environ.get("URNE_SIDES", "both")
    if value == "both":
        return frozenset(SIDES)
    if value == "register":
        return frozenset[Side]({"register"})
    if value == "service":
        return frozenset[Side]({"service"})
    raise SettingMalformed("URNE_SIDES", "must be both, register or service")


def _database_urls(
    environ: Mapping[str, str], sides: frozenset[Side], data_dir: Path
) -> dict[Side, str]:
    return {
        side: environ.get(f"{side.upper()}_DATABASE_URL")
        or f"sqlite:///{data_dir / f'{side}.sqlite3'}"
        for side in SIDES
        if side in sides
    }


def _redis_urls(environ: Mapping[str, str], sides: frozenset[Side]) -> dict[Side, str]:
    shared = environ.get("REDIS_URL") or "redis://127.0.0.1:6379"
    return {
        side: environ.get(f"{side.upper()}_REDIS_URL")
        or _redis_database(shared, number)
        for number, side in enumerate(SIDES)
        if side in sides
    }


def _redis_database(url: str, number: int) -> str:
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def _url(
    environ: Mapping[str, str],
    name: str,
    *,
    production: bool,
    default: str = "http://127.0.0.1:8000",
) -> str:
    is_first = name == "URNE_SERVICE_URL"
    value = required_setting(environ, name, default, production and is_first).rstrip(
        "/"
    )
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingMalformed(name, "must be an http or https address")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise SettingMalformed(name, "must be an origin alone, without a path")
    return value


def _verify_keys(
    environ: Mapping[str, str],
    held: Mapping[Side, SideSecrets],
    fallback: Path | None,
) -> dict[Side, bytes]:
    found: dict[Side, bytes] = {}
    for side in SIDES:
        name = f"URNE_{side.upper()}_VERIFY_KEY"
        if side in held:
            found[side] = held[side].verify_key
            continue
        value = read_setting(environ, name)
        if value is None and fallback is not None:
            # Both sides developed on one machine share one folder of secrets.
            found[side] = read_side_secrets({}, side, fallback=fallback).verify_key
        elif value is None:
            raise SettingMissing(name)
        else:
            found[side] = _public_key(name, value)
    return found


def _public_key(name: str, value: str) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        raise SecretMalformed(name) from None
    if len(key) != _VERIFY_KEY_SIZE:
        raise SecretMalformed(name)
    return key


def _smtp(environ: Mapping[str, str], *, production: bool) -> SmtpSettings:
    password = read_setting(environ, "URNE_SMTP_PASSWORD")
    tls = choice_setting(
        environ, "URNE_SMTP_TLS", TlsMode, "starttls" if production else "none"
    )
    return SmtpSettings(
        host=required_setting(environ, "URNE_SMTP_HOST", "127.0.0.1", production),
        port=integer_setting(
            environ, "URNE_SMTP_PORT", 587 if production else 2525, least=1
        ),
        tls=cast("TlsMode", tls),
        user=environ.get("URNE_SMTP_USER") or None,
        password=Secret(password.encode()) if password else None,
        from_address=required_setting(
            environ, "URNE_MAIL_FROM", "urne@localhost.localdomain", production
        ),
        bounce_address=environ.get("URNE_BOUNCE_ADDRESS") or None,
    )


def _complete(read: Callable[[Mapping[str, str]], T], environ: Mapping[str, str]) -> T:
    try:
        return read(environ)
    except GatewayIncomplete as incomplete:
        raise SettingMalformed(incomplete.name, "is missing or too short") from None
