"""Voting codes on the register's side: their public keys, dead or alive.

A code is drawn when its message is rendered, and kept nowhere; what stays is the
public key that follows from it (docs/protocol.md §3.3). The key is on the disk before
the message goes. Every batch of them is told to the board by its root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crypto.codes import VotingCode as DrawnCode
from crypto.codes import login_seed
from crypto.merkle import CompactTree, leaf_hash, root_of
from crypto.signing import SigningSeed
from crypto.statements import codes_parts
from infra.config import Settings
from register.marks import find_mark, lock_entry
from register.recipients import shown_number
from register.refusals import ElectionNotOpen
from register.roll import lock_roll, require_roll
from register.roll_phases import SendingKind
from register.statements import post_leaf
from register.tables import Message, Roll, Sending, VotingCode

_CHUNK: Final = 5_000


class AlreadyMarked(Exception):
    """The member has taken out the right, or voted on paper: no new code helps."""


class NothingToAnnounce(Exception):
    """The sending has no codes, or the board has been told of them."""


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code that a request was signed with."""

    entry_id: bytes
    is_live: bool


def draw_code(session: Session, message: Message) -> DrawnCode:
    """Draw the code of a message and keep its public key; returns the secret code.

    Commit before the message goes.

    Raises:
        UnknownRoll: no such election.
        ElectionNotOpen: the manifest is not sealed, or the box is closed.

    """
    roll = require_roll(session, message.election_id)
    code = DrawnCode.draw()
    row = VotingCode(
        login_key=login_public_key(require_voting_ahead(roll), code),
        election_id=message.election_id,
        entry_id=message.entry_id,
        message_id=message.id,
        state="live",
    )
    session.add(row)
    session.flush()
    return code


def login_public_key(fingerprint: bytes, code: DrawnCode) -> bytes:
    """Return the Ed25519 public key of a code's login key, 32 bytes."""
    return SigningSeed(login_seed(fingerprint, code)).public_key


def find_code(session: Session, election_id: str, login: bytes) -> FoundCode | None:
    """Return what a login public key belongs to, or None."""
    row = session.execute(
        select(VotingCode.entry_id, VotingCode.state).where(
            VotingCode.login_key == login, VotingCode.election_id == election_id
        )
    ).one_or_none()
    return None if row is None else FoundCode(row.entry_id, row.state == "live")


def kill_codes_of_message(session: Session, message: Message) -> None:
    """Let the codes of a message that did not arrive open nothing any more.

    One that has taken out the right all the same stays: it arrived.
    """
    lock_entry(session, message.entry_id)
    mark = find_mark(session, message.entry_id)
    used = mark.login_key if mark else None
    dying = update(VotingCode).where(VotingCode.message_id == message.id)
    if used is not None:
        dying = dying.where(VotingCode.login_key != used)
    session.execute(dying.values(state="dead"))


def kill_codes_of_entry(session: Session, entry_id: bytes) -> None:
    """Kill every code a member was sent: before a resend.

    Raises:
        AlreadyMarked: only the code that was used can finish.

    """
    lock_entry(session, entry_id)
    if find_mark(session, entry_id) is not None:
        raise AlreadyMarked
    session.execute(
        update(VotingCode).where(VotingCode.entry_id == entry_id).values(state="dead")
    )


def codes_root(login_keys: Iterable[bytes]) -> bytes:
    """Return the RFC 6962 root over login public keys, sorted: 32 bytes (§4.5)."""
    return root_of(leaf_hash(key) for key in sorted(login_keys))


def announce_codes(
    session: Session, settings: Settings, sending: Sending, *, now: datetime
) -> int:
    """Tell the board of a sending's codes by a signed leaf; return its number.

    All codes that were drawn for it, also those that died; call it when no more will
    be drawn. How many a reminder went to is rounded up in steps: the exact number
    would tell everybody how many have voted.

    Raises:
        NothingToAnnounce: no code was drawn, or it was told before.
        ElectionNotOpen: the box is closed: after that nothing but marks is told.

    """
    lock_roll(session, sending.election_id)
    roll = require_roll(session, sending.election_id)
    fingerprint = require_voting_ahead(roll)
    drawn = _tree_of_codes(session, sending)
    if not drawn.size or sending.number is not None:
        raise NothingToAnnounce
    number, root = _next_number(session, sending.election_id), drawn.root
    count = shown_number(SendingKind(sending.kind), drawn.size)
    sending.number, sending.codes_root = number, root
    session.flush()
    post_leaf(
        session,
        settings,
        sending.election_id,
        kind="codes",
        fields={
            "count": count,
            "kind": sending.kind,
            "number": number,
            "root": root.hex(),
        },
        parts=codes_parts(fingerprint, number, sending.kind, count, root),
        at=now,
    )
    return number


def require_voting_ahead(roll: Roll) -> bytes:
    """Return the fingerprint of an election that is sealed and not yet over.

    Raises:
        ElectionNotOpen: it is something else.

    """
    over = roll.phase in {"cancelled", "approved", "shredded"} or roll.closed_at
    if roll.fingerprint is None or over:
        raise ElectionNotOpen
    return roll.fingerprint


def _tree_of_codes(session: Session, sending: Sending) -> CompactTree:
    """Return the tree of a sending's codes, as `codes_root` has it, read in pieces."""
    keys = session.scalars(
        select(VotingCode.login_key)
        .join(Message, Message.id == VotingCode.message_id)
        .where(Message.sending_id == sending.id)
        .order_by(VotingCode.login_key)
        .execution_options(yield_per=_CHUNK)
    )
    return CompactTree().extended(leaf_hash(key) for key in keys)


def _next_number(session: Session, election_id: str) -> int:
    last = session.scalar(
        select(func.max(Sending.number)).where(Sending.election_id == election_id)
    )
    return 0 if last is None else last + 1
