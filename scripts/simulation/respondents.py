"""A respondent's device in Python: what the browser does, docs/protocol.md §8."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from typing_extensions import override

from crypto.answer_signature import answers_digest, sign_answers
from crypto.ballot_signature import sign_status
from crypto.encoding import JsonValue, decode_hex, decode_json, encode_json
from crypto.group import Point
from crypto.signing import sign, verify_signature
from crypto.voprf import hash_to_group
from scripts.simulation.linked import LinkedMember
from surveys.definition import Definition, read_definition
from surveys.manifest import SurveyManifest, decode_manifest
from surveys.modes import Mode


class OtherDefinition(Exception):
    """The questionnaire is not the one that the manifest names."""


class FalseReceipt(Exception):
    """The receipt is of another survey or another credential."""


@dataclass(frozen=True, slots=True)
class SignedAnswers:
    """A response as it is sent."""

    request: dict[str, JsonValue]


class RespondentClient(LinkedMember[SurveyManifest]):
    """One member with one link; a step at a time, or all of them by `answer`."""

    room = "u"

    @property
    @override
    def issuer_index(self) -> int:
        pseudonymous = self.manifest.mode is Mode.PSEUDONYMOUS
        return self.identity.group if pseudonymous else 0

    def definition(self) -> Definition:
        """Fetch the questionnaire, and compare it with the manifest.

        Raises:
            OtherDefinition: it is another one.

        """
        encoded = self._service.get_bytes(f"/u/{self._slug}/definisjon.json")
        if hashlib.sha256(encoded).digest() != self.manifest.definition:
            raise OtherDefinition
        return read_definition(decode_json(encoded))

    @override
    def take_right(self) -> Point:
        if self.manifest.mode is not Mode.NAMED:
            return super().take_right()
        # The register is told the credential: there is nothing for a blind to hide.
        credential = self.credential.public.encoded
        element = hash_to_group(self._right_data)
        signed = (self.fingerprint, element.encoded, credential)
        signature = sign(self._login, "right/named", *signed)
        parts = {"blinded": element.encoded.hex(), "credential": credential.hex()}
        return self._evaluated("right/named", signature, parts, element)

    def fill(self, answers: JsonValue, token: Point) -> SignedAnswers:
        """Sign a response with the credential."""
        fingerprint, credential = self.fingerprint, self.credential
        signed = answers_digest(fingerprint, encode_json(answers))
        signature = sign_answers(fingerprint, credential.secret, token, signed)
        return SignedAnswers(
            {
                "answers": answers,
                "credential": credential.public.encoded.hex(),
                "fingerprint": fingerprint.hex(),
                "group": self.issuer_index,
                "signature": signature.hex(),
                "token": token.encoded.hex(),
            }
        )

    def send(self, response: SignedAnswers) -> bytes:
        """Send a response; return the checked receipt's signature, 64 bytes.

        Raises:
            Refused: by name, as the service does.
            BadSignature, FalseReceipt: the receipt is worth nothing.

        """
        path = f"/api/u/{self._slug}/answer"
        return self._read_receipt(self._service.post_json(path, response.request))

    def answer(self, answers: JsonValue) -> bytes:
        """Do all of it, from the link to the receipt."""
        return self.send(self.fill(answers, self.take_right()))

    def receipt(self) -> bytes | None:
        """Ask for the receipt of the own response; None if there is none.

        Raises:
            Refused: by name, as the service does.
            BadSignature, FalseReceipt: the receipt is worth nothing.

        """
        fingerprint, credential = self.fingerprint, self.credential
        told = self._service.post_json(
            f"/api/u/{self._slug}/status",
            {
                "credential": credential.public.encoded.hex(),
                "fingerprint": fingerprint.hex(),
                "signature": sign_status(fingerprint, credential.secret).hex(),
            },
        )
        return self._read_receipt(told["receipt"]) if told["answered"] else None

    @override
    def _read(self, encoded: bytes) -> SurveyManifest:
        return decode_manifest(encoded)

    def _read_receipt(self, told: dict[str, str]) -> bytes:
        credential = self.credential.public.encoded
        named = (told["fingerprint"], told["credential"])
        if named != (self.fingerprint.hex(), credential.hex()):
            raise FalseReceipt
        signature = decode_hex(told["signature"], length=64)
        parts = (self.fingerprint, credential)
        verify_signature(self.manifest.service_key, signature, "survey-receipt", *parts)
        return signature
