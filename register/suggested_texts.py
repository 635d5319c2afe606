"""The texts that a new sending begins with: bokmål, nynorsk, English. Data alone.

A union changes them as it likes; `register.mail_templates` says which fields must stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from register.roll_phases import SendingKind

Text = tuple[str, str, str]
"""Subject, body and SMS; an SMS of "" is none: a letter or mail goes instead."""

_VOTE_NB: Final = """\
Åpne stemmeseddelen:

{lenke}

Fristen er {frist}."""

_VOTE_NN: Final = """\
Opne røystesetelen:

{lenke}

Fristen er {frist}."""

_VOTE_EN: Final = """\
Open the ballot:

{lenke}

The deadline is {frist}."""

_INVITATION_NB: Final = (
    "{valg}: stem innen {frist}",
    f"""\
Hei, {{navn}}

{{organisasjon}} holder uravstemningen «{{valg}}». Du har stemmerett, og du stemmer \
på nett.

{_VOTE_NB}""",
    "{organisasjon}: Stem i «{valg}» innen {frist}. Lenken er personlig: {lenke}",
)
_INVITATION_NN: Final = (
    "{valg}: røyst innan {frist}",
    f"""\
Hei, {{navn}}

{{organisasjon}} held uravrøystinga «{{valg}}». Du har røysterett, og du røystar på \
nett.

{_VOTE_NN}""",
    "{organisasjon}: Røyst i «{valg}» innan {frist}. Lenkja er personleg: {lenke}",
)
_INVITATION_EN: Final = (
    "{valg}: vote by {frist}",
    f"""\
Hello, {{navn}}

{{organisasjon}} is holding the ballot “{{valg}}”. You are entitled to vote, and you \
vote online.

{_VOTE_EN}""",
    "{organisasjon}: Vote in “{valg}” by {frist}. The link is personal: {lenke}",
)

SUGGESTED: Final[Mapping[SendingKind, Mapping[str, Text]]] = {
    SendingKind.INVITATION: {
        "nb": _INVITATION_NB,
        "nn": _INVITATION_NN,
        "en": _INVITATION_EN,
    },
    SendingKind.LATE: {
        "nb": _INVITATION_NB,
        "nn": _INVITATION_NN,
        "en": _INVITATION_EN,
    },
    SendingKind.REMINDER: {
        "nb": (
            "Påminnelse: {valg} – frist {frist}",
            f"""\
Hei, {{navn}}

Stemmeretten din i uravstemningen «{{valg}}» i {{organisasjon}} er ikke brukt ennå.

{_VOTE_NB}""",
            (
                "{organisasjon}: Stemmeretten din i «{valg}» er ikke brukt. Frist"
                " {frist}:"
                " {lenke}"
            ),
        ),
        "nn": (
            "Påminning: {valg} – frist {frist}",
            f"""\
Hei, {{navn}}

Røysteretten din i uravrøystinga «{{valg}}» i {{organisasjon}} er ikkje brukt enno.

{_VOTE_NN}""",
            (
                "{organisasjon}: Røysteretten din i «{valg}» er ikkje brukt. Frist"
                " {frist}:"
                " {lenke}"
            ),
        ),
        "en": (
            "Reminder: {valg} – deadline {frist}",
            f"""\
Hello, {{navn}}

Your right to vote in the ballot “{{valg}}” of {{organisasjon}} is not used yet.

{_VOTE_EN}""",
            (
                "{organisasjon}: Your right to vote in “{valg}” is not used. Deadline"
                " {frist}: {lenke}"
            ),
        ),
    },
    SendingKind.RESEND: {
        "nb": (
            "Ny lenke: {valg}",
            f"""\
Hei, {{navn}}

Her er en ny lenke til uravstemningen «{{valg}}» i {{organisasjon}}. Lenker du har \
fått før, virker ikke lenger.

{_VOTE_NB}""",
            (
                "{organisasjon}: Ny lenke til «{valg}», de gamle virker ikke. Frist"
                " {frist}: {lenke}"
            ),
        ),
        "nn": (
            "Ny lenke: {valg}",
            f"""\
Hei, {{navn}}

Her er ei ny lenke til uravrøystinga «{{valg}}» i {{organisasjon}}. Lenker du har \
fått før, verkar ikkje lenger.

{_VOTE_NN}""",
            (
                "{organisasjon}: Ny lenke til «{valg}», dei gamle verkar ikkje. Frist"
                " {frist}: {lenke}"
            ),
        ),
        "en": (
            "New link: {valg}",
            f"""\
Hello, {{navn}}

Here is a new link to the ballot “{{valg}}” of {{organisasjon}}. Links you were sent \
before no longer work.

{_VOTE_EN}""",
            (
                "{organisasjon}: New link to “{valg}”, the old ones are dead. Deadline"
                " {frist}: {lenke}"
            ),
        ),
    },
    SendingKind.NOTICE: {
        "nb": (
            "{valg}: slik står du i manntallet",
            """\
Hei, {navn}

Uravstemningen «{valg}» i {organisasjon} er over. I manntallet står det:

{status}

Stemmer det ikke, må du si fra til {organisasjon} før manntallet blir makulert.

Oppslagstavla er lukket med denne roten. Er den en annen hos deg, er noe galt:

{rot}""",
            (
                "{organisasjon}: «{valg}» er over. {status} Stemmer det ikke, si fra"
                " til"
                " oss. Tavlas rot: {rot}"
            ),
        ),
        "nn": (
            "{valg}: slik står du i manntalet",
            """\
Hei, {navn}

Uravrøystinga «{valg}» i {organisasjon} er over. I manntalet står det:

{status}

Stemmer det ikkje, må du seie frå til {organisasjon} før manntalet blir makulert.

Oppslagstavla er lukka med denne rota. Er ho ei anna hos deg, er noko gale:

{rot}""",
            (
                "{organisasjon}: «{valg}» er over. {status} Stemmer det ikkje, sei frå"
                " til"
                " oss. Rota til tavla: {rot}"
            ),
        ),
        "en": (
            "{valg}: how the register has you",
            """\
Hello, {navn}

The ballot “{valg}” of {organisasjon} is over. The register says:

{status}

If that is not so, tell {organisasjon} before the register is shredded.

The board was closed with this root. If yours is another one, something is wrong:

{rot}""",
            (
                "{organisasjon}: “{valg}” is over. {status} If that is not so, tell us."
                " Root of the board: {rot}"
            ),
        ),
    },
}
