"""The service's audit log: read, verify, export."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.audit_log import (
    ChainCut,
    HeadMalformed,
    export_lines,
    names_of_officials,
    read_head,
    read_page,
    verify_log,
    write_head,
)
from accounts.forms.audit_log import VerifyForm
from accounts.guards import official
from accounts.roles import Role
from accounts.views.audit_words import KINDS
from accounts.views.rooms import acting, blueprint, reading
from infra.audit import ChainBroken, record_event

_LARGEST_SEQ = 10**15


@blueprint.get("/revisjonslogg")
@official(Role.ADMINISTRATOR, Role.AUDITOR)
def audit_log() -> str:
    """Show the newest events, or those before a number."""
    before = request.args.get("for", type=int)
    if before is not None and not 0 < before < _LARGEST_SEQ:
        before = None
    return _page(VerifyForm(formdata=None), before)


@blueprint.post("/revisjonslogg/kontroll")
@official(Role.ADMINISTRATOR, Role.AUDITOR)
def verify_audit_log() -> ResponseReturnValue:
    """Recompute the chain, and say whether it holds."""
    form = VerifyForm()
    if not form.validate():
        return _page(form, None), 422
    broken, head = None, None
    try:
        kept = read_head(str(form.kept.data)) if form.kept.data else None
        with reading() as desk:
            head = write_head(verify_log(desk.session, kept))
    except HeadMalformed:
        form.kept.errors = [_("Et kontrollpunkt er et tall, kolon og 64 tegn.")]
        return _page(form, None), 422
    except ChainBroken as found:
        broken = _("Loggen er brutt fra hendelse %(n)s.", n=found.seq)
    except ChainCut:
        broken = _("Kontrollpunktet finnes ikke i loggen: noe er kuttet eller byttet.")
    return _page(form, None, head=head, broken=broken)


@blueprint.post("/revisjonslogg/eksport")
@official(Role.ADMINISTRATOR, Role.AUDITOR)
def export_audit_log() -> Response:
    """Hand out the whole chain as JSON Lines; that is an event of its own."""
    with acting() as desk:
        record_event(
            desk.session,
            at=desk.at,
            actor=desk.actor,
            kind="audit-exported",
            subject="service",
        )
        exported = b"".join(export_lines(desk.session))
    answer = Response(exported, mimetype="application/jsonl")
    answer.headers.set(
        "Content-Disposition", "attachment", filename="urne-revisjonslogg.jsonl"
    )
    return answer


def _page(
    form: VerifyForm,
    before: int | None,
    *,
    head: str | None = None,
    broken: str | None = None,
) -> str:
    with reading() as desk:
        page = read_page(desk.session, before)
        names = names_of_officials(desk.session, page)
    return render_template(
        "accounts/audit_log.html",
        page=page,
        names=names,
        kinds=KINDS,
        form=form,
        is_newest=before is None,
        head=head,
        broken=broken,
    )
