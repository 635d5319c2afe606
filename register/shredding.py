"""Shredding a roll: rows, key, files; then looking; then the certificate.

Each step is a transaction or a file operation that may be run again, and the row in
`shreddings` says which is next: a crash at any point is taken up where it was, and a
shredding that is done is not done twice (docs/protocol.md §3.7, §4.12).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.signing import SigningSeed, sign
from crypto.times import format_time
from infra.audit import record_event, shred_contents
from infra.config import Settings
from infra.keystore import KeyDestroyed, KeyMissing, Keystore
from register.correction_tables import Correction
from register.elections import SYSTEM, shredding_due
from register.issuers import destroy_issuer_keys
from register.roll import lock_roll, require_roll
from register.roll_phases import RollKind, RollPhase, ShreddingState
from register.roll_readings import destroy_reading_key
from register.roll_tables import RollReading, ShelvedEntry
from register.statements import post_to_service
from register.survey_rolls import counts_by_group
from register.survey_tables import NamedCredential
from register.tables import (
    LetterBatch,
    Mark,
    MarkInIntake,
    Message,
    Roll,
    RollEntry,
    Sending,
    SendingText,
    Shredding,
    VoterGroup,
    VotingCode,
)

BACKUP_LIFE: Final = timedelta(days=7)
"""Keystore backups are kept at most so long: until then an old backup of the database
could be read with an old backup of the key."""

NOT_SEEN: Final = ("hosting-snapshots", "mail-providers", "storage-remnants")
"""What no program on this machine can look at."""

Check = dict[str, JsonValue]


_OfMembers = type[
    Mark
    | MarkInIntake
    | NamedCredential
    | VotingCode
    | Message
    | LetterBatch
    | SendingText
    | Sending
    | Correction
    | ShelvedEntry
    | RollReading
    | RollEntry
]

_TABLES: Final[tuple[_OfMembers, ...]] = (
    Mark,
    MarkInIntake,
    NamedCredential,
    VotingCode,
    Message,
    LetterBatch,
    SendingText,
    Sending,
    Correction,
    ShelvedEntry,
    RollReading,
    RollEntry,
)
"""In the order in which their rows may be deleted."""


class NotDue(Exception):
    """The roll is not to be shredded now: too early, held, or shredded already."""


class KeyStillThere(Exception):
    """The data key of a shredded roll can still be read."""


def begin_shredding(session: Session, election_id: str, now: datetime) -> Shredding:
    """Note that a due roll is being shredded, or take up one that was broken off.

    Raises:
        NotDue: see there.
        UnknownRoll.

    """
    lock_roll(session, election_id)
    known = session.get(Shredding, election_id)
    if known is not None:
        if known.state == ShreddingState.CERTIFIED:
            raise NotDue
        return known
    roll = require_roll(session, election_id)
    if roll.phase == RollPhase.SHREDDED or shredding_due(roll) > now:
        raise NotDue
    row = Shredding(
        election_id=election_id, state=ShreddingState.STARTED, started_at=now
    )
    session.add(row)
    session.flush()
    return row


def destroy_keys(
    session: Session, keystore: Keystore, election_id: str, now: datetime
) -> None:
    """Destroy data key and issuer keys: what they encrypted is void from here on."""
    roll = require_roll(session, election_id)
    # A key that was never made, or was removed by hand, is gone; the look comes later.
    with suppress(KeyMissing):
        keystore.destroy_key(roll.key_id, at=now)
    with suppress(KeyMissing):
        destroy_issuer_keys(session, keystore, election_id, at=now)
    destroy_reading_key(session, keystore, election_id, now)
    _advance(session, election_id, ShreddingState.KEY_DESTROYED)


def delete_rows(session: Session, election_id: str, now: datetime) -> None:
    """Delete every row that is of a member; totals by voter group stay."""
    lock_roll(session, election_id)
    roll = require_roll(session, election_id)
    counts: dict[str, JsonValue] = {**count_rows(session, election_id)}
    _keep_totals(session, election_id)
    for table in _TABLES:
        session.execute(delete(table).where(table.election_id == election_id))
    counts["audit_contents"] = shred_contents(session, election_id)
    row = session.get_one(Shredding, election_id)
    row.counts = row.counts or encode_json(counts)
    roll.source_digest = None
    roll.phase = RollPhase.SHREDDED
    roll.shredded_at = now
    _advance(session, election_id, ShreddingState.ROWS_DELETED)


def note_rewritten(session: Session, election_id: str) -> None:
    """Note that the files were written anew."""
    _advance(session, election_id, ShreddingState.REWRITTEN)


def note_looked(session: Session, election_id: str, checks: list[Check]) -> None:
    """Keep what the look found: it cannot be had again once the canaries are gone."""
    row = session.get_one(Shredding, election_id)
    row.checks = encode_json(list[JsonValue](checks))
    _advance(session, election_id, ShreddingState.LOOKED)


def certify(
    session: Session,
    settings: Settings,
    election_id: str,
    *,
    not_seen: tuple[str, ...],
    now: datetime,
) -> dict[str, JsonValue]:
    """Sign the certificate, keep it, and hand it to the service; returns it.

    A check that failed stands in it as failed: the certificate says what was found.
    """
    roll = require_roll(session, election_id)
    row = session.get_one(Shredding, election_id)
    document = _document(roll, row, not_seen)
    seed = SigningSeed(settings.secrets_of("register").signing_seed.reveal())
    fingerprint = roll.fingerprint or b""
    signature = sign(seed, "certificate", fingerprint, encode_json(document))
    document["signature"] = signature.hex()
    row.certificate = encode_json(document)
    row.state = ShreddingState.CERTIFIED
    session.flush()
    body: JsonValue = {"certificate": document}
    post_to_service(session, settings, roll, "shredded", body, at=now)
    record_event(
        session, at=now, actor=SYSTEM, kind="roll-shredded", subject=election_id
    )
    return document


def require_key_destroyed(keystore: Keystore, key_id: str) -> None:
    """Check that a data key cannot be read.

    Raises:
        KeyStillThere: it can.

    """
    try:
        keystore.read_key(key_id)
    except (KeyDestroyed, KeyMissing):
        return
    raise KeyStillThere


def rows_left(session: Session, election_id: str) -> int:
    """Return how many rows of members are left; none, after `delete_rows`."""
    return sum(count_rows(session, election_id).values())


def _document(
    roll: Roll, row: Shredding, not_seen: tuple[str, ...]
) -> dict[str, JsonValue]:
    shredded_at = roll.shredded_at or row.started_at
    return {
        "checks": decode_json(row.checks or b"[]"),
        "counts": decode_json(row.counts or b"{}"),
        "election": roll.election_id,
        "fingerprint": None if roll.fingerprint is None else roll.fingerprint.hex(),
        "format": "urne/v1/certificate",
        "not_seen": sorted(not_seen),
        "protocol": None if roll.protocol is None else roll.protocol.hex(),
        "reason": _reason(roll),
        "shredded_at": format_time(shredded_at),
        "void_in_backups_at": format_time(shredded_at + BACKUP_LIFE),
    }


def _reason(roll: Roll) -> str:
    if roll.approved_at is not None:
        return "approved"
    if roll.closed_at is None:
        return "last-date"
    return "survey" if roll.kind == RollKind.SURVEY else "never-approved"


def _keep_totals(session: Session, election_id: str) -> None:
    if not counts_by_group(session, election_id):
        return
    groups = select(VoterGroup).where(
        VoterGroup.election_id == election_id, VoterGroup.digital_marks.is_(None)
    )
    for group in session.scalars(groups):
        counted = {
            channel: sum(
                _count(
                    session,
                    table,
                    (table.election_id == election_id)
                    & (table.group_index == group.index)
                    & (table.channel == channel),
                )
                for table in (Mark, MarkInIntake)
            )
            for channel in ("digital", "paper")
        }
        group.digital_marks = counted["digital"]
        group.paper_marks = counted["paper"]


def count_rows(session: Session, election_id: str) -> dict[str, int]:
    """Return how many rows there are of members, by table."""
    return {
        table.__tablename__: _count(session, table, table.election_id == election_id)
        for table in _TABLES
    }


def _count(session: Session, table: _OfMembers, where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(where)
    return session.scalars(query).one()


def _advance(session: Session, election_id: str, state: ShreddingState) -> None:
    session.get_one(Shredding, election_id).state = state
    session.flush()
