"""Sendings: written, seen as they will look, counted, confirmed, followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import register_official
from accounts.roles import Role
from infra.logs import own_logger, trace_of
from register.forms import ReasonForm
from register.letter_pages import TooLongForALetter
from register.letters import list_letter_batches
from register.mail_templates import TemplateRefused, suggested_template
from register.overview import list_sendings, read_progress
from register.reaching import LANGUAGES
from register.recipients import NoChannel, Plan, count_recipients, plan_of
from register.roll import require_roll
from register.roll_phases import MessageChannel, RollKind, SendingKind
from register.scheduled import unschedule_sending
from register.sending import (
    SendingRefused,
    create_sending,
    edit_sending,
    is_over,
    pause_sending,
    require_sending,
    resume_sending,
    start_sending,
    stop_sending,
)
from register.sending_jobs import enqueue_sending
from register.sending_pace import Pace
from register.sending_rules import ChoosingFailed
from register.sending_texts import own_text
from register.tables import Sending
from register.views.daily_words import full_words
from register.views.desk import (
    Desk,
    acting,
    read_id,
    reading,
    refusals_told,
    register_page,
)
from register.views.letters import require_letters_fit
from register.views.sending_forms import SendingForm, StartForm
from register.views.sending_pages import progress_words, sending_page, writing_page
from register.views.words import KINDS, SENDING_STATES, sentence_of

blueprint = Blueprint(
    "register_sending",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/utsending",
)

_UNPROCESSABLE: Final = 422
_KINDS: Final = {
    "innbydelse": SendingKind.INVITATION,
    "paaminnelse": SendingKind.REMINDER,
    "melding": SendingKind.NOTICE,
}
_EVERY_CHANNEL: Final = Plan(tuple(MessageChannel))

_Keep = Callable[[Desk, SendingForm], Sending]


@blueprint.get("")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show(election_id: str) -> str:
    """Show what has been sent, and what can be."""
    with reading() as desk:
        found = [
            (each, read_progress(desk.session, each))
            for each in list_sendings(desk.session, election_id)
        ]
        kind = SendingKind.INVITATION
        reach = count_recipients(desk.session, election_id, kind, _EVERY_CHANNEL)
        roll = require_roll(desk.session, election_id)
        can_tell = not is_over(roll, SendingKind.NOTICE, desk.now)
    return register_page(
        "sendings.html",
        election_id,
        sendings=found,
        reach=reach,
        can_tell=can_tell,
        kinds=KINDS,
        states=SENDING_STATES,
        form=ReasonForm(),
    )


@blueprint.get("/ny/<kind>")
@register_official(Role.ORGANISER)
def write(election_id: str, kind: str) -> str:
    """Offer the suggested text in a language."""
    language = request.args.get("sprak", LANGUAGES[0])
    if language not in LANGUAGES:
        abort(404)
    form = SendingForm(formdata=None)
    with reading() as desk:
        of = RollKind(require_roll(desk.session, election_id).kind)
    form.show(suggested_template(_kind(kind), language, of))
    form.language.data = language
    return writing_page(election_id, form, _kind(kind))


@blueprint.post("/ny/<kind>")
@register_official(Role.ORGANISER)
def create(election_id: str, kind: str) -> ResponseReturnValue:
    """Keep a draft."""

    def keep(desk: Desk, form: SendingForm) -> Sending:
        return create_sending(
            desk.session,
            election_id=election_id,
            kind=_kind(kind),
            actor=desk.actor,
            now=desk.now,
            plan=form.plan,
            **_texts_of(form),
        )

    return _keep_text(election_id, _kind(kind), keep)


@blueprint.get("/<sending>")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show_one(election_id: str, sending: str) -> str:
    """Show a draft with its mail and its number, or how far a sending has come."""
    return sending_page(election_id, read_id(sending))


@blueprint.get("/<sending>/rediger")
@register_official(Role.ORGANISER)
def edit(election_id: str, sending: str) -> str:
    """Offer a draft's text."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
    form = SendingForm(formdata=None)
    form.show(own_text(found))
    form.show_plan(plan_of(found))
    form.language.data = found.language
    return writing_page(election_id, form, SendingKind(found.kind), sending)


