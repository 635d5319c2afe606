"""The organiser's page for when the result becomes public."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from voting.count_begun import is_count_begun
from voting.elections import get_election
from voting.forms.protocol import AT_A_TIME, AT_ONCE, PublicationForm
from voting.publication import set_publication
from voting.views.acting import acting, reading, refusals_told
from voting.views.pages import election_page, require_election_id

blueprint = Blueprint("publishing", __name__, url_prefix="/valg/<election_id>")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("/kunngjoring")
@official(Role.ORGANISER)
def show(election_id: str) -> str:
    """Show when the result becomes public."""
    return _page(election_id, PublicationForm(formdata=None))


@blueprint.post("/kunngjoring")
@official(Role.ORGANISER)
def publish(election_id: str) -> ResponseReturnValue:
    """Set the time."""
    form = PublicationForm()
    if not form.validate():
        return _page(election_id, form), 422
    time = form.at.instant if form.when.data == AT_A_TIME else None
    with refusals_told(), acting() as desk:
        set_publication(desk.session, election_id, time, actor=desk.actor, at=desk.at)
        flash(_("Tiden for kunngjøringen er satt."), "success")
    return redirect(url_for("publishing.show", election_id=election_id))


def _page(election_id: str, form: PublicationForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        begun = is_count_begun(desk.session, election_id)
    if not form.is_submitted():
        form.when.data = AT_A_TIME if election.publish_at else AT_ONCE
        if election.publish_at:
            form.at.show(election.publish_at)
    return election_page("publication.html", election, form=form, begun=begun)
