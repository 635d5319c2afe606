"""The address at which a side takes documents from the other one by HTTPS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from infra.delivery import MEDIA_TYPE, PATH, receive_by_http
from infra.exchange import (
    LARGEST_ON_THE_WIRE,
    DocumentMalformed,
    DocumentRefused,
    UnknownKind,
    WrongSender,
    WrongSignature,
    read_document,
)
from infra.runtime import Runtime
from infra.sides import other_side

View = Callable[[], ResponseReturnValue]

_STATUS: Final[dict[type[DocumentRefused], int]] = {
    DocumentMalformed: 400,
    WrongSender: 403,
    WrongSignature: 403,
    UnknownKind: 422,
}


def exchange_blueprint(
    runtime: Runtime, mark: Callable[[View], View] = lambda view: view
) -> Blueprint:
    """Return the blueprint of `PATH`; free of CSRF: a signature opens it, no cookie.

    `mark` says of the view who may open it. Answers 204 once a document is taken
    in, also when it was before.
    """
    blueprint = Blueprint("exchange", __name__)

    @blueprint.post(PATH)
    @mark
    def take_document() -> ResponseReturnValue:
        if request.mimetype != MEDIA_TYPE:
            return jsonify(error="NotJson"), 415
        request.max_content_length = LARGEST_ON_THE_WIRE
        wire = request.get_data()
        receiver = other_side(read_document(wire).sender)
        if receiver not in runtime.settings.sides:
            raise WrongSender
        receive_by_http(runtime, receiver, wire)
        return "", 204

    @blueprint.errorhandler(DocumentRefused)
    def refuse(refusal: DocumentRefused) -> ResponseReturnValue:
        return jsonify(error=type(refusal).__name__), _STATUS[type(refusal)]

    @blueprint.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
        return jsonify(error="TooLarge"), 413

    return blueprint
