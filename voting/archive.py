"""The archive package: protocol, record and audit trail as one BagIt bag.

Packed once when the protocol is printed, and once more with the shredding certificate.
Every file has its checksums in the bag, so that whoever keeps it for a hundred years
notices a spoiled byte; and nothing is handed out here that is spoiled already.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import bagit
from sqlalchemy.orm import Session

from infra.config import Settings
from voting.audit_trail import write_audit_trail
from voting.elections import draft_of, get_election
from voting.printing.printed import PrintKind, load_printed, printed_languages
from voting.record_export import record_file
from voting.sealed import SealedElection, sealed_of
from voting.tables import Election

CHECKSUMS: Final = ("sha256", "sha512")
_FOLDER: Final = "archives"
_README: Final = """\
Arkivpakke for et valg, som BagIt (https://www.rfc-editor.org/rfc/rfc8493).

data/protokoll-*.pdf        protokollen (PDF/A-3a), på hvert språk
data/valgprotokoll.zip      alt som beviser resultatet; regnes etter med scripts/verify
data/revisjonslogg.json     hva de tillitsvalgte og tjenesten gjorde, uten medlemmer
data/makuleringsattest.*    når manntallet er makulert

Ingen medlemmer er nevnt noe sted i pakken.
"""


class PackageState(StrEnum):
    """Which of an election's two packages it is."""

    SHREDDED = "makulert"
    APPROVED = "godkjent"


class ArchiveNotPacked(Exception):
    """There is no package yet."""


class ArchiveDamaged(Exception):
    """A file of the package is not what it was when it was packed."""


def pack_archive(
    session: Session, settings: Settings, election_id: str, *, at: datetime
) -> Path:
    """Pack what there is of an election, unless it is packed; return the bag's folder.

    Raises:
        RecordNotReady, RecordBeingWritten, NotPrinted: too early.

    """
    election = get_election(session, election_id)
    sealed = sealed_of(election)
    packed = _place_of(settings, sealed, _state_of(election))
    if packed.exists():
        return packed
    packed.parent.mkdir(parents=True, exist_ok=True)
    for left in packed.parent.glob(f"{packed.name}-*"):
        shutil.rmtree(left)  # by a worker that died at it
    aside = Path(tempfile.mkdtemp(dir=packed.parent, prefix=f"{packed.name}-"))
    try:
        _fill(aside, session, settings, election)
        bagit.make_bag(
            str(aside), _bag_info(election, at), processes=1, checksums=list(CHECKSUMS)
        )
        aside.rename(packed)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return packed


def find_archive(settings: Settings, sealed: SealedElection) -> Path:
    """Return the folder of an election's latest package, every file of it checked.

    Raises:
        ArchiveNotPacked: there is none.
        ArchiveDamaged: a file is missing, beside, or not what it was.

    """
    for state in PackageState:
        packed = _place_of(settings, sealed, state)
        if packed.exists():
            require_sound(packed)
            return packed
    raise ArchiveNotPacked


def require_sound(packed: Path) -> None:
    """Hold every file of a bag against its checksums.

    Raises:
        ArchiveDamaged: see `find_archive`.

    """
    try:
        bagit.Bag(str(packed)).validate(processes=1)
    except (bagit.BagError, OSError) as broken:
        raise ArchiveDamaged from broken


def _state_of(election: Election) -> PackageState:
    shredded = election.certificate is not None
    return PackageState.SHREDDED if shredded else PackageState.APPROVED


def _place_of(settings: Settings, sealed: SealedElection, state: PackageState) -> Path:
    name = f"{sealed.fingerprint.hex()}-{state}"
    return settings.data_dir / _FOLDER / name


def _fill(
    folder: Path, session: Session, settings: Settings, election: Election
) -> None:
    record = record_file(session, settings, sealed_of(election))
    _link(record, folder / "valgprotokoll.zip")
    files: dict[str, bytes] = {
        "LESMEG.txt": _README.encode("utf-8"),
        "revisjonslogg.json": write_audit_trail(session, election.id),
        **_printed(session, election, PrintKind.PROTOCOL, "protokoll"),
    }
    if election.certificate is not None:
        files["makuleringsattest.json"] = election.certificate
        files |= _printed(session, election, PrintKind.ANNEX, "makuleringsattest")
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _printed(
    session: Session, election: Election, kind: PrintKind, name: str
) -> Mapping[str, bytes]:
    return {
        f"{name}-{language}.pdf": load_printed(session, election.id, kind, language)
        for language in printed_languages(session, election.id, kind)
    }


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)  # a record may be large: one copy on the disk is enough
    except OSError:
        shutil.copyfile(source, target)


def _bag_info(election: Election, at: datetime) -> dict[str, str]:
    return {
        "Bagging-Date": at.date().isoformat(),
        "External-Description": election.title,
        "External-Identifier": (election.fingerprint or b"").hex(),
        "Source-Organization": draft_of(election).organisation,
    }
