"""Letters in batches: printed once, printed again, and put in the post.

A batch's codes are drawn when it is printed, and its pages are kept nowhere. To print
it again draws others and kills those before, so that of two copies of a letter one
alone can be used. All letters of a batch are printed each time, also to those who have
voted meanwhile: a copy with some missing would tell who they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crypto.codes import VotingCode as DrawnCode
from infra.audit import record_event
from infra.config import Settings
from infra.keystore import DataKey
from register.mail_templates import Template
from register.mails import Letterhead, letterhead_of
from register.roll import read_person, require_roll
from register.roll_phases import (
    LetterBatchState,
    MessageState,
    SendingKind,
    SendingState,
)
from register.sending import finish_sending
from register.sending_rules import (
    SendingRefused,
    lock_sending,
    require_sendable,
    require_state,
)
from register.sending_texts import read_texts
from register.tables import LetterBatch, Message, RollEntry, Sending
from register.voting_codes import (
    draw_code,
    kill_codes_of_message,
    require_voting_ahead,
)

_MOST_BATCHES: Final = 100_000
"""Ten million letters; a larger number would be none to the database."""


class UnknownLetterBatch(SendingRefused):
    """The sending has no batch of this number."""


class PrintedBefore(SendingRefused):
    """The batch was printed; to print it again kills its codes, and must be asked."""


class NotPrinted(SendingRefused):
    """The batch has not been printed whole."""


class LettersPosted(SendingRefused):
    """The letters are in the post: their codes live."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to be printed; it holds a secret code."""

    name: str = field(repr=False)
    postal: str = field(repr=False)
    """The lines below the name."""

    code: DrawnCode
    template: Template


@dataclass(frozen=True, slots=True)
class PrintRun:
    """A batch whose codes are drawn: commit, and then render it."""

    batch_id: bytes
    number: int
    rendering: int
    """How often the batch has now been printed; from 1."""

    head: Letterhead
    fingerprint: bytes
    letters: tuple[Letter, ...] = field(repr=False)


def list_letter_batches(session: Session, sending: Sending) -> Sequence[LetterBatch]:
    """Return a sending's batches of letters in order."""
    return session.scalars(
        select(LetterBatch)
        .where(LetterBatch.sending_id == sending.id)
        .order_by(LetterBatch.number)
    ).all()


def draw_letters(
    session: Session,
    key: DataKey,
    *,
    election_id: str,
    sending_id: bytes,
    number: int,
    again: bool,
    service_url: str,
    actor: str,
    now: datetime,
) -> PrintRun:
    """Draw the codes of a batch to be printed, killing those drawn before.

    Until `note_printed` its letters are in doubt.

    Raises:
        UnknownSending, UnknownLetterBatch: see there.
        WrongSendingState: the sending is not running.
        ElectionNotOpen: the deadline has passed.
        PrintedBefore: it was printed, and `again` does not say that it may be.
        LettersPosted: nothing kills the codes of letters in the post.

    """
    sending, batch = _lock_batch(session, election_id, sending_id, number)
    require_state(sending, SendingState.RUNNING)
    roll = require_roll(session, election_id)
    fingerprint = require_voting_ahead(roll)
    require_sendable(roll, SendingKind(sending.kind), now)
    if batch.state == LetterBatchState.POSTED:
        raise LettersPosted
    if batch.state != LetterBatchState.WAITING and not again:
        raise PrintedBefore
    batch.renderings += 1
    batch.state = LetterBatchState.UNCERTAIN
    letters = tuple(_draw_all(session, key, sending, batch))
    _set_messages(session, batch, MessageState.UNCERTAIN)
    _note(session, batch, "letters-drawn", actor, now)
    return PrintRun(
        batch.id,
        number,
        batch.renderings,
        letterhead_of(roll, service_url),
        fingerprint,
        letters,
    )


def note_printed(session: Session, election_id: str, run: PrintRun) -> None:
    """Say that a batch was handed over whole, unless it was printed again since."""
    batch = session.get_one(LetterBatch, run.batch_id)
    lock_sending(session, election_id, batch.sending_id)
    session.refresh(batch)
    in_doubt = batch.state == LetterBatchState.UNCERTAIN
    if in_doubt and batch.renderings == run.rendering:
        batch.state = LetterBatchState.PRINTED
        _set_messages(session, batch, MessageState.SENT)


def confirm_printed(
    session: Session,
    *,
    election_id: str,
    sending_id: bytes,
    number: int,
    actor: str,
    now: datetime,
) -> None:
    """Say that a batch in doubt came out whole.

    Raises:
        UnknownSending, UnknownLetterBatch: see there.
        NotPrinted: it is not in doubt.

    """
    _, batch = _lock_batch(session, election_id, sending_id, number)
    if batch.state != LetterBatchState.UNCERTAIN:
        raise NotPrinted
    batch.state = LetterBatchState.PRINTED
    _set_messages(session, batch, MessageState.SENT)
    _note(session, batch, "letters-confirmed", actor, now)


def post_letters(
    session: Session,
    settings: Settings,
    *,
    election_id: str,
    sending_id: bytes,
    number: int,
    actor: str,
    now: datetime,
) -> bool:
    """Say that a batch is in the post; return whether the sending is done by it.

    Raises:
        UnknownSending, UnknownLetterBatch: see there.
        NotPrinted: it was not printed, or is in doubt.

    """
    sending, batch = _lock_batch(session, election_id, sending_id, number)
    if batch.state != LetterBatchState.PRINTED:
        raise NotPrinted
    batch.state = LetterBatchState.POSTED
    _note(session, batch, "letters-posted", actor, now)
    session.flush()
    return finish_sending(session, settings, sending, now=now)


def _lock_batch(
    session: Session, election_id: str, sending_id: bytes, number: int
) -> tuple[Sending, LetterBatch]:
    sending = lock_sending(session, election_id, sending_id)
    if number > _MOST_BATCHES:
        raise UnknownLetterBatch
    batch = session.scalar(
        select(LetterBatch)
        .where(LetterBatch.sending_id == sending.id, LetterBatch.number == number)
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise UnknownLetterBatch
    return sending, batch


def _draw_all(
    session: Session, key: DataKey, sending: Sending, batch: LetterBatch
) -> Iterable[Letter]:
    texts = read_texts(session, sending)
    # By entry: the same order in every transaction, so that none waits for the other.
    found = session.execute(
        select(Message, RollEntry)
        .join(RollEntry, RollEntry.id == Message.entry_id)
        .where(Message.batch_id == batch.id)
        .order_by(Message.entry_id)
    ).all()
    for message, entry in found:
        if batch.renderings > 1:
            kill_codes_of_message(session, message)
        person = read_person(key, entry)
        template = texts.get(person.language or "", texts[sending.language])
        code = draw_code(session, message)
        yield Letter(person.display_name, person.postal or "", code, template)


def _set_messages(session: Session, batch: LetterBatch, state: MessageState) -> None:
    session.execute(
        update(Message).where(Message.batch_id == batch.id).values(state=state)
    )
    session.flush()


def _note(
    session: Session, batch: LetterBatch, what: str, actor: str, now: datetime
) -> None:
    record_event(
        session,
        at=now,
        actor=actor,
        kind=what,
        subject=batch.election_id,
        content={
            "batch": batch.number,
            "renderings": batch.renderings,
            "sending": batch.sending_id.hex(),
        },
    )
