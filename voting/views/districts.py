"""A district contact's page: the elections of the own organisations, and over."""

from __future__ import annotations

from flask import Blueprint, render_template

from accounts.guards import current_official, of_every_union, official
from accounts.roles import ELECTION_ROLES, Role, plain_name
from voting.elections import draft_of, list_elections
from voting.views.acting import reading
from voting.views.pages import fresh_pass

blueprint = Blueprint("districts", __name__, url_prefix="/valg/krets")


@blueprint.get("")
@official(Role.DISTRICT_CONTACT)
@of_every_union
def index() -> str:
    """List the elections in which the own voter groups may vote."""
    me = current_official()
    own = {each.organisation for each in me.districts}
    with reading() as desk:
        found = [
            each
            for each in list_elections(desk.session)
            if plain_name(draft_of(each).organisation) in own
            and me.may_work_for(draft_of(each).organisation)
        ]
        given = fresh_pass(desk)
    return render_template(
        "voting/official/districts.html",
        elections=found,
        districts=sorted(me.districts),
        register_pass=given,
        register_url=desk.settings.register_url,
    )


def is_contact_alone() -> bool:
    """Tell whether the official may see no more of an election than the own groups."""
    return not current_official().roles & frozenset(ELECTION_ROLES)
