"""The message to an old address that it is on the roll no more: never twice unasked.

A mail, or an SMS where that is what reaches the member (`register.address_telling`).

It holds neither link nor new address. Only one worker hands a notice in; one that died
meanwhile leaves it uncertain, and an official sees that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infra.keystore import DataKey
from infra.mail import (
    MailDeferred,
    MailRefused,
    MailUncertain,
    Transport,
    open_transport,
)
from infra.message_settings import SmsSettings
from infra.messages import Message, MessageMalformed
from infra.queues import job
from infra.runtime import Runtime
from infra.sms import HttpSmsGateway, SmsDeferred, SmsRefused, SmsUncertain
from register.address_changes import kind_of_proposal, open_told_address
from register.address_notice_texts import SUBJECTS, sms_of, texts_of
from register.address_telling import AddressKind, is_mail
from register.correction_tables import Correction, NoticeState
from register.mails import PRACTICE
from register.queueing import enqueue_quietly
from register.resends import require_entry
from register.roll import read_data_key, read_person, require_roll
from register.writing import say_in

NOTICE_JOB: Final = "register.address_notices.send_notices"

_TURN: Final = "address-notices"
_TURN_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class _Mail:
    message: Message = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True)
class _Sms:
    reference: str
    """The proposal's id: a report of its delivery is of no message of a sending."""

    number: str = field(repr=False)
    text: str = field(repr=False)


_Notice = _Mail | _Sms


def queue_notices(runtime: Runtime) -> None:
    """Have the notices that wait sent; without Redis the next sweep does it."""
    enqueue_quietly(runtime, NOTICE_JOB)


@job
def send_notices(runtime: Runtime) -> None:
    """Send every notice that waits; what a dead worker was at becomes uncertain."""
    connection = runtime.redis("register")
    if not connection.set(_TURN, b"1", nx=True, ex=_TURN_SECONDS):
        return
    try:
        with runtime.store("register").begin() as session:
            # It is our turn alone, so whoever was at these is gone.
            _set(session, NoticeState.SENDING, NoticeState.UNCERTAIN)
            waiting = _waiting(session)
        for correction_id in waiting:
            connection.expire(_TURN, _TURN_SECONDS)
            _send(runtime, correction_id)
    finally:
        connection.delete(_TURN)


def notices_wait(session: Session) -> bool:
    """Tell whether there is anything for the job to do."""
    query = select(Correction.id).where(
        Correction.notice.in_((NoticeState.QUEUED, NoticeState.SENDING))
    )
    return session.scalar(query.limit(1)) is not None


def _waiting(session: Session) -> list[bytes]:
    query = select(Correction.id).where(Correction.notice == NoticeState.QUEUED)
    return list(session.scalars(query.order_by(Correction.id)))


def _set(session: Session, old: NoticeState, new: NoticeState) -> None:
    session.execute(
        update(Correction)
        .where(Correction.notice == old)
        .values(notice=new, sealed_notice=None)
    )


def _send(runtime: Runtime, correction_id: bytes) -> None:
    store, keystore = runtime.store("register"), runtime.keystore("register")
    with store.begin() as session:
        row = session.get(Correction, correction_id)
        if row is None or row.notice != NoticeState.QUEUED:
            return
        key = read_data_key(session, keystore, row.election_id)
        try:
            notice = _write(session, key, row)
        except MessageMalformed:
            row.notice, row.sealed_notice = NoticeState.REFUSED, None
            return
        row.notice = NoticeState.SENDING
    state = _hand_in(runtime, notice)
    with store.begin() as session:
        row = session.get_one(Correction, correction_id)
        row.notice = state
        if state != NoticeState.QUEUED:
            row.sealed_notice = None


def _write(session: Session, key: DataKey, row: Correction) -> _Notice:
    roll = require_roll(session, row.election_id)
    entry = require_entry(session, row.election_id, row.entry_id or b"")
    person = read_person(key, entry)
    language = person.language or "nb"
    values = {
        "organisation": _one_line(roll.organisation or roll.title),
        "title": _one_line(roll.title),
    }
    word = say_in(language, PRACTICE) if roll.practice else ""
    told, kind = open_told_address(key, row), kind_of_proposal(key, row)
    if not is_mail(told):
        text = sms_of(language, kind, values)
        return _Sms(row.id.hex(), told, f"{word}: {text}" if word else text)
    values["name"] = _one_line(person.display_name)
    return _Mail(
        _write_mail(told, language, kind, values, word), values["organisation"]
    )


def _write_mail(
    told: str, language: str, kind: AddressKind, values: Mapping[str, str], word: str
) -> Message:
    text = "\n\n".join(each.format(**values) for each in texts_of(language, kind))
    subject, text = SUBJECTS[language], f"{text}\n"
    if word:
        subject, text = f"{word}: {subject}", f"*** {word} ***\n\n{text}"
    return Message(to=told, subject=subject, text=text)


def _hand_in(runtime: Runtime, notice: _Notice) -> NoticeState:
    if isinstance(notice, _Sms):
        return _hand_in_sms(runtime.settings.sms, notice)
    with open_transport(
        runtime.settings, runtime.clock, sender_name=notice.sender
    ) as transport:
        return _hand_in_mail(transport, notice.message)


def _hand_in_mail(transport: Transport, message: Message) -> NoticeState:
    try:
        transport.send(message)
    except (MailRefused, MessageMalformed):
        return NoticeState.REFUSED
    except MailUncertain:
        return NoticeState.UNCERTAIN
    except MailDeferred:
        return NoticeState.QUEUED
    return NoticeState.SENT


def _hand_in_sms(settings: SmsSettings | None, notice: _Sms) -> NoticeState:
    if settings is None:
        return NoticeState.QUEUED  # the gateway was taken away: it waits
    try:
        HttpSmsGateway(settings).send(notice.number, notice.text, notice.reference)
    except SmsRefused:
        return NoticeState.REFUSED
    except SmsUncertain:
        return NoticeState.UNCERTAIN
    except SmsDeferred:
        return NoticeState.QUEUED
    return NoticeState.SENT


def _one_line(text: str) -> str:
    return " ".join(
        "".join(each if each.isprintable() else " " for each in text).split()
    )
