"""What an election still lacks before it can be sealed, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voting.drafts import DraftIncomplete, plan_styles, require_sealable
from voting.overview import Overview
from voting.presenting.step import Link
from voting.presenting.translated import _


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing, and where it is put right."""

    text: str
    link: Link


def list_missing(overview: Overview, now: datetime) -> list[Missing]:
    """Return all that must be put right before the sealing; empty when it can be."""
    found = [*missing_before_ceremony(overview, now)]
    roll = overview.roll
    if roll is None or not roll.frozen:
        link = Link(_("Til manntallet"), register_page="manntall")
        found.append(Missing(_("Manntallet er ikke frosset."), link))
    if not overview.ceremony.is_complete:
        link = Link(_("Til komiteen"), "komite")
        text = _("Nøkkelseremonien er ikke ferdig: alle i komiteen må ha øvd.")
        found.append(Missing(text, link))
    return found


def missing_before_ceremony(overview: Overview, now: datetime) -> list[Missing]:
    """Return what the draft itself lacks, and what does not fit the roll."""
    edit = Link(_("Endre utkastet"), "rediger")
    found: list[Missing] = []
    try:
        require_sealable(overview.draft, len(overview.ceremony.seats), now)
    except DraftIncomplete as lacking:
        found.append(_of_draft(lacking.code, edit))
    roll = overview.roll
    if roll is None:
        text = _("Manntallet er ikke importert.")
        link = Link(_("Til manntallet"), register_page="manntall")
        found.append(Missing(text, link))
    elif overview.draft.contests:
        try:
            plan_styles(roll.labels, overview.draft.contests)
        except DraftIncomplete as lacking:
            found.append(_of_draft(lacking.code, edit))
    return found


def _of_draft(code: str, edit: Link) -> Missing:
    committee = Link(_("Til komiteen"), "komite")
    known = {
        "approvals": Missing(
            _("Antallet som skal skrive under, passer ikke til komiteen."), committee
        ),
        "closes-in-the-past": Missing(
            _("Tiden for stenging er passert. Velg en senere tid."), edit
        ),
        "closes-too-soon": Missing(
            _("Det er for kort tid mellom åpning og stenging."), edit
        ),
        "committee-size": Missing(
            _("Komiteen må ha fra 3 til 9 medlemmer."), committee
        ),
        "contest-without-group": Missing(
            _(
                "En sak har ingen velgergruppe i manntallet. Rett hvem som stemmer i"
                " den."
            ),
            edit,
        ),
        "group-without-contest": Missing(
            _(
                "En velgergruppe i manntallet har ingen sak å stemme i. Rett hvem som"
                " stemmer i sakene."
            ),
            edit,
        ),
        "no-contests": Missing(_("Det er ingen saker på stemmeseddelen."), edit),
        "threshold": Missing(
            _("Antallet som må til for å telle, passer ikke til komiteen."), committee
        ),
    }
    return known[code]
