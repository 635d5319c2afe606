"""The protocol: for officials from the count on, for everybody once it is approved."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official, voter
from accounts.roles import Role
from infra.web import current_runtime
from voting.elections import draft_of, get_election
from voting.forms.committee import LaterForm
from voting.overview import read_overview
from voting.presenting.certificate_page import read_certificate
from voting.presenting.proposal_words import show_proposals
from voting.presenting.protocol_page import ProtocolPage, read_protocol
from voting.proposals import LONGEST_HOLD, propose_hold
from voting.protocol_signers import list_signers
from voting.record_export import record_file, require_approved
from voting.sealed import find_sealed, sealed_of
from voting.tables import Election
from voting.views.acting import acting, reading, refusals_told
from voting.views.pages import election_page, own_seat, require_election_id

blueprint = Blueprint("protocol", __name__)
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("/valg/<election_id>/protokoll")
@official()
def show(election_id: str) -> str:
    """Show the protocol to officials."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        signers = list_signers(desk.session, election)
    return election_page(
        "protocol.html", election, protocol=_read(election), signers=signers
    )


@blueprint.get("/valg/<election_id>/godkjenning")
@official()
def approval(election_id: str) -> str:
    """Show who has signed the protocol, and who may."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        signers = list_signers(desk.session, election)
    return election_page(
        "approval.html",
        election,
        overview=overview,
        protocol=_read(election),
        signers=signers,
        signed=sum(each.signed for each in signers),
        own_seat=own_seat(overview),
    )


@blueprint.get("/valg/<election_id>/makulering")
@official()
def shredding(election_id: str) -> str:
    """Show when the roll is shredded, or that it was."""
    return _shredding_page(election_id, LaterForm(formdata=None))


@blueprint.post("/valg/<election_id>/makulering")
@official(Role.ORGANISER, Role.COMMITTEE)
def hold_shredding(election_id: str) -> ResponseReturnValue:
    """Propose that the shredding waits for a complaint."""
    form = LaterForm()
    if not form.validate():
        return _shredding_page(election_id, form), 422
    with refusals_told(), acting() as desk:
        propose_hold(
            desk.session,
            election_id,
            until=form.until.instant,
            reason=str(form.reason.data),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Forslaget er lagt fram. To i komiteen må skrive under."), "success")
    return redirect(url_for("protocol.shredding", election_id=election_id))


@blueprint.get("/s/<slug>/protokoll")
@voter("service")
def show_public(slug: str) -> str:
    """Show the approved protocol to everybody."""
    with current_runtime().store("service").reading() as session:
        election = get_election(session, find_sealed(session, slug).id)
        require_approved(election)
        signers = list_signers(session, election)
    return render_template(
        "voting/official/protocol_public.html",
        election=election,
        protocol=_read(election),
        signers=signers,
        organisation=draft_of(election).organisation,
        practice=draft_of(election).practice,
    )


@blueprint.get("/s/<slug>/valgprotokoll.zip")
@voter("service")
def download_record(slug: str) -> ResponseReturnValue:
    """Hand out the election record."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        file = record_file(session, runtime.settings, find_sealed(session, slug))
    answer = send_file(
        file,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"valgprotokoll-{slug}.zip",
    )
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


def _read(election: Election) -> ProtocolPage:
    if election.protocol is None:
        abort(404)
    return read_protocol(election.protocol, sealed_of(election).manifest)


def _shredding_page(election_id: str, form: LaterForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
    if not form.is_submitted():
        form.until.show(desk.at + LONGEST_HOLD - timedelta(hours=1))
    names = {seat.index: seat.name for seat in overview.ceremony.seats}
    return election_page(
        "shredding.html",
        election,
        form=form,
        overview=overview,
        proposals=show_proposals(overview.proposals_of("hold"), names),
        certificate=read_certificate(election.certificate),
    )
