"""What a respondent's browser fetches and sends: files that are public, and a response.

No cookie is set or read, no session is opened, nothing is counted by address: what a
request proves is all that is known of it (docs/protocol.md §8.3, §8.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from accounts.guards import voter
from crypto.documents import Fields
from crypto.encoding import JsonValue
from crypto.errors import CryptoError
from crypto.knowledge import KNOWLEDGE_BYTES
from infra.json_requests import read_json
from infra.problems import register_problem
from infra.token_verifier import TokenVerifier
from infra.web import current_runtime
from surveys.answer_problems import AnswersRefused
from surveys.casting import (
    LARGEST_ANSWERS,
    AlreadyAnswered,
    AnswerRefused,
    OtherMode,
    OtherSurvey,
    answer_survey,
    find_receipt,
    read_answer_request,
)
from surveys.log import service_seed
from surveys.sealed import (
    LaunchedSurvey,
    SurveyNotOpen,
    current_wording,
    find_launched,
    launched_definition,
)

blueprint = Blueprint("answer_api", __name__)

FOR_EVER: Final = "public, max-age=31536000, immutable"
LARGEST_REQUEST: Final = LARGEST_ANSWERS + 4 * 1024
ANSWER_FIELDS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("credential", "fingerprint", "signature", "token"), str),
    "answers": dict,
    "group": int,
}
STATUS_FIELDS: Final[Mapping[str, type]] = dict.fromkeys(
    ("credential", "fingerprint", "signature"), str
)

_refused = _("Svaret ble ikke godtatt. Åpne lenken på nytt.")

register_problem(SurveyNotOpen, 409, _("Undersøkelsen er ikke åpen for svar nå."))
register_problem(AnswerRefused, 422, _refused)
register_problem(OtherMode, 409, _refused)
register_problem(
    OtherSurvey, 409, _("Svaret gjelder en annen undersøkelse. Åpne lenken på nytt.")
)
register_problem(
    AlreadyAnswered,
    409,
    _("Det er svart med denne lenken. Svaret er mottatt."),
)
register_problem(
    AnswersRefused, 422, _("Noen av svarene mangler eller passer ikke. Se over dem.")
)


@blueprint.get("/u/<slug>/manifest.json")
@voter("service")
def manifest(slug: str) -> ResponseReturnValue:
    """Give the exact bytes of the manifest; kept for ever under its fingerprint."""
    survey = _find(slug)
    return _file(survey.encoded, survey.fingerprint.hex())


@blueprint.get("/u/<slug>/definisjon.json")
@voter("service")
def definition(slug: str) -> ResponseReturnValue:
    """Give the questionnaire as launched, whose SHA-256 is in the manifest."""
    with current_runtime().store("service").reading() as session:
        survey = find_launched(session, slug)
        encoded = launched_definition(session, survey.id)
    return _file(encoded, survey.manifest.definition.hex())


@blueprint.get("/u/<slug>/ordlyd.json")
@voter("service")
def wording(slug: str) -> ResponseReturnValue:
    """Give the questionnaire with its latest words; it may change."""
    with current_runtime().store("service").reading() as session:
        encoded = current_wording(session, find_launched(session, slug).id)
    answer = Response(encoded, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.post("/api/u/<slug>/answer")
@voter("service")
def answer(slug: str) -> ResponseReturnValue:
    """Take a response in."""
    runtime = current_runtime()
    sent = read_json(ANSWER_FIELDS, limit=LARGEST_REQUEST)
    wanted = read_answer_request(cast("JsonValue", sent))
    with runtime.store("service").begin() as session:
        receipt = answer_survey(
            session,
            TokenVerifier(runtime.settings.verifier_socket),
            service_seed(runtime.settings),
            survey=find_launched(session, slug),
            request=wanted,
            now=runtime.clock.now(),
        )
    return jsonify(receipt.document())


@blueprint.post("/api/u/<slug>/status")
@voter("service")
def status(slug: str) -> ResponseReturnValue:
    """Tell a credential whether it has answered, and give its receipt again."""
    runtime = current_runtime()
    credential = _read_status(read_json(STATUS_FIELDS, limit=LARGEST_REQUEST))
    with runtime.store("service").reading() as session:
        receipt = find_receipt(
            session,
            service_seed(runtime.settings),
            find_launched(session, slug),
            fingerprint=credential.hex("fingerprint", 32),
            credential=credential.point("credential"),
            signature=credential.hex("signature", KNOWLEDGE_BYTES),
        )
    told = None if receipt is None else receipt.document()
    return jsonify(answered=receipt is not None, receipt=told)


def _read_status(sent: dict[str, object]) -> Fields:
    try:
        fields = Fields.of(cast("JsonValue", sent), *STATUS_FIELDS)
        fields.hex("fingerprint", 32)
        fields.point("credential")
        fields.hex("signature", KNOWLEDGE_BYTES)
    except CryptoError as refused:
        raise AnswerRefused from refused
    return fields


def _find(slug: str) -> LaunchedSurvey:
    with current_runtime().store("service").reading() as session:
        return find_launched(session, slug)


def _file(encoded: bytes, name: str) -> ResponseReturnValue:
    answer = Response(encoded, mimetype="application/json")
    answer.set_etag(name)
    asked_by_name = request.args.get("avtrykk") == name
    answer.headers["Cache-Control"] = FOR_EVER if asked_by_name else "no-cache"
    return answer.make_conditional(request)
