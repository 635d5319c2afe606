"""The key holder's page, and its API: no cookie, a bearer key, any origin.

The page may run from a saved file, whose origin is null; so the API answers every
origin, and needs the access key of a committee seat in every request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from accounts.guards import holder, public
from crypto.encoding import JsonValue
from infra.json_requests import (
    NotJson,
    RequestTooLarge,
    WrongFields,
    parse_json,
    read_json,
)
from infra.throttle import require_attempts_left
from infra.web import current_runtime
from voting.ceremony import MessageRefused
from voting.counting_room import MOST_TALLY_BYTES, accept_partial
from voting.documents import SIGNATURE_BYTES, DocumentRefused, read_hex
from voting.holder_desk import (
    post_complaint,
    post_holder_message,
    post_opening,
    read_board_part,
    read_count,
    read_desk,
    read_sealed,
)
from voting.proposal_signing import sign_proposal
from voting.seats import SeatUnknown, seat_of
from voting.tables import CommitteeSeat
from voting.views import holder_problems
from voting.views.acting import ask_for_work

blueprint = Blueprint("holders", __name__)
holder_problems.register()

PAGE: Final = "single/holder.html"
SAVED_NAME: Final = "urne-nokkelside.html"
REQUESTS_PER_QUARTER: Final = 3_000
"""By one seat: a poll every few seconds, and a board of a million leaves."""
WRONG_KEYS_PER_QUARTER: Final = 60
LARGEST_MESSAGE: Final = 256 * 1024

_ID = re.compile(r"[0-9a-f]{32}")
_POLICY = re.compile(
    rb'<meta http-equiv="Content-Security-Policy" content="([^"]+)">',
)


@blueprint.after_request
def allow_any_origin(response: Response) -> Response:
    """Let the saved page ask from a file; nothing here is borne by a cookie."""
    if request.path.startswith("/api/"):
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            headers["Access-Control-Allow-Methods"] = "GET, POST"
            headers["Access-Control-Max-Age"] = "600"
    return response


@blueprint.get("/nokkel/<election_id>")
@public
def show_page(election_id: str) -> ResponseReturnValue:
    """Serve the page; whose it is, is in the fragment, which no server sees."""
    if not _ID.fullmatch(election_id):
        abort(404)
    return _page()


@blueprint.get(f"/nokkel/{SAVED_NAME}")
@public
def save_page() -> ResponseReturnValue:
    """Hand out the same bytes to be kept as a file."""
    answer = _page()
    answer.headers["Content-Disposition"] = f"attachment; filename={SAVED_NAME}"
    return answer


@blueprint.get("/api/k/<election_id>")
@holder
def show_desk(election_id: str) -> ResponseReturnValue:
    """Tell where everything stands."""
    with _as_holder(election_id) as (session, seat):
        return jsonify(read_desk(session, seat))


@blueprint.get("/api/k/<election_id>/sealed")
@holder
def show_sealed(election_id: str) -> ResponseReturnValue:
    """Return the manifest and the ceremony's record."""
    with _as_holder(election_id) as (session, _seat):
        return jsonify(read_sealed(session, election_id))


@blueprint.get("/api/k/<election_id>/count")
@holder
def show_count(election_id: str) -> ResponseReturnValue:
    """Return what a count needs beside the leaves."""
    with _as_holder(election_id) as (session, _seat):
        return jsonify(read_count(session, election_id))


@blueprint.get("/api/k/<election_id>/leaves")
@holder
def show_leaves(election_id: str) -> ResponseReturnValue:
    """Return a part of the board."""
    first, count = (_number(name) for name in ("fra", "antall"))
    with _as_holder(election_id) as (session, _seat):
        body = read_board_part(session, election_id, first, count)
    return Response(body, mimetype="application/json")


@blueprint.post("/api/k/<election_id>/<any(commit, keys, rehearsal, reveal, shares,"
                " signature):name>")  # fmt: skip
