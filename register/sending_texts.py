"""A sending's texts in all its languages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from register.mail_templates import Template, UnknownLanguage, suggested_template
from register.reaching import LANGUAGES
from register.recipients import plan_of
from register.roll import require_roll
from register.roll_phases import RollKind, SendingKind, SendingState
from register.sending import lock_sending, read_text, require_state
from register.tables import Sending, SendingText


def own_text(sending: Sending) -> Template:
    """Return a sending's text in its own language."""
    return Template(sending.subject, sending.body, sending.sms, sending.language)


def read_texts(session: Session, sending: Sending) -> Mapping[str, Template]:
    """Return a sending's texts by language."""
    others = session.scalars(
        select(SendingText)
        .where(SendingText.sending_id == sending.id)
        .order_by(SendingText.language)
    )
    found = {
        each.language: Template(each.subject, each.body, each.sms, each.language)
        for each in others
    }
    return {**found, sending.language: own_text(sending)}


def set_language_text(
    session: Session,
    election_id: str,
    sending_id: bytes,
    *,
    language: str,
    subject: str,
    body: str,
    sms: str = "",
) -> None:
    """Write a draft's text for members who chose another language.

    Raises:
        UnknownSending, WrongSendingState, TemplateRefused: see there.
        UnknownLanguage: it is the sending's own, or none of ours.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.DRAFT)
    if language == sending.language:
        raise UnknownLanguage
    kind, plan = SendingKind(sending.kind), plan_of(sending)
    text = read_text(kind, plan, subject, body, sms=sms, language=language)
    session.merge(
        SendingText(
            sending_id=sending.id,
            language=language,
            election_id=election_id,
            subject=text.subject,
            body=text.body,
            sms=text.sms,
        )
    )
    session.flush()


def add_suggested_languages(session: Session, sending: Sending) -> None:
    """Write a new sending's suggested text in every language but its own."""
    kind = SendingKind(sending.kind)
    of = RollKind(require_roll(session, sending.election_id).kind)
    for language in LANGUAGES:
        if language == sending.language:
            continue
        text = suggested_template(kind, language, of)
        session.add(
            SendingText(
                sending_id=sending.id,
                language=language,
                election_id=sending.election_id,
                subject=text.subject,
                body=text.body,
                sms=text.sms,
            )
        )
    session.flush()


def remove_language_text(
    session: Session, election_id: str, sending_id: bytes, language: str
) -> None:
    """Take a language from a draft: its members get the sending's own.

    Raises:
        UnknownSending, WrongSendingState: see there.

    """
    sending = lock_sending(session, election_id, sending_id)
    require_state(sending, SendingState.DRAFT)
    session.execute(
        delete(SendingText).where(
            SendingText.sending_id == sending.id, SendingText.language == language
        )
    )
