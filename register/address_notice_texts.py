"""What an old address is told, in the member's language: neither link nor address.

By mail, or by SMS where that is what the member is told by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from register.address_telling import AddressKind

SUBJECTS: Final[Mapping[str, str]] = {
    "nb": "Adressen din i manntallet er endret",
    "nn": "Adressa di i manntalet er endra",
    "en": "Your address on the electoral roll has been changed",
}
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "nb": (
        "Hei {name},",
        (
            "en annen e-postadresse er ført inn for deg i manntallet til"
            " «{title}», så nye meldinger om valget kommer ikke hit lenger. To"
            " funksjonærer hos {organisation} har godkjent det."
        ),
        (
            "Har du bedt om det, trenger du ikke gjøre noe. Har du ikke bedt om"
            " det, ta kontakt med {organisation} med en gang: noen kan prøve å"
            " bruke stemmeretten din."
        ),
        (
            "Lenken du kan ha fått til denne adressen før, virker fortsatt, med"
            " mindre en ny er sendt."
        ),
    ),
    "nn": (
        "Hei {name},",
        (
            "ei anna e-postadresse er ført inn for deg i manntalet til"
            " «{title}», så nye meldingar om valet kjem ikkje hit lenger. To"
            " funksjonærar hos {organisation} har godkjent det."
        ),
        (
            "Har du bede om det, treng du ikkje gjere noko. Har du ikkje bede"
            " om det, ta kontakt med {organisation} med ein gong: nokon kan"
            " prøve å bruke røysteretten din."
        ),
        (
            "Lenka du kan ha fått til denne adressa før, verkar framleis, om"
            " ikkje ei ny er send."
        ),
    ),
    "en": (
        "Hello {name},",
        (
            "another e-mail address has been entered for you on the roll of"
            " “{title}”, so new messages about the election no longer come here."
            " Two officials of {organisation} agreed to it."
        ),
        (
            "If you asked for it, there is nothing you need to do. If you did"
            " not, tell {organisation} at once: somebody may be trying to use"
            " your right to vote."
        ),
        (
            "The link that you may have been sent here before still works,"
            " unless a new one was sent."
        ),
    ),
}
_WHAT_CHANGED: Final[Mapping[AddressKind, Mapping[str, str]]] = {
    AddressKind.POSTAL: {
        "nb": (
            "en annen postadresse er ført inn for deg i manntallet til «{title}», så"
            " nye brev om valget går dit. To funksjonærer hos {organisation} har"
            " godkjent det."
        ),
        "nn": (
            "ei anna postadresse er ført inn for deg i manntalet til «{title}», så nye"
            " brev om valet går dit. To funksjonærar hos {organisation} har godkjent"
            " det."
        ),
        "en": (
            "another postal address has been entered for you on the roll of “{title}”,"
            " so new letters about the election go there. Two officials of"
            " {organisation} agreed to it."
        ),
    },
    AddressKind.MOBILE: {
        "nb": (
            "et annet mobilnummer er ført inn for deg i manntallet til «{title}», så"
            " nye SMS om valget går dit. To funksjonærer hos {organisation} har"
            " godkjent det."
        ),
        "nn": (
            "eit anna mobilnummer er ført inn for deg i manntalet til «{title}», så nye"
            " SMS om valet går dit. To funksjonærar hos {organisation} har godkjent"
            " det."
        ),
        "en": (
            "another mobile number has been entered for you on the roll of “{title}”,"
            " so new texts about the election go there. Two officials of"
            " {organisation} agreed to it."
        ),
    },
}
"""In place of the second paragraph, where another kind of address is what is told."""

_SMS: Final[Mapping[str, str]] = {
    "nb": (
        "{organisation}: {what} i manntallet til {title} er endret, godkjent av to"
        " funksjonærer. Har du ikke bedt om det, ta kontakt med en gang."
    ),
    "nn": (
        "{organisation}: {what} i manntalet til {title} er endra, godkjend av to"
        " funksjonærar. Har du ikkje bede om det, ta kontakt med ein gong."
    ),
    "en": (
        "{organisation}: your {what} on the roll of {title} has been changed; two"
        " officials agreed. If you did not ask for it, contact us at once."
    ),
}
_WHAT: Final[Mapping[str, Mapping[AddressKind, str]]] = {
    "nb": {
        AddressKind.EMAIL: "E-postadressen din",
        AddressKind.POSTAL: "Postadressen din",
        AddressKind.MOBILE: "Mobilnummeret ditt",
    },
    "nn": {
        AddressKind.EMAIL: "E-postadressa di",
        AddressKind.POSTAL: "Postadressa di",
        AddressKind.MOBILE: "Mobilnummeret ditt",
    },
    "en": {
        AddressKind.EMAIL: "e-mail address",
        AddressKind.POSTAL: "postal address",
        AddressKind.MOBILE: "mobile number",
    },
}


def texts_of(language: str, kind: AddressKind) -> tuple[str, ...]:
    """Return the paragraphs, with fields name, title and organisation in braces."""
    greeting, changed, otherwise, links = TEXTS[language]
    if kind == AddressKind.EMAIL:
        return greeting, changed, otherwise, links
    return greeting, _WHAT_CHANGED[kind][language], otherwise


def sms_of(language: str, kind: AddressKind, values: Mapping[str, str]) -> str:
    """Return the SMS: without a name, since it is read on locked screens."""
    return _SMS[language].format(what=_WHAT[language][kind], **values)
