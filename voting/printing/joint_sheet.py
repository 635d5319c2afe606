"""The protocol of a joint count as a document that stands alone (PDF/A-3a, PDF/UA-1).

It carries the declaration and the protocol as signed data, and names the record of each
election by its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crypto.hashing import digest
from infra.attached_files import AttachedFile
from infra.i18n import speaking
from voting.joint import Declaration
from voting.joint_result import JointResult
from voting.presenting.joint_page import show_joint
from voting.presenting.translated import _
from voting.printing.sheets import fill_sheet

JOINT_NAME: Final = "felles-protokoll.json"


@dataclass(frozen=True, slots=True)
class JointSources:
    """All that the document says."""

    declaration: Declaration
    result: JointResult
    file: bytes
    """Declaration and protocol with their signatures, as handed out."""
    approved_at: datetime
    """When the last of the elections was approved."""


def print_joint(sources: JointSources, language: str) -> bytes:
    """Set the joint protocol in a language; the same sources give the same bytes."""
    with speaking(language):
        page = show_joint(sources.result)
        html = fill_sheet(
            "joint.html",
            approved_at=sources.approved_at,
            declared_at=sources.declaration.declared_at,
            joint=page,
            practice=page.practice,
            record_digest=digest("file", b"joint", sources.file).hex(),
            title=sources.declaration.title,
        )
        attached = AttachedFile(
            JOINT_NAME,
            sources.file,
            _("Den felles protokollen som data, underskrevet av tjenesten"),
            "Data",
        )
    name = digest("printed", sources.file, language.encode("ascii"))
    from infra.typesetting import typeset  # noqa: PLC0415 - slow to load

    return typeset(
        html,
        language=language,
        made_at=sources.approved_at,
        identifier=name[:16],
        attached=[attached],
    )
