"""The election record, written from the store (docs/protocol.md §7).

It follows from what never changes after approval: the same bytes whenever it is
written. So a worker writes it once, as a file; whoever asks is given that.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.config import Settings
from voting.approvals import Approvals, encode_approvals
from voting.board import count_ballots, every_leaf
from voting.counting_room import record_files
from voting.elections import get_election
from voting.leaves import IndexedSignature
from voting.long_work import Progress, WorkKind
from voting.record import RecordParts, split_board, write_record
from voting.sealed import SealedElection, get_sealed, sealed_of
from voting.tables import Election, HolderSignature
from voting.tables import Tally as TallyRow
from voting.work_tables import LongWork

APPROVAL_NUMBER = 1


class RecordNotReady(Exception):
    """Before the committee has approved there is no record."""


class RecordBeingWritten(Exception):
    """The election is approved, and a worker is still writing its record."""


def export_record(
    session: Session,
    election_id: str,
    target: IO[bytes],
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Write the record of an approved election as a zip; `tick`: told of each leaf.

    Raises:
        UnknownElection: there is none with this id.
        RecordNotReady: it is not approved.

    """
    election = get_election(session, election_id)
    require_approved(election)
    sealed = get_sealed(session, election_id)
    files = record_files(session, sealed)
    tally = session.get_one(TallyRow, election_id)
    parts = RecordParts(
        manifest=election.manifest or b"",
        ceremony=files["ceremony"],
        board=tuple(split_board(_told(every_leaf(session, election_id), tick))),
        checkpoints=files["checkpoints"],
        evidence=files["evidence"],
        tally=tally.document,
        partials=files["partials"],
        protocol=election.protocol or b"",
        approvals=encoded_approvals(session, election),
        paper=files.get("paper"),
    )
    write_record(parts, target)


def record_file(session: Session, settings: Settings, sealed: SealedElection) -> Path:
    """Return the file that holds the record of an approved election.

    Raises:
        RecordNotReady: it is not approved.
        RecordBeingWritten: the file is not there yet.

    """
    require_approved(get_election(session, sealed.id))
    kept = _place_of(settings, sealed)
    if not kept.exists():
        raise RecordBeingWritten
    return kept


def write_record_file(
    session: Session, settings: Settings, sealed: SealedElection, progress: Progress
) -> Path:
    """Write the file, unless it is there; to the side and renamed, never by halves.

    Raises:
        RecordNotReady: it is not approved.

    """
    require_approved(get_election(session, sealed.id))
    kept = _place_of(settings, sealed)
    if kept.exists():
        return kept
    progress.enter("record", count_ballots(session, sealed.id))
    kept.parent.mkdir(parents=True, exist_ok=True)
    for left in kept.parent.glob(f"{kept.stem}-*.part"):
        left.unlink(missing_ok=True)  # by a worker that died at it
    handle, aside = tempfile.mkstemp(
        dir=kept.parent, prefix=f"{kept.stem}-", suffix=".part"
    )
    try:
        with os.fdopen(handle, "wb") as target:
            export_record(session, sealed.id, target, progress.tick)
        Path(aside).replace(kept)
    finally:
        Path(aside).unlink(missing_ok=True)
    return kept


def list_lost_records(session: Session, settings: Settings) -> list[str]:
    """Return the elections whose record was written, and whose file is not there."""
    query = (
        select(Election)
        .join(LongWork, LongWork.election_id == Election.id)
        .where(LongWork.kind == WorkKind.RECORD, LongWork.finished_at.is_not(None))
        .order_by(Election.id)
    )
    return [
        each.id
        for each in session.scalars(query)
        if not _place_of(settings, sealed_of(each)).exists()
    ]


def require_approved(election: Election) -> None:
    """Refuse an election that the committee has not approved.

    Raises:
        RecordNotReady: it has not.

    """
    if election.approved_at is None:
        raise RecordNotReady


def encoded_approvals(session: Session, election: Election) -> bytes:
    """Return the signatures under the protocol as the record has them.

    Raises:
        RecordNotReady: it is not approved.

    """
    if election.approved_at is None or election.approval_signature is None:
        raise RecordNotReady
    query = (
        select(HolderSignature)
        .where(
            HolderSignature.election_id == election.id,
            HolderSignature.kind == "approval",
            HolderSignature.number == APPROVAL_NUMBER,
        )
        .order_by(HolderSignature.index)
    )
    signatures = tuple(
        IndexedSignature(each.index, each.signature) for each in session.scalars(query)
    )
    return encode_approvals(
        Approvals(signatures, election.approved_at, election.approval_signature)
    )


def _place_of(settings: Settings, sealed: SealedElection) -> Path:
    return settings.data_dir / "records" / f"{sealed.fingerprint.hex()}.zip"


def _told(leaves: Iterable[bytes], tick: Callable[[], None]) -> Iterator[bytes]:
    for leaf in leaves:
        yield leaf
        tick()
