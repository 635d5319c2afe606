"""Files to take away: the record, the protocol and its annex as PDF."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from accounts.guards import current_official, official, voter
from accounts.roles import Role
from infra.i18n import LANGUAGES
from infra.web import current_runtime
from voting.archive import find_archive
from voting.archive_stream import stream_folder
from voting.elections import draft_of, get_election
from voting.joint_publication import (
    may_read_own_result,
    require_not_joined,
    require_result_public,
)
from voting.printing.printed import NotPrinted, PrintKind, load_printed
from voting.publication import NotPublished, is_embargoed
from voting.record_export import record_file
from voting.sealed import find_sealed, sealed_of
from voting.tables import Election
from voting.views.acting import Desk, reading
from voting.views.pages import require_election_id

blueprint = Blueprint("papers", __name__)
blueprint.url_value_preprocessor(require_election_id)

_NAMES: Final = {PrintKind.PROTOCOL: "protokoll", PrintKind.ANNEX: "makuleringsattest"}


@blueprint.get("/s/<slug>/valgprotokoll.zip")
@voter("service")
def download_record(slug: str) -> ResponseReturnValue:
    """Hand out the election record."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        sealed = find_sealed(session, slug)
        election = get_election(session, sealed.id)
        require_result_public(session, election, runtime.clock.now())
        file = record_file(session, runtime.settings, sealed)
    answer = send_file(
        file,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"valgprotokoll-{slug}.zip",
    )
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@blueprint.get("/s/<slug>/protokoll.pdf")
@voter("service")
def download_protocol(slug: str) -> ResponseReturnValue:
    """Hand out the protocol as it was printed."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        election = get_election(session, find_sealed(session, slug).id)
        require_result_public(session, election, runtime.clock.now())
        language = _language(election)
        content = load_printed(session, election.id, PrintKind.PROTOCOL, language)
    return _pdf(content, PrintKind.PROTOCOL, slug, language)


@blueprint.get("/s/<slug>/makuleringsattest.pdf")
@voter("service")
def download_annex(slug: str) -> ResponseReturnValue:
    """Hand out the shredding certificate as it was printed."""
    with current_runtime().store("service").reading() as session:
        election = get_election(session, find_sealed(session, slug).id)
        language = _language(election)
        content = load_printed(session, election.id, PrintKind.ANNEX, language)
    return _pdf(content, PrintKind.ANNEX, slug, language)


@blueprint.get("/valg/<election_id>/protokoll.pdf")
@official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def official_protocol(election_id: str) -> ResponseReturnValue:
    """Hand out the protocol to officials, to the committee before it is public."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        _require_reader(desk, election)
        language = _language(election)
        content = load_printed(desk.session, election_id, PrintKind.PROTOCOL, language)
    return _pdf(content, PrintKind.PROTOCOL, election.slug, language)


@blueprint.get("/valg/<election_id>/arkivpakke.zip")
@official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def download_archive(election_id: str) -> ResponseReturnValue:
    """Hand out the archive package, written while it is sent."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        _require_reader(desk, election)
        packed = find_archive(desk.settings, sealed_of(election))
    name = f"arkivpakke-{election.slug}"
    headers = {"Content-Disposition": f"attachment; filename={name}.zip"}
    body = stream_folder(packed, name)
    return Response(body, mimetype="application/zip", headers=headers)


def _require_reader(desk: Desk, election: Election) -> None:
    roles = current_official().roles
    if may_read_own_result(desk.session, election, roles, desk.at):
        return
    if is_embargoed(election, desk.at) and election.publish_at is not None:
        raise NotPublished(election.publish_at)
    require_not_joined(desk.session, election)


def _language(election: Election) -> str:
    wanted = request.args.get("sprak") or draft_of(election).language
    if wanted not in LANGUAGES:
        raise NotPrinted
    return wanted


def _pdf(content: bytes, kind: PrintKind, slug: str, language: str) -> Response:
    name = f"{_NAMES[kind]}-{slug}-{language}.pdf"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype="application/pdf", headers=headers)
