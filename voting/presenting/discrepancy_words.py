"""Discrepancies told to people: what does not agree, why it can be, what follows."""

from __future__ import annotations

from dataclasses import dataclass

from infra.i18n import show_number
from voting.presenting.translated import _
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
    what, meaning = _words(found.kind, show_number(found.number))
    return DiscrepancyWords(label, what, meaning, found.kind in STOPPING)


def _words(kind: DiscrepancyKind, number: str) -> tuple[str, str]:
    kinds = DiscrepancyKind
    known = {
        kinds.BALLOTS_ABOVE_MARKS: (
            _("%(n)s flere stemmesedler enn avkryssinger", n=number),
            _(
                "Noen har stemt uten en stemmerett fra registeret. Opptellingen kan"
                " ikke starte. Ta vare på alt, og ta kontakt med revisor."
            ),
        ),
        kinds.MARKS_ABOVE_ENTITLED: (
            _("%(n)s flere avkryssinger enn stemmeberettigede", n=number),
            _(
                "Noen har fått stemmerett to ganger. Opptellingen kan ikke starte."
                " Ta vare på alt, og ta kontakt med revisor."
            ),
        ),
        kinds.UNCOUNTED_BALLOTS: (
            _("%(n)s stemmesedler utenfor en hel rekke", n=number),
            _(
                "De ble avgitt på nytt uten å følge etter den forrige, og teller ikke"
                " med. Velgerens siste hele stemme teller."
            ),
        ),
        kinds.UNOPENED_ENVELOPES: (
            _("%(n)s konvolutter er ikke åpnet", n=number),
            _(
                "De kom fra medlemmer som allerede var krysset av, og forblir lukket."
                " Ingen stemmer to ganger."
            ),
        ),
        kinds.PAPER_MARKS_ABOVE_ENVELOPES: (
            _("%(n)s flere avkryssinger på papir enn åpnede konvolutter", n=number),
            _(
                "Medlemmer er krysset av for papir uten at konvolutten ble åpnet."
                " Se etter om noen konvolutter ligger igjen, og rett tallene før"
                " opptellingen starter."
            ),
        ),
        kinds.ENVELOPES_ABOVE_PAPER_MARKS: (
            _("%(n)s flere åpnede konvolutter enn avkryssinger på papir", n=number),
            _(
                "Konvolutter er åpnet uten at medlemmet er krysset av. Se etter i"
                " registeret, og rett tallene før opptellingen starter."
            ),
        ),
    }
    return known[kind]
