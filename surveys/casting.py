"""Answering a survey, and asking whether one has (docs/protocol.md §8.3).

Nothing here knows a name, and nothing is noted of when: what arrives is answers, a
nameless credential, and a token that proves a right.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from crypto.answer_signature import (
    answers_digest,
    respondent_digest,
    verify_answers_signature,
)
from crypto.ballot_signature import verify_status_signature
from crypto.documents import Fields
from crypto.encoding import JsonValue, encode_json
from crypto.errors import CryptoError, NonCanonicalEncoding, TokenRefused
from crypto.group import Point
from crypto.hashing import digest
from crypto.knowledge import KNOWLEDGE_BYTES
from crypto.signing import SigningSeed, sign
from infra.token_verifier import TokenVerifier
from surveys.answers import clean_answers
from surveys.modes import INVITED_MODES, Mode
from surveys.responses import (
    NewResponse,
    drop_response,
    find_spent,
    hold_intake,
    hold_spent,
)
from surveys.sealed import (
    LaunchedSurvey,
    get_launched,
    launched_definition,
    read_stored_definition,
)

LARGEST_ANSWERS: Final = 256 * 1024
"""Bytes of one response as canonical JSON."""

SUBMISSION_BYTES: Final = 16


class AnswerRefused(Exception):
    """The request is not one that this survey can take; the cause says why."""


class AlreadyAnswered(Exception):
    """A response was given with this right, by another request."""


class OtherSurvey(Exception):
    """The request was made for another survey."""


class OtherMode(Exception):
    """An open survey takes no rights, an invited one nothing without them."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A request to answer (docs/protocol.md §8.3); shows no answer in a log."""

    fingerprint: bytes
    answers: JsonValue = field(repr=False)
    encoded: bytes = field(repr=False)
    """The answers' canonical JSON, which was signed."""
    group: int
    credential: Point
    token: Point
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerReceipt:
    """The service's signed word that a response was taken, and nothing of it."""

    fingerprint: bytes
    credential: bytes
    signature: bytes

    def document(self) -> dict[str, JsonValue]:
        """Return the receipt as the browser gets it."""
        return {
            "credential": self.credential.hex(),
            "fingerprint": self.fingerprint.hex(),
            "signature": self.signature.hex(),
        }


def read_answer_request(value: JsonValue) -> AnswerRequest:
    """Read a request.

    Raises:
        AnswerRefused: missing or unknown fields, other forms, or too large.

    """
    names = ("answers", "credential", "fingerprint", "group", "signature", "token")
    try:
        fields = Fields.of(value, *names)
        answers = fields.values["answers"]
        encoded = encode_json(answers)
        if len(encoded) > LARGEST_ANSWERS:
            raise NonCanonicalEncoding("the answers are too large")
        return AnswerRequest(
            fingerprint=fields.hex("fingerprint", 32),
            answers=answers,
            encoded=encoded,
            group=fields.integer("group", 0, 999),
            credential=fields.point("credential"),
            token=fields.point("token"),
            signature=fields.hex("signature", KNOWLEDGE_BYTES),
        )
    except CryptoError as refused:
        raise AnswerRefused from refused


def answer_survey(
    session: Session,
    verifier: TokenVerifier,
    seed: SigningSeed,
    *,
    survey: LaunchedSurvey,
    request: AnswerRequest,
    now: datetime,
) -> AnswerReceipt:
    """Check a response and take it in; the same request again: the same receipt.

    Checked in this order: phase, token, signature, answers. Before the commit nothing
    is promised; after it the receipt can always be asked for again.

    Raises:
        SurveyNotOpen, OtherSurvey, OtherMode, TokenRefused, AnswerRefused,
        AnswersRefused, AlreadyAnswered, VerifierUnavailable: nothing is stored.

    """
    survey.require_answering(now)
    if survey.manifest.mode not in INVITED_MODES:
        raise OtherMode
    _require_survey(survey, request.fingerprint)
    _verify(verifier, survey, request)
    answers = _clean(session, survey, request.answers)
    credential = request.credential.encoded
    spent = spent_digest(survey.fingerprint, credential)
    request_digest = hashlib.sha256(request.signature).digest()
    hold_intake(session, survey.id)
    hold_spent(session, survey.id, spent)
    known = find_spent(session, survey.id, spent)
    if known is None:
        # Closing waits for those who hold the intake, and they for it: so the phase
        # is asked for again, now that it can no longer change.
        get_launched(session, survey.id).require_answering(now)
        response = _response(survey, request, answers, spent, request_digest)
        drop_response(session, survey.id, survey.intake_key, response)
    elif not hmac.compare_digest(known, request_digest):
        raise AlreadyAnswered
    return _receipt(seed, survey, credential)


