"""Where an SMS gateway and a mail server report; a token opens it, no cookie."""

from __future__ import annotations

import hmac
from typing import Final

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.guards import exchange
from infra.json_requests import RequestRefused, read_json
from infra.web import current_runtime
from register.bounces import (
    LARGEST,
    TOKEN_BYTES,
    NotABounce,
    Outcome,
    UnknownToUs,
    read_bounce,
)
from register.delivery_reports import note_report

blueprint = Blueprint("register_reports", __name__, url_prefix="/r/rapport")

_MEDIA_TYPE: Final = "message/rfc822"
_OUTCOMES: Final = {
    "delivered": Outcome.DELIVERED,
    "failed": Outcome.FAILED,
    "expired": Outcome.FAILED,
    "rejected": Outcome.FAILED,
    "undeliverable": Outcome.FAILED,
    "undelivered": Outcome.FAILED,
}
"""What gateways call it; any other word is of a message on its way."""


@blueprint.post("/sms")
@exchange("register")
def take_sms_report() -> ResponseReturnValue:
    """Take in a gateway's report on one SMS."""
    _require_token()
    try:
        told = read_json({"reference": str, "status": str}, limit=4_096)
        token = bytes.fromhex(str(told["reference"]))
    except (RequestRefused, ValueError):
        return jsonify(error="Malformed"), 400
    outcome = _OUTCOMES.get(str(told["status"]).lower(), Outcome.DELAYED)
    return _note(token, outcome, "")


@blueprint.post("/retur")
@exchange("register")
def take_bounce() -> ResponseReturnValue:
    """Take in one mail that came back; nothing of it is kept but what it says."""
    _require_token()
    if request.mimetype != _MEDIA_TYPE:
        return jsonify(error="NotAMail"), 415
    request.max_content_length = LARGEST
    try:
        found = read_bounce(request.get_data(cache=False))
    except (NotABounce, UnknownToUs) as refused:
        return jsonify(error=type(refused).__name__), 422
    return _note(found.token, found.outcome, found.status)


def _note(token: bytes, outcome: Outcome, status: str) -> ResponseReturnValue:
    if len(token) != TOKEN_BYTES:
        return jsonify(error="Malformed"), 400
    runtime = current_runtime()
    with runtime.store("register").begin() as session:
        note_report(session, token, outcome, status=status, now=runtime.clock.now())
    # The same answer whether it is ours: no stranger learns which tokens exist.
    return "", 204


def _require_token() -> None:
    wanted = current_runtime().settings.report_token
    if wanted is None:
        abort(404)
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    is_known = hmac.compare_digest(given.strip().encode(), wanted.reveal())
    if kind.lower() != "bearer" or not is_known:
        abort(403)
