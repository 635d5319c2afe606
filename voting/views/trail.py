"""What was done with one election: its events in the service's audit log."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from accounts.audit_log import export_log, names_of_officials, read_page
from accounts.forms.audit_log import VerifyForm
from accounts.guards import official
from accounts.roles import Role
from accounts.views.audit_desk import Verdict, hand_out, verdict_of, wanted_before
from accounts.views.audit_words import KINDS
from voting.elections import get_election
from voting.views.acting import acting, reading
from voting.views.pages import election_page, require_election_id

blueprint = Blueprint("trail", __name__, url_prefix="/valg/<election_id>/revisjonslogg")
blueprint.url_value_preprocessor(require_election_id)


@blueprint.get("")
@official(Role.AUDITOR)
def show(election_id: str) -> str:
    """Show the events of the election."""
    return _page(election_id, VerifyForm(formdata=None), wanted_before())


@blueprint.post("/kontroll")
@official(Role.AUDITOR)
def verify(election_id: str) -> ResponseReturnValue:
    """Recompute the chain, of which the election's events are links."""
    form = VerifyForm()
    with reading() as desk:
        verdict = verdict_of(desk.session, form)
    if verdict is None:
        return _page(election_id, form), 422
    return _page(election_id, form, verdict=verdict)


@blueprint.post("/eksport")
@official(Role.AUDITOR)
def export(election_id: str) -> Response:
    """Hand out the events of the election, and note that it was done."""
    with acting() as desk:
        slug = get_election(desk.session, election_id).slug
        lines = export_log(desk.session, election_id, actor=desk.actor, at=desk.at)
    return hand_out(lines, f"revisjonslogg-{slug}")


def _page(
    election_id: str,
    form: VerifyForm,
    before: int | None = None,
    verdict: Verdict | None = None,
) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        page = read_page(desk.session, before, election_id)
        names = names_of_officials(desk.session, page)
    return election_page(
        "trail.html",
        election,
        page=page,
        names=names,
        kinds=KINDS,
        form=form,
        is_newest=before is None,
        verdict=verdict or Verdict(),
    )
