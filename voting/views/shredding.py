"""When the roll is shredded, and the hold of it for a complaint."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from voting.elections import get_election
from voting.forms.committee import LaterForm
from voting.overview import read_overview
from voting.presenting.certificate_page import read_certificate
from voting.presenting.proposal_words import show_proposals
from voting.printing.printed import PrintKind, printed_languages
from voting.proposal_making import LONGEST_HOLD, propose_hold
from voting.views.acting import acting, reading, refusals_told
from voting.views.pages import election_page, require_election_id

blueprint = Blueprint("shredding", __name__, url_prefix="/valg/<election_id>")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("/makulering")
@official()
def show(election_id: str) -> str:
    """Show when the roll is shredded, or that it was."""
    return _page(election_id, LaterForm(formdata=None))


@blueprint.post("/makulering")
@official(Role.ORGANISER, Role.COMMITTEE)
def hold(election_id: str) -> ResponseReturnValue:
    """Propose that the shredding waits for a complaint."""
    form = LaterForm()
    if not form.validate():
        return _page(election_id, form), 422
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
    return redirect(url_for("shredding.show", election_id=election_id))


def _page(election_id: str, form: LaterForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        languages = printed_languages(desk.session, election_id, PrintKind.ANNEX)
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
        languages=languages,
    )
