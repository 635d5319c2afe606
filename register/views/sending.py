"""Sendings: written, seen as a mail, counted, confirmed, followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.guards import register_official
from accounts.roles import Role
from infra.i18n import show_number
from register.forms import ReasonForm, SendingForm, StartForm
from register.mail_templates import (
    BODY_FIELDS,
    SUBJECT_FIELDS,
    Template,
    TemplateRefused,
    suggested_template,
)
from register.mails import RenderedMail, letterhead_of, render_example
from register.overview import SendingProgress, list_sendings, read_progress
from register.recipients import count_recipients
from register.roll import require_roll
from register.roll_phases import SendingKind, SendingState
from register.sending import (
    BULK,
    create_sending,
    edit_sending,
    pause_sending,
    require_sending,
    resume_sending,
    start_sending,
    stop_sending,
    told_number,
)
from register.sending_jobs import enqueue_sending
from register.sending_pace import Pace
from register.tables import Sending
from register.views.desk import (
    Desk,
    acting,
    read_id,
    reading,
    refusals_told,
    register_page,
)
from register.views.words import KINDS, SENDING_STATES, template_sentence

blueprint = Blueprint(
    "register_sending",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/utsending",
)

MAIL_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""Of a mail that is looked at: its styles stand in it, and nothing else happens."""

_UNPROCESSABLE: Final = 422
_KINDS: Final = {"innbydelse": SendingKind.INVITATION, "paaminnelse": BULK[1]}


@blueprint.get("")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show(election_id: str) -> str:
    """Show what has been sent, and what can be."""
    with reading() as desk:
        found = [
            (each, read_progress(desk.session, each))
            for each in list_sendings(desk.session, election_id)
        ]
        reach = {
            kind: count_recipients(desk.session, election_id, kind) for kind in BULK
        }
    return register_page(
        "sendings.html",
        election_id,
        sendings=found,
        reach=reach[SendingKind.INVITATION],
        kinds=KINDS,
        states=SENDING_STATES,
        form=ReasonForm(),
        names=_KINDS,
    )


@blueprint.get("/ny/<kind>")
@register_official(Role.ORGANISER)
def write(election_id: str, kind: str) -> str:
    """Offer the suggested text."""
    suggested = suggested_template(_kind(kind))
    form = SendingForm(subject=suggested.subject, body=suggested.body)
    return _writing_page(election_id, form, _kind(kind))


@blueprint.post("/ny/<kind>")
@register_official(Role.ORGANISER)
def create(election_id: str, kind: str) -> ResponseReturnValue:
    """Keep a draft."""

    def keep(desk: Desk, form: SendingForm) -> Sending:
        return create_sending(
            desk.session,
            election_id=election_id,
            kind=_kind(kind),
            subject=form.subject.data or "",
            body=form.body.data or "",
            actor=desk.actor,
            now=desk.now,
        )

    return _keep_text(election_id, _kind(kind), keep)


@blueprint.get("/<sending>")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show_one(election_id: str, sending: str) -> str:
    """Show a draft with its mail and its number, or how far a sending has come."""
    return _sending_page(election_id, read_id(sending), StartForm())


@blueprint.get("/<sending>/rediger")
@register_official(Role.ORGANISER)
def edit(election_id: str, sending: str) -> str:
    """Offer a draft's text."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
    form = SendingForm(subject=found.subject, body=found.body)
    return _writing_page(election_id, form, SendingKind(found.kind))


@blueprint.post("/<sending>/rediger")
@register_official(Role.ORGANISER)
def change(election_id: str, sending: str) -> ResponseReturnValue:
    """Keep a draft's new text."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))

    def keep(desk: Desk, form: SendingForm) -> Sending:
        subject, body = form.subject.data or "", form.body.data or ""
        return edit_sending(
            desk.session, election_id, found.id, subject=subject, body=body
        )

    return _keep_text(election_id, SendingKind(found.kind), keep)


