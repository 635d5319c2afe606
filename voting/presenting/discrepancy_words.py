"""Discrepancies told to people: what does not agree, why it can be, what follows."""

from __future__ import annotations

from dataclasses import dataclass

from infra.i18n import show_number
from voting.presenting.translated import _, ngettext
from voting.reconciliation import STOPPING, Discrepancy, DiscrepancyKind


@dataclass(frozen=True, slots=True)
class DiscrepancyWords:
    """A discrepancy of one voter group."""

    group: str
    what: str
    meaning: str
    stops: bool


def explain_discrepancy(found: Discrepancy, label: str) -> DiscrepancyWords:
    """Return the words for a discrepancy; `label` names its group."""
    what = _what(found.kind, found.number)
    meaning = _meanings()[found.kind]
    return DiscrepancyWords(label, what, meaning, found.kind in STOPPING)


def _what(kind: DiscrepancyKind, number: int) -> str:
    kinds, n = DiscrepancyKind, show_number(number)
    known = {
        kinds.BALLOTS_ABOVE_MARKS: ngettext(
            "%(n)s stemmeseddel mer enn avkryssinger",
            "%(n)s flere stemmesedler enn avkryssinger",
            number,
            n=n,
        ),
        kinds.MARKS_ABOVE_ENTITLED: ngettext(
            "%(n)s avkryssing mer enn stemmeberettigede",
            "%(n)s flere avkryssinger enn stemmeberettigede",
            number,
            n=n,
        ),
        kinds.UNCOUNTED_BALLOTS: ngettext(
            "%(n)s stemmeseddel utenfor en hel rekke",
            "%(n)s stemmesedler utenfor en hel rekke",
            number,
            n=n,
        ),
        kinds.UNOPENED_ENVELOPES: ngettext(
            "%(n)s konvolutt er ikke åpnet",
            "%(n)s konvolutter er ikke åpnet",
            number,
            n=n,
        ),
        kinds.PAPER_MARKS_ABOVE_ENVELOPES: ngettext(
            "%(n)s avkryssing på papir mer enn åpnede konvolutter",
            "%(n)s flere avkryssinger på papir enn åpnede konvolutter",
            number,
            n=n,
        ),
        kinds.ENVELOPES_ABOVE_PAPER_MARKS: ngettext(
            "%(n)s åpnet konvolutt mer enn avkryssinger på papir",
            "%(n)s flere åpnede konvolutter enn avkryssinger på papir",
            number,
            n=n,
        ),
    }
    return known[kind]


def _meanings() -> dict[DiscrepancyKind, str]:
    kinds = DiscrepancyKind
    return {
        kinds.BALLOTS_ABOVE_MARKS: _(
            "Noen har stemt uten en stemmerett fra registeret. Opptellingen kan ikke"
            " starte. Ta vare på alt, og ta kontakt med revisor."
        ),
        kinds.MARKS_ABOVE_ENTITLED: _(
            "Noen har fått stemmerett to ganger. Opptellingen kan ikke starte. Ta vare"
            " på alt, og ta kontakt med revisor."
        ),
        kinds.UNCOUNTED_BALLOTS: _(
            "De ble avgitt på nytt uten å følge etter den forrige, og teller ikke med."
            " Velgerens siste hele stemme teller."
        ),
        kinds.UNOPENED_ENVELOPES: _(
            "De kom fra medlemmer som allerede var krysset av, og forblir lukket. Ingen"
            " stemmer to ganger."
        ),
        kinds.PAPER_MARKS_ABOVE_ENVELOPES: _(
            "Medlemmer er krysset av for papir uten at konvolutten ble åpnet. Før"
            " opptellingen starter, kan tallene rettes hvis noen konvolutter ligger"
            " igjen."
        ),
        kinds.ENVELOPES_ABOVE_PAPER_MARKS: _(
            "Konvolutter er åpnet uten at medlemmet er krysset av. Før opptellingen"
            " starter, kan tallene rettes hvis registeret viser noe annet."
        ),
    }
