"""How corrections and the turnout audit are told to officials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from register.address_changes import MobileMalformed, PostalMalformed, SameAddress
from register.address_telling import NobodyToTell, NotedTheReturn
from register.correction_tables import CorrectionKind, CorrectionState, NoticeState
from register.corrections import (
    AlreadyDecided,
    AnotherOfficialNeeded,
    CorrectionReasonNeeded,
    UnknownCorrection,
)
from register.late_additions import OnTheRoll, UnknownGroup
from register.shredding_status import NotShredded
from register.turnout import NamesSealed, NotYourGroup, TooManyToSearch
from register.turnout_samples import SampleSize, SeedMalformed, UnknownSample

SENTENCES: Final[Mapping[type[Exception], tuple[int, LazyString]]] = {
    UnknownCorrection: (404, _("Forslaget finnes ikke, eller det er avslått.")),
    AlreadyDecided: (409, _("Noen har alt avgjort forslaget.")),
    AnotherOfficialNeeded: (
        409,
        _("Du har foreslått dette selv. En annen funksjonær må godkjenne det."),
    ),
    CorrectionReasonNeeded: (422, _("Skriv en begrunnelse på 5 til 500 tegn.")),
    SameAddress: (409, _("Manntallet har denne adressen alt.")),
    PostalMalformed: (422, _("Skriv både postnummer og poststed.")),
    NobodyToTell: (
        409,
        _(
            "Medlemmet har ingen e-post eller mobil som kan få vite om endringen, og"
            " ingen brev er kommet i retur. Da kan adressen ikke endres her."
        ),
    ),
    NotedTheReturn: (
        409,
        _(
            "Ingen e-post eller mobil kan få vite om endringen, og den som førte at"
            " brevet kom i retur, kan verken foreslå eller godkjenne den. To andre"
            " funksjonærer må gjøre det."
        ),
    ),
    MobileMalformed: (422, _("Dette er ikke ett mobilnummer som kan ta imot SMS.")),
    OnTheRoll: (409, _("Medlemsnummeret står i manntallet alt.")),
    UnknownGroup: (422, _("Velg en av valgets velgergrupper.")),
    NamesSealed: (
        409,
        _("Navnene kan leses fra urnen er lukket, til manntallet er makulert."),
    ),
    TooManyToSearch: (
        422,
        _(
            "Så mange navn kan ikke gjennomsøkes på én gang. Velg en velgergruppe,"
            " eller søk på medlemsnummer eller e-postadresse."
        ),
    ),
    NotYourGroup: (403, _("Du er ikke kontakt for noen velgergruppe i dette valget.")),
    SampleSize: (422, _("Utvalget kan ikke være større enn det er medlemmer.")),
    SeedMalformed: (422, _("Frøet må være én linje på 1 til 100 tegn.")),
    NotShredded: (404, _("Manntallet er ikke makulert, så det finnes ingen attest.")),
    UnknownSample: (404, _("Dette utvalget er ikke trukket.")),
}

CORRECTION_KINDS: Final[Mapping[CorrectionKind, LazyString]] = {
    CorrectionKind.ADDITION: _("Innføring"),
    CorrectionKind.ADDRESS: _("Ny adresse"),
}

CORRECTION_STATES: Final[Mapping[CorrectionState, tuple[LazyString, str]]] = {
    CorrectionState.PROPOSED: (_("Venter på godkjenning"), "warning"),
    CorrectionState.AGREED: (_("Godkjent"), "success"),
    CorrectionState.DECLINED: (_("Avslått"), "neutral"),
}

NOTICES: Final[Mapping[NoticeState, tuple[LazyString, str]]] = {
    NoticeState.NONE: (_("Ingen å si fra til"), "neutral"),
    NoticeState.QUEUED: (_("Får snart vite det"), "info"),
    NoticeState.SENDING: (_("Får snart vite det"), "info"),
    NoticeState.SENT: (_("Har fått vite det"), "success"),
    NoticeState.REFUSED: (_("Adressen tok ikke imot"), "warning"),
    NoticeState.UNCERTAIN: (_("Usikkert om den fikk vite det"), "warning"),
}
