"""Officials' pages for what two of the committee sign: later times, paper results."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from voting.elections import get_election
from voting.forms.committee import LaterForm
from voting.forms.paper import PaperForm, paper_form
from voting.overview import read_overview
from voting.paper import PaperRefused, PaperResults, require_paper_adds_up
from voting.paper_entry import lay_paper_before_committee, read_paper
from voting.presenting.paper_words import paper_sums
from voting.presenting.proposal_words import show_proposals
from voting.proposal_making import propose_schedule
from voting.proposals import list_proposals, withdraw_proposal
from voting.sealed import SealedElection, get_sealed
from voting.views.acting import Desk, acting, reading, refusals_told
from voting.views.pages import election_page, require_election_id
from voting.views.refusals import sentence_of

blueprint = Blueprint("proposing", __name__, url_prefix="/valg/<election_id>")
blueprint.url_value_preprocessor(require_election_id)

_PAGES = {
    "hold": "shredding.show",
    "paper": "proposing.paper",
    "schedule": "proposing.deadline",
}


@blueprint.route("/frist", methods=["GET", "POST"])
@official(Role.ORGANISER, Role.COMMITTEE)
def deadline(election_id: str) -> ResponseReturnValue:
    """Propose a later closing time."""
    form = LaterForm()
    if not form.validate_on_submit():
        return _deadline_page(election_id, form), 422 if form.is_submitted() else 200
    with refusals_told(), acting() as desk:
        propose_schedule(
            desk.session,
            election_id,
            closes_at=form.until.instant,
            reason=str(form.reason.data),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Forslaget er lagt fram. To i komiteen må skrive under."), "success")
    return redirect(url_for("proposing.deadline", election_id=election_id))


@blueprint.route("/papir", methods=["GET", "POST"])
@official(Role.COMMITTEE)
def paper(election_id: str) -> ResponseReturnValue:
    """Enter paper results, look them over, lay them before the committee."""
    with reading() as desk:
        sealed = get_sealed(desk.session, election_id)
        latest = _latest_paper(desk, election_id)
    form = paper_form(sealed.manifest, latest)
    if not form.is_submitted():
        return _paper_page(sealed, form)
    if not form.validate() or not _adds_up(sealed, form):
        return _paper_page(sealed, form), 422
    if request.form.get("trinn") != "legg-fram":
        return _paper_page(sealed, form, review=True)
    return _propose_paper(sealed, form)


@blueprint.post("/forslag/<any(hold, paper, schedule):kind>/<int:number>/trekk")
@official(Role.ORGANISER, Role.COMMITTEE)
def withdraw(election_id: str, kind: str, number: int) -> ResponseReturnValue:
    """Withdraw a proposal that has not taken effect."""
    with refusals_told(), acting() as desk:
        withdraw_proposal(
            desk.session, election_id, kind, number, actor=desk.actor, at=desk.at
        )
        flash(_("Forslaget er trukket."), "success")
    return redirect(url_for(_PAGES[kind], election_id=election_id))


def _deadline_page(election_id: str, form: LaterForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
    if not form.is_submitted():
        form.until.show(overview.closes_at + timedelta(days=1))
    names = {seat.index: seat.name for seat in overview.ceremony.seats}
    return election_page(
        "deadline.html",
        election,
        form=form,
        overview=overview,
        proposals=show_proposals(overview.proposals_of("schedule"), names),
        movable=overview.is_sealed and desk.at < overview.closes_at,
    )


def _paper_page(
    sealed: SealedElection, form: PaperForm, *, review: bool = False
) -> str:
    with reading() as desk:
        election = get_election(desk.session, sealed.id)
        overview = read_overview(desk.session, desk.settings, election)
    names = {seat.index: seat.name for seat in overview.ceremony.seats}
    return election_page(
        "paper_review.html" if review else "paper.html",
        election,
        form=form,
        manifest=sealed.manifest,
        sums=paper_sums(sealed.manifest, form.results(sealed.manifest)),
        overview=overview,
        proposals=show_proposals(overview.proposals_of("paper"), names),
    )


def _adds_up(sealed: SealedElection, form: PaperForm) -> bool:
    try:
        require_paper_adds_up(sealed.manifest, form.results(sealed.manifest))
    except PaperRefused as refused:
        form.form_errors = [sentence_of(refused)]
        return False
    return True


def _propose_paper(sealed: SealedElection, form: PaperForm) -> ResponseReturnValue:
    with refusals_told(), acting() as desk:
        lay_paper_before_committee(
            desk.session,
            sealed.id,
            form.results(sealed.manifest),
            actor=desk.actor,
            at=desk.at,
        )
        flash(
            _("Papirresultatet er lagt fram. To i komiteen må skrive under."), "success"
        )
    return redirect(url_for("proposing.paper", election_id=sealed.id))


def _latest_paper(desk: Desk, election_id: str) -> PaperResults | None:
    every = list_proposals(desk.session, election_id)
    proposed = [each for each in every if each.kind == "paper"]
    return read_paper(proposed[-1]) if proposed else None
