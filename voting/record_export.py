"""The election record, written from the store (docs/protocol.md §7).

It follows from what never changes after approval: the same bytes whenever it is asked
for. So it is written once and kept as a file; whoever asks is given that.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.config import Settings
from voting.approvals import Approvals, encode_approvals
from voting.board import every_leaf
from voting.counting_room import record_files
from voting.elections import get_election
from voting.leaves import IndexedSignature
from voting.record import RecordParts, split_board, write_record
from voting.sealed import SealedElection, get_sealed
from voting.tables import Election, HolderSignature
from voting.tables import Tally as TallyRow

APPROVAL_NUMBER = 1


class RecordNotReady(Exception):
    """Before the committee has approved there is no record."""


def export_record(session: Session, election_id: str, target: IO[bytes]) -> None:
    """Write the record of an approved election as a zip.

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
        board=tuple(split_board(every_leaf(session, election_id))),
        checkpoints=files["checkpoints"],
        evidence=files["evidence"],
        tally=tally.document,
        partials=files["partials"],
        protocol=election.protocol or b"",
        approvals=_approvals(session, election),
        paper=files.get("paper"),
    )
    write_record(parts, target)


def record_file(session: Session, settings: Settings, sealed: SealedElection) -> Path:
    """Return the file that holds the record of an approved election.

    Written to the side and renamed, so that nobody is given half a record.

    Raises:
        RecordNotReady: it is not approved.

    """
    require_approved(get_election(session, sealed.id))
    folder = settings.data_dir / "records"
    kept = folder / f"{sealed.fingerprint.hex()}.zip"
    if kept.exists():
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as target:
            export_record(session, sealed.id, target)
        Path(aside).replace(kept)
    finally:
        Path(aside).unlink(missing_ok=True)
    return kept


def require_approved(election: Election) -> None:
    """Refuse an election that the committee has not approved.

    Raises:
        RecordNotReady: it has not.

    """
    if election.approved_at is None:
        raise RecordNotReady


def _approvals(session: Session, election: Election) -> bytes:
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
