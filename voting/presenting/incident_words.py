"""Incidents told to people."""

from __future__ import annotations

from voting.incidents import Incident
from voting.presenting.translated import _


def incident_words(incident: Incident) -> str:
    """Return what happened, as a sentence."""
    known = {
        "ceremony-bad-share": _(
            "En nøkkelholder meldte fra om en nøkkeldel som ikke holdt."
        ),
        "ceremony-dealer-excluded": _(
            "Nøkkelseremonien ble holdt på nytt uten en nøkkelholder som ikke svarte"
            " på en slik melding, eller svarte feil."
        ),
        "ceremony-share-opened": _(
            "Nøkkeldelen det ble meldt fra om, ble åpnet for alle, og den holdt."
        ),
        "ceremony-share-opened-wrong": _(
            "Nøkkeldelen det ble meldt fra om, ble åpnet for alle, og den holdt ikke."
        ),
        "ceremony-started": _("Nøkkelseremonien ble startet på nytt."),
        "hold-withdrawn": _("Et forslag om å utsette makuleringen ble trukket."),
        "paper-withdrawn": _("Et papirresultat ble trukket før det gjaldt."),
        "register-leaf-came-too-late": _(
            "En melding fra registeret kom for sent til oppslagstavlen."
        ),
        "schedule-withdrawn": _("Et forslag om senere frist ble trukket."),
        "shredding-near": _("Registeret varslet om at manntallet snart blir makulert."),
    }
    return known.get(incident.kind, incident.kind)
