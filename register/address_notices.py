"""The mail to an old address that it is on the roll no more: never twice unasked.

It holds neither link nor new address. Only one worker hands a notice in; one that died
meanwhile leaves it uncertain, and an official sees that.
"""

from __future__ import annotations

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
from infra.messages import Message, MessageMalformed
from infra.queues import job
from infra.runtime import Runtime
from register.address_changes import is_postal, open_old_address
from register.address_notice_texts import SUBJECTS, texts_of
from register.correction_tables import Correction, NoticeState
from register.mails import PRACTICE
from register.queueing import enqueue_quietly
from register.resends import require_entry
from register.roll import read_data_key, read_person, require_roll
from register.writing import say_in

NOTICE_JOB: Final = "register.address_notices.send_notices"

_TURN: Final = "address-notices"
_TURN_SECONDS: Final = 300


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
            message, sender = _write(session, key, row)
        except MessageMalformed:
            row.notice, row.sealed_notice = NoticeState.REFUSED, None
            return
        row.notice = NoticeState.SENDING
    with open_transport(
        runtime.settings, runtime.clock, sender_name=sender
    ) as transport:
        state = _hand_in(transport, message)
    with store.begin() as session:
        row = session.get_one(Correction, correction_id)
        row.notice = state
        if state != NoticeState.QUEUED:
            row.sealed_notice = None


def _write(session: Session, key: DataKey, row: Correction) -> tuple[Message, str]:
    roll = require_roll(session, row.election_id)
    entry = require_entry(session, row.election_id, row.entry_id or b"")
    person = read_person(key, entry)
    language = person.language or "nb"
    organisation = _one_line(roll.organisation or roll.title)
    values = {
        "name": _one_line(person.display_name),
        "organisation": organisation,
        "title": _one_line(roll.title),
    }
    told = texts_of(language, is_postal=is_postal(key, row))
    text = "\n\n".join(each.format(**values) for each in told) + "\n"
    subject = SUBJECTS[language]
    if roll.practice:
        word = say_in(language, PRACTICE)
        subject, text = f"{word}: {subject}", f"*** {word} ***\n\n{text}"
    address = open_old_address(key, row)
    return Message(to=address, subject=subject, text=text), organisation


def _hand_in(transport: Transport, message: Message) -> NoticeState:
    try:
        transport.send(message)
    except (MailRefused, MessageMalformed):
        return NoticeState.REFUSED
    except MailUncertain:
        return NoticeState.UNCERTAIN
    except MailDeferred:
        return NoticeState.QUEUED
    return NoticeState.SENT


def _one_line(text: str) -> str:
    return " ".join(
        "".join(each if each.isprintable() else " " for each in text).split()
    )
