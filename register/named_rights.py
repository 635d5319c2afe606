"""Rights of surveys with names: the register is told whose credential it is (§8.2).

There is nothing to hide behind a blind, so there is none, and the register checks that
the element is that of the credential it was told: nobody answers in another's name.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from crypto.answer_signature import respondent_digest
from crypto.hashing import frames
from crypto.voprf import hash_to_group
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey
from register.refusals import CredentialExpected, CredentialUnwanted
from register.survey_rolls import survey_roll_of
from register.survey_tables import NamedCredential, SurveyMode

_FIELD: Final = "credential"
FEWEST_ID_BYTES: Final = 5
"""Of a respondent's digest, by which somebody is looked up."""


class UnknownRespondent(Exception):
    """No answer of this survey has a number that begins so."""


class RespondentAmbiguous(Exception):
    """More than one answer has a number that begins so: write more of it."""


def signed_for_right(
    session: Session, election_id: str, blinded: bytes, credential: bytes | None
) -> tuple[str, tuple[bytes, ...]]:
    """Return tag and parts of what the login key has signed to get a right.

    Raises:
        CredentialExpected, CredentialUnwanted: see there.

    """
    own = survey_roll_of(session, election_id)
    if own is None or own.mode != SurveyMode.NAMED:
        if credential is not None:
            raise CredentialUnwanted
        return "right", (blinded,)
    if credential is None:
        raise CredentialExpected
    return "right/named", (blinded, credential)


def require_own_element(
    fingerprint: bytes, blinded: bytes, credential: bytes | None
) -> None:
    """Refuse an element that is not that of the credential told beside it.

    Raises:
        CredentialUnwanted: it is another's.

    """
    if credential is None:
        return
    element = hash_to_group(frames("right", fingerprint, credential))
    if element.encoded != blinded:
        raise CredentialUnwanted


def keep_credential(
    session: Session,
    key: DataKey,
    entry_id: bytes,
    election_id: str,
    credential: bytes | None,
) -> None:
    """Keep a told credential with the entry, encrypted; None: there is none to keep."""
    if credential is None:
        return
    values = {
        "entry_id": entry_id,
        "election_id": election_id,
        "sealed_credential": encrypt_field(key, entry_id, _FIELD, credential),
    }
    session.execute(insert(NamedCredential).values(values))


def find_respondent(
    session: Session,
    key: DataKey,
    election_id: str,
    fingerprint: bytes,
    begins: bytes,
) -> bytes:
    """Return the entry whose answer has a number that begins so: 5 to 32 bytes.

    Raises:
        UnknownRespondent, RespondentAmbiguous: see there.
        FieldUnreadable: the key is another one.

    """
    if len(begins) < FEWEST_ID_BYTES:
        raise UnknownRespondent
    query = select(NamedCredential.entry_id, NamedCredential.sealed_credential).where(
        NamedCredential.election_id == election_id
    )
    found = [
        bytes(row.entry_id)
        for row in session.execute(query)
        if respondent_digest(
            fingerprint,
            decrypt_field(key, row.entry_id, _FIELD, row.sealed_credential),
        ).startswith(begins)
    ]
    if not found:
        raise UnknownRespondent
    if len(found) > 1:
        raise RespondentAmbiguous
    return found[0]
