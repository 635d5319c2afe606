"""The log of surveys in public: a page for people; leaves and proofs for programs."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from accounts.guards import voter
from crypto.encoding import JsonValue, decode_hex, decode_json
from crypto.errors import CryptoError
from infra.problems import register_problem
from infra.web import current_runtime
from surveys.log import (
    LogProof,
    NothingOnLog,
    NotOnLog,
    latest_checkpoint,
    latest_leaves,
    prove_consistency,
    prove_launch,
    read_log,
)

blueprint = Blueprint("survey_log", __name__, url_prefix="/undersokelser/tavle")

SHOWN_LEAVES: Final = 100

register_problem(NothingOnLog, 404, _("Ingen undersøkelse er sendt ut ennå."))
register_problem(NotOnLog, 404, _("Ingen undersøkelse med dette avtrykket er lagt ut."))


@blueprint.get("")
@voter("service")
def page() -> ResponseReturnValue:
    """Show the latest leaves and the checkpoint over all of them."""
    with current_runtime().store("service").reading() as session:
        leaves = latest_leaves(session, SHOWN_LEAVES)
        checkpoint = latest_checkpoint(session) if leaves else None
    return render_template("surveys/log.html", leaves=leaves, checkpoint=checkpoint)


@blueprint.get("/blader")
@voter("service")
def leaves() -> ResponseReturnValue:
    """Give leaves as a JSON array, byte for byte as they are hashed."""
    first, count = _number("fra"), _number("antall", 1_000)
    with current_runtime().store("service").reading() as session:
        found = read_log(session, first, count)
    return Response(b"[" + b",".join(found) + b"]", mimetype="application/json")


@blueprint.get("/sjekkpunkt")
@voter("service")
def checkpoint() -> ResponseReturnValue:
    """Give the latest checkpoint, a signed note."""
    with current_runtime().store("service").reading() as session:
        note = latest_checkpoint(session).note
    return Response(note, mimetype="text/plain")


@blueprint.get("/inklusjon")
@voter("service")
def inclusion() -> ResponseReturnValue:
    """Prove that a survey's manifest is on the log, and its latest words."""
    try:
        fingerprint = decode_hex(request.args.get("avtrykk", ""), length=32)
    except CryptoError:
        raise BadRequest from None
    with current_runtime().store("service").reading() as session:
        proof = prove_launch(session, fingerprint)
        wording = proof.wording
        found = {
            "checkpoint": proof.checkpoint,
            **_proven(session, proof.launch),
            "wording": None if wording is None else _proven(session, wording),
        }
    return jsonify(found=found)


@blueprint.get("/konsistens")
@voter("service")
def consistency() -> ResponseReturnValue:
    """Prove that an older log is the beginning of a newer one."""
    older, newer = _number("fra"), _number("til")
    with current_runtime().store("service").reading() as session:
        proof = prove_consistency(session, older, newer)
    return jsonify(_document(proof))


def _proven(session: Session, proof: LogProof) -> dict[str, JsonValue]:
    (leaf,) = read_log(session, proof.position, 1)
    return {"leaf": decode_json(leaf), **_document(proof)}


def _document(proof: LogProof) -> dict[str, JsonValue]:
    return {
        "hashes": [each.hex() for each in proof.hashes],
        "position": proof.position,
        "root": proof.root.hex(),
        "size": proof.size,
    }


def _number(name: str, default: int | None = None) -> int:
    text = request.args.get(name, "")
    if not text and default is not None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > len("10000000"):
        raise BadRequest
    return int(text)
