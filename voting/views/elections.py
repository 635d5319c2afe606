"""Officials' pages of an election: list, new, overview, sealing, cancelling."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import current_official, of_every_union, official
from accounts.roles import ELECTION_ROLES, Role
from crypto.codes import short_fingerprint
from crypto.encoding import group_base32
from voting.draft_editing import Defaults, new_draft, yes_no_contest
from voting.drafts import Draft, DraftContest, with_contest
from voting.elections import (
    cancel_election,
    draft_of,
    get_election,
)
from voting.forms.elections import NewElectionForm, ReasonForm, SealForm
from voting.joint_counts import find_joint, list_invitations
from voting.manifest import encode_manifest, fingerprint_of
from voting.overview import (
    SeatProgress,
    count_unsigned,
    read_overview,
    read_roll,
)
from voting.phases import Phase, following_phases
from voting.presenting.ballot_preview import marks_words, preview_ballots
from voting.presenting.manifest_review import review_manifest
from voting.presenting.missing import list_missing
from voting.presenting.rule_words import rule_sentences
from voting.presenting.step import COMMITTEE, EVERYBODY, ORGANISER
from voting.presenting.steps import list_steps, next_step, waiting_step, who_words
from voting.scripts_manifest import voter_scripts
from voting.sealed import sealed_of
from voting.sealing import prepare_manifest, seal_election
from voting.views import refusals
from voting.views.acting import Desk, acting, reading, refusals_told
from voting.views.creating import create_from, own_basics, propose_times
from voting.views.districts import is_contact_alone
from voting.views.pages import (
    election_page,
    fresh_pass,
    list_own_elections,
    may_open,
    own_seat,
    page_url,
    require_election_id,
)
from voting.warning_jobs import alarm_of

blueprint = Blueprint("elections", __name__, url_prefix="/valg")
blueprint.url_value_preprocessor(require_election_id)
refusals.register()


@blueprint.get("")
@official(*ELECTION_ROLES, Role.DISTRICT_CONTACT)
@of_every_union
def index() -> ResponseReturnValue:
    """List all elections."""
    if is_contact_alone():
        return redirect(url_for("districts.index"))
    with reading() as desk:
        found = list_own_elections(desk.session)
    may_organise = Role.ORGANISER in current_official().roles
    return render_template(
        "voting/official/elections.html",
        elections=found,
        practices={each.id: draft_of(each).practice for each in found},
        may_organise=may_organise,
    )


@blueprint.route("/ny", methods=["GET", "POST"])
@official(Role.ORGANISER)
@of_every_union
def create() -> ResponseReturnValue:
    """Create an election."""
    form = NewElectionForm()
    if not form.is_submitted():
        with reading() as desk:
            _propose(form, desk)
        return render_template("voting/official/new.html", form=form)
    election_id = None
    if form.validate():
        election_id = create_from(form, partial(_new_draft, form))
    if election_id is None:
        return render_template("voting/official/new.html", form=form), 422
    return redirect(url_for("elections.show", election_id=election_id))


@blueprint.get("/<election_id>")
@official(*ELECTION_ROLES, Role.DISTRICT_CONTACT)
def show(election_id: str) -> ResponseReturnValue:
    """Show where an election stands, and what is next."""
    if is_contact_alone():
        return redirect(url_for("districts.index"))
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        joint = find_joint(desk.session, election_id)
        invitations = list_invitations(desk.session, election_id)
        given = fresh_pass(desk, election_id)
    steps, seat = list_steps(overview), own_seat(overview)
    return election_page(
        "overview.html",
        election,
        alarm=alarm_of(election),
        invitations=invitations,
        joint=joint,
        overview=overview,
        own_seat=seat,
        open_tasks=count_unsigned(overview, seat),
        page_url=partial(page_url, election_id),
        may_open=may_open,
        steps=steps,
        following=next_step(steps, _falls_to(seat)) or waiting_step(steps),
        who_words=who_words,
        register_pass=given,
        register_url=desk.settings.register_url,
        may_cancel=Phase.CANCELLED in following_phases(overview.phase),
    )


@blueprint.get("/<election_id>/forhandsvisning")
@official()
def preview(election_id: str) -> str:
    """Show the ballots as their voters see them."""
    with reading() as desk:
        election = get_election(desk.session, election_id)
    roll = read_roll(election)
    ballots = preview_ballots(draft_of(election).contests, roll.labels if roll else ())
    return election_page(
        "preview.html",
        election,
        ballots=ballots,
        marks_words=marks_words,
        rule_sentences=rule_sentences,
    )


@blueprint.get("/<election_id>/forsegl")
@official()
def review(election_id: str) -> str:
    """Show all that is sealed, or will be."""
    return _review_page(election_id, SealForm())


@blueprint.post("/<election_id>/forsegl")
@official(Role.ORGANISER)
def seal(election_id: str) -> ResponseReturnValue:
    """Seal the manifest: after this nothing changes."""
    form = SealForm()
    if not form.validate():
        return _review_page(election_id, form), 422
    with refusals_told(), acting() as desk:
        seal_election(
            desk.session,
            desk.settings,
            get_election(desk.session, election_id),
            voter_scripts(),
            actor=desk.actor,
            at=desk.at,
        )
    return redirect(url_for("elections.show", election_id=election_id))


@blueprint.route("/<election_id>/avlys", methods=["GET", "POST"])
@official(Role.ORGANISER)
def cancel(election_id: str) -> ResponseReturnValue:
    """Cancel an election."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _cancel_page(election_id, form), 422 if form.is_submitted() else 200
    with refusals_told(), acting() as desk:
        cancel_election(
            desk.session,
            desk.settings,
            get_election(desk.session, election_id),
            reason=str(form.reason.data),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Valget er avlyst."), "success")
    return redirect(url_for("elections.show", election_id=election_id))


def _falls_to(seat: SeatProgress | None) -> set[str]:
    found = {EVERYBODY, COMMITTEE} if seat else set()
    if Role.ORGANISER in current_official().roles:
        found |= {EVERYBODY, ORGANISER}
    return found


def _propose(form: NewElectionForm, desk: Desk) -> None:
    opens, closes = propose_times(desk.at)
    form.opens.show(opens)
    form.closes.show(closes)
    known = list_own_elections(desk.session)
    if known:
        form.organisation.data = draft_of(known[0]).organisation


def _new_draft(form: NewElectionForm, desk: Desk) -> Draft:
    settings = desk.settings
    defaults = Defaults(settings.batch_size, settings.suppression_threshold)
    draft = new_draft(own_basics(form.basics), defaults)
    if form.template.data != "ja-nei":
        return draft
    contest = yes_no_contest(str(form.title.data))
    return with_contest(draft, DraftContest(contest))


def _review_page(election_id: str, form: SealForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
        missing = [] if overview.is_sealed else list_missing(overview, desk.at)
        given = fresh_pass(desk, election_id)
        manifest = None
        if election.manifest is not None:
            manifest = sealed_of(election).manifest
        elif not missing:
            manifest = prepare_manifest(
                desk.session, desk.settings, election, voter_scripts()
            )
    review = code = None
    if manifest is not None:
        review = review_manifest(manifest)
        fingerprint = fingerprint_of(encode_manifest(manifest))
        code = group_base32(short_fingerprint(fingerprint), 4)
    return election_page(
        "seal.html",
        election,
        form=form,
        overview=overview,
        missing=missing,
        review=review,
        code=code,
        register_pass=given,
        register_url=desk.settings.register_url,
    )


def _cancel_page(election_id: str, form: ReasonForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        overview = read_overview(desk.session, desk.settings, election)
    may_cancel = Phase.CANCELLED in following_phases(overview.phase)
    return election_page(
        "cancel.html", election, form=form, overview=overview, may_cancel=may_cancel
    )
