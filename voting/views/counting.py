"""Officials' pages of the count: reconciliation, start, whose shares are in."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from voting.elections import get_election
from voting.overview import read_overview
from voting.presenting.discrepancy_words import explain_discrepancy
from voting.presenting.proposal_words import show_proposals
from voting.presenting.work_words import show_work
from voting.reconciling import reconcile, sealed_groups
from voting.sealed import sealed_of
from voting.tallying import request_count
from voting.views.acting import acting, ask_for_work, reading, refusals_told
from voting.views.pages import election_page, own_seat, require_election_id

blueprint = Blueprint("counting", __name__, url_prefix="/valg/<election_id>/opptelling")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("")
@official()
def show(election_id: str) -> str:
    """Show whether ballots and marks agree, and how far the count has come."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        sealed = sealed_of(election)
        found = reconcile(desk.session, sealed)
    manifest = sealed.manifest
    names = {holder.index: holder.name for holder in manifest.holders}
    return election_page(
        "counting.html",
        election,
        overview=overview,
        manifest=manifest,
        found=found,
        work=show_work(overview.count.work),
        discrepancies=[
            explain_discrepancy(each, manifest.groups[each.group].label)
            for each in (found.discrepancies if found else ())
        ],
        sealed=sealed_groups(manifest, found) if found else (),
        holders=names,
        own_seat=own_seat(overview),
        paper=show_proposals(overview.proposals_of("paper"), names),
    )


@blueprint.get("/fremdrift")
@official()
def progress(election_id: str) -> ResponseReturnValue:
    """Tell the page how far the work has come; it asks every few seconds."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
    line = show_work(overview.count.work)
    bar = {"max": line.total, "text": line.text, "value": line.done} if line else None
    return jsonify(bar=bar, state=overview.count_state)


@blueprint.post("/start")
@official(Role.ORGANISER, Role.COMMITTEE)
def start(election_id: str) -> ResponseReturnValue:
    """Have the sums reckoned that the committee is to open."""
    with refusals_told(), acting() as desk:
        request_count(desk.session, election_id, actor=desk.actor)
        flash(_("Opptellingen er startet. Gi beskjed til komiteen."), "success")
    ask_for_work(election_id)
    return redirect(url_for("counting.show", election_id=election_id))
