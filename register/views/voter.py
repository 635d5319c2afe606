"""What a voter's browser asks of the register: who am I, and my blinded right.

No cookie, no session; the page that asks is the service's, which may stand on another
host, so that it is let in by its origin, without credentials.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from accounts.guards import voter
from crypto.encoding import JsonValue, decode_hex
from crypto.errors import CryptoError
from crypto.times import format_time
from infra.json_requests import RequestRefused, WrongFields, read_json
from infra.network import network_of
from infra.problems import problem_of
from infra.runtime import Runtime
from infra.throttle import forget_attempts, require_attempts_left
from infra.web import current_runtime
from register.elections import shredding_due
from register.refusals import CodeSuperseded
from register.rights import (
    IdentifiedVoter,
    IdentifyRequest,
    RightRequest,
    identify_voter,
    take_right,
)
from register.views import problems

__all__ = ["blueprint", "problems"]

blueprint = Blueprint("register_voter", __name__, url_prefix="/r")

LARGEST_REQUEST: Final = 4 * 1024
ATTEMPTS_OF_A_CODE: Final = 60
ATTEMPTS_OF_A_NETWORK: Final = 600
"""Within a quarter, and between two that succeed: an office shares one address."""

_IDENTIFY: Final = {"fingerprint": 32, "login": 32, "signature": 64}
_RIGHT: Final = {**_IDENTIFY, "blinded": 32}
_NAMED_RIGHT: Final = {**_RIGHT, "credential": 32}


@blueprint.post("/<slug>/identify")
@voter("register")
def identify(slug: str) -> ResponseReturnValue:
    """Tell the holder of a code who stands on the roll."""
    runtime, asked = current_runtime(), _read(_IDENTIFY)
    _count_attempt(runtime, asked["login"])
    wanted, now = IdentifyRequest(slug, **asked), runtime.clock.now()
    with runtime.store("register").reading() as session:
        found = identify_voter(session, runtime.keystore("register"), wanted)
    _forgive(runtime)
    return jsonify(_shown(found, now))


@blueprint.post("/<slug>/right")
@voter("register")
def right(slug: str) -> ResponseReturnValue:
    """Give out a blinded voting right."""
    return _give_right(slug, _RIGHT)


@blueprint.post("/<slug>/right/named")
@voter("register")
def named_right(slug: str) -> ResponseReturnValue:
    """Give out a right in a survey with names, for the credential that is told."""
    return _give_right(slug, _NAMED_RIGHT)


@blueprint.errorhandler(CodeSuperseded)
def superseded(refusal: CodeSuperseded) -> ResponseReturnValue:
    """Tell which message's link can finish."""
    sent = refusal.message
    day = format_date(sent.sent_on, "d. MMMM")
    channels = {"email": _("e-post"), "sms": _("SMS"), "letter": _("brev")}
    message = _(
        "Stemmeretten er tatt ut med en annen lenke. Fullfør med lenken du begynte"
        " med (%(channel)s %(day)s).",
        channel=channels.get(sent.channel, sent.channel),
        day=day,
    )
    body = {"channel": sent.channel, "sent_on": sent.sent_on.isoformat()}
    return jsonify(error="CodeSuperseded", message=message, **body), 409


@blueprint.errorhandler(RequestRefused)
def unread(refusal: RequestRefused) -> ResponseReturnValue:
    """Answer as JSON also what did not come as JSON."""
    problem = problem_of(refusal)
    return jsonify(error=problem.name, message=problem.message), problem.status


@blueprint.after_request
def allow_service_page(response: Response) -> Response:
    """Let the service's page read the answer, and no other page."""
    origin = current_runtime().settings.service_url
    response.vary.add("Origin")
    if request.headers.get("Origin") == origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
    return response


def _give_right(slug: str, sizes: dict[str, int]) -> ResponseReturnValue:
    runtime, asked = current_runtime(), _read(sizes)
    _count_attempt(runtime, asked["login"])
    wanted, now = RightRequest(slug, **asked), runtime.clock.now()
    with runtime.store("register").begin() as session:
        given = take_right(session, runtime.keystore("register"), wanted, now)
    _forgive(runtime)
    evaluated, proof = given.evaluated.encoded, given.proof.encoded
    return jsonify(evaluated=evaluated.hex(), proof=proof.hex())


def _read(sizes: dict[str, int]) -> dict[str, bytes]:
    fields = read_json(dict.fromkeys(sizes, str), limit=LARGEST_REQUEST)
    decoded = {}
    for name, size in sizes.items():
        try:
            decoded[name] = decode_hex(cast("str", fields[name]), length=size)
        except CryptoError:
            raise WrongFields(name) from None
    return decoded


def _count_attempt(runtime: Runtime, login: bytes) -> None:
    limits = (("code", login, ATTEMPTS_OF_A_CODE), _network_limit())
    for purpose, subject, attempts in limits:
        require_attempts_left(runtime, "register", purpose, subject, attempts)


def _forgive(runtime: Runtime) -> None:
    # Whoever shows a good code is no guesser: a whole office may vote at once.
    purpose, subject, _attempts = _network_limit()
    forget_attempts(runtime, "register", purpose, subject)


def _network_limit() -> tuple[str, str, int]:
    return "network", network_of(request.remote_addr), ATTEMPTS_OF_A_NETWORK


def _shown(found: IdentifiedVoter, now: datetime) -> dict[str, JsonValue]:
    roll = found.roll
    is_held = roll.hold_until is not None and roll.hold_until > now
    return {
        "display_name": found.display_name,
        "election": {
            "closes_at": _time(roll.closes_at),
            "held_until": _time(roll.hold_until) if is_held else None,
            "id": roll.election_id,
            "opens_at": _time(roll.opens_at),
            "organisation": roll.organisation,
            "phase": roll.phase,
            "shredded_by": _time(shredding_due(roll)),
            "title": roll.title,
        },
        "group": found.group,
        "group_label": found.group_label,
        "mark": found.mark,
        "salt": found.salt.hex(),
    }


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else format_time(instant)
