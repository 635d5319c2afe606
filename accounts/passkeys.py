"""Passkeys: WebAuthn level 3, as a second factor beside the password.

Only public keys are kept. No attestation is asked for: which make of device an
official has is none of our business.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from accounts.relying_party import RelyingParty
from accounts.second_factors import FactorRefused
from accounts.tables import Official, OfficialPasskey
from infra.audit import record_event

MOST_PASSKEYS: Final = 10
LONGEST_ANSWER: Final = 16_384
"""Characters of an authenticator's answer as JSON."""

LONGEST_NAME: Final = 60


class TooManyPasskeys(Exception):
    """An official has at most ten."""


def registration_options(
    session: Session, party: RelyingParty, official_id: str, challenge: bytes
) -> str:
    """Return what a browser is asked, to make a passkey, as JSON.

    Raises:
        TooManyPasskeys: there are ten already.

    """
    from accounts import authenticators  # noqa: PLC0415 - slow to load

    official = session.get_one(Official, official_id)
    known = _known(session, official_id)
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    return authenticators.creation_options(
        party,
        user_id=bytes.fromhex(official_id),
        user_name=official.email,
        display_name=official.name,
        challenge=challenge,
        known=known,
    )


def register_passkey(
    session: Session,
    party: RelyingParty,
    official_id: str,
    *,
    name: str,
    challenge: bytes,
    answer: str,
    at: datetime,
) -> None:
    """Keep a new passkey's public key.

    Raises:
        FactorRefused: not an answer to this challenge, at this origin.
        TooManyPasskeys: there are ten already.

    """
    from accounts import authenticators  # noqa: PLC0415 - slow to load

    try:
        made = authenticators.verify_creation(
            party, challenge=challenge, document=_document(answer)
        )
    except Exception:  # noqa: BLE001 - whatever a hostile answer breaks is a refusal
        raise FactorRefused from None
    if len(_known(session, official_id)) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    if session.get(OfficialPasskey, made.credential_id) is not None:
        raise FactorRefused
    passkey = OfficialPasskey(
        credential_id=made.credential_id,
        official_id=official_id,
        name=" ".join(name.split())[:LONGEST_NAME],
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )
    session.add(passkey)
    _record(session, official_id, "second-factor-added", at)


def authentication_options(
    session: Session, party: RelyingParty, official_id: str, challenge: bytes
) -> str:
    """Return what a browser is asked, to use one of the official's passkeys."""
    from accounts import authenticators  # noqa: PLC0415 - slow to load

    known = _known(session, official_id)
    return authenticators.request_options(party, challenge=challenge, known=known)


def verify_passkey(
    session: Session,
    party: RelyingParty,
    official_id: str,
    *,
    challenge: bytes,
    answer: str,
) -> None:
    """Accept the answer of one of the official's passkeys.

    Raises:
        FactorRefused: another passkey, challenge or origin, or a counter that went
            back, as that of a copy would.

    """
    from accounts import authenticators  # noqa: PLC0415 - slow to load

    try:
        document = _document(answer)
        credential_id = authenticators.credential_id_of(document)
    except Exception:  # noqa: BLE001 - see above
        raise FactorRefused from None
    row = session.get(OfficialPasskey, credential_id)
    if row is None or row.official_id != official_id:
        raise FactorRefused
    try:
        counter = authenticators.verify_answer(
            party,
            challenge=challenge,
            document=document,
            public_key=row.public_key,
            sign_count=row.sign_count,
        )
    except Exception:  # noqa: BLE001 - see above
        raise FactorRefused from None
    session.execute(
        update(OfficialPasskey)
        .where(OfficialPasskey.credential_id == credential_id)
        .values(sign_count=counter)
    )


def remove_passkey(
    session: Session, official_id: str, credential_id: bytes, at: datetime
) -> None:
    """Forget one of the official's passkeys.

    Raises:
        FactorRefused: it is none of the official's.

    """
    removed = session.execute(
        delete(OfficialPasskey).where(
            OfficialPasskey.credential_id == credential_id,
            OfficialPasskey.official_id == official_id,
        )
    )
    assert isinstance(removed, CursorResult)  # noqa: S101 - narrows for the types
    if removed.rowcount != 1:
        raise FactorRefused
    _record(session, official_id, "second-factor-removed", at)


def _document(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise FactorRefused
    document = json.loads(answer)
    if not isinstance(document, dict):
        raise FactorRefused
    return document


def _known(session: Session, official_id: str) -> list[bytes]:
    query = (
        select(OfficialPasskey.credential_id)
        .where(OfficialPasskey.official_id == official_id)
        .order_by(OfficialPasskey.credential_id)
    )
    return list(session.scalars(query))


def _record(session: Session, official_id: str, kind: str, at: datetime) -> None:
    record_event(
        session,
        at=at,
        actor=official_id,
        kind=kind,
        subject=official_id,
        content={"factor": "passkey"},
    )
