"""How the register's refusals are told to voters: status and sentence.

Importing this module registers them.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from infra.problems import register_problem
from register.refusals import (
    AlreadyUsed,
    CodeDead,
    CodeSuperseded,
    CredentialExpected,
    CredentialUnwanted,
    ElectionNotOpen,
    MalformedElement,
    OtherFingerprint,
    RollShredded,
    UnknownElection,
    UnknownVotingCode,
    VotesOnPaper,
    WrongSignature,
)

register_problem(
    UnknownElection, 404, _("Fant ikke valget. Sjekk at du bruker hele lenken.")
)
register_problem(
    OtherFingerprint,
    409,
    _(
        "Lenken hører ikke til dette valget slik det er forseglet. Ikke stem her;"
        " ta kontakt med forbundet."
    ),
)
register_problem(
    WrongSignature,
    403,
    _("Forespørselen var ikke underskrevet med stemmekoden. Åpne lenken på nytt."),
)
register_problem(
    UnknownVotingCode,
    404,
    _(
        "Stemmekoden finnes ikke i manntallet. Sjekk at du har hele lenken, eller be"
        " forbundet om en ny."
    ),
)
register_problem(
    CodeDead,
    410,
    _("Denne lenken er erstattet av en nyere. Bruk lenken i den siste meldingen."),
)
register_problem(
    CodeSuperseded,
    409,
    _("Stemmeretten er tatt ut med en annen lenke. Fullfør med lenken du begynte med."),
)
register_problem(
    AlreadyUsed,
    409,
    _(
        "Stemmeretten er allerede brukt. Fullfør på enheten du begynte på, med den"
        " samme lenken."
    ),
)
register_problem(
    VotesOnPaper,
    409,
    _("Du er ført opp som papirvelger og kan ikke stemme digitalt."),
)
register_problem(ElectionNotOpen, 409, _("Valget er ikke åpent for stemmegivning."))
register_problem(
    MalformedElement, 400, _("Forespørselen ble ikke forstått. Åpne lenken på nytt.")
)
_malformed = _("Forespørselen ble ikke forstått. Åpne lenken på nytt.")

register_problem(CredentialExpected, 400, _malformed)
register_problem(CredentialUnwanted, 400, _malformed)
register_problem(
    RollShredded, 410, _("Manntallet er makulert. Ingen står oppført lenger.")
)
