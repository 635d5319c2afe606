"""How refusals are told to key holders: status and sentence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from infra.problems import register_problem
from voting.ceremony import (
    CeremonyIncomplete,
    CeremonyNotRunning,
    CeremonyStopped,
    MessageConflict,
    MessageRefused,
    RoundNotOpen,
)
from voting.counting_room import CountNotStarted, NotClosed, NotTheOwnPartial
from voting.leaf_signatures import SignatureRefused
from voting.partials import PartialRefused
from voting.proposals import UnknownProposal
from voting.seats import SeatUnknown


def register() -> None:
    """Tell infra.problems; once, when the blueprint is made."""
    register_problem(
        SeatUnknown,
        401,
        _("Tilgangsnøkkelen gjelder ikke. Åpne nøkkelsiden på nytt fra valgets side."),
    )
    register_problem(
        CeremonyNotRunning,
        409,
        _("Det pågår ingen nøkkelseremoni i denne avstemningen."),
    )
    register_problem(
        CeremonyIncomplete, 409, _("Nøkkelseremonien er ikke ferdig: noen mangler.")
    )
    register_problem(
        CeremonyStopped,
        409,
        _("Nøkkelseremonien er stanset. Arrangøren må starte en ny."),
    )
    register_problem(
        RoundNotOpen,
        409,
        _("Det er ikke tid for dette trinnet ennå. Vent på de andre."),
    )
    register_problem(
        MessageConflict,
        409,
        _("Du har alt gjort dette trinnet, og det kan ikke gjøres om."),
    )
    register_problem(
        MessageRefused,
        422,
        _("Meldingen ble ikke godtatt, for den lot seg ikke bekrefte."),
    )
    register_problem(NotClosed, 409, _("Avstemningen telles ikke opp nå."))
    register_problem(CountNotStarted, 409, _("Opptellingen er ikke startet ennå."))
    register_problem(
        NotTheOwnPartial, 422, _("Delopptellingen hører til en annen nøkkelholder.")
    )
    register_problem(
        PartialRefused,
        422,
        _("Delopptellingen lot seg ikke bekrefte og ble ikke tatt imot."),
    )
    register_problem(
        UnknownProposal,
        409,
        _("Det er ikke lenger noe her å signere. Last siden på nytt."),
    )
    register_problem(
        SignatureRefused,
        422,
        _("Signaturen lot seg ikke bekrefte og ble ikke tatt imot."),
    )
