"""What is wrong with an answer, in words that say how to put it right.

The same sentences go to the page's script, which fills in {limit} and {row} itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from surveys.answer_problems import AnswerProblem, AnswerReason
from surveys.questionnaire import Kind, Language, Question
from surveys.values import is_date, is_number

_REQUIRED: Final[Mapping[Kind, LazyString]] = {
    Kind.SHORT_TEXT: _("Skriv et svar."),
    Kind.LONG_TEXT: _("Skriv et svar."),
    Kind.NUMBER: _("Skriv et tall."),
    Kind.DATE: _("Skriv en dato."),
    Kind.RANKING: _("Gi alternativene en rekkefølge."),
    Kind.MATRIX: _("Velg et svar på hver linje."),
    Kind.CONSENT: _("Kryss av for å gå videre."),
}
_PICK: Final = _("Velg et svar.")

SENTENCES: Final[Mapping[AnswerReason, LazyString]] = {
    AnswerReason.REQUIRED: _PICK,
    AnswerReason.ROW_MISSING: _("Velg et svar på linjen «{row}»."),
    AnswerReason.NOT_A_CHOICE: _("Velg et av alternativene."),
    AnswerReason.TOO_FEW: _("Velg minst {limit}."),
    AnswerReason.TOO_MANY: _("Velg høyst {limit}."),
    AnswerReason.EXCLUSIVE_WITH_OTHERS: _(
        "Ett av alternativene du har krysset av, kan bare stå alene."
    ),
    AnswerReason.TWICE: _("To alternativer har fått samme plass."),
    AnswerReason.OTHER_NOT_STATED: _("Skriv hva «annet» er."),
    AnswerReason.TOO_LONG: _("Svaret er for langt. Skriv høyst {limit} tegn."),
    AnswerReason.UNREADABLE_TEXT: _("Teksten har tegn som ikke kan leses."),
    AnswerReason.NOT_A_NUMBER: _("Skriv et tall, for eksempel 12."),
    AnswerReason.TOO_MANY_DECIMALS: _("Skriv tallet med høyst {limit} desimaler."),
    AnswerReason.TOO_SMALL: _("Tallet må være minst {limit}."),
    AnswerReason.TOO_LARGE: _("Tallet kan være høyst {limit}."),
    AnswerReason.NOT_A_DATE: _("Skriv en dato, for eksempel 17.5.2027."),
    AnswerReason.TOO_EARLY: _("Datoen må være {limit} eller senere."),
    AnswerReason.TOO_LATE: _("Datoen må være {limit} eller tidligere."),
    AnswerReason.RANKS_WITH_HOLES: _("Bruk plassene fra 1 og oppover uten hull."),
    AnswerReason.WRONG_SHAPE: _("Svaret kunne ikke leses. Svar på nytt."),
    AnswerReason.UNKNOWN_QUESTION: _("Svaret gjelder ikke noe spørsmål her."),
}
_WHOLE_NUMBER: Final = _("Skriv tallet uten desimaler.")
_RANK_ALL: Final = _("Gi alle alternativene hver sin plass.")


def sentence_of(
    question: Question, problem: AnswerProblem, language: Language = "nb"
) -> str:
    """Return what to do about a problem, in the language that is being spoken."""
    limit = "" if problem.limit is None else shown_limit(str(problem.limit), language)
    row = next((r.label for r in question.rows if r.code == problem.row), None)
    return (
        str(_sentence(question, problem))
        .replace("{limit}", limit)
        .replace("{row}", row.in_language(language) if row else "")
    )


def page_sentences() -> dict[str, str]:
    """Return all sentences for the page's script, in the language being spoken.

    By `required_KIND` for a blank, else by `faults_REASON`.
    """
    blanks = {f"required_{kind}": str(_REQUIRED.get(kind, _PICK)) for kind in Kind}
    faults = {f"faults_{reason}": str(told) for reason, told in SENTENCES.items()}
    more = {
        "faults_whole_number": str(_WHOLE_NUMBER),
        "faults_rank_all": str(_RANK_ALL),
    }
    return {**blanks, **faults, **more}


def shown_limit(limit: str, language: Language) -> str:
    """Write a bound as people of a language do: 0,5 and 1.3.2027."""
    if language == "en":
        return limit
    if is_date(limit):
        year, month, day = limit.split("-")
        return f"{int(day)}.{int(month)}.{year}"
    return limit.replace(".", ",") if is_number(limit) else limit


def _sentence(question: Question, problem: AnswerProblem) -> LazyString:
    match problem.reason:
        case AnswerReason.REQUIRED:
            return _REQUIRED.get(question.kind, _PICK)
        case AnswerReason.TOO_MANY_DECIMALS if not problem.limit:
            return _WHOLE_NUMBER
        case AnswerReason.TOO_FEW if question.kind is Kind.RANKING:
            ranks_all = question.minimum is None and question.maximum is None
            return _RANK_ALL if ranks_all else SENTENCES[problem.reason]
        case _:
            return SENTENCES[problem.reason]
