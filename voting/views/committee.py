"""Officials' pages of the committee: its seats, its ceremony, the way to a key page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.officials import OfficialIdentity, list_officials
from accounts.roles import Role
from voting.elections import get_election, start_ceremony
from voting.forms.committee import CommitteeForm
from voting.overview import Overview, read_overview
from voting.phases import Phase
from voting.presenting.ceremony_words import list_rounds
from voting.presenting.missing import missing_before_ceremony
from voting.seats import open_seat, seat_members
from voting.views.acting import Desk, acting, reading, refusals_told
from voting.views.pages import election_page, own_seat, require_election_id

blueprint = Blueprint("committee", __name__, url_prefix="/valg/<election_id>")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("/komite")
@official()
def show(election_id: str) -> str:
    """Show the committee and how far its ceremony has come."""
    return _page(election_id, None)


@blueprint.post("/komite")
@official(Role.ORGANISER)
def seat(election_id: str) -> ResponseReturnValue:
    """Choose the committee and its numbers."""
    form, officials = _offered()
    if not form.validate():
        return _page(election_id, form), 422
    with refusals_told(), acting() as desk:
        seat_members(
            desk.session,
            get_election(desk.session, election_id),
            form.chosen(officials),
            form.numbers,
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Komiteen er lagret."), "success")
    return redirect(url_for("committee.show", election_id=election_id))


@blueprint.post("/komite/seremoni")
@official(Role.ORGANISER)
def begin(election_id: str) -> ResponseReturnValue:
    """Begin the ceremony, or begin it anew."""
    with refusals_told(), acting() as desk:
        start_ceremony(
            desk.session,
            get_election(desk.session, election_id),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Seremonien er startet. Gi beskjed til komiteen."), "success")
    return redirect(url_for("committee.show", election_id=election_id))


@blueprint.post("/nokkelside")
@official(Role.COMMITTEE)
def open_key_page(election_id: str) -> ResponseReturnValue:
    """Hand a holder the link to the own key page, once."""
    key = ""
    with refusals_told(), acting() as desk:
        election = get_election(desk.session, election_id)
        key = open_seat(desk.session, election, desk.actor, at=desk.at)
    if not key:
        return redirect(url_for("committee.show", election_id=election_id))
    # In the fragment alone: neither a log nor a Referer ever holds it.
    link = f"/nokkel/{election_id}#{key}"
    return election_page("key_page.html", election, link=link)


def _offered() -> tuple[CommitteeForm, list[OfficialIdentity]]:
    form = CommitteeForm()
    with reading() as desk:
        officials = list_officials(desk.session, Role.COMMITTEE)
    form.offer(officials)
    return form, officials


def _filled_form(desk: Desk, overview: Overview) -> CommitteeForm:
    form = CommitteeForm(formdata=None)
    form.offer(list_officials(desk.session, Role.COMMITTEE))
    form.members.data = [each.official_id for each in overview.ceremony.seats]
    form.threshold.data = overview.draft.threshold
    form.approvals.data = overview.draft.approvals_needed
    return form


def _page(election_id: str, form: CommitteeForm | None) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        form = form or _filled_form(desk, overview)
    return election_page(
        "committee.html",
        election,
        form=form,
        overview=overview,
        ceremony=overview.ceremony,
        rounds=list_rounds(),
        missing=missing_before_ceremony(overview, desk.at),
        changeable=overview.phase in {Phase.DRAFT, Phase.KEYS},
        own_seat=own_seat(overview),
    )
