"""The jobs that send: a batch at a time, ids only in the queue.

A batch that dies is found by the sweep. What it left SENDING is then UNCERTAIN, for an
official to decide; the rest of the sending goes on.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from infra.delivery import DELIVERY_JOB
from infra.keystore import DataKey
from infra.queues import job
from infra.runtime import Runtime
from register.daily_limit import Booking, book_mails, room_for, settled
from register.elections import SYSTEM
from register.handing_in import (
    Batch,
    Claimed,
    MessageTaken,
    SendingHalted,
    claim_message,
    is_anything_queued,
    note_deferred,
    note_interrupted,
    note_refused,
    note_sent,
    note_uncertain,
    read_batch,
    unattended_sendings,
)
from register.outgoing import Outgoing
from register.queueing import enqueue_quietly
from register.refusals import ElectionNotOpen
from register.roll import read_data_key, require_roll
from register.roll_phases import (
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)
from register.scheduled import begin_scheduled, due_sendings
from register.sending import (
    WrongSendingState,
    finish_sending,
    is_over,
    lock_sending,
    pause_sending,
    stop_sending,
)
from register.sending_pace import START, Pace, Strides
from register.tables import Sending

SEND_JOB: Final = "register.sending_jobs.send_batch"
SWEEP_JOB: Final = "register.sending_jobs.sweep_sendings"

BATCH_SIZE: Final = 200
BATCH_SECONDS: Final = 240
"""A batch ends here even when the mail server is slow: a job has 600."""

DEFERRED_IN_A_ROW: Final = 3
"""Then it is the server, not the recipients."""

REFUSED_IN_A_ROW: Final = 20
"""Then the server refuses us, and an official must look at it."""

TROUBLE_SECONDS: Final = 60
NEXT_PASS_SECONDS: Final = 300
"""Greylisting servers want some minutes."""

_MINUTE: Final = 60
_SENDING_MARK: Final = "s"


def enqueue_sending(runtime: Runtime, sending_id: bytes) -> None:
    """Have a sending worked on; without Redis the next sweep does it."""
    # Never digits alone: a queue takes those for a telephone number.
    enqueue_quietly(runtime, SEND_JOB, _SENDING_MARK + sending_id.hex())


@job
def send_batch(runtime: Runtime, sending: str) -> None:
    """Hand in the next messages of a sending, and have the rest queued."""
    sending_id = bytes.fromhex(sending.removeprefix(_SENDING_MARK))
    pace = Pace(runtime.redis("register"), sending_id)
    if not pace.take():
        return
    pause = 0
    try:
        found = _open_batch(runtime, pace)
        if found is None:
            return
        end = _hand_in_booked(runtime, pace, found)
        pause = _pause_after(runtime, end)
    finally:
        pace.release(pause)
    if end.finished:
        enqueue_quietly(runtime, DELIVERY_JOB, "register")
    elif not pause and not end.halted:
        enqueue_sending(runtime, sending_id)


@job
def sweep_sendings(runtime: Runtime) -> None:
    """Go on with every sending that is running or was left behind; end those due."""
    now = runtime.clock.now()
    with runtime.store("register").reading() as session:
        found = unattended_sendings(session)
        over = [each for each in found if _is_over(session, each, now)]
        due = due_sendings(session, now)
    for sending in due:
        with runtime.store("register").begin() as session:
            begin_scheduled(session, sending.election_id, sending.id, now=now)
    for sending in over:
        with runtime.store("register").begin() as session:
            stop_sending(
                session,
                runtime.settings,
                sending.election_id,
                sending.id,
                actor=SYSTEM,
                now=now,
            )
        enqueue_quietly(runtime, DELIVERY_JOB, "register")
    for sending in (*found, *due):
        enqueue_sending(runtime, sending.id)


@dataclass(frozen=True, slots=True)
class _BatchEnd:
    """Why a batch ended."""

    finished: bool = False
    """The sending is done."""

    halted: bool = False
    """Paused, stopped or over; or it waits for letters to be printed."""

    trouble: bool = False
    """Neither mail server nor gateway takes anything at the moment."""

    pass_over: bool = False
    """Every queued message was tried; some are queued again."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A batch to be handed in, and the room its mails were given."""

    batch: Batch
    key: DataKey
    booking: Booking


def _open_batch(runtime: Runtime, pace: Pace) -> _Opened | None:
    with runtime.store("register").begin() as session:
        known = session.get(Sending, pace.sending_id)
        if known is None:
            return None
        sending = lock_sending(session, known.election_id, known.id)
        # We alone are at work: whoever said SENDING is gone.
        note_interrupted(session, sending)
        if sending.state != SendingState.RUNNING:
            return None
        try:
            batch = _read_on(runtime, session, pace, sending)
        except ElectionNotOpen:
            return None  # the sweep ends it
        booking = book_mails(session, batch.mail_count, runtime.clock.now())
        keystore = runtime.keystore("register")
        key = read_data_key(session, keystore, sending.election_id)
        return _Opened(batch, key, booking)


