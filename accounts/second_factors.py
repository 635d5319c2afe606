"""Second factors together: who has one, what each has, and forgetting them.

A second factor is an authenticator app (accounts/totp.py) or a passkey
(accounts/passkeys.py); a recovery code (accounts/recovery_codes.py) stands in for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.tables import OfficialPasskey, OfficialRecoveryCode, OfficialTotp
from infra.config import Settings
from infra.keystore import DATA_KEY_SIZE, DataKey

KEY_ID: Final = "second-factors"


class FactorRefused(Exception):
    """What was shown is not the official's second factor, or not any more.

    Wrong, old, used and malformed are not told apart.
    """


class LastFactor(Exception):
    """In production an official keeps at least one second factor."""


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """A passkey as its owner sees it."""

    credential_id: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Factors:
    """What an official can show beside the password."""

    totp: bool
    passkeys: Sequence[PasskeyLine]
    recovery_codes: int

    @property
    def any(self) -> bool:
        """Tell whether there is an app or a passkey; codes alone are no factor."""
        return self.totp or bool(self.passkeys)

    @property
    def count(self) -> int:
        """How many of them there are."""
        return int(self.totp) + len(self.passkeys)


def factor_key(settings: Settings) -> DataKey:
    """Return the key that seals secrets of apps and digests recovery codes.

    Derived from the service's wrapping key, which is not on the database's disk.
    """
    wrapping = settings.secrets_of("service").wrapping_key.reveal()
    value = hashlib.blake2b(
        KEY_ID.encode(),
        key=wrapping,
        digest_size=DATA_KEY_SIZE,
        person=b"urne-factors-v1",
    ).digest()
    return DataKey(KEY_ID, value)


def read_factors(session: Session, official_id: str) -> Factors:
    """Return what an official can show beside the password."""
    totp = session.get(OfficialTotp, official_id)
    passkeys = session.scalars(
        select(OfficialPasskey)
        .where(OfficialPasskey.official_id == official_id)
        .order_by(OfficialPasskey.name, OfficialPasskey.credential_id)
    )
    codes = session.scalar(
        select(func.count())
        .select_from(OfficialRecoveryCode)
        .where(OfficialRecoveryCode.official_id == official_id)
    )
    return Factors(
        totp is not None and totp.secret is not None,
        [PasskeyLine(each.credential_id, each.name) for each in passkeys],
        codes or 0,
    )


def officials_with_factor(session: Session) -> set[str]:
    """Return the ids of those who have a second factor."""
    with_app = select(OfficialTotp.official_id).where(OfficialTotp.secret.is_not(None))
    with_passkey = select(OfficialPasskey.official_id)
    return {*session.scalars(with_app), *session.scalars(with_passkey)}


def forget_factors(session: Session, official_id: str) -> None:
    """Remove every factor and recovery code of an official."""
    for table in (OfficialTotp, OfficialPasskey, OfficialRecoveryCode):
        session.execute(delete(table).where(table.official_id == official_id))
    session.flush()


def require_factor_left(factors: Factors, settings: Settings) -> None:
    """Refuse to remove the last factor where one is required.

    Raises:
        LastFactor: it is the last, in production.

    """
    if settings.in_production and factors.count <= 1:
        raise LastFactor
