"""The two things a member asks of the register (docs/protocol.md §3.3).

`identify_voter`: who am I here, and my salt. `take_right`: my blinded voting right,
once. Neither ever sees a ballot, and taking out a right writes a mark and an hour's
count, nothing else: no time, and nothing to any row that names the member.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from crypto.group import Point
from crypto.signing import verify_signature
from crypto.voprf import DleqProof, evaluate
from infra.fields import keyed_digest
from infra.keystore import DataKey, Keystore
from infra.slugs import is_slug
from register.hours import count_hour
from register.issuers import issuer_key_of
from register.marks import (
    FoundMark,
    MarkState,
    find_mark,
    hold_marking,
    lock_entry,
    mark_state,
)
from register.named_rights import (
    keep_credential,
    require_own_element,
    signed_for_right,
)
from register.refusals import (
    AlreadyUsed,
    CodeDead,
    CodeSuperseded,
    ElectionNotOpen,
    MalformedElement,
    OtherFingerprint,
    RollShredded,
    UnknownElection,
    UnknownVotingCode,
    UsedMessage,
    VotesOnPaper,
    WrongSignature,
)
from register.roll import read_person, read_salt
from register.roll_phases import Channel, RollKind, RollPhase
from register.tables import (
    MarkInIntake,
    Message,
    Roll,
    RollEntry,
    Sending,
    VoterGroup,
    VotingCode,
)
from register.voting_codes import FoundCode, find_code

_ISSUING = frozenset({RollPhase.SEALED, RollPhase.OPEN, RollPhase.CLOSED})


@dataclass(frozen=True, slots=True)
class IdentifyRequest:
    """A request to identify: `fingerprint` and `login` 32 bytes, `signature` 64."""

    slug: str
    fingerprint: bytes
    login: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class RightRequest:
    """A request for a right; `blinded`: 32 bytes, the element as it was sent."""

    slug: str
    fingerprint: bytes
    login: bytes
    blinded: bytes
    signature: bytes
    credential: bytes | None = None
    """32 bytes, told in a survey with names alone (docs/protocol.md §8.2)."""


@dataclass(frozen=True, slots=True)
class IdentifiedVoter:
    """What a member is told of the own entry; shows nothing of it in a log."""

    display_name: str = field(repr=False)
    group: int
    group_label: str
    mark: MarkState
    salt: bytes = field(repr=False)
    """32 bytes."""
    roll: Roll


@dataclass(frozen=True, slots=True)
class EvaluatedRight:
    """The blinded element times the issuer key, and the proof that it is so."""

    evaluated: Point
    proof: DleqProof


def identify_voter(
    session: Session, keystore: Keystore, request: IdentifyRequest
) -> IdentifiedVoter:
    """Tell the holder of a voting code who stands on the roll; changes nothing.

    Raises:
        UnknownElection, OtherFingerprint, WrongSignature, UnknownVotingCode.
        RollShredded: nobody stands on it any more.
        CodeDead: a resend has replaced this code.
        CodeSuperseded: another code of the member took out the right.

    """
    election_id = _find_election(session, request.slug)
    roll = _require_roll(session, election_id, request.fingerprint)
    _verify(request.login, request.signature, "identify", roll, request.login)
    code = _require_code(session, roll, request.login)
    mark = find_mark(session, code.entry_id)
    _require_usable(session, code, mark, request.login)
    entry = session.get_one(RollEntry, code.entry_id)
    key = keystore.read_key(roll.key_id)
    group = session.get_one(VoterGroup, (roll.election_id, entry.group_index))
    return IdentifiedVoter(
        display_name=read_person(key, entry).display_name,
        group=entry.group_index,
        group_label=group.label,
        mark="paper" if entry.channel == Channel.PAPER else mark_state(mark),
        salt=read_salt(key, entry),
        roll=roll,
    )


def take_right(
    session: Session, keystore: Keystore, request: RightRequest, now: datetime
) -> EvaluatedRight:
    """Mark a member and evaluate the blinded element; asked again, answer again.

    The same element is answered until the service has closed its box, so that a
    device that died can be replaced; a new right is given out until closing alone.

    Raises:
        UnknownElection, OtherFingerprint, WrongSignature, MalformedElement,
        UnknownVotingCode, RollShredded, CodeDead: nothing is marked.
        CredentialExpected, CredentialUnwanted: of a survey with names, or another.
        VotesOnPaper: marked so, or entered so.
        CodeSuperseded: another code of the member took out the right.
        AlreadyUsed: this code did, with another element.
        ElectionNotOpen: by this side's clock, or it has ended.

    """
    election_id = _find_election(session, request.slug)
    hold_marking(session, election_id)
    roll = _require_roll(session, election_id, request.fingerprint)
    tag, signed = signed_for_right(
        session, election_id, request.blinded, request.credential
    )
    _verify(request.login, request.signature, tag, roll, *signed)
    blinded = _read_element(request.blinded)
    require_own_element(roll.fingerprint or b"", request.blinded, request.credential)
    lock_entry(session, _require_code(session, roll, request.login).entry_id)
    code = _require_code(session, roll, request.login)
    mark = find_mark(session, code.entry_id)
    _require_usable(session, code, mark, request.login)
    entry = _find_place(session, code.entry_id, mark)
    key = keystore.read_key(roll.key_id)
    if mark is None:
        _require_open(roll, now)
        right = _evaluate(session, keystore, entry, blinded)
        _mark(session, key, entry, request)
        keep_credential(session, key, entry.entry_id, election_id, request.credential)
        if roll.kind == RollKind.ELECTION:
            # A survey may have few members, and an hour few of them.
            count_hour(session, roll.election_id, now)
        return right
    digest = _digest(key, request.blinded)
    if not hmac.compare_digest(mark.element_digest or b"", digest):
        raise AlreadyUsed
    if roll.closed_at is not None or roll.phase not in _ISSUING:
        raise ElectionNotOpen
    return _evaluate(session, keystore, entry, blinded)


@dataclass(frozen=True, slots=True)
class _Place:
    entry_id: bytes
    election_id: str
    group_index: int


def _find_election(session: Session, slug: str) -> str:
    if not is_slug(slug):
        raise UnknownElection
    election_id = session.scalar(select(Roll.election_id).where(Roll.slug == slug))
    if election_id is None:
        raise UnknownElection
    return election_id


def _require_roll(session: Session, election_id: str, fingerprint: bytes) -> Roll:
    roll = session.get_one(Roll, election_id)
    if roll.fingerprint is None:
        raise UnknownElection
    if not hmac.compare_digest(roll.fingerprint, fingerprint):
        raise OtherFingerprint
    if roll.phase == RollPhase.SHREDDED:
        raise RollShredded
    return roll


def _verify(login: bytes, signature: bytes, tag: str, roll: Roll, *said: bytes) -> None:
    # Before anything is looked up: only the holder of a code learns if it is known.
    try:
        verify_signature(login, signature, tag, roll.fingerprint or b"", *said)
    except CryptoError:
        raise WrongSignature from None


def _read_element(encoded: bytes) -> Point:
    try:
        return Point.decode_nonidentity(encoded)
    except CryptoError:
        raise MalformedElement from None


def _require_code(session: Session, roll: Roll, login: bytes) -> FoundCode:
    code = find_code(session, roll.election_id, login)
    if code is None:
        raise UnknownVotingCode
    return code


def _require_usable(
    session: Session, code: FoundCode, mark: FoundMark | None, login: bytes
) -> None:
    if not code.is_live:
        raise CodeDead
    if mark is not None and mark.login_key not in {None, login}:
        raise CodeSuperseded(_used_message(session, mark.login_key or b""))


def _used_message(session: Session, login: bytes) -> UsedMessage:
    row = session.execute(
        select(Message.channel, Sending.created_on)
        .join(VotingCode, VotingCode.message_id == Message.id)
        .join(Sending, Sending.id == Message.sending_id)
        .where(VotingCode.login_key == login)
    ).one()
    return UsedMessage(row.channel, row.created_on)


def _find_place(session: Session, entry_id: bytes, mark: FoundMark | None) -> _Place:
    row = session.execute(
        select(RollEntry.election_id, RollEntry.group_index, RollEntry.channel).where(
            RollEntry.id == entry_id
        )
    ).one()
    if Channel.PAPER in {row.channel, mark.channel if mark else row.channel}:
        raise VotesOnPaper
    return _Place(entry_id, row.election_id, row.group_index)


def _require_open(roll: Roll, now: datetime) -> None:
    if roll.opens_at is None or roll.closes_at is None or roll.closed_at is not None:
        raise ElectionNotOpen
    if roll.phase not in _ISSUING or not roll.opens_at <= now < roll.closes_at:
        raise ElectionNotOpen


def _evaluate(
    session: Session, keystore: Keystore, place: _Place, blinded: Point
) -> EvaluatedRight:
    where = (place.election_id, place.group_index)
    secret = issuer_key_of(session, keystore, *where)
    (evaluated,), proof = evaluate(secret, [blinded])
    return EvaluatedRight(evaluated, proof)


def _mark(session: Session, key: DataKey, place: _Place, request: RightRequest) -> None:
    values = {
        "entry_id": place.entry_id,
        "election_id": place.election_id,
        "group_index": place.group_index,
        "channel": Channel.DIGITAL,
        "element_digest": _digest(key, request.blinded),
        "blinded_element": request.blinded,
        "signature": request.signature,
        "login_key": request.login,
    }
    session.execute(insert(MarkInIntake).values(values))


def _digest(key: DataKey, blinded: bytes) -> bytes:
    return keyed_digest(key, "blinded-element", blinded)
