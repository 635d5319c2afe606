"""What browsers and authenticators are asked and answer: WebAuthn level 3, pure.

Loading the library takes most of a second: this module is imported where a passkey is
used, not where a process starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

    from accounts.relying_party import RelyingParty

_VERIFICATION: Final = UserVerificationRequirement.PREFERRED


def creation_options(
    party: RelyingParty,
    *,
    user_id: bytes,
    user_name: str,
    display_name: str,
    challenge: bytes,
    known: Sequence[bytes],
) -> str:
    """Return what a browser is asked to make a passkey, as JSON; none of the known."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Urne",
        user_id=user_id,
        user_name=user_name,
        user_display_name=display_name,
        challenge=challenge,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=_VERIFICATION,
        ),
    )
    return options_to_json(options)


def verify_creation(
    party: RelyingParty, *, challenge: bytes, document: dict[str, Any]
) -> VerifiedRegistration:
    """Check the answer of an authenticator that made a passkey.

    Raises:
        Exception: whatever the library does at what a stranger sent.

    """
    return webauthn.verify_registration_response(
        credential=document,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
    )


def request_options(
    party: RelyingParty, *, challenge: bytes, known: Sequence[bytes]
) -> str:
    """Return what a browser is asked to use one of the known passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        allow_credentials=_described(known),
        user_verification=_VERIFICATION,
    )
    return options_to_json(options)


def credential_id_of(document: dict[str, Any]) -> bytes:
    """Return the id of the passkey that an answer is of.

    Raises:
        Exception: as in `verify_creation`.

    """
    return base64url_to_bytes(str(document["id"]))


def verify_answer(
    party: RelyingParty,
    *,
    challenge: bytes,
    document: dict[str, Any],
    public_key: bytes,
    sign_count: int,
) -> int:
    """Check the answer of a passkey in use; returns its new counter.

    Raises:
        Exception: as in `verify_creation`.

    """
    return webauthn.verify_authentication_response(
        credential=document,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        credential_public_key=public_key,
        credential_current_sign_count=sign_count,
    ).new_sign_count


def _described(known: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in known]
