"""Officials' pages of a draft: basics, rules, contests."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from voting.contests import MOST_CONTESTS
from voting.draft_editing import (
    contest_at,
    move_contest,
    with_basics,
    yes_no_contest,
)
from voting.drafts import Draft, DraftContest, with_contest, without_contest
from voting.elections import (
    change_draft,
    draft_of,
    get_election,
    tell_organisation,
)
from voting.forms.contests import ContestForm
from voting.forms.elections import BasicsForm, RulesForm
from voting.forms.fields import lines_of
from voting.overview import read_roll
from voting.phases import Phase
from voting.presenting.ballot_preview import marks_words
from voting.presenting.rule_words import rule_sentences
from voting.tables import Election
from voting.views.acting import Desk, acting, reading, refusals_told
from voting.views.creating import own_basics
from voting.views.pages import election_page, require_election_id

blueprint = Blueprint("drafting", __name__, url_prefix="/valg/<election_id>/rediger")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("")
@official(Role.ORGANISER)
def show(election_id: str) -> str:
    """Show the draft."""
    return _draft_page(election_id)


@blueprint.post("")
@official(Role.ORGANISER)
def change_basics(election_id: str) -> ResponseReturnValue:
    """Change organisation, times and language."""
    form = BasicsForm()
    if not form.validate():
        return _draft_page(election_id, basics=form), 422
    with refusals_told(), acting() as desk:
        election = get_election(desk.session, election_id)
        _change(
            desk, election, with_basics(draft_of(election), own_basics(form.basics))
        )
        flash(_("Lagret."), "success")
    return redirect(url_for("drafting.show", election_id=election_id))


@blueprint.post("/regler")
@official(Role.ORGANISER)
def change_rules(election_id: str) -> ResponseReturnValue:
    """Change the rules."""
    form = _rules_form()
    if not form.validate():
        return _draft_page(election_id, rules=form), 422
    with refusals_told(), acting() as desk:
        election = get_election(desk.session, election_id)
        draft = draft_of(election)
        _change(desk, election, replace(draft, rules=form.rules(draft.rules)))
        flash(_("Lagret."), "success")
    return redirect(url_for("drafting.show", election_id=election_id))


@blueprint.route("/sak/ny", methods=["GET", "POST"])
@official(Role.ORGANISER)
def add_contest(election_id: str) -> ResponseReturnValue:
    """Add a contest."""
    form = ContestForm()
    if form.is_submitted():
        return _save_contest(election_id, form, None)
    if request.args.get("mal") == "ja-nei":
        form.show(DraftContest(yes_no_contest("")))
    return _contest_page(election_id, form, None)


@blueprint.route("/sak/<int:index>", methods=["GET", "POST"])
@official(Role.ORGANISER)
def edit_contest(election_id: str, index: int) -> ResponseReturnValue:
    """Change a contest."""
    form = ContestForm()
    if form.is_submitted():
        return _save_contest(election_id, form, index)
    with reading() as desk:
        election = get_election(desk.session, election_id)
    form.show(contest_at(draft_of(election), index))
    return _contest_page(election_id, form, index)


@blueprint.post("/sak/<int:index>/slett")
@official(Role.ORGANISER)
def remove_contest(election_id: str, index: int) -> ResponseReturnValue:
    """Remove a contest."""
    with refusals_told(), acting() as desk:
        election = get_election(desk.session, election_id)
        draft = draft_of(election)
        title = contest_at(draft, index).contest.title
        _change(desk, election, without_contest(draft, index))
        flash(_("«%(title)s» er fjernet.", title=title), "success")
    return redirect(url_for("drafting.show", election_id=election_id))


@blueprint.post("/sak/<int:index>/<any(opp, ned):way>")
@official(Role.ORGANISER)
def reorder_contest(election_id: str, index: int, way: str) -> ResponseReturnValue:
    """Move a contest one place."""
    with refusals_told(), acting() as desk:
        election = get_election(desk.session, election_id)
        moved = move_contest(draft_of(election), index, up=way == "opp")
        _change(desk, election, moved)
    return redirect(url_for("drafting.show", election_id=election_id))


@blueprint.post("/regel")
@official(Role.ORGANISER)
def explain_rule(election_id: str) -> ResponseReturnValue:
    """Say in plain words what a rule that is being written means."""
    del election_id
    form = ContestForm()
    form.offer(())
    form.validate()
    wrong = (form.choices, form.choice, form.share, form.turnout, form.strict)
    rule = None
    if not any(field.errors for field in (*wrong, form.turnout_strict, form.base)):
        rule = form.rule()
    choices = lines_of(form.choices.data)
    return jsonify(sentences=rule_sentences(rule, choices) if rule else [])


def _change(desk: Desk, election: Election, draft: Draft) -> None:
    before = draft_of(election).organisation
    change_draft(desk.session, election, draft, actor=desk.actor, at=desk.at)
    if draft.organisation != before:
        tell_organisation(desk.session, desk.settings, election, desk.at)


def _rules_form() -> RulesForm:
    form = RulesForm()
    with reading() as desk:
        form.demand(desk.settings)
    return form


def _labels(election: Election) -> list[str]:
    # Those of the roll, and those that a contest names from a roll before this one.
    roll = read_roll(election)
    named = [label for each in draft_of(election).contests for label in each.groups]
    return list(dict.fromkeys([*(roll.labels if roll else ()), *named]))


def _draft_page(
    election_id: str, basics: BasicsForm | None = None, rules: RulesForm | None = None
) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
    draft = draft_of(election)
    if basics is None:
        basics = BasicsForm(formdata=None)
        basics.show_basics(draft)
    if rules is None:
        rules = RulesForm(formdata=None)
        rules.show_rules(draft.rules)
    return election_page(
        "draft.html",
        election,
        draft=draft,
        basics=basics,
        rules=rules,
        changeable=election.phase in {Phase.DRAFT, Phase.KEYS},
        roll=read_roll(election),
        most=MOST_CONTESTS,
        marks_words=marks_words,
        rule_sentences=rule_sentences,
    )


def _contest_page(election_id: str, form: ContestForm, index: int | None) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
    form.offer(_labels(election))
    rule = None if form.errors else form.rule()
    choices = lines_of(form.choices.data)
    return election_page(
        "contest.html",
        election,
        form=form,
        index=index,
        changeable=election.phase in {Phase.DRAFT, Phase.KEYS},
        sentences=rule_sentences(rule, choices) if rule else [],
    )


def _save_contest(
    election_id: str, form: ContestForm, index: int | None
) -> ResponseReturnValue:
    with reading() as desk:
        form.offer(_labels(get_election(desk.session, election_id)))
    if not form.validate():
        return _contest_page(election_id, form, index), 422
    with refusals_told(), acting() as desk:
        election = get_election(desk.session, election_id)
        draft = draft_of(election)
        if index is not None:
            contest_at(draft, index)
        _change(desk, election, with_contest(draft, form.contest(), index))
        flash(_("«%(title)s» er lagret.", title=form.title.data), "success")
    return redirect(url_for("drafting.show", election_id=election_id))
