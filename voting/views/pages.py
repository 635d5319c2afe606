"""Pages of one election: the menu, the crumb back, and what every template is given."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import abort, render_template, url_for
from sqlalchemy.orm import Session

from accounts.guards import (
    current_entrant,
    current_official,
    tells_owner,
    tells_seated,
)
from accounts.passes import issue_pass
from accounts.roles import Role
from voting.elections import draft_of, list_elections
from voting.overview import Overview, SeatProgress
from voting.phases import Phase
from voting.sealing import service_seed
from voting.seats import is_seated, with_seats
from voting.tables import Election
from voting.views.acting import Desk

_ENDPOINTS: Final = {
    "forhandsvisning": "elections.preview",
    "forsegl": "elections.review",
    "frist": "proposing.deadline",
    "godkjenning": "protocol.approval",
    "komite": "committee.show",
    "kunngjoring": "publishing.show",
    "makulering": "shredding.show",
    "opptelling": "counting.show",
    "rediger": "drafting.show",
}
"""The pages that steps lead to, by the last part of their addresses."""
_ROLES: Final = {
    "frist": {Role.COMMITTEE, Role.ORGANISER},
    "kunngjoring": {Role.ORGANISER},
    "rediger": {Role.ORGANISER},
}
"""Pages that not every official may open."""
_ID = re.compile(r"[0-9a-f]{32}")
_COUNTED = frozenset({Phase.COUNTED, Phase.APPROVED, Phase.SHREDDED})


def election_page(template: str, election: Election, **context: Any) -> str:  # noqa: ANN401 - Jinja's own
    """Render a page of an election."""
    roles = current_official().roles
    return render_template(
        f"voting/official/{template}",
        election=election,
        phase=Phase(election.phase),
        practice=draft_of(election).practice,
        section_urls=section_urls(election),
        may_organise=Role.ORGANISER in roles,
        in_committee=Role.COMMITTEE in roles,
        is_auditor=Role.AUDITOR in roles,
        may_invite=Role.ADMINISTRATOR in roles,
        **context,
    )


def page_url(election_id: str, page: str) -> str:
    """Return the address of a page that a step leads to."""
    return url_for(_ENDPOINTS[page], election_id=election_id)


def may_open(page: str) -> bool:
    """Tell whether the official may open a page that a step leads to."""
    needed = _ROLES.get(page)
    return needed is None or bool(needed & current_official().roles)


def own_seat(overview: Overview) -> SeatProgress | None:
    """Return the official's own seat in the committee, if there is one."""
    me = current_official().id
    seats = overview.ceremony.seats
    return next((seat for seat in seats if seat.official_id == me), None)


def section_urls(election: Election) -> dict[str, str]:
    """Return the addresses of the menu, as far as the election has come."""
    phase, here = Phase(election.phase), election.id
    urls = {
        "valg": url_for("elections.show", election_id=here),
        "nokler": url_for("committee.show", election_id=here),
    }
    if phase is Phase.CLOSED or phase in _COUNTED:
        urls["opptelling"] = url_for("counting.show", election_id=here)
    if phase in _COUNTED:
        urls["protokoll"] = url_for("protocol.show", election_id=here)
    return urls


def list_own_elections(session: Session) -> list[Election]:
    """Return the elections that are the official's to see, the latest first.

    To who is of committees alone, those with a seat.
    """
    me = current_official()
    seated_alone = not me.roles & {Role.ORGANISER, Role.AUDITOR}
    return [
        each
        for each in list_elections(session)
        if me.may_work_for(draft_of(each).organisation)
        and (not seated_alone or is_seated(session, each.id, me.id))
    ]


def fresh_pass(desk: Desk, election_id: str | None = None) -> str:
    """Return a pass to the register; with the seat in the election that is open.

    Of all the official's roles: in another tab it serves another election.
    """
    me = with_seats(desk.session, current_entrant().official, election_id)
    return issue_pass(me, desk.at, service_seed(desk.settings))


@tells_seated
def sits_here(session: Session, election_id: str, official_id: str) -> bool:
    """Tell whether an official sits in the committee, if the election is there."""
    if session.get(Election, election_id) is None:
        return True
    return is_seated(session, election_id, official_id)


@tells_owner("service")
def owner_of(session: Session, election_id: str) -> str | None:
    """Tell whose an election is."""
    found = session.get(Election, election_id)
    return None if found is None else draft_of(found).organisation


def require_election_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Answer 404 to an address that names no id of an election; no store is asked."""
    election_id = (values or {}).get("election_id")
    if election_id is not None and not _ID.fullmatch(election_id):
        abort(404)
