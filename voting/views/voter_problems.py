"""How refusals of ballots and of the board are told: status and sentence.

Importing this module registers them.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from crypto.errors import OutsideTree, TokenRefused
from infra.problems import register_problem
from infra.token_verifier import VerifierUnavailable
from voting.board import LeafNotFound, MalformedTrackingCode, NothingOnBoard
from voting.board_overview import BatchNotFound
from voting.casting import (
    BallotRefused,
    CredentialUsed,
    OtherElection,
    OutOfSequence,
    UnknownGroup,
)
from voting.documents import DocumentRefused
from voting.sealed import ElectionNotOpen, UnknownElection

_ballot = _("Stemmeseddelen ble ikke godtatt av urnen. Åpne lenken på nytt.")

register_problem(
    UnknownElection, 404, _("Fant ikke valget. Sjekk at du bruker hele lenken.")
)
register_problem(ElectionNotOpen, 409, _("Valget er ikke åpent for stemmegivning."))
register_problem(
    OtherElection, 409, _("Forespørselen gjelder et annet valg. Åpne lenken på nytt.")
)
register_problem(UnknownGroup, 422, _ballot)
register_problem(TokenRefused, 422, _ballot)
register_problem(BallotRefused, 422, _ballot)
register_problem(DocumentRefused, 422, _ballot)
register_problem(
    CredentialUsed, 409, _("Det er allerede avgitt en stemme med denne stemmeretten.")
)
register_problem(
    OutOfSequence, 409, _("Det er avgitt en nyere stemme. Åpne lenken på nytt.")
)
register_problem(
    VerifierUnavailable, 503, _("Urnen svarer ikke akkurat nå. Prøv igjen om litt.")
)
register_problem(
    LeafNotFound, 404, _("Ingen stemmeseddel med denne sporingskoden er lagt ut.")
)
register_problem(BatchNotFound, 404, _("Bunken er ikke lagt ut."))
register_problem(NothingOnBoard, 404, _("Det er ikke noe på oppslagstavla ennå."))
register_problem(OutsideTree, 404, _("Oppslagstavla har ikke så mange oppslag."))
register_problem(
    MalformedTrackingCode,
    422,
    _("En sporingskode har 20 tegn i grupper på fem, som 3F9XQ-2HDT8-W0C5R-NB1VZ."),
)
