"""What an old address is told, in the member's language: neither link nor address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
POSTAL: Final[Mapping[str, str]] = {
    "nb": (
        "en annen postadresse er ført inn for deg i manntallet til «{title}», så nye"
        " brev om valget går dit. To funksjonærer hos {organisation} har godkjent det."
    ),
    "nn": (
        "ei anna postadresse er ført inn for deg i manntalet til «{title}», så nye"
        " brev om valet går dit. To funksjonærar hos {organisation} har godkjent det."
    ),
    "en": (
        "another postal address has been entered for you on the roll of “{title}”, so"
        " new letters about the election go there. Two officials of {organisation}"
        " agreed to it."
    ),
}
"""In place of the second paragraph, where another postal address is what is told."""


def texts_of(language: str, *, is_postal: bool) -> tuple[str, ...]:
    """Return the paragraphs, with fields name, title and organisation in braces."""
    greeting, changed, otherwise, links = TEXTS[language]
    if is_postal:
        return greeting, POSTAL[language], otherwise
    return greeting, changed, otherwise, links
