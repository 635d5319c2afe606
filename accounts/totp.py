"""Authenticator apps: time-based one-time passwords, RFC 6238.

SHA-1, six digits, half a minute: what every app knows. The secret is sealed under a
key that is not in the database; a code, once used, is refused for as long as it would
still be right.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Final

import pyotp
import segno
from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from accounts.second_factors import FactorRefused
from accounts.tables import OfficialTotp
from infra.audit import record_event
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey

STEP_SECONDS: Final = 30
STEPS_EITHER_WAY: Final = 1
"""RFC 6238 section 5.2: one step for the delay, one for a clock that is fast."""

ISSUER: Final = "Urne"

_CODE: Final = re.compile(r"[0-9]{6}")
_SECRET, _CANDIDATE = "totp-secret", "totp-candidate"


class NoCandidate(Exception):
    """No new app is being set up."""


def begin_totp(session: Session, key: DataKey, official_id: str) -> str:
    """Draw a new secret; return it, 32 symbols of base32 (20 bytes).

    An app that was set up before goes on working until a code of the new one comes.
    """
    secret = pyotp.random_base32()
    row = session.get(OfficialTotp, official_id)
    if row is None:
        row = OfficialTotp(official_id=official_id, last_step=0)
        session.add(row)
    row.candidate = encrypt_field(
        key, official_id.encode(), _CANDIDATE, secret.encode()
    )
    session.flush()
    return secret


def read_candidate(session: Session, key: DataKey, official_id: str) -> str:
    """Return the secret that is being set up.

    Raises:
        NoCandidate: none is.

    """
    row = session.get(OfficialTotp, official_id)
    if row is None or row.candidate is None:
        raise NoCandidate
    sealed = decrypt_field(key, official_id.encode(), _CANDIDATE, row.candidate)
    return sealed.decode()


def confirm_totp(
    session: Session, key: DataKey, official_id: str, code: str, at: datetime
) -> None:
    """Take the new app into use, with a code that shows that it works.

    Raises:
        NoCandidate: none is being set up.
        FactorRefused: not one of its codes.

    """
    secret = read_candidate(session, key, official_id)
    step = _matching_step(secret, code, at)
    row = session.get_one(OfficialTotp, official_id)
    row.secret = encrypt_field(key, official_id.encode(), _SECRET, secret.encode())
    row.candidate, row.last_step = None, step
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="second-factor-added",
        subject=official_id,
        content={"factor": "totp"},
    )


def verify_totp(
    session: Session, key: DataKey, official_id: str, code: str, at: datetime
) -> None:
    """Accept a code, once.

    Raises:
        FactorRefused: no app, not its code, or one of a step already used.

    """
    row = session.get(OfficialTotp, official_id)
    if row is None or row.secret is None:
        raise FactorRefused
    secret = decrypt_field(key, official_id.encode(), _SECRET, row.secret).decode()
    step = _matching_step(secret, code, at)
    # In one statement: two requests with one code cannot both be the first.
    taken = session.execute(
        update(OfficialTotp)
        .where(OfficialTotp.official_id == official_id, OfficialTotp.last_step < step)
        .values(last_step=step)
    )
    assert isinstance(taken, CursorResult)  # noqa: S101 - narrows for the types
    if taken.rowcount != 1:
        raise FactorRefused


def remove_totp(session: Session, official_id: str, at: datetime) -> None:
    """Forget an official's app."""
    session.execute(delete(OfficialTotp).where(OfficialTotp.official_id == official_id))
    record_event(
        session,
        at=at,
        actor=official_id,
        kind="second-factor-removed",
        subject=official_id,
        content={"factor": "totp"},
    )


def provisioning_uri(secret: str, email: str) -> str:
    """Return the address that an app reads: otpauth://totp/Urne:..."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_svg(uri: str) -> str:
    """Return a QR code as an inline SVG: one path, no style, safe in a page."""
    code = segno.make(uri, error="m", micro=False)
    return code.svg_inline(
        border=4,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )


def _matching_step(secret: str, code: str, at: datetime) -> int:
    digits = "".join(code.split())
    if _CODE.fullmatch(digits) is None:
        raise FactorRefused
    generator, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    # All are compared, so that the time taken does not tell which was near.
    found = [
        step
        for step in range(now - STEPS_EITHER_WAY, now + STEPS_EITHER_WAY + 1)
        if hmac.compare_digest(generator.generate_otp(step), digits)
    ]
    if not found:
        raise FactorRefused
    return found[-1]
