"""What is wrong with a questionnaire, in words that say how to put it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from surveys.definition_problems import Problem, Reason
from surveys.lint import Finding, FindingCode
from surveys.questionnaire import Kind
from surveys.spreadsheet_problems import SheetProblem, SheetReason

KIND_WORDS: Final[Mapping[Kind, LazyString]] = {
    Kind.SINGLE: _("Ett valg"),
    Kind.MULTIPLE: _("Flere valg"),
    Kind.DROPDOWN: _("Nedtrekksliste"),
    Kind.SHORT_TEXT: _("Kort tekst"),
    Kind.LONG_TEXT: _("Lang tekst"),
    Kind.NUMBER: _("Tall"),
    Kind.DATE: _("Dato"),
    Kind.SCALE: _("Skala"),
    Kind.NPS: _("Anbefaling 0–10 (NPS)"),
    Kind.MATRIX: _("Matrise"),
    Kind.RANKING: _("Rangering"),
    Kind.CONSENT: _("Samtykke"),
    Kind.INFORMATION: _("Informasjon"),
    Kind.HEADING: _("Overskrift"),
}

_REASONS: Final[Mapping[Reason, LazyString]] = {
    Reason.NOT_AN_OBJECT: _("Her skal det stå et objekt."),
    Reason.NOT_A_LIST: _("Her skal det stå en liste."),
    Reason.NOT_A_TEXT: _("Her skal det stå tekst."),
    Reason.NOT_AN_INTEGER: _("Skriv et helt tall."),
    Reason.NOT_TRUE_OR_FALSE: _("Her skal det stå true eller false."),
    Reason.NOT_A_NUMBER: _("Skriv et tall."),
    Reason.NOT_A_DATE: _("Skriv en dato, for eksempel 1.3.2027."),
    Reason.MISSING: _("Dette må fylles ut."),
    Reason.UNKNOWN_FIELD: _("Feltet «%(subject)s» finnes ikke."),
    Reason.UNKNOWN_VALUE: _("Verdien er ikke kjent."),
    Reason.TOO_LONG: _("Teksten er for lang. Bruk høyst %(limit)s tegn."),
    Reason.TOO_MANY: _("Det er for mange. Bruk høyst %(limit)s."),
    Reason.TOO_FEW: _("Det er for få. Ta med minst %(limit)s."),
    Reason.OUT_OF_RANGE: _("Tallet er utenfor det som er mulig her."),
    Reason.UNREADABLE_TEXT: _(
        "Teksten har tegn som ikke kan vises. Skriv den på nytt."
    ),
    Reason.MALFORMED_CODE: _(
        "Koden skal begynne med en liten bokstav og ha bare a–z, tall og "
        "understrek, høyst 32 tegn."
    ),
    Reason.LANGUAGE_NOT_DECLARED: _("Språket er ikke blant undersøkelsens språk."),
    Reason.ORIGINAL_MISSING: _("Teksten mangler på undersøkelsens hovedspråk."),
    Reason.SAME_CODE: _("Koden «%(subject)s» er brukt før."),
    Reason.NOT_FOR_THIS_KIND: _("Dette kan ikke brukes med en slik type spørsmål."),
    Reason.MINIMUM_ABOVE_MAXIMUM: _("Det minste må være mindre enn det største."),
    Reason.UNKNOWN_QUESTION: _("Spørsmålet «%(subject)s» finnes ikke."),
    Reason.REFERS_FORWARD: _(
        "Dette viser til «%(subject)s», som ikke står tidligere i undersøkelsen. "
        "Tekster kan bare vise til svar på tidligere sider."
    ),
    Reason.NOT_ANSWERED_KIND: _("Svaret på «%(subject)s» kan ikke brukes slik."),
    Reason.UNKNOWN_CHOICE: _("«%(subject)s» er ikke et mulig svar der."),
    Reason.UNKNOWN_ROW: _("Matrisen har ingen rad «%(subject)s»."),
    Reason.ROW_NOT_NAMED: _("Skriv hvilken rad i matrisen «%(subject)s» det gjelder."),
    Reason.NOT_COMPARABLE: _("«%(subject)s» kan ikke sammenlignes slik."),
    Reason.TOO_DEEP: _("Vilkåret har for mange nivåer."),
    Reason.NOT_PIPED_HERE: _("Svaret på «%(subject)s» kan ikke vises i denne teksten."),
}

_SHEET_REASONS: Final[Mapping[SheetReason, LazyString]] = {
    SheetReason.UNKNOWN_COLUMN: _("Kolonnen «%(column)s» er ikke kjent."),
    SheetReason.COLUMN_TWICE: _("Kolonnen «%(column)s» står to ganger."),
    SheetReason.UNKNOWN_TYPE: _("Typen er ikke kjent."),
    SheetReason.UNKNOWN_LIST: _("Lista «%(column)s» finnes ikke i arket choices."),
    SheetReason.LIST_NOT_NAMED: _("Typen skal ha navnet på en liste etter seg."),
    SheetReason.NOT_YES_OR_NO: _("Skriv yes eller no i kolonnen «%(column)s»."),
    SheetReason.CONDITION_UNREADABLE: _("Vilkåret kan ikke leses."),
}

_FINDINGS: Final[Mapping[FindingCode, LazyString]] = {
    FindingCode.ASKS_NAME: _("Spørsmålet ser ut til å be om navn."),
    FindingCode.ASKS_EMAIL: _("Spørsmålet ser ut til å be om e-postadresse."),
    FindingCode.ASKS_PHONE: _("Spørsmålet ser ut til å be om telefonnummer."),
    FindingCode.ASKS_ADDRESS: _("Spørsmålet ser ut til å be om adresse."),
    FindingCode.ASKS_MEMBER_NUMBER: _(
        "Spørsmålet ser ut til å be om medlems- eller ansattnummer."
    ),
    FindingCode.ASKS_BIRTH_DATE: _("Spørsmålet ser ut til å be om fødselsdato."),
    FindingCode.ASKS_IDENTITY_NUMBER: _(
        "Spørsmålet ser ut til å be om fødselsnummer. Det er ikke lov i noen "
        "undersøkelse."
    ),
    FindingCode.NAMES_IDENTITY_NUMBER: _(
        "En overskrift eller en tekst nevner fødselsnummer. Ingen skal bes om å skrive "
        "det, i noen undersøkelse."
    ),
    FindingCode.EXACT_AGE: _(
        "Spørsmålet ber om nøyaktig alder. Spør heller om aldersgruppe."
    ),
    FindingCode.MUCH_BACKGROUND: _(
        "Det er %(number)s bakgrunnsspørsmål. Til sammen kan de peke ut enkeltpersoner."
    ),
    FindingCode.SMALL_GROUPS: _(
        "Bakgrunnsspørsmålene gir til sammen %(number)s grupper. Det er flere enn "
        "det er inviterte til."
    ),
    FindingCode.FEW_INVITED: _(
        "Bare %(number)s er invitert. Med færre enn 10 er det lett å gjette hvem som "
        "har svart hva."
    ),
    FindingCode.TOO_FEW_INVITED: _(
        "Færre enn %(number)s er invitert. Da kan ingen resultater vises."
    ),
    FindingCode.NOTHING_ASKED: _("Undersøkelsen har ingen spørsmål ennå."),
    FindingCode.EMPTY_PAGE: _("En side er tom."),
    FindingCode.LONG: _(
        "Det er %(number)s spørsmål. Mange gir opp før de er ferdige med så mange."
    ),
    FindingCode.NOT_TRANSLATED: _("Tekster som ikke er oversatt: %(number)s."),
}


def definition_sentence(problem: Problem) -> str:
    """What is wrong at one place of a definition."""
    return str(_REASONS[problem.reason]) % {
        "subject": problem.subject,
        "limit": problem.limit,
    }


def sheet_sentence(problem: SheetProblem) -> str:
    """What is wrong on one line of a workbook."""
    if isinstance(problem.problem, Problem):
        return definition_sentence(problem.problem)
    return str(_SHEET_REASONS[problem.problem]) % {"column": problem.column}


def finding_sentence(finding: Finding) -> str:
    """What a designer should know."""
    return str(_FINDINGS[finding.code]) % {"number": finding.number}
