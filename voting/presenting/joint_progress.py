"""How far the elections of a joint count have come: never a number of any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from voting.elections import draft_of
from voting.joint import JointRefused, require_joinable
from voting.joint_counts import Joint, siblings_of
from voting.joint_tables import JointSibling
from voting.phases import Phase
from voting.presenting.translated import _
from voting.publication import is_embargoed
from voting.tables import Election


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
    """Where one union's election stands.

    Of one that is invited and has not agreed, `slug` alone is anybody else's to see.
    """

    election: str
    is_shown: bool
    organisation: str
    title: str
    slug: str
    phase: Phase
    is_sealed: bool
    has_agreed: bool
    public_at: datetime | None
    """A time that is set and still to come."""


@dataclass(frozen=True, slots=True)
class JointProgress:
    """Where a joint count stands."""

    joint: str
    title: str
    unions: tuple[UnionProgress, ...]
    own: UnionProgress | None
    """The viewer's."""
    hindrance: str
    """Why it cannot be declared as things stand; empty when it can, or is."""
    is_declared: bool
    is_broken: bool
    is_concluded: bool
    has_lapsed: bool
    """Somebody opened before all had agreed: there will be none."""


def list_progress(
    joint: Joint, now: datetime, *, viewer: str | None = None
) -> JointProgress:
    """Return how far a joint count has come, as it is seen from one of its elections.

    An invitation is no consent: until an election's union has agreed, nothing of it is
    told to the others. Whoever proposes shows the own election to those invited.
    """
    known = [
        each
        for sibling, each in joint.siblings
        if joint.is_declared or _is_shown(sibling, viewer)
    ]
    unions = tuple(
        _progress_of(sibling, each, now, is_shown=each in known)
        for sibling, each in joint.siblings
    )
    return JointProgress(
        joint=joint.row.id,
        title=joint.row.title,
        unions=unions,
        own=next((each for each in unions if each.election == viewer), None),
        hindrance="" if joint.is_declared else _hindrance(joint, now, viewer),
        is_declared=joint.is_declared,
        is_broken=joint.is_broken,
        is_concluded=joint.row.protocol is not None,
        has_lapsed=not joint.is_declared
        and any(
            each.phase not in {Phase.DRAFT, Phase.KEYS, Phase.READY} for each in known
        ),
    )


def _is_shown(sibling: JointSibling, viewer: str | None) -> bool:
    return (
        sibling.agreed_by is not None
        or sibling.place == 0
        or sibling.election_id == viewer
    )


def _progress_of(
    sibling: JointSibling, election: Election, now: datetime, *, is_shown: bool
) -> UnionProgress:
    if not is_shown:
        return UnionProgress(
            election=election.id,
            is_shown=False,
            organisation="",
            title="",
            slug=election.slug,
            phase=Phase.DRAFT,
            is_sealed=False,
            has_agreed=False,
            public_at=None,
        )
    return UnionProgress(
        election=election.id,
        is_shown=True,
        organisation=draft_of(election).organisation,
        title=election.title,
        slug=election.slug,
        phase=Phase(election.phase),
        is_sealed=election.manifest is not None,
        has_agreed=sibling.agreed_by is not None,
        public_at=election.publish_at if is_embargoed(election, now) else None,
    )


def _hindrance(joint: Joint, now: datetime, viewer: str | None) -> str:
    compared = [
        each
        for sibling, each in joint.siblings
        if each.manifest is not None
        and (sibling.agreed_by is not None or each.id == viewer)
    ]
    if len(compared) < 2:  # noqa: PLR2004 - one election differs from nothing
        return ""
    try:
        require_joinable(siblings_of(compared), now)
    except JointRefused as refused:
        return joint_reason(refused)
    return ""
