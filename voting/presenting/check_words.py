"""The twelve checks of the verifier in plain words (docs/protocol.md §7)."""

from __future__ import annotations

from voting.presenting.translated import _


def check_words(name: str) -> str:
    """Return what a check of the verifier looks at."""
    known = {
        "Files": _("Alt som skal være med, er med, og ingenting annet"),
        "Ceremony": _("Nøkkelen er laget av alle nøkkelholderne sammen"),
        "Manifest": _("Valget er det som ble forseglet"),
        "Board": _("Oppslagstavlen er hel, og hvert sjekkpunkt er underskrevet"),
        "Ballots": _("Hver stemmeseddel er gyldig, uten at den åpnes"),
        "Tokens": _("Hver stemme bygger på en utstedt stemmerett"),
        "Marks": _("Ingen gruppe har flere stemmer enn avkryssinger"),
        "Paper": _("Papirresultatet går opp og er underskrevet"),
        "Tally": _("Summene er regnet av stemmene på tavlen"),
        "Decryption": _("Summene er åpnet riktig, av nok nøkkelholdere"),
        "Protocol": _("Protokollen følger av alt det andre"),
        "Approval": _("Godkjenningen er underskrevet"),
    }
    return known.get(name, name)
