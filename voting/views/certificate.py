"""The shredding certificate as data: an annex to the protocol, for all to check."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from accounts.guards import voter
from infra.web import current_runtime
from voting.elections import get_election
from voting.sealed import find_sealed

blueprint = Blueprint("certificate", __name__)


@blueprint.get("/s/<slug>/makuleringsattest.json")
@voter("service")
def download(slug: str) -> ResponseReturnValue:
    """Hand out the signed bytes (docs/protocol.md §4.12)."""
    with current_runtime().store("service").reading() as session:
        election = get_election(session, find_sealed(session, slug).id)
    if election.certificate is None:
        abort(404)
    return Response(election.certificate, mimetype="application/json")
