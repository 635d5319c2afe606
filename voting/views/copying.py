"""The page that makes an election of another's wording: to practise, or for real."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from voting.elections import draft_of, get_election
from voting.forms.elections import TitledForm
from voting.practice import copy_draft, practice_times
from voting.tables import Election
from voting.views.acting import reading
from voting.views.creating import create_from, own_basics, propose_times
from voting.views.pages import election_page, require_election_id

blueprint = Blueprint("copying", __name__, url_prefix="/valg/<election_id>/kopi")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("")
@official(Role.ORGANISER)
def show(election_id: str) -> str:
    """Propose a copy: of a real election one to practise on, and the other way."""
    with reading() as desk:
        election, now = get_election(desk.session, election_id), desk.at
    form, draft = TitledForm(formdata=None), draft_of(election)
    form.show_basics(draft)
    form.practice.data = not draft.practice
    form.title.data = _copied_title(election) if form.is_practice else ""
    opens, closes = practice_times(now) if form.is_practice else propose_times(now)
    form.opens.show(opens)
    form.closes.show(closes)
    return election_page("copy.html", election, form=form)


@blueprint.post("")
@official(Role.ORGANISER)
def make(election_id: str) -> ResponseReturnValue:
    """Make the copy."""
    form = TitledForm()
    with reading() as desk:
        election = get_election(desk.session, election_id)
    made = None
    if form.validate():
        source = draft_of(election)
        made = create_from(
            form, lambda _desk: copy_draft(source, own_basics(form.basics))
        )
    if made is None:
        return election_page("copy.html", election, form=form), 422
    return redirect(url_for("elections.show", election_id=made))


def _copied_title(election: Election) -> str:
    return str(_("Øvelse: %(title)s", title=election.title))[:200]