@holder
def post_round(election_id: str, name: str) -> ResponseReturnValue:
    """Take a message of the ceremony."""
    value = _read_value(LARGEST_MESSAGE)
    with _as_holder(election_id, writing=True) as (session, seat):
        now = current_runtime().clock.now()
        post_holder_message(session, seat, name, value, now)
    return jsonify(taken=True)


@blueprint.post("/api/k/<election_id>/bad-share")
@holder
def post_bad_share(election_id: str) -> ResponseReturnValue:
    """Take a complaint; the ceremony waits for the dealer."""
    value = _read_value(LARGEST_MESSAGE)
    with _as_holder(election_id, writing=True) as (session, seat):
        post_complaint(session, seat, value, current_runtime().clock.now())
    return jsonify(taken=True)


@blueprint.post("/api/k/<election_id>/opening")
@holder
def open_share(election_id: str) -> ResponseReturnValue:
    """Take the share that a dealer opens in public."""
    value = _read_value(LARGEST_MESSAGE)
    with _as_holder(election_id, writing=True) as (session, seat):
        right = post_opening(session, seat, value, current_runtime().clock.now())
    return jsonify(right=right)


@blueprint.post("/api/k/<election_id>/partial")
@holder
def post_partial(election_id: str) -> ResponseReturnValue:
    """Take a partial decryption."""
    value = _read_value(MOST_TALLY_BYTES)
    with _as_holder(election_id, writing=True) as (session, seat):
        counted = accept_partial(
            session,
            election_id,
            index=seat.index,
            value=value,
            actor=seat.official_id,
            at=current_runtime().clock.now(),
        )
    if counted:
        ask_for_work(election_id)
    return jsonify(counted=counted)


@blueprint.post("/api/k/<election_id>/sign")
@holder
def post_signature(election_id: str) -> ResponseReturnValue:
    """Take a signature under a proposal."""
    fields = read_json({"kind": str, "number": int, "signature": str})
    runtime = current_runtime()
    with _as_holder(election_id, writing=True) as (session, seat):
        signed = sign_proposal(
            session,
            runtime.settings,
            election_id,
            kind=str(fields["kind"]),
            number=cast("int", fields["number"]),
            index=seat.index,
            signature=_signature(fields["signature"]),
            actor=seat.official_id,
            at=runtime.clock.now(),
        )
    if signed:
        ask_for_work(election_id)
    return jsonify(effective=signed)


@contextmanager
def _as_holder(
    election_id: str, *, writing: bool = False
) -> Iterator[tuple[Session, CommitteeSeat]]:
    runtime = current_runtime()
    store = runtime.store("service")
    with store.begin() if writing else store.reading() as session:
        try:
            seat = seat_of(session, election_id, _bearer())
        except SeatUnknown:
            # By network address: a digest for a quarter of an hour, never written.
            caller = request.remote_addr or ""
            require_attempts_left(
                runtime, "service", "holder-key", caller, WRONG_KEYS_PER_QUARTER
            )
            raise
        subject = f"{election_id} {seat.index}"
        require_attempts_left(
            runtime, "service", "holder", subject, REQUESTS_PER_QUARTER
        )
        try:
            yield session, seat
        except DocumentRefused as refused:
            raise MessageRefused from refused


def _bearer() -> str:
    found = request.authorization
    if found is None or found.type != "bearer":
        return ""
    return found.token or ""


def _read_value(limit: int) -> JsonValue:
    if request.mimetype != "application/json":
        raise NotJson
    request.max_content_length = limit
    try:
        encoded = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise RequestTooLarge from None
    return cast("JsonValue", parse_json(encoded))


def _signature(text: object) -> bytes:
    return read_hex("signature", cast("str", text), SIGNATURE_BYTES)


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise WrongFields(name)
    return int(text)


def _page() -> Response:
    html = Path(str(current_app.static_folder), PAGE).read_bytes()
    found = _POLICY.search(html)
    if found is None:
        raise LookupError(f"{PAGE} names no policy")
    # The page's own policy, and what only a header can say.
    policy = f"{found[1].decode('ascii')}; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy}
    return Response(html, mimetype="text/html", headers=headers)
