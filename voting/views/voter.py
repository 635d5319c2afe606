"""What a member sees of an election: the voter's page, the box, the own receipts.

No cookie is set or read, and no session is opened: what a request proves is all that
is known of it. What the page does itself is in static/js/voter/.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from typing import cast as typed

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from accounts.guards import voter
from crypto.codes import short_fingerprint
from crypto.encoding import JsonValue, group_base32
from crypto.times import format_time
from infra.headers import content_security_policy
from infra.json_requests import read_json
from infra.token_verifier import TokenVerifier
from infra.web import current_runtime
from voting.casting import cast_ballot, find_receipts, read_cast_request
from voting.documents import SIGNATURE_BYTES, read_object
from voting.joint_counts import declared_title
from voting.manifest import encode_manifest
from voting.phases import Phase
from voting.scripts_manifest import (
    LINK_TAKER,
    OLD_BROWSERS,
    PAGE,
    page_scripts,
)
from voting.sealed import SealedElection, find_sealed
from voting.sealing import service_seed
from voting.views import voter_problems  # noqa: F401 - the sentences of the refusals

blueprint = Blueprint("voter", __name__)

FOR_EVER: Final = "public, max-age=31536000, immutable"
CAST_FIELDS: Final[Mapping[str, type]] = dict.fromkeys(
    ("ballot", "credential", "fingerprint", "signature", "token"), str
)
STATUS_FIELDS: Final[Mapping[str, type]] = dict.fromkeys(
    ("credential", "fingerprint", "signature"), str
)
LARGEST_BALLOT: Final = 1024 * 1024
"""Twenty contests of fifty choices, in base64, with room."""


@blueprint.get("/s/<slug>")
@voter("service")
def page(slug: str) -> ResponseReturnValue:
    """Show the page that a member's link leads to; it is the same for everyone."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        election = find_sealed(session, slug)
        joint = declared_title(session, election.id)
    answer = make_response(
        render_template(
            "voting/voter.html",
            election=election,
            manifest=election.manifest,
            facts=page_facts(election, runtime.clock.now()),
            joint=joint,
            check_code=group_base32(short_fingerprint(election.fingerprint), 4),
            scripts=_scripts(),
        )
    )
    policy = content_security_policy(
        runtime.settings, inline_hashes=(page_scripts().import_map_hash,)
    )
    answer.headers["Content-Security-Policy"] = policy
    return answer


@blueprint.get("/s/<slug>/manifest.json")
@voter("service")
def manifest(slug: str) -> ResponseReturnValue:
    """Give the exact bytes of the manifest; kept for ever under its fingerprint."""
    with current_runtime().store("service").reading() as session:
        election = find_sealed(session, slug)
    name = election.fingerprint.hex()
    answer = Response(encode_manifest(election.manifest), mimetype="application/json")
    answer.set_etag(name)
    asked_by_name = request.args.get("avtrykk") == name
    answer.headers["Cache-Control"] = FOR_EVER if asked_by_name else "no-cache"
    return answer.make_conditional(request)


@blueprint.post("/api/s/<slug>/cast")
@voter("service")
def cast(slug: str) -> ResponseReturnValue:
    """Take a ballot, and promise the batch that it goes out in."""
    runtime = current_runtime()
    sent = read_json(CAST_FIELDS, limit=LARGEST_BALLOT)
    wanted = read_cast_request(_json(sent))
    with runtime.store("service").begin() as session:
        receipt = cast_ballot(
            session,
            TokenVerifier(runtime.settings.verifier_socket),
            service_seed(runtime.settings),
            election=find_sealed(session, slug),
            request=wanted,
            now=runtime.clock.now(),
        )
    return jsonify(receipt.document())


@blueprint.post("/api/s/<slug>/status")
@voter("service")
def status(slug: str) -> ResponseReturnValue:
    """Give a credential the receipts of its own ballots."""
    runtime = current_runtime()
    sent = read_json(STATUS_FIELDS, limit=LARGEST_BALLOT)
    fields = read_object(_json(sent), tuple(STATUS_FIELDS))
    with runtime.store("service").reading() as session:
        receipts = find_receipts(
            session,
            service_seed(runtime.settings),
            find_sealed(session, slug),
            fingerprint=fields.hexadecimal("fingerprint"),
            credential=fields.point("credential"),
            signature=fields.hexadecimal("signature", SIGNATURE_BYTES),
        )
    return jsonify(receipts=[receipt.document() for receipt in receipts])


def page_facts(election: SealedElection, now: datetime) -> dict[str, JsonValue]:
    """Return what the page's scripts are told beside the manifest."""
    return {
        "fingerprint": election.fingerprint.hex(),
        "slug": election.manifest.slug,
        "stage": stage_of(election, now),
        "takes_rights": election.phase is Phase.OPEN and now < election.closes_at,
        "closes_at": format_time(election.closes_at),
    }


def stage_of(election: SealedElection, now: datetime) -> str:
    """Return where a member stands: before, open, closed or cancelled.

    By the clock as by the phase: between the minute and the sweep that opens or
    closes, the page says what a ballot sent now would be answered. Until the grace
    is over a right that was taken out in time can still be used.
    """
    if election.phase is Phase.CANCELLED:
        return "cancelled"
    if election.phase is Phase.READY:
        return "before"
    if election.phase is Phase.OPEN and now < election.last_ballot_at:
        return "open"
    return "closed"


def _scripts() -> dict[str, str]:
    scripts = page_scripts()
    return {
        "import_map": scripts.import_map,
        "link_taker": LINK_TAKER,
        "link_taker_integrity": scripts.integrity_of(LINK_TAKER),
        "old_browsers": OLD_BROWSERS,
        "old_browsers_integrity": scripts.integrity_of(OLD_BROWSERS),
        "page": PAGE,
    }


def _json(sent: dict[str, object]) -> JsonValue:
    return typed("JsonValue", sent)
