"""The steps until an election is sealed: questions, roll, keys, sealing."""

from __future__ import annotations

from infra.i18n import show_number
from voting.ceremony import ROUNDS
from voting.overview import Overview
from voting.presenting.step import (
    COMMITTEE,
    DONE,
    LATER,
    NOW,
    ORGANISER,
    STOPPED,
    Link,
    Step,
)
from voting.presenting.translated import _, ngettext


def show_contests(number: int, overview: Overview) -> Step:
    """Step 1: what is voted on."""
    count = len(overview.draft.contests)
    cases = ngettext("%(n)s sak", "%(n)s saker", count, n=show_number(count))
    title = _("Spørsmål")
    if overview.is_sealed:
        text = _("%(cases)s på stemmeseddelen. Kan ikke endres.", cases=cases)
        link = Link(_("Se stemmeseddelen"), "forhandsvisning")
        return Step(number, title, DONE, text, link)
    if not count:
        text = _("Legg inn det medlemmene skal stemme over.")
        link = Link(_("Legg inn saker"), "rediger")
        return Step(number, title, NOW, text, link, ORGANISER)
    text = _(
        "%(cases)s på stemmeseddelen. Kan endres helt til valget forsegles.",
        cases=cases,
    )
    return Step(number, title, DONE, text, Link(_("Se og endre"), "rediger"))


def show_roll(number: int, overview: Overview) -> Step:
    """Step 2: who may vote."""
    title, roll = _("Manntall"), overview.roll
    if roll is None:
        text = _("Ingen medlemmer er importert ennå.")
        link = Link(_("Importer manntallet"), register_page="manntall")
        return Step(number, title, NOW, text, link, ORGANISER)
    groups = len(roll.groups)
    size = _(
        "%(members)s i %(groups)s",
        members=_members(roll.members),
        groups=ngettext(
            "%(n)s velgergruppe",
            "%(n)s velgergrupper",
            groups,
            n=show_number(groups),
        ),
    )
    if roll.frozen:
        text = _("%(size)s. Manntallet er frosset.", size=size)
        link = Link(_("Se manntallet"), register_page="manntall")
        return Step(number, title, DONE, text, link)
    text = _("%(size)s er importert. Manntallet må fryses før forseglingen.", size=size)
    link = Link(_("Gå gjennom og frys"), register_page="manntall")
    return Step(number, title, NOW, text, link, ORGANISER)


def show_keys(number: int, overview: Overview) -> Step:
    """Step 3: who holds the key, in parts."""
    title, seats = _("Komité og nøkler"), len(overview.ceremony.seats)
    if overview.is_sealed:
        text = _("%(members)s har hver sin nøkkeldel.", members=_members(seats))
        return Step(number, title, DONE, text, Link(_("Se komiteen"), "komite"))
    if overview.ceremony.started:
        return _show_ceremony(number, title, overview)
    if not seats:
        text = _("Velg medlemmene som skal holde hver sin del av nøkkelen.")
        link = Link(_("Velg komité"), "komite")
        return Step(number, title, NOW, text, link, ORGANISER)
    text = _(
        "%(members)s er valgt. Start seremonien når alle er klare.",
        members=_members(seats),
    )
    link = Link(_("Til komiteen"), "komite")
    return Step(number, title, NOW, text, link, ORGANISER)


def show_sealing(number: int, overview: Overview) -> Step:
    """Step 4: from here on nothing changes."""
    title = _("Forsegling")
    if overview.is_sealed:
        text = _("Valget er forseglet. Ingenting i det kan endres.")
        link = Link(_("Se det forseglede valget"), "forsegl")
        return Step(number, title, DONE, text, link)
    frozen = overview.roll is not None and overview.roll.frozen
    if overview.draft.contests and frozen and overview.ceremony.is_complete:
        text = _("Alt er klart. Gå gjennom valget før det låses for godt.")
        link = Link(_("Gå gjennom og forsegl"), "forsegl")
        return Step(number, title, NOW, text, link, ORGANISER)
    text = _("Når spørsmål, manntall og nøkler er klare, låses alt for godt.")
    return Step(number, title, LATER, text)


def _show_ceremony(number: int, title: str, overview: Overview) -> Step:
    ceremony = overview.ceremony
    if ceremony.bad_share is not None:
        text = _(
            "Seremonien er stanset: det er klaget på nøkkeldelen fra %(name)s.",
            name=ceremony.bad_share[0],
        )
        link = Link(_("Se hva som må gjøres"), "komite")
        return Step(number, title, STOPPED, text, link, ORGANISER)
    if ceremony.is_complete:
        text = _(
            "%(members)s har laget nøkkelen og øvd.",
            members=_members(len(ceremony.seats)),
        )
        return Step(number, title, DONE, text, Link(_("Se komiteen"), "komite"))
    text = _(
        "Seremonien er i gang: %(done)s av %(all)s runder er ferdige.",
        done=show_number(ceremony.round),
        all=show_number(len(ROUNDS)),
    )
    link = Link(_("Følg seremonien"), "komite")
    return Step(number, title, NOW, text, link, COMMITTEE)


def _members(number: int) -> str:
    return ngettext("%(n)s medlem", "%(n)s medlemmer", number, n=show_number(number))
