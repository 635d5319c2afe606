"""Recovery codes: ten, shown once, each good for one sign-in without the device."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from accounts.second_factors import FactorRefused
from accounts.tables import OfficialRecoveryCode
from crypto.encoding import draw_base32, group_base32
from infra.audit import record_event
from infra.fields import keyed_digest
from infra.keystore import DataKey

CODES: Final = 10
SYMBOLS: Final = 16
"""Crockford base32: 80 bits, so that a copy of the digests cannot be searched."""

_ALIKE: Final = str.maketrans("OIL", "011")


def draw_codes(
    session: Session, key: DataKey, official_id: str, at: datetime
) -> list[str]:
    """Replace an official's codes; return the new ones, to be shown once."""
    session.execute(
        delete(OfficialRecoveryCode).where(
            OfficialRecoveryCode.official_id == official_id
        )
    )
    codes = [group_base32(draw_base32(SYMBOLS), 4) for _ in range(CODES)]
    session.add_all(
        OfficialRecoveryCode(
            digest=_digest(key, official_id, code), official_id=official_id
        )
        for code in codes
    )
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="recovery-codes-drawn",
        subject=official_id,
    )
    return codes


def use_code(
    session: Session, key: DataKey, official_id: str, code: str, at: datetime
) -> None:
    """Accept a code; it is gone with the transaction.

    Raises:
        FactorRefused: it is none of the official's, or it was used.

    """
    used = session.execute(
        delete(OfficialRecoveryCode).where(
            OfficialRecoveryCode.digest == _digest(key, official_id, code),
            OfficialRecoveryCode.official_id == official_id,
        )
    )
    assert isinstance(used, CursorResult)  # noqa: S101 - narrows for the types
    if used.rowcount != 1:
        raise FactorRefused
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="recovery-code-used",
        subject=official_id,
    )


def _digest(key: DataKey, official_id: str, code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    value = f"{official_id}:{plain.translate(_ALIKE)}".encode("utf-8", "surrogatepass")
    return keyed_digest(key, "recovery-code", value)
