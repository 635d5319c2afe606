"""What a printed protocol is made from: read from the store, verified from the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy.orm import Session

from infra.config import Settings
from voting.address_changes import list_address_changes
from voting.elections import get_election
from voting.incidents import list_incidents
from voting.long_work import Progress
from voting.objections import list_objections
from voting.printing.protocol_sheet import ProtocolSources
from voting.protocol_signers import list_signers
from voting.record import read_record
from voting.record_export import RecordNotReady, encoded_approvals, record_file
from voting.sealed import sealed_of
from voting.verification.runner import CheckResult, verify_record


def read_sources(
    session: Session, settings: Settings, election_id: str, progress: Progress
) -> ProtocolSources:
    """Gather what the protocol of an approved election says, and verify its record.

    Raises:
        RecordNotReady: it is not approved.
        RecordBeingWritten: the record is no file yet.

    """
    election = get_election(session, election_id)
    sealed = sealed_of(election)
    if election.approved_at is None or election.protocol is None:
        raise RecordNotReady
    file = record_file(session, settings, sealed)
    progress.enter("verifying")
    return ProtocolSources(
        address_changes=list_address_changes(session, election_id),
        manifest=sealed.manifest,
        protocol=election.protocol,
        approvals=encoded_approvals(session, election),
        approved_at=election.approved_at,
        record_digest=file_digest(file),
        checks=_verify(file, progress),
        signers=list_signers(session, election),
        objections=list_objections(session, election),
        incidents=[
            each
            for each in list_incidents(session, election_id)
            if each.at <= election.approved_at
        ],
    )


def file_digest(file: Path) -> bytes:
    """Return the SHA-256 of a file, 32 bytes, without holding it in memory."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _verify(file: Path, progress: Progress) -> tuple[CheckResult, ...]:
    with file.open("rb") as opened:
        parts = read_record(opened)
    return verify_record(parts, progress=progress.reach).results