def _read_on(runtime: Runtime, session: Session, pace: Pace, sending: Sending) -> Batch:
    settings, cursor = runtime.settings, pace.cursor()
    room = room_for(session, settings, sending, runtime.clock.now())
    size = min(BATCH_SIZE, settings.mails_per_minute or BATCH_SIZE, room or BATCH_SIZE)

    def read(after: bytes) -> Batch:
        return read_batch(
            session,
            sending,
            service_url=settings.service_url,
            after=after,
            limit=size,
            with_mail=room != 0,
        )

    batch = read(cursor)
    if batch.channels or cursor == START:
        return batch
    # A pass that was broken off at its very end: begin with those before.
    return read(START)


def _hand_in_booked(runtime: Runtime, pace: Pace, opened: _Opened) -> _BatchEnd:
    with settled(runtime.store("register"), opened.booking):
        return _hand_in_all(runtime, pace, opened)


def _hand_in_all(runtime: Runtime, pace: Pace, opened: _Opened) -> _BatchEnd:
    batch = opened.batch
    deadline = time.monotonic() + BATCH_SECONDS
    deferred: Counter[MessageChannel] = Counter()
    refused = 0
    with Outgoing(runtime, batch) as outgoing, Strides(pace) as strides:
        for message_id, channel in batch.channels.items():
            strides.begin()
            if deferred[channel] >= DEFERRED_IN_A_ROW:
                strides.reach(message_id)
                continue
            try:
                state = _hand_in(runtime, outgoing, opened, message_id)
            except SendingHalted:
                return _BatchEnd(halted=True)
            except MessageTaken:
                continue
            strides.reach(message_id)
            is_deferred = state == MessageState.QUEUED
            deferred[channel] = deferred[channel] + 1 if is_deferred else 0
            refused = refused + 1 if state == MessageState.REFUSED else 0
            if refused >= REFUSED_IN_A_ROW:
                _pause(runtime, batch)
                return _BatchEnd(halted=True)
            if _all_in_trouble(batch, deferred):
                return _BatchEnd(trouble=True)
            if time.monotonic() > deadline:
                return _BatchEnd()
    return _end_of(runtime, pace, batch)


def _hand_in(
    runtime: Runtime, outgoing: Outgoing, opened: _Opened, message_id: bytes
) -> MessageState:
    store, batch = runtime.store("register"), opened.batch
    with store.begin() as session:
        claimed = claim_message(
            session, opened.key, batch, message_id, runtime.clock.now()
        )
    if not isinstance(claimed, Claimed):
        return MessageState.WITHDRAWN
    if claimed.channel == MessageChannel.EMAIL:
        opened.booking.used += 1
    state = outgoing.hand_in(claimed, message_id)
    with store.begin() as session:
        if state == MessageState.SENT:
            note_sent(session, message_id)
        elif state == MessageState.REFUSED:
            note_refused(session, message_id)
        elif state == MessageState.UNCERTAIN:
            note_uncertain(session, message_id)
        else:
            note_deferred(session, batch, message_id)
            opened.booking.used -= claimed.channel == MessageChannel.EMAIL
    return state


def _all_in_trouble(batch: Batch, deferred: Mapping[MessageChannel, int]) -> bool:
    used = set(batch.channels.values())
    return all(deferred[each] >= DEFERRED_IN_A_ROW for each in used)


def _is_over(session: Session, sending: Sending, now: datetime) -> bool:
    roll = require_roll(session, sending.election_id)
    under_way = sending.state in {SendingState.RUNNING, SendingState.PAUSED}
    return under_way and is_over(roll, SendingKind(sending.kind), now)


def _end_of(runtime: Runtime, pace: Pace, batch: Batch) -> _BatchEnd:
    if not batch.is_last:
        return _BatchEnd()
    pace.set_cursor(START)
    with runtime.store("register").begin() as session:
        sending = lock_sending(session, batch.election_id, batch.sending_id)
        now = runtime.clock.now()
        finished = finish_sending(session, runtime.settings, sending, now=now)
        left = not finished and is_anything_queued(session, sending)
    # What is left but letters is tried again; letters wait for an official.
    return _BatchEnd(finished=finished, pass_over=left, halted=not (finished or left))


def _pause(runtime: Runtime, batch: Batch) -> None:
    # Unless an official was quicker.
    with (
        contextlib.suppress(WrongSendingState),
        runtime.store("register").begin() as session,
    ):
        pause_sending(
            session,
            batch.election_id,
            batch.sending_id,
            actor=SYSTEM,
            now=runtime.clock.now(),
        )


def _pause_after(runtime: Runtime, end: _BatchEnd) -> int:
    if end.finished or end.halted:
        return 0
    if end.trouble:
        return TROUBLE_SECONDS
    if end.pass_over:
        return NEXT_PASS_SECONDS
    return _MINUTE if runtime.settings.mails_per_minute else 0
