"""The protocol: the committee's from the count on, everybody's once it is public."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from accounts.guards import current_official, official, voter
from accounts.roles import Role
from infra.web import current_runtime
from voting.address_changes import list_address_changes
from voting.elections import draft_of, get_election
from voting.forms.protocol import ObjectionForm
from voting.joint_publication import (
    HeldByJoint,
    ShownJoined,
    may_read_own_result,
    require_result_public,
)
from voting.objections import file_objection, list_objections
from voting.overview import read_overview
from voting.presenting.protocol_page import ProtocolPage, read_protocol
from voting.presenting.work_words import show_work
from voting.printing.printed import PrintKind, printed_languages
from voting.protocol_signers import list_signers
from voting.publication import NotPublished, is_embargoed
from voting.sealed import find_sealed, sealed_of
from voting.tables import Election
from voting.views.acting import Desk, acting, reading, refusals_told
from voting.views.pages import election_page, own_seat, require_election_id

blueprint = Blueprint("protocol", __name__)
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("/valg/<election_id>/protokoll")
@official()
def show(election_id: str) -> str:
    """Show the protocol to officials."""
    return _protocol_page("protocol.html", election_id)


@blueprint.get("/valg/<election_id>/godkjenning")
@official()
def approval(election_id: str) -> str:
    """Show who has signed the protocol, who may, and who objects."""
    return _protocol_page(
        "approval.html", election_id, form=ObjectionForm(formdata=None)
    )


@blueprint.post("/valg/<election_id>/godkjenning/innsigelse")
@official(Role.COMMITTEE)
def object_to_protocol(election_id: str) -> ResponseReturnValue:
    """File an objection of one of the committee."""
    form = ObjectionForm()
    if not form.validate():
        return _protocol_page("approval.html", election_id, form=form), 422
    with refusals_told(), acting() as desk:
        text = str(form.text.data)
        file_objection(desk.session, election_id, desk.actor, text, at=desk.at)
        flash(_("Innsigelsen er ført, og står i protokollen."), "success")
    return redirect(url_for("protocol.approval", election_id=election_id))


@blueprint.get("/s/<slug>/protokoll")
@voter("service")
def show_public(slug: str) -> ResponseReturnValue:
    """Show the protocol to everybody, or when it comes."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        election = get_election(session, find_sealed(session, slug).id)
        signers = list_signers(session, election)
        objections = list_objections(session, election)
        changes = list_address_changes(session, election.id)
        languages = printed_languages(session, election.id, PrintKind.PROTOCOL)
        held = _held_back(session, election, runtime.clock.now())
    if held is not None:
        return held, 404
    return _public(
        "protocol_public.html",
        election,
        protocol=_read(election),
        signers=signers,
        objections=objections,
        address_changes=changes,
        languages=languages,
    )


def _held_back(session: Session, election: Election, now: datetime) -> str | None:
    try:
        require_result_public(session, election, now)
    except NotPublished as waiting:
        return _public("protocol_waits.html", election, at=waiting.publish_at)
    except HeldByJoint as held:
        return render_template(
            "voting/joint_holds.html",
            election=election,
            organisation=draft_of(election).organisation,
            practice=draft_of(election).practice,
            joint_id=held.joint_id,
            is_joined=isinstance(held, ShownJoined),
        )
    return None


def _public(template: str, election: Election, **context: object) -> str:
    draft = draft_of(election)
    return render_template(
        f"voting/official/{template}",
        election=election,
        organisation=draft.organisation,
        original=draft.language,
        practice=draft.practice,
        **context,
    )


def _protocol_page(template: str, election_id: str, **context: object) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        if election.protocol is None:
            abort(404)
        roles = current_official().roles
        if not may_read_own_result(desk.session, election, roles, desk.at):
            at = election.publish_at if is_embargoed(election, desk.at) else None
            return election_page("result_waits.html", election, at=at)
        context |= _signatures(desk, election)
    return election_page(template, election, protocol=_read(election), **context)


def _signatures(desk: Desk, election: Election) -> dict[str, object]:
    overview = read_overview(desk.session, desk.settings, election)
    signers = list_signers(desk.session, election)
    return {
        "address_changes": list_address_changes(desk.session, election.id),
        "languages": printed_languages(desk.session, election.id, PrintKind.PROTOCOL),
        "objections": list_objections(desk.session, election),
        "overview": overview,
        "own_seat": own_seat(overview),
        "signed": sum(each.signed for each in signers),
        "signers": signers,
        "work": show_work(overview.count.work),
    }


def _read(election: Election) -> ProtocolPage:
    if election.protocol is None:
        abort(404)
    return read_protocol(election.protocol, sealed_of(election).manifest)
