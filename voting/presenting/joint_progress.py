"""How far the elections of a joint count have come: never a number of any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from voting.elections import draft_of
from voting.joint import JointRefused, require_joinable
from voting.joint_counts import Joint, NotSealedYet, siblings_of
from voting.phases import Phase
from voting.presenting.translated import _


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Mark a message for translation and leave it as it is."""
    return message


REASONS: Final[Mapping[str, str]] = {
    "number": N_("En felles opptelling har fra 2 til 20 avstemninger."),
    "open": N_("En av avstemningene er åpnet alt, eller er avlyst."),
    "other-closing": N_("Avstemningene stenger ikke samtidig."),
    "other-contests": N_(
        "Sakene er ikke de samme: tittel, spørsmål, alternativer og regel må være helt"
        " like."
    ),
    "other-service": N_("Avstemningene er ikke hos samme tjeneste."),
    "other-threshold": N_("Minste viste gruppe er ikke den samme."),
    "practice": N_("Noen er øvelser, andre ikke."),
    "same-election": N_("En avstemning er nevnt to ganger."),
    "same-union": N_("To av avstemningene har samme organisasjon."),
    "styles": N_("Alle velgergrupper må stemme i alle sakene."),
    "title": N_("Navnet må ha 1 til 200 synlige tegn."),
    "too-small": N_(
        "Et forbund har færre medlemmer enn minste viste gruppe. Tallene deres kunne"
        " regnes ut."
    ),
}


def joint_reason(refused: JointRefused) -> str:
    """Say why elections cannot be counted jointly."""
    return _(REASONS[refused.code])


@dataclass(frozen=True, slots=True)
class UnionProgress:
    """Where one union's election stands."""

    election: str
    organisation: str
    title: str
    slug: str
    phase: Phase
    is_sealed: bool
    has_agreed: bool
    is_approved: bool
    public_at: datetime | None
    """A time that is set and still to come."""


@dataclass(frozen=True, slots=True)
class JointProgress:
    """Where a joint count stands."""

    unions: tuple[UnionProgress, ...]
    hindrance: str
    """Why it cannot be declared as things stand; empty when it can, or is."""
    is_declared: bool
    is_broken: bool
    is_concluded: bool
    has_lapsed: bool
    """Somebody opened before all had agreed: there will be none."""


def list_progress(joint: Joint, now: datetime) -> JointProgress:
    """Return how far a joint count has come."""
    return JointProgress(
        unions=tuple(
            UnionProgress(
                election=election.id,
                organisation=draft_of(election).organisation,
                title=election.title,
                slug=election.slug,
                phase=Phase(election.phase),
                is_sealed=election.manifest is not None,
                has_agreed=sibling.agreed_by is not None,
                is_approved=election.approved_at is not None,
                public_at=election.publish_at
                if election.publish_at is not None and now < election.publish_at
                else None,
            )
            for sibling, election in joint.siblings
        ),
        hindrance="" if joint.is_declared else _hindrance(joint, now),
        is_declared=joint.is_declared,
        is_broken=joint.is_broken,
        is_concluded=joint.row.protocol is not None,
        has_lapsed=not joint.is_declared
        and any(
            each.phase not in {Phase.DRAFT, Phase.KEYS, Phase.READY}
            for each in joint.elections
        ),
    )


def _hindrance(joint: Joint, now: datetime) -> str:
    try:
        require_joinable(siblings_of(joint), now)
    except NotSealedYet:
        return ""
    except JointRefused as refused:
        return joint_reason(refused)
    return ""
