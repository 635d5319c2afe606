"""Officials' pages of the committee: its seats, its ceremony, the way to a key page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.officials import OfficialIdentity, list_officials
from accounts.roles import Role
from voting.ceremony_exclusion import (
    DealerMayStay,
    begin_ceremony,
    choose_committee,
    exclude_dealer,
)
from voting.ceremony_memory import left_out_of
from voting.draft_editing import CommitteeNumbers, fitting_numbers
from voting.drafts import FEWEST_HOLDERS
from voting.elections import draft_of, get_election
from voting.forms.committee import CommitteeForm, LeaveOutForm
from voting.overview import Overview, read_overview
from voting.phases import Phase
from voting.presenting.ceremony_words import (
    DisputeWords,
    awaited_names,
    list_rounds,
    show_disputes,
)
from voting.presenting.missing import missing_before_ceremony
from voting.seats import lost_seats_revoked, open_seat
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
    form, officials = _offered(election_id)
    if not form.validate():
        return _page(election_id, form), 422
    with refusals_told(), seating(election_id) as desk:
        choose_committee(
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
        begin_ceremony(
            desk.session,
            get_election(desk.session, election_id),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Seremonien er startet. Gi beskjed til komiteen."), "success")
    return redirect(url_for("committee.show", election_id=election_id))


@blueprint.get("/komite/fremdrift")
@official()
def progress(election_id: str) -> ResponseReturnValue:
    """Tell the page how far the ceremony has come; it asks every few seconds."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        words = _disputes(overview, desk)
    return jsonify(bar=None, state=_state(overview, words))


@blueprint.get("/komite/uten/<int:index>")
@official(Role.ORGANISER)
def leave_out(election_id: str, index: int) -> str:
    """Ask who takes the seat of a dealer with whom the ceremony cannot go on."""
    return _leave_out_page(election_id, index, None)


@blueprint.post("/komite/uten/<int:index>")
@official(Role.ORGANISER)
def begin_without(election_id: str, index: int) -> ResponseReturnValue:
    """Begin the ceremony anew without a dealer."""
    form, free, _words = _leaving(election_id, index)
    if not form.validate():
        return _leave_out_page(election_id, index, form), 422
    with refusals_told(), seating(election_id) as desk:
        election = get_election(desk.session, election_id)
        who, numbers = form.chosen(free), form.numbers
        exclude_dealer(
            *(desk.session, election, index, who, numbers),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Seremonien begynner på nytt. Gi beskjed til komiteen."), "success")
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


def _offered(election_id: str) -> tuple[CommitteeForm, list[OfficialIdentity]]:
    form = CommitteeForm()
    with reading() as desk:
        election = get_election(desk.session, election_id)
        officials = _candidates(desk, draft_of(election).organisation)
    form.offer(officials)
    return form, officials


def _candidates(desk: Desk, organisation: str) -> list[OfficialIdentity]:
    found = list_officials(desk.session, Role.COMMITTEE)
    return [each for each in found if each.may_work_for(organisation)]


def _filled_form(desk: Desk, overview: Overview) -> CommitteeForm:
    form = CommitteeForm(formdata=None)
    form.offer(_candidates(desk, overview.draft.organisation))
    form.members.data = [each.official_id for each in overview.ceremony.seats]
    form.threshold.data = overview.draft.threshold
    form.approvals.data = overview.draft.approvals_needed
    return form


@contextmanager
def seating(election_id: str) -> Iterator[Desk]:
    """Open a writing transaction; who loses a seat in it loses the passes as well."""
    with acting() as desk:
        given = (desk.session, desk.settings, election_id, desk.at)
        with lost_seats_revoked(*given):
            yield desk


def _page(election_id: str, form: CommitteeForm | None) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        form = form or _filled_form(desk, overview)
        disputes = _disputes(overview, desk)
    return election_page(
        "committee.html",
        election,
        form=form,
        overview=overview,
        ceremony=overview.ceremony,
        rounds=list_rounds(),
        awaited=awaited_names(overview.ceremony),
        disputes=disputes,
        seen=_state(overview, disputes),
        missing=missing_before_ceremony(overview, desk.at),
        changeable=overview.phase in {Phase.DRAFT, Phase.KEYS},
        own_seat=own_seat(overview),
    )


def _disputes(overview: Overview, desk: Desk) -> tuple[DisputeWords, ...]:
    return show_disputes(overview.ceremony, overview.draft.threshold, desk.at)


def _state(overview: Overview, disputes: Iterable[DisputeWords]) -> str:
    # A dealer whose time is over may be left out: the page must then say so.
    leaving = [str(each.dealer_index) for each in disputes if each.may_be_left_out]
    return "-".join([overview.phase.value, overview.ceremony.state, *leaving])


def _leaving(
    election_id: str, index: int
) -> tuple[LeaveOutForm, list[OfficialIdentity], DisputeWords]:
    form = LeaveOutForm()
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        seats = {each.official_id for each in overview.ceremony.seats}
        officials = _candidates(desk, overview.draft.organisation)
        words = _disputes(overview, desk)
        taken = seats | left_out_of(desk.session, election_id)
    found = [each for each in words if each.dealer_index == index]
    found = [each for each in found if each.may_be_left_out]
    if not found or overview.phase is not Phase.KEYS:
        raise DealerMayStay
    free = [each for each in officials if each.id not in taken]
    form.offer(len(seats) - 1, free)
    if not form.is_submitted():
        draft = overview.draft
        numbers = CommitteeNumbers(draft.threshold, draft.approvals_needed)
        fitting = fitting_numbers(numbers, max(len(seats) - 1, FEWEST_HOLDERS))
        form.threshold.data = fitting.threshold
        form.approvals.data = fitting.approvals_needed
    return form, free, found[0]


def _leave_out_page(election_id: str, index: int, form: LeaveOutForm | None) -> str:
    fresh, free, words = _leaving(election_id, index)
    with reading() as desk:
        election = get_election(desk.session, election_id)
    return election_page(
        "leave_out.html",
        election,
        form=form or fresh,
        dispute=words,
        index=index,
        free=free,
        staying=fresh.staying,
    )