def answer_open_survey(
    session: Session,
    *,
    survey: LaunchedSurvey,
    submission: bytes,
    answers: JsonValue,
    now: datetime,
) -> None:
    """Take a response to an open survey; the same form sent twice is taken once.

    `submission`: 16 random bytes that the form carries from its first page on.

    Raises:
        SurveyNotOpen, OtherMode, AnswersRefused: nothing is stored.
        AnswerRefused: too large, or the form's number is none.

    """
    survey.require_answering(now)
    if survey.manifest.mode is not Mode.OPEN:
        raise OtherMode
    if len(submission) != SUBMISSION_BYTES:
        raise AnswerRefused
    cleaned = _clean(session, survey, answers)
    if len(cleaned) > LARGEST_ANSWERS:
        raise AnswerRefused
    spent = digest("spent/open", survey.fingerprint, submission)
    hold_intake(session, survey.id)
    hold_spent(session, survey.id, spent)
    get_launched(session, survey.id).require_answering(now)
    if find_spent(session, survey.id, spent) is None:
        response = NewResponse(spent, digest("form", spent), cleaned)
        drop_response(session, survey.id, survey.intake_key, response)


def find_receipt(
    session: Session,
    seed: SigningSeed,
    survey: LaunchedSurvey,
    *,
    fingerprint: bytes,
    credential: Point,
    signature: bytes,
) -> AnswerReceipt | None:
    """Return the receipt of a credential's response, or None if there is none.

    Raises:
        OtherSurvey.
        AnswerRefused: the credential did not sign the question.

    """
    _require_survey(survey, fingerprint)
    try:
        verify_status_signature(survey.fingerprint, credential, signature)
    except CryptoError as refused:
        raise AnswerRefused from refused
    spent = spent_digest(survey.fingerprint, credential.encoded)
    if find_spent(session, survey.id, spent) is None:
        return None
    return _receipt(seed, survey, credential.encoded)


def spent_digest(fingerprint: bytes, credential: bytes) -> bytes:
    """Return what is kept of a spent credential, 32 bytes."""
    return digest("spent", fingerprint, credential)


def _require_survey(survey: LaunchedSurvey, fingerprint: bytes) -> None:
    if not hmac.compare_digest(survey.fingerprint, fingerprint):
        raise OtherSurvey


def _verify(
    verifier: TokenVerifier, survey: LaunchedSurvey, request: AnswerRequest
) -> None:
    if request.group >= len(survey.manifest.groups):
        raise AnswerRefused
    try:
        verifier.verify(
            survey.id,
            request.group,
            fingerprint=survey.fingerprint,
            credential=request.credential.encoded,
            token=request.token.encoded,
        )
        verify_answers_signature(
            survey.fingerprint,
            request.credential,
            request.token,
            answers_digest(survey.fingerprint, request.encoded),
            request.signature,
        )
    except TokenRefused:
        raise
    except CryptoError as refused:
        raise AnswerRefused from refused


def _clean(session: Session, survey: LaunchedSurvey, answers: JsonValue) -> bytes:
    encoded = launched_definition(session, survey.id)
    return encode_json(clean_answers(read_stored_definition(encoded), answers))


def _response(
    survey: LaunchedSurvey,
    request: AnswerRequest,
    answers: bytes,
    spent: bytes,
    request_digest: bytes,
) -> NewResponse:
    mode, credential = survey.manifest.mode, request.credential.encoded
    named = respondent_digest(survey.fingerprint, credential)
    return NewResponse(
        spent=spent,
        request=request_digest,
        answers=answers,
        group=request.group if mode is Mode.PSEUDONYMOUS else None,
        respondent=named if mode is Mode.NAMED else None,
    )


def _receipt(
    seed: SigningSeed, survey: LaunchedSurvey, credential: bytes
) -> AnswerReceipt:
    signature = sign(seed, "survey-receipt", survey.fingerprint, credential)
    return AnswerReceipt(survey.fingerprint, credential, signature)
