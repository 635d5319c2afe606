"""What the sending pages show: a draft and its messages, or how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from infra.i18n import show_number
from infra.web import current_runtime
from register.forms import LETTER_PREFIX, LetterForm, ReasonForm
from register.letters import list_letter_batches
from register.mail_templates import rules_of
from register.mails import (
    Letterhead,
    RenderedMail,
    example_member,
    letterhead_of,
    render_example,
    render_sms,
)
from register.overview import SendingProgress, read_progress
from register.reaching import LANGUAGES
from register.recipients import plan_of, shown_number
from register.roll import require_roll
from register.roll_phases import MessageChannel, SendingKind, SendingState
from register.sending import read_reach, require_sending
from register.sending_pace import Pace
from register.sending_texts import read_texts
from register.tables import Sending
from register.views.daily_words import daily_facts, daily_hint
from register.views.desk import Desk, reading, register_page
from register.views.sending_forms import PrintForm, SendingForm, StartForm, TrialForm
from register.views.sending_words import CHANNELS, LANGUAGE_NAMES, LETTER_STATES
from register.views.words import KINDS, SENDING_STATES

_SMS_PIECE: Final = 153
"""Characters in each part of a long SMS in the GSM alphabet."""


@dataclass(frozen=True, slots=True)
class Example:
    """What is sent in one language, as an invented member would get it."""

    language: str
    mail: RenderedMail
    sms: str
    sms_parts: int


def writing_page(
    election_id: str, form: SendingForm, kind: SendingKind, sending: str = ""
) -> str:
    """Render the page on which a sending is written."""
    return register_page(
        "writing.html",
        election_id,
        form=form,
        kind=KINDS[kind],
        kind_value=kind.value,
        rules=rules_of(kind),
        has_letters=kind == SendingKind.INVITATION,
        has_sms=current_runtime().settings.sms is not None,
        languages=LANGUAGE_NAMES,
        sending=sending,
        daily_hint=daily_hint(current_runtime().settings.mails_per_day),
    )


def sending_page(
    election_id: str,
    sending_id: bytes,
    form: StartForm | None = None,
    trial: TrialForm | None = None,
) -> str:
    """Render the page of one sending."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, sending_id)
        given = _page_of(desk, found)
    return register_page(
        "sending.html",
        election_id,
        sending=found,
        kind=KINDS[SendingKind(found.kind)],
        states=SENDING_STATES,
        letter_states=LETTER_STATES,
        channels=CHANNELS,
        languages=LANGUAGE_NAMES,
        form=form or StartForm(formdata=None),
        trial=trial or TrialForm(formdata=None),
        printing=PrintForm(formdata=None),
        reason=ReasonForm(formdata=None),
        returned=LetterForm(formdata=None, prefix=LETTER_PREFIX),
        **given,
    )


def letterhead(desk: Desk, sending: Sending) -> Letterhead:
    """Return the letterhead of a sending's election."""
    roll = require_roll(desk.session, sending.election_id)
    return letterhead_of(roll, desk.settings.service_url)


def example_in(desk: Desk, sending: Sending, language: str) -> RenderedMail:
    """Return a sending's mail in a language; in its own where it has no such text."""
    texts = read_texts(desk.session, sending)
    template = texts.get(language, texts[sending.language])
    return render_example(
        letterhead(desk, sending), SendingKind(sending.kind), template
    )


def progress_words(come: SendingProgress) -> str:
    """Say how far a sending has come; a reminder in steps."""
    dealt, total = show_number(come.dealt_with), show_number(come.total)
    if come.is_rounded:
        return str(_("om lag %(dealt)s av %(total)s", dealt=dealt, total=total))
    return str(_("%(dealt)s av %(total)s", dealt=dealt, total=total))


def _page_of(desk: Desk, found: Sending) -> dict[str, Any]:
    come = read_progress(desk.session, found)
    kind, plan = SendingKind(found.kind), plan_of(found)
    is_draft = found.state == SendingState.DRAFT
    reach = read_reach(desk.session, found)
    told = shown_number(kind, reach.number)
    examples = _examples(desk, found)
    return {
        "progress": come,
        "progress_text": progress_words(come),
        "is_draft": is_draft,
        "is_scheduled": found.state == SendingState.SCHEDULED,
        "examples": examples,
        "missing_languages": [
            each
            for each in LANGUAGES
            if each not in {example.language for example in examples}
        ],
        "sender": desk.settings.smtp.from_address,
        "told": told,
        "told_words": _told_words(kind, told),
        "by_channel": _shown(kind, reach.by_channel),
        "unreached": reach.unreached,
        "by_letter": MessageChannel.LETTER in plan.channels,
        "plan": plan,
        "batches": list_letter_batches(desk.session, found),
        "waiting": Pace(desk.redis, found.id).is_waiting(),
        **daily_facts(desk, found, reach),
    }


def _shown(
    kind: SendingKind, by_channel: Mapping[MessageChannel, int]
) -> list[tuple[MessageChannel, int]]:
    return [(each, shown_number(kind, number)) for each, number in by_channel.items()]


def _examples(desk: Desk, sending: Sending) -> list[Example]:
    kind, head = SendingKind(sending.kind), letterhead(desk, sending)
    texts = read_texts(desk.session, sending)
    found = []
    # The sending's own first.
    for language in sorted(texts, key=lambda each: each != sending.language):
        template = texts[language]
        sms = render_sms(head, template, example_member(head, kind))
        parts = -(-len(sms) // _SMS_PIECE)
        mail = render_example(head, kind, template)
        found.append(Example(language, mail, sms, parts))
    return found


def _told_words(kind: SendingKind, told: int) -> str:
    if kind == SendingKind.REMINDER:
        words = _("inntil %(number)s mottakere", number=show_number(told))
        return str(words)
    shown = show_number(told)
    words = ngettext("%(number)s mottaker", "%(number)s mottakere", told, number=shown)
    return str(words)
