"""The steps from the first message to the shredded roll."""

from __future__ import annotations

from typing import Final

from infra.i18n import show_date, show_moment, show_number
from voting.overview import Overview
from voting.phases import Phase
from voting.presenting.step import (
    BY_ITSELF,
    COMMITTEE,
    DONE,
    EVERYBODY,
    LATER,
    NOW,
    ORGANISER,
    Link,
    Step,
)
from voting.presenting.translated import _, ngettext

_AFTER_OPENING: Final = frozenset(
    {Phase.CLOSED, Phase.COUNTED, Phase.APPROVED, Phase.SHREDDED}
)
_AFTER_COUNTING: Final = frozenset({Phase.COUNTED, Phase.APPROVED, Phase.SHREDDED})


def show_sending(number: int, overview: Overview) -> Step:
    """Step 5: the links go out."""
    title, sent = _("Utsending"), overview.statements.codes_sent
    if not overview.is_sealed:
        text = _("Medlemmene får hver sin lenke når valget er forseglet.")
        return Step(number, title, LATER, text)
    if not sent and overview.phase in {Phase.READY, Phase.OPEN}:
        text = _("Ingen har fått lenken sin ennå.")
        link = Link(_("Send ut lenkene"), register_page="utsending")
        return Step(number, title, NOW, text, link, ORGANISER)
    text = ngettext(
        "%(n)s stemmekode er sendt.",
        "%(n)s stemmekoder er sendt.",
        sent,
        n=show_number(sent),
    )
    link = Link(_("Se utsendingen"), register_page="utsending")
    return Step(number, title, DONE, text, link)


def show_open(number: int, overview: Overview) -> Step:
    """Step 6: members vote."""
    title, later = _("Åpent"), Link(_("Flytt fristen"), "frist")
    if overview.phase is Phase.OPEN:
        text = _(
            "Åpent for stemmer. %(ballots)s på oppslagstavlen. Stenger av seg selv"
            " %(closes)s.",
            ballots=_ballots(overview.ballots),
            closes=show_moment(overview.closes_at),
        )
        return Step(number, title, BY_ITSELF, text, later)
    if overview.phase in _AFTER_OPENING:
        text = _("Stengte %(closes)s.", closes=show_moment(overview.closes_at))
        return Step(number, title, DONE, text)
    text = _("Åpner av seg selv %(opens)s.", opens=show_moment(overview.opens_at))
    if overview.phase is Phase.READY:
        return Step(number, title, BY_ITSELF, text, later)
    return Step(number, title, LATER, text)


def show_count(number: int, overview: Overview) -> Step:
    """Step 7: the sums are opened."""
    title, count = _("Opptelling"), overview.count
    if overview.phase in _AFTER_COUNTING:
        link = Link(_("Se opptellingen"), "opptelling")
        return Step(number, title, DONE, _("Talt opp."), link)
    if overview.phase is not Phase.CLOSED:
        text = _("Begynner når valget er stengt. Ingen kan telle før det.")
        return Step(number, title, LATER, text)
    if count.work is not None and count.work.is_open:
        text = _("Summene regnes ut. Det går av seg selv.")
        link = Link(_("Følg opptellingen"), "opptelling")
        return Step(number, title, BY_ITSELF, text, link)
    if count.started:
        text = _(
            "%(done)s av %(needed)s nøkkeldeler er inne.",
            done=show_number(len(count.partials)),
            needed=show_number(overview.draft.threshold),
        )
        link = Link(_("Følg opptellingen"), "opptelling")
        return Step(number, title, NOW, text, link, COMMITTEE)
    if not (count.marks_final and count.evidence):
        text = _("Urnen gjøres klar. Det tar et minutt eller to.")
        link = Link(_("Se avstemmingen"), "opptelling")
        return Step(number, title, BY_ITSELF, text, link)
    text = _("Urnen er klar. Gå gjennom avstemmingen og start opptellingen.")
    link = Link(_("Til opptellingen"), "opptelling")
    return Step(number, title, NOW, text, link, EVERYBODY)


def show_approval(number: int, overview: Overview) -> Step:
    """Step 8: the committee signs."""
    title = _("Godkjenning")
    if overview.approved_at is not None:
        text = _("Godkjent %(at)s.", at=show_moment(overview.approved_at))
        link = Link(_("Se godkjenningen"), "godkjenning")
        return Step(number, title, DONE, text, link)
    if overview.phase is not Phase.COUNTED:
        return Step(number, title, LATER, _("Komiteen skriver under på protokollen."))
    signed = sum(len(each.signed_by) for each in overview.proposals_of("approval"))
    text = _(
        "%(signed)s av %(needed)s har skrevet under.",
        signed=show_number(signed),
        needed=show_number(overview.draft.approvals_needed),
    )
    link = Link(_("Les og skriv under"), "godkjenning")
    return Step(number, title, NOW, text, link, COMMITTEE)


def show_shredding(number: int, overview: Overview) -> Step:
    """Step 9: the roll goes."""
    title = _("Makulering")
    if overview.shredded:
        text = _("Manntallet er makulert. Ingen kan lenger se hvem som stemte.")
        link = Link(_("Se makuleringsattesten"), "makulering")
        return Step(number, title, DONE, text, link)
    if overview.shred_due is None:
        text = _("Manntallet makuleres av seg selv 30 dager etter godkjenningen.")
        return Step(number, title, LATER, text)
    due = show_date(overview.shred_due)
    text = _("Manntallet makuleres av seg selv %(due)s.", due=due)
    link = Link(_("Se makuleringen"), "makulering")
    return Step(number, title, BY_ITSELF, text, link)


def _ballots(number: int) -> str:
    return ngettext(
        "%(n)s stemmeseddel", "%(n)s stemmesedler", number, n=show_number(number)
    )
