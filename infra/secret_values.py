"""Secrets: a value that does not show itself, and where each one is read from."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, NoReturn

from nacl.signing import SigningKey
from typing_extensions import override

from infra.sides import SIDES, Side

SECRET_SIZE: Final = 32
"""Every secret is 32 bytes, written as 64 hexadecimal digits."""

SECRET_NAMES: Final = ("secret-key", "wrapping-key", "signing-seed")

_FEWEST_DISTINCT_BYTES: Final = 12
"""32 random bytes hold fewer than 12 distinct ones about once in 10**14 draws."""


class Secret:
    """Bytes that never show themselves in a repr, a format or a pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Keep the bytes."""
        self._value = value

    def reveal(self) -> bytes:
        """Return the bytes, for the one call that needs them."""
        return self._value

    @override
    def __repr__(self) -> str:
        return "Secret(...)"

    @override
    def __reduce__(self) -> NoReturn:
        message = "a secret is never serialised"
        raise TypeError(message)


class SecretRefused(ValueError):
    """A secret that this service will not start with; the text never shows it."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the setting and the reason."""
        super().__init__(f"{name} {reason}")
        self.name = name


class SecretMissing(SecretRefused):
    """No value, no file and no credential gives this secret."""

    def __init__(self, name: str) -> None:
        """Name the setting."""
        super().__init__(name, "is not set")


class SecretMalformed(SecretRefused):
    """The secret is not 32 bytes in hexadecimal: too short, too long, or text."""

    def __init__(self, name: str) -> None:
        """Name the setting."""
        super().__init__(name, "must be 64 hexadecimal digits (32 random bytes)")


class SecretGuessable(SecretRefused):
    """The secret is a pattern: an example copied from somewhere, or a default."""

    def __init__(self, name: str) -> None:
        """Name the setting."""
        super().__init__(name, "is a pattern, not 32 random bytes")


class SecretReused(SecretRefused):
    """Two purposes have been given one and the same secret."""

    def __init__(self, name: str, other: str) -> None:
        """Name both settings."""
        super().__init__(name, f"is the same secret as {other}")


@dataclass(frozen=True, slots=True)
class SideSecrets:
    """What one side keeps to itself, 32 bytes each."""

    secret_key: Secret
    wrapping_key: Secret
    signing_seed: Secret

    @property
    def verify_key(self) -> bytes:
        """The Ed25519 public key of this side, 32 bytes."""
        return bytes(SigningKey(self.signing_seed.reveal()).verify_key)


def setting_name(side: Side, name: str) -> str:
    """Return the environment's name of a secret: URNE_REGISTER_WRAPPING_KEY."""
    return f"URNE_{side}_{name}".upper().replace("-", "_")


def read_side_secrets(
    environ: Mapping[str, str], side: Side, *, fallback: Path | None
) -> SideSecrets:
    """Read the three secrets of one side.

    Each comes from the variable itself, from the file that NAME_FILE points at,
    from ``$CREDENTIALS_DIRECTORY/<side>-<name>`` (systemd), or, when a fallback
    folder is given (never in production), from there.

    Raises:
        SecretMissing: found nowhere.
        SecretMalformed: not 64 hexadecimal digits.
        SecretGuessable: a pattern.

    """
    values = [
        Secret(_read_secret(environ, side, name, fallback)) for name in SECRET_NAMES
    ]
    return SideSecrets(*values)


def require_distinct(found: Mapping[Side, SideSecrets]) -> None:
    """Refuse one secret serving two purposes.

    Raises:
        SecretReused: naming both settings.

    """
    seen: dict[bytes, str] = {}
    for side, held in found.items():
        values = (held.secret_key, held.wrapping_key, held.signing_seed)
        for name, secret in zip(SECRET_NAMES, values, strict=True):
            setting = setting_name(side, name)
            other = seen.setdefault(secret.reveal(), setting)
            if other != setting:
                raise SecretReused(setting, other)


def development_secrets(data_dir: Path) -> Path:
    """Make, once, random secrets for both sides; return their folder.

    One file per secret below ``data_dir/secrets``, readable by the owner alone
    (0600). For development and tests: production takes them from elsewhere, as
    the wrapping key must not lie on the disk of what it wraps.
    """
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for side in SIDES:
        for name in SECRET_NAMES:
            _draw_once(folder / f"{side}-{name}")
    return folder


def parse_secret(name: str, value: str) -> bytes:
    """Return the 32 bytes of a secret written in hexadecimal.

    Raises:
        SecretMalformed: not 64 hexadecimal digits.
        SecretGuessable: too few distinct bytes to have been drawn at random.

    """
    try:
        secret = bytes.fromhex(value)
    except ValueError:
        raise SecretMalformed(name) from None
    if len(secret) != SECRET_SIZE:
        raise SecretMalformed(name)
    counts_up = all(b - a == 1 for a, b in pairwise(secret))
    if len(set(secret)) < _FEWEST_DISTINCT_BYTES or counts_up:
        raise SecretGuessable(name)
    return secret


def read_setting(environ: Mapping[str, str], name: str) -> str | None:
    """Return a setting given as a value, a NAME_FILE or a systemd credential."""
    if name in environ:
        return environ[name].strip()
    if f"{name}_FILE" in environ:
        return Path(environ[f"{name}_FILE"]).read_text("utf-8").strip()
    if "CREDENTIALS_DIRECTORY" in environ:
        credential = name.removeprefix("URNE_").lower().replace("_", "-")
        file = Path(environ["CREDENTIALS_DIRECTORY"]) / credential
        if file.is_file():
            return file.read_text("utf-8").strip()
    return None


def _read_secret(
    environ: Mapping[str, str], side: Side, name: str, fallback: Path | None
) -> bytes:
    setting = setting_name(side, name)
    value = read_setting(environ, setting)
    if value is None and fallback is not None:
        value = (fallback / f"{side}-{name}").read_text("ascii").strip()
    if not value:
        raise SecretMissing(setting)
    return parse_secret(setting, value)


def _draw_once(file: Path) -> None:
    # Written whole beside its place and then linked, which fails if another
    # process was first: nobody ever reads half a secret, nobody replaces one.
    if file.exists():
        return
    aside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(SECRET_SIZE))
    try:
        file.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
