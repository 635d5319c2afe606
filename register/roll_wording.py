"""The sentences for what is found in a roll file: what is wrong, and what to do.

Bokmål, the source language, with %(name)s places for the parameters. A page runs
them through gettext; nothing here does, so that the rules stay free of the web.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from register import rollfile_refusals as refusals
from register.columns import Field
from register.roll_findings import Problem, Remark


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Mark a message for translation and leave it as it is."""
    return message


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, and what the official can do about it."""

    wrong: str
    remedy: str


FIELD_NAMES: Final[Mapping[Field, str]] = {
    Field.MEMBER_NUMBER: N_("medlemsnummer"),
    Field.GIVEN_NAME: N_("fornavn"),
    Field.FAMILY_NAME: N_("etternavn"),
    Field.FULL_NAME: N_("navn"),
    Field.EMAIL: N_("e-post"),
    Field.MOBILE: N_("mobil"),
    Field.GROUP: N_("velgergruppe"),
    Field.ADDRESS: N_("postadresse"),
    Field.POSTCODE: N_("postnummer"),
    Field.CITY: N_("poststed"),
    Field.CHANNEL: N_("foretrukket kanal"),
    Field.LANGUAGE: N_("målform"),
}

PROBLEMS: Final[Mapping[Problem, Sentence]] = {
    Problem.MEMBER_NUMBER_MISSING: Sentence(
        N_("Medlemsnummer mangler."),
        N_("Fyll inn medlemsnummeret, eller slett raden hvis den ikke er et medlem."),
    ),
    Problem.MEMBER_NUMBER_MALFORMED: Sentence(
        N_("Medlemsnummeret har tegn som ikke hører hjemme der."),
        N_(
            "Bruk bokstaver og tall, eventuelt med bindestrek, punktum eller "
            "skråstrek. Er tallet blitt avrundet, må kolonnen eksporteres som tekst."
        ),
    ),
    Problem.MEMBER_NUMBER_TWICE: Sentence(
        N_("Medlemsnummeret står også på linje %(first_line)s."),
        N_(
            "Behold én av radene. Gjelder de to avtaler, skal det være to "
            "uravstemninger med hvert sitt manntall."
        ),
    ),
    Problem.NAME_MISSING: Sentence(
        N_("Navnet mangler."),
        N_("Fyll inn navnet, eller slett raden hvis den ikke er et medlem."),
    ),
    Problem.EMAIL_MALFORMED: Sentence(
        N_("Dette er ikke én gyldig e-postadresse."),
        N_(
            "Rett adressen, eller la feltet stå tomt: da får medlemmet ikke e-post "
            "og må nås på en annen måte."
        ),
    ),
    Problem.EMAIL_FOREIGN_LETTERS: Sentence(
        N_("E-postadressen har andre bokstaver enn a–z foran krøllalfaen."),
        N_("Rett adressen, eller la feltet stå tomt."),
    ),
    Problem.GROUP_MISSING: Sentence(
        N_("Velgergruppen mangler."),
        N_(
            "Fyll inn gruppen på hver rad. Er cellene slått sammen i regnearket, må "
            "sammenslåingen oppheves og gruppen skrives i hver celle."
        ),
    ),
    Problem.CELL_TOO_LONG: Sentence(
        N_("Teksten er lengre enn %(limit)s tegn."),
        N_("Se etter om kolonnene har forskjøvet seg, og kort ned teksten."),
    ),
    Problem.CELL_UNREADABLE: Sentence(
        N_("Feltet har tegn som ikke kan leses."),
        N_("Skriv teksten på nytt i regnearket, og lagre som «CSV UTF-8» eller XLSX."),
    ),
    Problem.CELL_IS_AN_ERROR: Sentence(
        N_("Regnearket viser en feilmelding i cellen i stedet for en verdi."),
        N_("Rett formelen, eller skriv verdien inn for hånd."),
    ),
    Problem.ROW_TOO_WIDE: Sentence(
        N_("Raden har flere felt enn det er overskrifter."),
        N_(
            "Et skilletegn inne i et felt har trolig forskjøvet kolonnene. Sett "
            "feltet i anførselstegn, eller lagre som XLSX."
        ),
    ),
}

REMARKS: Final[Mapping[Remark, Sentence]] = {
    Remark.NO_EMAIL: Sentence(
        N_("Medlemmet har ingen e-postadresse og får ikke e-post."),
        N_("Velg en annen kanal for innbydelsen."),
    ),
    Remark.NO_EMAIL_COLUMN: Sentence(
        N_("Filen har ingen kolonne for e-post. Ingen får e-post."),
        N_("Velg en annen kanal for innbydelsen, eller pek ut kolonnen."),
    ),
    Remark.SHARED_EMAIL: Sentence(
        N_("%(count)s medlemmer har adressen %(email)s (linje %(lines)s)."),
        N_("Det er tillatt. Hver av dem får sin egen e-post med sin egen lenke."),
    ),
    Remark.DECIMALS_DROPPED: Sentence(
        N_("Medlemsnummeret sto som et tall med desimaler, «%(shown)s»."),
        N_("Desimalene er tatt bort. Se etter at nummeret er rett."),
    ),
    Remark.ONE_NAME_ONLY: Sentence(
        N_("Raden har bare fornavn eller bare etternavn."),
        N_("Se etter om noe mangler."),
    ),
    Remark.MOBILE_MALFORMED: Sentence(
        N_("«%(shown)s» er ikke et telefonnummer og er ikke tatt med."),
        N_("Skriv åtte sifre, eller landkode først (+46 …), hvis det skal brukes."),
    ),
    Remark.NOT_A_MOBILE: Sentence(
        N_("Nummeret er norsk, men ikke et mobilnummer."),
        N_("Det kan ikke ta imot SMS."),
    ),
    Remark.UNKNOWN_CHANNEL: Sentence(
        N_("«%(shown)s» er ingen kanal vi kjenner, og er ikke tatt med."),
        N_("Skriv e-post, SMS eller brev, eller la feltet stå tomt."),
    ),
    Remark.UNKNOWN_LANGUAGE: Sentence(
        N_("«%(shown)s» er ikke et språk vi har tekster på, og er ikke tatt med."),
        N_("Skriv bokmål, nynorsk eller engelsk, eller la feltet stå tomt."),
    ),
    Remark.SUM_ROW_SKIPPED: Sentence(
        N_("Raden er en sumrad og er ikke tatt med."),
        N_("Se etter om den likevel er et medlem."),
    ),
    Remark.HEADINGS_REPEATED: Sentence(
        N_("Overskriftene står om igjen her; raden er ikke tatt med."),
        N_("Du trenger ikke gjøre noe."),
    ),
    Remark.SIMILAR_GROUPS: Sentence(
        N_("Gruppen «%(group)s» ligner på «%(other)s», men skrives annerledes."),
        N_("De telles hver for seg. Skriv dem likt hvis de er den samme."),
    ),
    Remark.OTHER_COLUMNS_POSSIBLE: Sentence(
        N_("Kolonnen «%(heading)s» er brukt; «%(others)s» kunne også passe."),
        N_("Pek ut den rette kolonnen hvis valget er feil."),
    ),
    Remark.OTHER_SHEETS_UNREAD: Sentence(
        N_("Arket «%(sheet)s» er lest; også «%(others)s» ligner på et manntall."),
        N_("Velg det rette arket. Bare ett ark leses."),
    ),
    Remark.LETTERS_GARBLED: Sentence(
        N_("Navnet ser ut til å ha fått ødelagt æ, ø eller å."),
        N_("Eksporter filen på nytt som «CSV UTF-8» eller XLSX."),
    ),
}

UNPOINTED: Final = Sentence(
    N_("Disse kolonnene må velges: %(missing)s."),
    N_("Pek ut kolonnene etter plassering."),
)
"""Of a file without headings in which too few columns were pointed out."""

REFUSALS: Final[Mapping[type[refusals.RollFileRefused], Sentence]] = {
    refusals.EmptyFile: Sentence(
        N_("Filen er tom."), N_("Eksporter den på nytt fra medlemsregisteret.")
    ),
    refusals.TooLarge: Sentence(
        N_("Filen er større enn det som kan leses (grense: %(limit)s)."),
        N_("Ta bort kolonner og ark som ikke trengs, eller del manntallet."),
    ),
    refusals.UnknownEncoding: Sentence(
        N_("Tegnsettet i filen er ukjent."),
        N_("Lagre filen som «CSV UTF-8» eller som XLSX."),
    ),
    refusals.NotAWorkbook: Sentence(
        N_("Filen kan ikke leses som en XLSX-arbeidsbok."),
        N_("Åpne den i regnearket og lagre den på nytt som XLSX eller CSV."),
    ),
    refusals.OldOrLockedWorkbook: Sentence(
        N_("Arbeidsboken er i det gamle formatet (.xls) eller har passord."),
        N_("Ta bort passordet og lagre den som XLSX."),
    ),
    refusals.DangerousWorkbook: Sentence(
        N_("Arbeidsboken er laget slik at den kan skade den som leser den."),
        N_("Eksporter den på nytt fra medlemsregisteret."),
    ),
    refusals.UnknownSheet: Sentence(
        N_("Arket finnes ikke i filen."), N_("Velg et av arkene i arbeidsboken.")
    ),
    refusals.BrokenQuoting: Sentence(
        N_("Raden som begynner på linje %(line)s, har et anførselstegn for mye."),
        N_("Ta bort anførselstegnet, eller lagre filen som XLSX."),
    ),
    refusals.NoHeadings: Sentence(
        N_("Fant ingen rad med overskrifter øverst i filen."),
        N_(
            "Pek ut kolonnene her, eller ta med en rad med overskrifter i eksporten:"
            " medlemsnummer, fornavn og etternavn."
        ),
    ),
    refusals.MissingColumns: Sentence(
        N_("Overskriftene på linje %(line)s mangler kolonner: %(missing)s."),
        N_("Pek ut kolonnene, eller ta dem med i eksporten."),
    ),
    refusals.MappingOutsideFile: Sentence(
        N_("Kolonnene som er pekt ut, finnes ikke slik i filen."),
        N_("Pek ut kolonnene på nytt, én kolonne til hvert felt."),
    ),
    refusals.NoMembers: Sentence(
        N_("Det står ingen medlemmer under overskriftene."),
        N_("Se etter at riktig ark og riktig uttrekk er valgt."),
    ),
    refusals.TooManyGroups: Sentence(
        N_("Kolonnen for velgergruppe har flere enn %(limit)s ulike verdier."),
        N_("Pek ut den rette kolonnen."),
    ),
    refusals.IdentityNumberFound: Sentence(
        N_("Filen har fødselsnummer eller D-nummer i en kolonne som skal leses."),
        N_(
            "Ta bort kolonnen eller numrene i medlemsregisterets uttrekk, og slett "
            "denne filen. Ingenting er lagret."
        ),
    ),
    refusals.RollHasErrors: Sentence(
        N_("Filen har %(count)s feil. Ingenting er importert."),
        N_("Rett feilene i medlemsregisteret, og last opp filen på nytt."),
    ),
}
