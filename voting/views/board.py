"""The board in public: a page for people, and leaves, checkpoints, proofs for programs.

The search for a tracking code goes by POST: an address stays in histories and logs, and
would tell which ballot somebody looks for. Nothing here needs JavaScript.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from accounts.guards import voter
from crypto.encoding import decode_hex
from crypto.errors import CryptoError
from infra.json_requests import read_json
from infra.web import current_runtime
from voting.board import (
    LeafNotFound,
    MalformedTrackingCode,
    latest_checkpoint,
    list_checkpoints,
    prove_consistency,
    read_leaves,
)
from voting.board_overview import (
    FoundBallot,
    codes_of_batch,
    describe_board,
    inclusion_document,
    locate_ballot,
    proof_document,
)
from voting.sealed import SealedElection, find_sealed

blueprint = Blueprint("board", __name__, url_prefix="/s/<slug>/tavle")

LONGEST_CODE: Final = 60
DIGEST_BYTES: Final = 32


@blueprint.get("")
@voter("service")
def page(slug: str) -> ResponseReturnValue:
    """Show the board."""
    with current_runtime().store("service").reading() as session:
        return _page(session, find_sealed(session, slug))


@blueprint.post("")
@voter("service")
def search(slug: str) -> ResponseReturnValue:
    """Look for a ballot by its tracking code."""
    typed = request.form.get("sporingskode", "")[:LONGEST_CODE]
    with current_runtime().store("service").reading() as session:
        election = find_sealed(session, slug)
        try:
            found = locate_ballot(session, election, typed)
        except MalformedTrackingCode:
            return _page(session, election, typed=typed, outcome="malformed"), 422
        except LeafNotFound:
            return _page(session, election, typed=typed, outcome="absent")
        return _page(session, election, typed=typed, outcome="found", found=found)


@blueprint.get("/bunke/<int:number>")
@voter("service")
def batch(slug: str, number: int) -> ResponseReturnValue:
    """Show the tracking codes of one batch."""
    with current_runtime().store("service").reading() as session:
        election = find_sealed(session, slug)
        codes = codes_of_batch(session, election, number)
    return render_template(
        "voting/board_batch.html", election=election, number=number, codes=codes
    )


@blueprint.get("/blader")
@voter("service")
def leaves(slug: str) -> ResponseReturnValue:
    """Give leaves as a JSON array, byte for byte as they are hashed."""
    first, count = _number("fra"), _number("antall", 1_000)
    with current_runtime().store("service").reading() as session:
        found = read_leaves(session, find_sealed(session, slug).id, first, count)
    return Response(b"[" + b",".join(found) + b"]", mimetype="application/json")


@blueprint.get("/sjekkpunkt")
@voter("service")
def checkpoint(slug: str) -> ResponseReturnValue:
    """Give the latest checkpoint, a signed note."""
    with current_runtime().store("service").reading() as session:
        note = latest_checkpoint(session, find_sealed(session, slug).id).note
    return Response(note, mimetype="text/plain")


@blueprint.get("/sjekkpunkter")
@voter("service")
def checkpoints(slug: str) -> ResponseReturnValue:
    """Give all checkpoints as a JSON array of notes."""
    with current_runtime().store("service").reading() as session:
        found = list_checkpoints(session, find_sealed(session, slug).id)
    return jsonify([each.note for each in found])


@blueprint.get("/inklusjon")
@voter("service")
def inclusion(slug: str) -> ResponseReturnValue:
    """Prove that a ballot is on the board."""
    tracking = _digest(request.args.get("sporing", ""))
    with current_runtime().store("service").reading() as session:
        election = find_sealed(session, slug)
        document = inclusion_document(session, election, tracking)
    return jsonify(document)


@blueprint.post("/inklusjon")
@voter("service")
def own_inclusion(slug: str) -> ResponseReturnValue:
    """Prove it to a voter, whose address does not say of which ballot."""
    tracking = _digest(str(read_json({"tracking": str})["tracking"]))
    with current_runtime().store("service").reading() as session:
        election = find_sealed(session, slug)
        document = inclusion_document(session, election, tracking)
    return jsonify(document)


@blueprint.get("/konsistens")
@voter("service")
def consistency(slug: str) -> ResponseReturnValue:
    """Prove that an older board is the beginning of a newer one."""
    older, newer = _number("fra"), _number("til")
    with current_runtime().store("service").reading() as session:
        election = find_sealed(session, slug)
        proof = prove_consistency(session, election.id, older, newer)
    return jsonify(proof_document(proof))


def _page(
    session: Session,
    election: SealedElection,
    *,
    typed: str = "",
    outcome: str = "",
    found: FoundBallot | None = None,
) -> str:
    return render_template(
        "voting/board.html",
        election=election,
        board=describe_board(session, election),
        typed=typed,
        outcome=outcome,
        found=found,
    )


def _number(name: str, default: int | None = None) -> int:
    text = request.args.get(name, "")
    if not text and default is not None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > len("10000000"):
        raise BadRequest
    return int(text)


def _digest(text: str) -> bytes:
    try:
        return decode_hex(text, length=DIGEST_BYTES)
    except CryptoError:
        raise BadRequest from None