@blueprint.get("/<sending>/e-post")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show_mail(election_id: str, sending: str) -> Response:
    """Show the HTML part of the mail by itself, as a mail program would."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
        answer = make_response(_example(desk, found).html)
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer


@blueprint.post("/<sending>/start")
@register_official(Role.ORGANISER)
def start(election_id: str, sending: str) -> ResponseReturnValue:
    """Start a draft whose number of recipients was typed."""
    form, sending_id = StartForm(), read_id(sending)
    if not form.validate():
        return _sending_page(election_id, sending_id, form), _UNPROCESSABLE
    with refusals_told():
        with acting() as desk:
            start_sending(
                desk.session,
                election_id,
                sending_id,
                told=form.told.data or 0,
                actor=desk.actor,
                now=desk.now,
            )
        enqueue_sending(desk.runtime, sending_id)
    return _to_sending(election_id, sending)


@blueprint.post("/<sending>/pause")
@register_official(Role.ORGANISER)
def pause(election_id: str, sending: str) -> ResponseReturnValue:
    """Let no further message go for now."""
    with refusals_told(), acting() as desk:
        pause_sending(
            desk.session,
            election_id,
            read_id(sending),
            actor=desk.actor,
            now=desk.now,
        )
    return _to_sending(election_id, sending)


@blueprint.post("/<sending>/fortsett")
@register_official(Role.ORGANISER)
def resume(election_id: str, sending: str) -> ResponseReturnValue:
    """Go on."""
    with refusals_told():
        with acting() as desk:
            resume_sending(
                desk.session,
                election_id,
                read_id(sending),
                actor=desk.actor,
                now=desk.now,
            )
        enqueue_sending(desk.runtime, read_id(sending))
    return _to_sending(election_id, sending)


@blueprint.post("/<sending>/stopp")
@register_official(Role.ORGANISER)
def stop(election_id: str, sending: str) -> ResponseReturnValue:
    """End a sending for good."""
    with refusals_told(), acting() as desk:
        stop_sending(
            desk.session,
            desk.settings,
            election_id,
            read_id(sending),
            actor=desk.actor,
            now=desk.now,
        )
        flash(_("Utsendingen er stoppet."), "success")
    return _to_sending(election_id, sending)


@blueprint.get("/<sending>/fremdrift")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def progress(election_id: str, sending: str) -> Response:
    """Tell how far a sending has come, for the page that follows it."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
        come = read_progress(desk.session, found)
        waiting = Pace(desk.redis, found.id).is_waiting()
    return jsonify(
        state=come.state,
        value=come.dealt_with,
        max=come.total,
        text=progress_words(come),
        troubled=come.uncertain + come.refused,
        waiting=waiting,
    )


def progress_words(come: SendingProgress) -> str:
    """Say how far a sending has come; a reminder in steps."""
    dealt, total = show_number(come.dealt_with), show_number(come.total)
    if come.is_rounded:
        return str(_("om lag %(dealt)s av %(total)s", dealt=dealt, total=total))
    return str(_("%(dealt)s av %(total)s", dealt=dealt, total=total))


def _keep_text(
    election_id: str,
    kind: SendingKind,
    keep: Callable[[Desk, SendingForm], Sending],
) -> ResponseReturnValue:
    form = SendingForm()
    if not form.validate():
        return _writing_page(election_id, form, kind), _UNPROCESSABLE
    try:
        with acting() as desk:
            kept = keep(desk, form).id.hex()
    except TemplateRefused as refused:
        form.form_errors.append(template_sentence(refused))
        return _writing_page(election_id, form, kind), _UNPROCESSABLE
    return _to_sending(election_id, kept)


def _writing_page(election_id: str, form: SendingForm, kind: SendingKind) -> str:
    return register_page(
        "writing.html",
        election_id,
        form=form,
        kind=KINDS[kind],
        body_fields=BODY_FIELDS,
        subject_fields=SUBJECT_FIELDS,
    )


def _sending_page(election_id: str, sending_id: bytes, form: StartForm) -> str:
    with reading() as desk:
        found = require_sending(desk.session, election_id, sending_id)
        given = _page_of(desk, found)
    return register_page(
        "sending.html",
        election_id,
        sending=found,
        kind=KINDS[SendingKind(found.kind)],
        states=SENDING_STATES,
        form=form,
        reason=ReasonForm(formdata=None),
        **given,
    )


def _page_of(desk: Desk, found: Sending) -> dict[str, Any]:
    come = read_progress(desk.session, found)
    kind = SendingKind(found.kind)
    told = told_number(desk.session, found)
    reach = count_recipients(desk.session, found.election_id, kind)
    return {
        "progress": come,
        "progress_text": progress_words(come),
        "is_draft": found.state == SendingState.DRAFT,
        "mail": _example(desk, found),
        "sender": desk.settings.smtp.from_address,
        "told": told,
        "told_words": _told_words(kind, told),
        "without_address": reach.unreached,
        "waiting": Pace(desk.redis, found.id).is_waiting(),
    }


def _told_words(kind: SendingKind, told: int) -> str:
    if kind == SendingKind.REMINDER:
        words = _("inntil %(number)s mottakere", number=show_number(told))
        return str(words)
    one, many = "%(number)s mottaker", "%(number)s mottakere"
    return str(ngettext(one, many, told, number=show_number(told)))


def _example(desk: Desk, sending: Sending) -> RenderedMail:
    roll = require_roll(desk.session, sending.election_id)
    head = letterhead_of(roll, desk.settings.service_url)
    template = Template(sending.subject, sending.body)
    return render_example(head, SendingKind(sending.kind), template)


def _kind(name: str) -> SendingKind:
    if name not in _KINDS:
        abort(404)
    return _KINDS[name]


def _to_sending(election_id: str, sending: str) -> ResponseReturnValue:
    address = url_for(
        "register_sending.show_one", election_id=election_id, sending=sending
    )
    return redirect(address)
