"""The sentences that statements to respondents are made of, in each language.

A change here changes what is promised: say nothing that is not kept, and call nothing
anonymous but the mode of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from surveys.modes import Mode
from surveys.questionnaire import Language

Line: TypeAlias = Mapping[Language, str]

HEADINGS: Final[Mapping[Mode, Line]] = {
    Mode.ANONYMOUS: {
        "nb": "Denne undersøkelsen er anonym",
        "nn": "Denne undersøkinga er anonym",
        "en": "This survey is anonymous",
    },
    Mode.OPEN: {
        "nb": "Dette er en åpen undersøkelse",
        "nn": "Dette er ei open undersøking",
        "en": "This is an open survey",
    },
    Mode.PSEUDONYMOUS: {
        "nb": "Svaret ditt lagres sammen med gruppa du hører til",
        "nn": "Svaret ditt blir lagra saman med gruppa du høyrer til",
        "en": "Your response is stored with the group you belong to",
    },
    Mode.NAMED: {
        "nb": "Svaret ditt kan knyttes til navnet ditt",
        "nn": "Svaret ditt kan knytast til namnet ditt",
        "en": "Your response can be linked to your name",
    },
}

_FREE_TEXT: Final[Line] = {
    "nb": "Det du skriver med egne ord, leses som du skriver det. Skriv ikke noe som "
    "viser hvem du eller andre er.",
    "nn": "Det du skriv med eigne ord, blir lese som du skriv det. Skriv ikkje noko "
    "som viser kven du eller andre er.",
    "en": "What you write in your own words is read as you write it. Do not write "
    "anything that shows who you or others are.",
}

KEPT: Final[Mapping[Mode, tuple[Line, ...]]] = {
    Mode.ANONYMOUS: (
        {
            "nb": "Ingenting i det vi lagrer, fører fra et svar til den som ga det: "
            "ikke navn, lenke, klokkeslett, nettadresse eller rekkefølge.",
            "nn": "Ingenting i det vi lagrar, fører frå eit svar til den som gav det: "
            "ikkje namn, lenkje, klokkeslett, nettadresse eller rekkjefølgje.",
            "en": "Nothing that we store leads from a response to the person who gave "
            "it: no name, link, time, network address or order.",
        },
        {
            "nb": "Lenken gir deg rett til å svare én gang. Medlemsregisteret ser om "
            "retten er brukt, men ikke hvilket svar som er ditt. Derfor kan du heller "
            "ikke endre eller trekke svaret etterpå.",
            "nn": "Lenkja gir deg rett til å svare éin gong. Medlemsregisteret ser om "
            "retten er brukt, men ikkje kva for eit svar som er ditt. Difor kan du "
            "heller ikkje endre eller trekkje svaret etterpå.",
            "en": "The link lets you respond once. The member register sees whether "
            "that right has been used, but not which response is yours. For the same "
            "reason you cannot change or withdraw your response afterwards.",
        },
        {
            "nb": "Lista over hvem som er invitert, slettes senest {days} dager etter "
            "at undersøkelsen er stengt.",
            "nn": "Lista over kven som er inviterte, blir sletta seinast {days} dagar "
            "etter at undersøkinga er stengd.",
            "en": "The list of those invited is deleted no later than {days} days "
            "after the survey closes.",
        },
        _FREE_TEXT,
    ),
    Mode.OPEN: (
        {
            "nb": "Alle som har adressen til denne siden, kan svare, og det går an å "
            "svare flere ganger. Resultatet sier derfor ikke hva en bestemt gruppe "
            "mener.",
            "nn": "Alle som har adressa til denne sida, kan svare, og det går an å "
            "svare fleire gonger. Resultatet seier difor ikkje kva ei bestemt gruppe "
            "meiner.",
            "en": "Anyone who has the address of this page can respond, and it is "
            "possible to respond more than once. The result therefore does not say "
            "what a given group thinks.",
        },
        {
            "nb": "Vi spør ikke hvem du er, og lagrer ikke navn, nettadresse eller "
            "klokkeslett sammen med svaret. Men siden har ikke den beskyttelsen som en "
            "personlig lenke gir: den som driver eller overvåker nettet du bruker, kan "
            "se at du er her.",
            "nn": "Vi spør ikkje kven du er, og lagrar ikkje namn, nettadresse eller "
            "klokkeslett saman med svaret. Men sida har ikkje det vernet som ei "
            "personleg lenkje gir: den som driv eller overvakar nettet du bruker, kan "
            "sjå at du er her.",
            "en": "We do not ask who you are, and store no name, network address or "
            "time with your response. But this page does not have the protection that "
            "a personal link gives: whoever runs or watches the network you use can "
            "see that you are here.",
        },
        _FREE_TEXT,
    ),
    Mode.PSEUDONYMOUS: (
        {
            "nb": "Undersøkelsen er ikke anonym. Svaret lagres uten navn, men sammen "
            "med gruppa di i medlemsregisteret, fram til {until}. Deretter fjernes "
            "gruppa fra svaret.",
            "nn": "Undersøkinga er ikkje anonym. Svaret blir lagra utan namn, men "
            "saman med gruppa di i medlemsregisteret, fram til {until}. Deretter blir "
            "gruppa fjerna frå svaret.",
            "en": "The survey is not anonymous. Your response is stored without your "
            "name, but with your group in the member register, until {until}. The "
            "group is then removed from the response.",
        },
        {
            "nb": "Er gruppa liten, eller svarene dine særegne, kan den som kjenner "
            "deg, kjenne deg igjen.",
            "nn": "Er gruppa lita, eller svara dine særeigne, kan den som kjenner deg, "
            "kjenne deg att.",
            "en": "If the group is small or your answers are unusual, someone who "
            "knows you may recognise you.",
        },
        _FREE_TEXT,
    ),
    Mode.NAMED: (
        {
            "nb": "Undersøkelsen er ikke anonym. Svaret lagres med et nummer, og "
            "medlemsregisteret vet fram til {until} hvem nummeret hører til. Hvert "
            "oppslag loggføres med en grunn.",
            "nn": "Undersøkinga er ikkje anonym. Svaret blir lagra med eit nummer, og "
            "medlemsregisteret veit fram til {until} kven nummeret høyrer til. Kvart "
            "oppslag blir loggført med ein grunn.",
            "en": "The survey is not anonymous. Your response is stored with a number, "
            "and until {until} the member register knows whose number it is. Every "
            "look-up is logged with a reason.",
        },
    ),
}

COMMON: Final[Mapping[str, Line]] = {
    "results": {
        "nb": "Resultater for færre enn {threshold} svar vises ikke.",
        "nn": "Resultat for færre enn {threshold} svar blir ikkje viste.",
        "en": "Results for fewer than {threshold} responses are not shown.",
    },
    "rows": {
        "nb": "De som har laget undersøkelsen, kan hente svarene rad for rad, stokket, "
        "uten navn og tid og uten det du skriver med egne ord.",
        "nn": "Dei som har laga undersøkinga, kan hente svara rad for rad, stokka, "
        "utan namn og tid og utan det du skriv med eigne ord.",
        "en": "Those who made the survey can fetch the responses row by row, shuffled, "
        "without names and times and without what you write in your own words.",
    },
    "deletion": {
        "nb": "Svarene slettes senest {deletes_on}.",
        "nn": "Svara blir sletta seinast {deletes_on}.",
        "en": "The responses are deleted no later than {deletes_on}.",
    },
    "purpose": {
        "nb": "Formål: {purpose}. Ansvarlig: {controller}.",
        "nn": "Føremål: {purpose}. Ansvarleg: {controller}.",
        "en": "Purpose: {purpose}. Responsible: {controller}.",
    },
    "legal_basis": {
        "nb": "Behandlingsgrunnlag: {legal_basis}.",
        "nn": "Behandlingsgrunnlag: {legal_basis}.",
        "en": "Legal basis: {legal_basis}.",
    },
    "processor": {
        "nb": "Databehandler: {processor}.",
        "nn": "Databehandlar: {processor}.",
        "en": "Data processor: {processor}.",
    },
    "rights": {
        "nb": "Du kan be {controller} om innsyn, retting eller sletting, og klage til "
        "Datatilsynet.",
        "nn": "Du kan be {controller} om innsyn, retting eller sletting, og klage til "
        "Datatilsynet.",
        "en": "You may ask {controller} for access, correction or deletion, and "
        "complain to the Norwegian Data Protection Authority (Datatilsynet).",
    },
    "voluntary": {
        "nb": "Det er frivillig å svare.",
        "nn": "Det er frivillig å svare.",
        "en": "Responding is voluntary.",
    },
}
