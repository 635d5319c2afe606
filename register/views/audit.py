"""The register's audit log: an election's trail, and the whole chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.audit_log import Page, export_log, read_page
from accounts.forms.audit_log import VerifyForm
from accounts.guards import register_official
from accounts.roles import Role
from accounts.views.audit_desk import Verdict, hand_out, verdict_of, wanted_before
from register.audit_entries import SHOWN_DIGITS, entries_of
from register.roll import require_roll
from register.tables import Roll
from register.views.audit_words import KINDS
from register.views.desk import acting, reading, register_page, render_plain

blueprint = Blueprint("register_audit", __name__, url_prefix="/r")

_UNPROCESSABLE: Final = 422
_TRAIL: Final = "/valg/<string(length=32):election_id>/revisjonslogg"


@blueprint.get(_TRAIL)
@register_official(Role.AUDITOR)
def show(election_id: str) -> str:
    """Show the events of one election's roll."""
    return _trail(election_id, VerifyForm(formdata=None), wanted_before())


@blueprint.post(f"{_TRAIL}/kontroll")
@register_official(Role.AUDITOR)
def verify(election_id: str) -> ResponseReturnValue:
    """Recompute the chain, of which the election's events are links."""
    form = VerifyForm()
    with reading() as desk:
        verdict = verdict_of(desk.session, form)
    if verdict is None:
        return _trail(election_id, form), _UNPROCESSABLE
    return _trail(election_id, form, verdict=verdict)


@blueprint.post(f"{_TRAIL}/eksport")
@register_official(Role.AUDITOR)
def export(election_id: str) -> Response:
    """Hand out the events of one election, and note that it was done."""
    with acting() as desk:
        slug = require_roll(desk.session, election_id).slug
        lines = export_log(desk.session, election_id, actor=desk.actor, at=desk.now)
    return hand_out(lines, f"manntall-revisjonslogg-{slug}")


@blueprint.get("/revisjonslogg")
@register_official(Role.AUDITOR)
def show_whole() -> str:
    """Show the events of every roll."""
    return _whole(VerifyForm(formdata=None), wanted_before())


@blueprint.post("/revisjonslogg/kontroll")
@register_official(Role.AUDITOR)
def verify_whole() -> ResponseReturnValue:
    """Recompute the chain, and say whether it holds."""
    form = VerifyForm()
    with reading() as desk:
        verdict = verdict_of(desk.session, form)
    if verdict is None:
        return _whole(form), _UNPROCESSABLE
    return _whole(form, verdict=verdict)


@blueprint.post("/revisjonslogg/eksport")
@register_official(Role.AUDITOR)
def export_whole() -> Response:
    """Hand out the whole chain, and note that it was done."""
    with acting() as desk:
        lines = export_log(desk.session, actor=desk.actor, at=desk.now)
    return hand_out(lines, "manntall-revisjonslogg")


def _trail(
    election_id: str,
    form: VerifyForm,
    before: int | None = None,
    verdict: Verdict | None = None,
) -> str:
    with reading() as desk:
        require_roll(desk.session, election_id)
        page = read_page(desk.session, before, election_id)
    shown = _context(page, form, before, verdict)
    return register_page("audit.html", election_id, **shown)


def _whole(
    form: VerifyForm, before: int | None = None, verdict: Verdict | None = None
) -> str:
    with reading() as desk:
        page = read_page(desk.session, before)
        titles = _titles(desk.session, page)
    shown = _context(page, form, before, verdict)
    return render_plain("audit_whole.html", titles=titles, **shown)


def _context(
    page: Page, form: VerifyForm, before: int | None, verdict: Verdict | None
) -> dict[str, object]:
    """Leave out what officials wrote: reasons name whom they will."""
    return {
        "page": replace(
            page, lines=tuple(replace(each, content="") for each in page.lines)
        ),
        "entries": {each.seq: entries_of(each.content) for each in page.lines},
        "digits": SHOWN_DIGITS,
        "kinds": KINDS,
        "form": form,
        "is_newest": before is None,
        "verdict": verdict or Verdict(),
    }


def _titles(session: Session, page: Page) -> Mapping[str, str]:
    ids = {line.subject for line in page.lines}
    query = select(Roll.election_id, Roll.title).where(Roll.election_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}
