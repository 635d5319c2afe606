"""How channels, letters and refusals of sendings are told to officials.

Importing this module registers the refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from register.letter_pages import TooLongForALetter
from register.letters import (
    LettersPosted,
    NotPrinted,
    PrintedBefore,
    UnknownLetterBatch,
)
from register.mail_templates import SmsMalformed, UnknownLanguage
from register.recipients import NoChannel
from register.returned_letters import NotInThePost, UnknownLetter
from register.roll_phases import LetterBatchState, MessageChannel
from register.sending_rules import LettersTellTooMuch, MissingSms, TimeRefused
from register.survey_rolls import NotOfSurveys, TooFewAnswers

_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422

SENTENCES: Final[Mapping[type[Exception], tuple[int, LazyString]]] = {
    UnknownLetterBatch: (404, _("Brevbunken finnes ikke.")),
    UnknownLetter: (
        404,
        _("Utsendingen har ikke noe brev med dette nummeret."),
    ),
    NotInThePost: (
        _CONFLICT,
        _(
            "Returen er alt ført, eller bunken er ikke lagt i posten. Si først at"
            " brevene er lagt i posten."
        ),
    ),
    PrintedBefore: (
        _CONFLICT,
        _(
            "Bunken er skrevet ut. Skriver du den ut på nytt, slutter kodene i de"
            " første brevene å virke. Bekreft at de er kastet."
        ),
    ),
    NotPrinted: (_CONFLICT, _("Bunken er ikke skrevet ut i sin helhet.")),
    LettersPosted: (
        _CONFLICT,
        _("Brevene er lagt i posten, og kodene i dem virker."),
    ),
    NoChannel: (_UNPROCESSABLE, _("Velg minst én kanal.")),
    LettersTellTooMuch: (
        _UNPROCESSABLE,
        _(
            "Bare innbydelser kan gå som brev. Den som skriver ut andre brev, ville"
            " se hvem som har stemt."
        ),
    ),
    TooFewAnswers: (
        _CONFLICT,
        _(
            "Det er for få nye svar siden forrige melding. Påminnelsen ville vise hvem"
            " som har svart i mellomtiden. Vent til flere har svart."
        ),
    ),
    NotOfSurveys: (
        _UNPROCESSABLE,
        _("Etter en undersøkelse får ingen melding om hvordan de står oppført."),
    ),
    MissingSms: (_UNPROCESSABLE, _("Skriv teksten som skal stå i SMS-en.")),
    SmsMalformed: (
        _UNPROCESSABLE,
        _("Teksten i SMS-en må være én linje på 1 til 400 tegn."),
    ),
    UnknownLanguage: (_UNPROCESSABLE, _("Vi har ikke tekster på dette språket.")),
    TimeRefused: (
        _UNPROCESSABLE,
        _("Velg et tidspunkt som ikke er passert, og før fristen."),
    ),
    TooLongForALetter: (
        _UNPROCESSABLE,
        _("Teksten får ikke plass på ett ark. Gjør den kortere."),
    ),
}

CHANNELS: Final[Mapping[MessageChannel, LazyString]] = {
    MessageChannel.EMAIL: _("E-post"),
    MessageChannel.SMS: _("SMS"),
    MessageChannel.LETTER: _("Brev"),
}

LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "nb": "bokmål",
    "nn": "nynorsk",
    "en": "English",
}
"""As each calls itself, in every language."""

LETTER_STATES: Final[Mapping[LetterBatchState, tuple[LazyString, str]]] = {
    LetterBatchState.WAITING: (_("Ikke skrevet ut"), "neutral"),
    LetterBatchState.UNCERTAIN: (_("Usikker"), "warning"),
    LetterBatchState.PRINTED: (_("Skrevet ut"), "info"),
    LetterBatchState.POSTED: (_("Lagt i posten"), "success"),
}
