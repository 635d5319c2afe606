"""The codebook: every variable, its question, and what its values mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crypto.encoding import JsonValue
from infra.translated import _
from surveys.exports.cells import csv_file
from surveys.questionnaire import OTHER, TEXT_KINDS, Definition, Kind, Question
from surveys.report import spoken
from surveys.tabulation import TICKED

FORMAT: Final = "urne-codebook/1"
DONT_KNOW, PREFER_NOT, BLANK = -98, -97, -99
"""Numbers of coded non-answers, as SPSS's missing values."""


@dataclass(frozen=True, slots=True)
class CodedVariable:
    """One column of a data file."""

    name: str
    """At most 64 letters, digits and underscores; begins with a letter."""
    label: str
    measure: str
    """nominal, ordinal or scale, as SPSS calls them."""
    values: tuple[tuple[int, str, str], ...]
    """Number, code in the questionnaire, label."""
    question: str
    part: str = ""
    """A matrix's row, a choice of several, a ranked choice."""

    @property
    def number_of(self) -> dict[str, int]:
        """The number of each code."""
        return {code: number for number, code, _label in self.values}


def variables_of(definition: Definition) -> tuple[CodedVariable, ...]:
    """All columns that answers are coded in; texts are in none."""
    return tuple(
        variable
        for question in definition.answered_questions
        if question.kind not in TEXT_KINDS
        for variable in _variables(question)
    )


def codebook_json(definition: Definition) -> JsonValue:
    """The codebook as a JSON value."""
    return {
        "format": FORMAT,
        "title": spoken(definition.title),
        "variables": [
            {
                "name": each.name,
                "question": each.question,
                "part": each.part,
                "label": each.label,
                "measure": each.measure,
                "values": [
                    {"number": number, "code": code, "label": label}
                    for number, code, label in each.values
                ],
            }
            for each in variables_of(definition)
        ],
    }


def codebook_csv(definition: Definition) -> bytes:
    """The codebook as CSV: a row for each value of each variable."""
    heading = (
        _("Variabel"),
        _("Spørsmål"),
        _("Målenivå"),
        _("Tall"),
        _("Kode"),
        _("Svar"),
    )
    rows = [
        (each.name, each.label, each.measure, *value)
        for each in variables_of(definition)
        for value in (each.values or ((None, "", ""),))
    ]
    return csv_file([heading, *rows])


def _variables(question: Question) -> Iterator[CodedVariable]:
    title = spoken(question.title)
    match question.kind:
        case Kind.MULTIPLE:
            for code in (*question.choice_codes, *question.non_answers):
                label = f"{title}: {spoken(question.label_of(code))}"
                yield CodedVariable(
                    _name(question.code, str(code)),
                    label,
                    "nominal",
                    ((0, "", _("Nei")), (1, TICKED, _("Ja"))),
                    question.code,
                    str(code),
                )
        case Kind.MATRIX:
            for row in question.rows:
                label = f"{title}: {spoken(row.label)}"
                yield CodedVariable(
                    _name(question.code, row.code),
                    label,
                    "ordinal",
                    _values(question),
                    question.code,
                    row.code,
                )
        case Kind.RANKING:
            for choice in question.choices:
                label = f"{title}: {spoken(choice.label)}"
                name = _name(question.code, choice.code)
                yield CodedVariable(
                    name, label, "ordinal", (), question.code, choice.code
                )
        case _:
            yield CodedVariable(
                _name(question.code),
                title,
                _measure(question.kind),
                _values(question),
                question.code,
            )


def _measure(kind: Kind) -> str:
    if kind in {Kind.NUMBER, Kind.DATE}:
        return "scale"
    return "ordinal" if kind in {Kind.SCALE, Kind.NPS} else "nominal"


def _values(question: Question) -> tuple[tuple[int, str, str], ...]:
    if question.kind is Kind.CONSENT:
        return ((0, "", _("Ikke krysset av")), (1, TICKED, _("Ja")))
    ends = {}
    if question.steps:
        ends = {
            question.steps[0]: spoken(question.low_label),
            question.steps[-1]: spoken(question.high_label),
        }
    steps = tuple(
        (step, str(step), ends.get(step) or str(step)) for step in question.steps
    )
    choices = tuple(
        (number, code, spoken(question.label_of(code)))
        for number, code in enumerate(question.choice_codes, 1)
    )
    coded = tuple(
        (
            DONT_KNOW if str(code) == "@dont_know" else PREFER_NOT,
            str(code),
            spoken(question.label_of(code)),
        )
        for code in question.non_answers
    )
    return (*steps, *choices, *coded)


def _name(*parts: str) -> str:
    """A name for SPSS: of the codes, which are letters, digits and underscores."""
    return "_".join(part.replace(OTHER, "annet").lstrip("@") for part in parts)[:64]
