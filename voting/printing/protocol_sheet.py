"""The approved protocol as a document that stands alone (PDF/A-3a, PDF/UA-1).

It carries the protocol and its signatures as data, so that the numbers on its pages can
be held against them; and on every page the digest of the record that proves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crypto.hashing import digest
from infra.attached_files import AttachedFile
from infra.i18n import speaking
from voting.address_changes import AddressChange
from voting.approvals import protocol_digest
from voting.incidents import Incident
from voting.manifest_model import Manifest
from voting.objections import FiledObjection
from voting.presenting.check_words import check_words
from voting.presenting.incident_words import incident_words
from voting.presenting.language_words import language_name
from voting.presenting.protocol_page import read_protocol
from voting.presenting.translated import _
from voting.printing.sheets import fill_sheet
from voting.protocol_signers import Signer
from voting.verification.runner import CheckResult

RESULT_NAME: Final = "protokoll.json"
APPROVALS_NAME: Final = "godkjenning.json"


@dataclass(frozen=True, slots=True)
class ProtocolSources:
    """All that the document says; none of it changes after the approval."""

    manifest: Manifest
    protocol: bytes
    approvals: bytes
    approved_at: datetime
    record_digest: bytes
    """SHA-256 of the record as a file."""
    checks: Sequence[CheckResult]
    signers: Sequence[Signer]
    objections: Sequence[FiledObjection]
    incidents: Sequence[Incident]
    address_changes: Sequence[AddressChange]


def print_protocol(sources: ProtocolSources, language: str) -> bytes:
    """Set the protocol in a language; the same sources give the same bytes."""
    manifest = sources.manifest
    with speaking(language):
        page = read_protocol(sources.protocol, manifest)
        html = fill_sheet(
            "protocol.html",
            address_changes=sources.address_changes,
            approved_at=sources.approved_at,
            checks=[
                (each.number, check_words(each.name), each.passed, each.reason)
                for each in sources.checks
            ],
            digest=protocol_digest(sources.protocol).hex(),
            incidents=[(each.at, incident_words(each)) for each in sources.incidents],
            manifest=manifest,
            objections=sources.objections,
            practice=manifest.practice,
            original=language_name(manifest.language)
            if manifest.language != language
            else "",
            protocol=page,
            record_digest=sources.record_digest.hex(),
            signers=sources.signers,
        )
        attached = _attached(sources)
    name = digest("printed", sources.protocol, language.encode("ascii"))
    from infra.typesetting import typeset  # noqa: PLC0415 - slow to load

    return typeset(
        html,
        language=language,
        made_at=sources.approved_at,
        identifier=name[:16],
        attached=attached,
    )


def _attached(sources: ProtocolSources) -> list[AttachedFile]:
    return [
        AttachedFile(
            RESULT_NAME,
            sources.protocol,
            _("Protokollen som data: hvert tall, slik komiteen skrev under på det"),
            "Data",
        ),
        AttachedFile(
            APPROVALS_NAME,
            sources.approvals,
            _("Komiteens underskrifter"),
            "Supplement",
        ),
    ]
