"""The service's audit log: read, verify, export; and the way to the register's."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from accounts.audit_log import export_log, names_of_officials, read_page
from accounts.forms.audit_log import VerifyForm
from accounts.guards import current_official, official
from accounts.passes import issue_pass
from accounts.roles import Role
from accounts.views.audit_desk import Verdict, hand_out, verdict_of, wanted_before
from accounts.views.audit_words import KINDS
from accounts.views.rooms import acting, blueprint, reading
from crypto.signing import SigningSeed


@blueprint.get("/revisjonslogg")
@official(Role.ADMINISTRATOR, Role.AUDITOR)
def audit_log() -> str:
    """Show the newest events, or those before a number."""
    return _page(VerifyForm(formdata=None), wanted_before())


@blueprint.post("/revisjonslogg/kontroll")
@official(Role.ADMINISTRATOR, Role.AUDITOR)
def verify_audit_log() -> ResponseReturnValue:
    """Recompute the chain, and say whether it holds."""
    form = VerifyForm()
    with reading() as desk:
        verdict = verdict_of(desk.session, form)
    if verdict is None:
        return _page(form, None), 422
    return _page(form, None, verdict)


@blueprint.post("/revisjonslogg/eksport")
@official(Role.ADMINISTRATOR, Role.AUDITOR)
def export_audit_log() -> Response:
    """Hand out the whole chain as JSON Lines; that is an event of its own."""
    with acting() as desk:
        exported = export_log(desk.session, actor=desk.actor, at=desk.at)
    return hand_out(exported, "urne-revisjonslogg")


def _page(form: VerifyForm, before: int | None, verdict: Verdict | None = None) -> str:
    me = current_official()
    with reading() as desk:
        page = read_page(desk.session, before)
        names = names_of_officials(desk.session, page)
        seed = SigningSeed(desk.settings.secrets_of("service").signing_seed.reveal())
    return render_template(
        "accounts/audit_log.html",
        page=page,
        names=names,
        kinds=KINDS,
        form=form,
        is_newest=before is None,
        verdict=verdict or Verdict(),
        register_pass=issue_pass(me, desk.at, seed),
        register_url=desk.settings.register_url,
        may_cross=Role.AUDITOR in me.roles,
    )
