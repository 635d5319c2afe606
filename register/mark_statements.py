"""How many are marked, told to the board: at every checkpoint, and at the end.

Among the leaves that a checkpoint covers no group may have more ballots than marks.
The counts are read after the checkpoint was signed, so that every right behind one of
its ballots is among them (docs/protocol.md §3.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.statements import marks_parts
from infra.audit import record_event
from infra.config import Settings
from infra.keystore import Keystore
from register.deadlines import CLOCK_SKEW, NEVER_APPROVED
from register.elections import SERVICE, PhaseMismatch, require_election
from register.issuers import destroy_issuer_keys
from register.marks import MarkCounts, count_marks, end_marking
from register.roll_phases import RollPhase
from register.statements import post_leaf
from register.tables import Roll, VoterGroup

_RUNNING = frozenset({RollPhase.SEALED, RollPhase.OPEN, RollPhase.CLOSED})


def answer_checkpoint(
    session: Session,
    settings: Settings,
    *,
    election_id: str,
    size: int,
    root: bytes,
    now: datetime,
) -> None:
    """Post the mark counts for a checkpoint of `size` leaves; `root`: 32 bytes.

    Once the final counts are given nothing more is said: they are the last leaf. The
    checkpoint over them is kept, to be told to members.

    Raises:
        UnknownRoll, PhaseMismatch: nothing is sealed, or it is a survey's.

    """
    roll = require_election(session, election_id)
    if roll.fingerprint is None:
        raise PhaseMismatch
    if roll.closed_at is not None:
        if size > (roll.final_size or 0):
            roll.final_size, roll.final_root = size, root
        return
    if roll.phase not in _RUNNING:
        return
    counts = count_marks(session, election_id)
    _post(session, settings, roll, counts, size=size, root=root, final=False, now=now)


def close_election(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    closed_at: datetime,
    size: int,
    root: bytes,
    now: datetime,
) -> None:
    """End all marking, post the final counts, destroy the issuer keys.

    Raises:
        UnknownRoll.
        PhaseMismatch: nothing is sealed, it is over already, it is not yet time, or
            it is a survey's.

    """
    end_marking(session, election_id)
    roll = require_election(session, election_id)
    if roll.phase not in _RUNNING or roll.closed_at is not None:
        raise PhaseMismatch
    if (
        roll.closes_at is None
        or closed_at < roll.closes_at
        or closed_at > now + CLOCK_SKEW
    ):
        raise PhaseMismatch
    roll.closed_at, roll.phase = closed_at, RollPhase.CLOSED
    roll.last_date = closed_at + NEVER_APPROVED
    counts = count_marks(session, election_id)
    keep_counts(session, election_id, counts)
    _post(session, settings, roll, counts, size=size, root=root, final=True, now=now)
    record_event(session, at=now, actor=SERVICE, kind="closed", subject=election_id)
    # Last: what is destroyed stays so, even if this transaction has to come again.
    destroy_issuer_keys(session, keystore, election_id, at=now)


def note_ballots(
    session: Session, election_id: str, counts: Sequence[JsonValue]
) -> None:
    """Keep how many ballots of each voter group were in the box at its closing.

    Raises:
        UnknownRoll.
        PhaseMismatch: it is not closed, there are other groups, or no counts, or it
            is a survey's.

    """
    if require_election(session, election_id).closed_at is None:
        raise PhaseMismatch
    groups = session.scalars(
        select(VoterGroup)
        .where(VoterGroup.election_id == election_id)
        .order_by(VoterGroup.index)
    ).all()
    if len(groups) != len(counts):
        raise PhaseMismatch
    for group, count in zip(groups, counts, strict=True):
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise PhaseMismatch
        group.ballots = count
    session.flush()


def keep_counts(session: Session, election_id: str, counts: MarkCounts) -> None:
    """Keep a closed roll's mark counts with its voter groups, which outlive it."""
    groups = session.scalars(
        select(VoterGroup)
        .where(VoterGroup.election_id == election_id)
        .order_by(VoterGroup.index)
    )
    numbers = zip(groups, counts.digital, counts.paper, strict=True)
    for group, digital, paper in numbers:
        group.digital_marks, group.paper_marks = digital, paper
    session.flush()


def _post(
    session: Session,
    settings: Settings,
    roll: Roll,
    counts: MarkCounts,
    *,
    size: int,
    root: bytes,
    final: bool,
    now: datetime,
) -> None:
    parts = marks_parts(
        roll.fingerprint or b"",
        size=size,
        root=root,
        final=final,
        counts=counts.digital,
        paper=counts.paper,
    )
    fields: dict[str, JsonValue] = {
        "counts": list(counts.digital),
        "final": final,
        "paper": list(counts.paper),
        "root": root.hex(),
        "size": size,
    }
    post_leaf(
        session,
        settings,
        roll.election_id,
        kind="marks",
        fields=fields,
        parts=parts,
        at=now,
    )
