"""The officials of a development installation, with passwords that are printed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from accounts.officials import create_official
from accounts.roles import Role
from crypto.encoding import draw_base32, group_base32
from infra.config import load_settings
from infra.databases import open_store

FILE: Final = "logins.json"
_PASSWORD_SYMBOLS: Final = 15

_PEOPLE: Final = (
    ("Ingrid Solvang", "ingrid@forbundet.example", Role.ORGANISER),
    ("Kari Nordmann", "kari@forbundet.example", Role.COMMITTEE),
    ("Ola Hansen", "ola@forbundet.example", Role.COMMITTEE),
    ("Siri Berg", "siri@forbundet.example", Role.COMMITTEE),
    ("Anders Lie", "anders@revisjon.example", Role.AUDITOR),
    ("Berit Haugen", "berit@forbundet.example", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Login:
    """Someone who may sign in here; for development, so the password is kept."""

    name: str
    email: str
    password: str
    role: str


def settle_officials(data: Path, environment: Mapping[str, str]) -> list[Login]:
    """Return the folder's officials; create them the first time."""
    try:
        return read_logins(data)
    except FileNotFoundError:
        logins = [
            Login(name, email, _draw_password(), role.value)
            for name, email, role in _PEOPLE
        ]
    store = open_store("service", load_settings(environment).database_url("service"))
    try:
        with store.begin() as session:
            for each in logins:
                create_official(
                    session,
                    name=each.name,
                    email=each.email,
                    password=each.password,
                    roles=[Role(each.role)],
                )
            write_logins(data, logins)
    finally:
        store.dispose()
    return logins


def read_logins(data: Path) -> list[Login]:
    """Return the officials of a data folder; raises FileNotFoundError."""
    return [Login(**each) for each in json.loads((data / FILE).read_text("utf-8"))]


def write_logins(data: Path, logins: Sequence[Login]) -> None:
    """Keep who may sign in, where only the owner reads it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(data / FILE, flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump([asdict(each) for each in logins], out)


def _draw_password() -> str:
    return group_base32(draw_base32(_PASSWORD_SYMBOLS)).lower()
