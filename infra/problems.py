"""Refusals told to people: a name for programs, a sentence for the screen.

Each room says of its named exceptions which status and which sentence they have;
nobody shows the text of an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext
from werkzeug.exceptions import HTTPException

from infra.json_requests import (
    JsonMalformed,
    NotJson,
    RequestTooLarge,
    WrongFields,
)
from infra.logs import own_logger, trace_of
from infra.throttle import TooManyAttempts

_ = lazy_gettext

PAGES: Final = frozenset({400, 403, 404, 405, 410, 413, 429, 500, 503})
"""The statuses that have a page of their own under templates/errors."""

_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """How a refusal is answered."""

    name: str
    status: int
    message: str


_problems: dict[type[Exception], tuple[int, LazyString]] = {}


def register_problem(
    refusal: type[Exception], status: int, message: LazyString
) -> None:
    """Say how a named exception, and those below it, is answered.

    The message is a Norwegian sentence in ``lazy_gettext`` that tells the reader
    what to do; it names no one.
    """
    _problems[refusal] = (status, message)


def problem_of(raised: Exception) -> Problem:
    """Return the answer to an exception; to one that nobody registered, a 500."""
    for kind in type(raised).__mro__:
        if kind in _problems:
            status, message = _problems[kind]
            return Problem(type(raised).__name__, status, str(message))
    if isinstance(raised, HTTPException) and raised.code is not None:
        name = raised.name.replace(" ", "")
        return Problem(name, raised.code, str(_messages.get(raised.code, _general)))
    return Problem("InternalError", _SERVER_ERROR, str(_messages[_SERVER_ERROR]))


def wants_json() -> bool:
    """Tell whether the running request is a program's: an API path or a JSON body."""
    return request.path.startswith("/api/") or request.mimetype == "application/json"


def init_problems(app: Flask) -> None:
    """Answer every exception by its registered problem; log what was not foreseen."""
    app.register_error_handler(Exception, answer_problem)


def answer_problem(raised: Exception) -> ResponseReturnValue:
    """Answer an exception as JSON or as a page."""
    if isinstance(raised, HTTPException) and raised.response is not None:
        return raised.response  # a redirect, or an answer made where it was raised
    problem = problem_of(raised)
    if problem.status >= _SERVER_ERROR:
        endpoint = request.endpoint or "no endpoint"
        own_logger("web").error("%s: %s", endpoint, trace_of(raised))
    headers = _headers(raised)
    if wants_json():
        body = jsonify(error=problem.name, message=problem.message)
        return body, problem.status, headers
    page = _page(problem.status)
    shown = render_template(f"errors/{page}.html", problem=problem)
    return shown, problem.status, headers


def _page(status: int) -> int:
    if status in PAGES:
        return status
    return _SERVER_ERROR if status >= _SERVER_ERROR else 400


def _headers(raised: Exception) -> dict[str, str]:
    if isinstance(raised, TooManyAttempts):
        return {"Retry-After": str(raised.wait_seconds)}
    if isinstance(raised, HTTPException):
        kept = {"allow", "location", "retry-after"}
        return {
            name: value for name, value in raised.get_headers() if name.lower() in kept
        }
    return {}


_general: Final = _(
    "Forespørselen ble ikke forstått. Last siden på nytt og prøv igjen."
)

_messages: Final[dict[int, LazyString]] = {
    403: _("Du har ikke tilgang til dette."),
    404: _("Siden finnes ikke."),
    405: _("Siden kan ikke brukes på denne måten."),
    410: _("Dette finnes ikke lenger."),
    413: _("Det som ble sendt, er for stort."),
    429: _("Det er gjort for mange forsøk. Vent litt og prøv igjen."),
    500: _("Noe gikk galt hos oss. Prøv igjen om litt."),
    503: _("Tjenesten er ikke tilgjengelig akkurat nå. Prøv igjen om litt."),
}

register_problem(NotJson, 415, _general)
register_problem(RequestTooLarge, 413, _messages[413])
register_problem(JsonMalformed, 400, _general)
register_problem(WrongFields, 400, _general)
register_problem(TooManyAttempts, 429, _messages[429])
