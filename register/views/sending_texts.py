"""A draft's texts in other languages, its mail by itself, and a trial of it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import register_official
from accounts.roles import Role
from infra.mail import MailDeferred, MailFailed, MailRefused
from register.contacts import ForeignLetters, MalformedAddress
from register.letter_pages import TooLongForALetter
from register.mail_templates import (
    Template,
    TemplateRefused,
    rules_of,
    suggested_template,
)
from register.reaching import LANGUAGES
from register.recipients import plan_of
from register.roll import require_roll
from register.roll_phases import MessageChannel, RollKind, SendingKind
from register.sending import SendingRefused, require_sending
from register.sending_texts import (
    read_texts,
    remove_language_text,
    set_language_text,
)
from register.trials import note_trial, send_trial
from register.views.desk import acting, read_id, reading, refusals_told, register_page
from register.views.letters import require_letters_fit
from register.views.sending_forms import TextForm, TrialForm
from register.views.sending_pages import example_in, letterhead, sending_page
from register.views.sending_words import LANGUAGE_NAMES
from register.views.words import KINDS, sentence_of

blueprint = Blueprint(
    "register_sending_texts",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/utsending/<sending>",
)

MAIL_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""Of a mail that is looked at: its styles stand in it, and nothing else happens."""

_UNPROCESSABLE: Final = 422


@blueprint.get("/e-post/<language>")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show_mail(election_id: str, sending: str, language: str) -> Response:
    """Show the HTML part of the mail by itself, as a mail program would."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
        answer = make_response(example_in(desk, found, language).html)
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer


@blueprint.post("/prove/<language>")
@register_official(Role.ORGANISER)
def try_out(election_id: str, sending: str, language: str) -> ResponseReturnValue:
    """Send the official a trial."""
    form, sending_id = TrialForm(), read_id(sending)
    if not form.validate():
        return sending_page(election_id, sending_id, trial=form), _UNPROCESSABLE
    with acting() as desk:
        found = require_sending(desk.session, election_id, sending_id)
        head, mail = letterhead(desk, found), example_in(desk, found, language)
        note_trial(
            desk.session,
            election_id=election_id,
            sending_id=sending_id,
            actor=desk.actor,
            now=desk.now,
        )
    try:
        send_trial(
            desk.settings, desk.runtime.clock, head, mail, form.address.data or ""
        )
        flash(_("Prøven er sendt. Lenken i den virker ikke."), "success")
    except (MailFailed, MalformedAddress, ForeignLetters) as failed:
        flash(_trial_sentence(failed), "danger")
    return _back(election_id, sending)


@blueprint.get("/sprak/<language>")
@register_official(Role.ORGANISER)
def write(election_id: str, sending: str, language: str) -> str:
    """Offer a draft's text in another language, or the suggested one."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
        texts = read_texts(desk.session, found)
        of = RollKind(require_roll(desk.session, election_id).kind)
    form = TextForm(formdata=None)
    kind = SendingKind(found.kind)
    form.show(texts.get(language) or _suggested(kind, language, of))
    return _page(election_id, sending, language, form)


@blueprint.post("/sprak/<language>")
@register_official(Role.ORGANISER)
def save(election_id: str, sending: str, language: str) -> ResponseReturnValue:
    """Keep a draft's text in another language."""
    form = TextForm()
    if not form.validate():
        return _page(election_id, sending, language, form), _UNPROCESSABLE
    try:
        with acting() as desk:
            set_language_text(
                desk.session,
                election_id,
                read_id(sending),
                language=language,
                subject=form.subject.data or "",
                body=form.body.data or "",
                sms=form.sms.data or "",
            )
            found = require_sending(desk.session, election_id, read_id(sending))
            require_letters_fit(desk, found)
    except (TemplateRefused, TooLongForALetter, SendingRefused) as refused:
        form.form_errors.append(sentence_of(refused))
        return _page(election_id, sending, language, form), _UNPROCESSABLE
    return _back(election_id, sending)


@blueprint.post("/sprak/<language>/fjern")
@register_official(Role.ORGANISER)
def remove(election_id: str, sending: str, language: str) -> ResponseReturnValue:
    """Take a language from a draft."""
    with refusals_told(), acting() as desk:
        remove_language_text(desk.session, election_id, read_id(sending), language)
    return _back(election_id, sending)


def _page(election_id: str, sending: str, language: str, form: TextForm) -> str:
    if language not in LANGUAGES:
        abort(404)
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
    kind = SendingKind(found.kind)
    return register_page(
        "writing_language.html",
        election_id,
        form=form,
        kind=KINDS[kind],
        language=LANGUAGE_NAMES[language],
        rules=rules_of(kind),
        by_sms=MessageChannel.SMS in plan_of(found).channels,
        sending=sending,
    )


def _suggested(kind: SendingKind, language: str, of: RollKind) -> Template:
    if language not in LANGUAGES:
        abort(404)
    return suggested_template(kind, language, of)


def _trial_sentence(failed: Exception) -> str:
    if isinstance(failed, MailRefused):
        words = _("E-posttjeneren avviste prøven. Se etter om adressen er rett.")
    elif isinstance(failed, MailDeferred):
        words = _("E-posttjeneren tok ikke imot prøven nå. Prøv igjen om litt.")
    elif isinstance(failed, MailFailed):
        words = _("Forbindelsen ble brutt. Prøven kan ha kommet fram.")
    else:
        words = sentence_of(failed)
    return str(words)


def _back(election_id: str, sending: str) -> ResponseReturnValue:
    address = url_for(
        "register_sending.show_one", election_id=election_id, sending=sending
    )
    return redirect(address)
