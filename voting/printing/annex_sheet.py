"""The shredding certificate as an annex to the protocol, for people (PDF/A-3a).

The certificate itself is the signed data that it carries; the approved protocol stays
as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from crypto.hashing import digest
from infra.attached_files import AttachedFile
from infra.i18n import speaking
from voting.elections import draft_of, get_election
from voting.presenting.certificate_page import read_certificate
from voting.presenting.language_words import language_name
from voting.presenting.translated import _
from voting.printing.printed import NotPrinted
from voting.printing.sheets import fill_sheet

CERTIFICATE_NAME: Final = "makuleringsattest.json"


@dataclass(frozen=True, slots=True)
class AnnexSources:
    """All that the annex says."""

    title: str
    organisation: str
    language: str
    practice: bool
    certificate: bytes


def read_annex_sources(session: Session, election_id: str) -> AnnexSources:
    """Gather what the annex of a shredded election says.

    Raises:
        NotPrinted: its roll is not shredded.

    """
    election = get_election(session, election_id)
    if election.certificate is None:
        raise NotPrinted
    draft = draft_of(election)
    return AnnexSources(
        election.title,
        draft.organisation,
        draft.language,
        draft.practice,
        election.certificate,
    )


def print_annex(sources: AnnexSources, language: str) -> bytes:
    """Set the annex in a language; the same certificate gives the same bytes."""
    with speaking(language):
        page = read_certificate(sources.certificate)
        if page is None:
            raise NotPrinted
        original = "" if sources.language == language else sources.language
        html = fill_sheet(
            "annex.html",
            certificate=page,
            practice=sources.practice,
            original=language_name(original) if original else "",
            sources=sources,
        )
        attached = AttachedFile(
            CERTIFICATE_NAME,
            sources.certificate,
            _("Attesten som data, underskrevet av registeret"),
            "Source",
        )
    name = digest("printed", sources.certificate, language.encode("ascii"))
    from infra.typesetting import typeset  # noqa: PLC0415 - slow to load

    return typeset(
        html,
        language=language,
        made_at=page.shredded_at,
        identifier=name[:16],
        attached=[attached],
    )
