"""The texts that a sending of a survey begins with: bokmål, nynorsk, English.

They promise nothing of how answers are kept: what holds is told by the survey itself,
from its settings, before the first question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from register.roll_phases import SendingKind
from register.suggested_texts import Text

_ANSWER_NB: Final = """\
Svar på undersøkelsen:

{lenke}

Fristen er {frist}."""

_ANSWER_NN: Final = """\
Svar på undersøkinga:

{lenke}

Fristen er {frist}."""

_ANSWER_EN: Final = """\
Answer the survey:

{lenke}

The deadline is {frist}."""

_INVITATION: Final[Mapping[str, Text]] = {
    "nb": (
        "{valg}: svar innen {frist}",
        f"""\
Hei, {{navn}}

{{organisasjon}} ber deg svare på undersøkelsen «{{valg}}». Det er frivillig.

{_ANSWER_NB}""",
        "{organisasjon}: Svar på «{valg}» innen {frist}. Lenken er personlig: {lenke}",
    ),
    "nn": (
        "{valg}: svar innan {frist}",
        f"""\
Hei, {{navn}}

{{organisasjon}} ber deg svare på undersøkinga «{{valg}}». Det er frivillig.

{_ANSWER_NN}""",
        "{organisasjon}: Svar på «{valg}» innan {frist}. Lenkja er personleg: {lenke}",
    ),
    "en": (
        "{valg}: answer by {frist}",
        f"""\
Hello, {{navn}}

{{organisasjon}} asks you to answer the survey “{{valg}}”. It is voluntary.

{_ANSWER_EN}""",
        "{organisasjon}: Answer “{valg}” by {frist}. The link is personal: {lenke}",
    ),
}

SUGGESTED_OF_SURVEYS: Final[Mapping[SendingKind, Mapping[str, Text]]] = {
    SendingKind.INVITATION: _INVITATION,
    SendingKind.LATE: _INVITATION,
    SendingKind.REMINDER: {
        "nb": (
            "Påminnelse: {valg} – frist {frist}",
            f"""\
Hei, {{navn}}

Undersøkelsen «{{valg}}» fra {{organisasjon}} er åpen ennå. Har du svart i \
mellomtiden, kan du se bort fra denne meldingen.

{_ANSWER_NB}""",
            "{organisasjon}: «{valg}» er åpen til {frist}. Svar her: {lenke}",
        ),
        "nn": (
            "Påminning: {valg} – frist {frist}",
            f"""\
Hei, {{navn}}

Undersøkinga «{{valg}}» frå {{organisasjon}} er open enno. Har du svart i mellomtida, \
kan du sjå bort frå denne meldinga.

{_ANSWER_NN}""",
            "{organisasjon}: «{valg}» er open til {frist}. Svar her: {lenke}",
        ),
        "en": (
            "Reminder: {valg} – deadline {frist}",
            f"""\
Hello, {{navn}}

The survey “{{valg}}” of {{organisasjon}} is still open. If you have answered in the \
meantime, disregard this message.

{_ANSWER_EN}""",
            "{organisasjon}: “{valg}” is open until {frist}. Answer here: {lenke}",
        ),
    },
    SendingKind.RESEND: {
        "nb": (
            "Ny lenke: {valg}",
            f"""\
Hei, {{navn}}

Her er en ny lenke til undersøkelsen «{{valg}}» fra {{organisasjon}}. Lenker du har \
fått før, virker ikke lenger.

{_ANSWER_NB}""",
            (
                "{organisasjon}: Ny lenke til «{valg}», de gamle virker ikke: {lenke}"
                " Frist {frist}."
            ),
        ),
        "nn": (
            "Ny lenke: {valg}",
            f"""\
Hei, {{navn}}

Her er ei ny lenke til undersøkinga «{{valg}}» frå {{organisasjon}}. Lenker du har \
fått før, verkar ikkje lenger.

{_ANSWER_NN}""",
            (
                "{organisasjon}: Ny lenke til «{valg}», dei gamle verkar ikkje: {lenke}"
                " Frist {frist}."
            ),
        ),
        "en": (
            "New link: {valg}",
            f"""\
Hello, {{navn}}

Here is a new link to the survey “{{valg}}” of {{organisasjon}}. Links you were sent \
before no longer work.

{_ANSWER_EN}""",
            (
                "{organisasjon}: New link to “{valg}”, the old ones are dead: {lenke}"
                " Deadline {frist}."
            ),
        ),
    },
}