@blueprint.post("/<sending>/rediger")
@register_official(Role.ORGANISER)
def change(election_id: str, sending: str) -> ResponseReturnValue:
    """Keep a draft's new text."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))

    def keep(desk: Desk, form: SendingForm) -> Sending:
        texts, plan = _texts_of(form), form.plan
        return edit_sending(desk.session, election_id, found.id, plan=plan, **texts)

    return _keep_text(election_id, SendingKind(found.kind), keep, sending)


@blueprint.post("/<sending>/start")
@register_official(Role.ORGANISER)
def start(election_id: str, sending: str) -> ResponseReturnValue:
    """Start a draft whose number of recipients was typed, now or at a time."""
    form, sending_id = StartForm(), read_id(sending)
    if not form.validate():
        return sending_page(election_id, sending_id, form), _UNPROCESSABLE
    with refusals_told():
        with _failure_logged(), acting() as desk:
            start_sending(
                desk.session,
                election_id,
                sending_id,
                told=form.told.data or 0,
                actor=desk.actor,
                now=desk.now,
                at=form.starts_at,
            )
        enqueue_sending(desk.runtime, sending_id)
    return to_sending(election_id, sending)


@blueprint.post("/<sending>/pause")
@register_official(Role.ORGANISER)
def pause(election_id: str, sending: str) -> ResponseReturnValue:
    """Let no further message go for now."""
    return _change_state(election_id, sending, pause_sending)


@blueprint.post("/<sending>/fortsett")
@register_official(Role.ORGANISER)
def resume(election_id: str, sending: str) -> ResponseReturnValue:
    """Go on, or begin a scheduled one at once."""
    return _change_state(election_id, sending, resume_sending)


@blueprint.post("/<sending>/utsett")
@register_official(Role.ORGANISER)
def unschedule(election_id: str, sending: str) -> ResponseReturnValue:
    """Make a scheduled sending a draft again."""
    return _change_state(election_id, sending, unschedule_sending)


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
    return to_sending(election_id, sending)


@blueprint.get("/<sending>/fremdrift")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def progress(election_id: str, sending: str) -> Response:
    """Tell how far a sending has come, for the page that follows it."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
        come = read_progress(desk.session, found)
        batches = list_letter_batches(desk.session, found)
        waiting = Pace(desk.redis, found.id).is_waiting()
        full = full_words(desk, found)
    return jsonify(
        state=come.state,
        value=come.dealt_with,
        max=come.total,
        text=progress_words(come),
        counts=come.shown_counts,
        troubled=come.uncertain + come.undeliverable,
        letters=[f"{each.state}-{each.renderings}" for each in batches],
        waiting=waiting,
        full=full,
    )


@contextmanager
def _failure_logged() -> Iterator[None]:
    """Keep for who runs the service what a refusal's sentence cannot tell."""
    try:
        yield
    except ChoosingFailed as failed:
        own_logger("sending").error("choosing failed: %s", trace_of(failed))
        raise


def to_sending(election_id: str, sending: str) -> ResponseReturnValue:
    """Lead to the page of one sending."""
    address = url_for(
        "register_sending.show_one", election_id=election_id, sending=sending
    )
    return redirect(address)


def _change_state(
    election_id: str, sending: str, use_case: Callable[..., None]
) -> ResponseReturnValue:
    with refusals_told():
        with acting() as desk:
            use_case(
                desk.session,
                election_id,
                read_id(sending),
                actor=desk.actor,
                now=desk.now,
            )
        enqueue_sending(desk.runtime, read_id(sending))
    return to_sending(election_id, sending)


def _keep_text(
    election_id: str, kind: SendingKind, keep: _Keep, sending: str = ""
) -> ResponseReturnValue:
    form = SendingForm()
    if not form.validate():
        return writing_page(election_id, form, kind, sending), _UNPROCESSABLE
    try:
        with acting() as desk:
            kept = keep(desk, form)
            require_letters_fit(desk, kept)
    except _REFUSED as refused:
        form.form_errors.append(sentence_of(refused))
        return writing_page(election_id, form, kind, sending), _UNPROCESSABLE
    return to_sending(election_id, kept.id.hex())


_REFUSED: Final = (TemplateRefused, NoChannel, TooLongForALetter, SendingRefused)


def _texts_of(form: SendingForm) -> dict[str, str]:
    return {
        "subject": form.subject.data or "",
        "body": form.body.data or "",
        "sms": form.sms.data or "",
        "language": form.language.data or "",
    }


def _kind(name: str) -> SendingKind:
    if name not in _KINDS:
        abort(404)
    return _KINDS[name]
