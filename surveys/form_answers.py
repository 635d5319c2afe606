"""What a form's fields hold, as the answers that `clean_answers` looks at.

The names of the fields are a contract with the templates and the script:

| kind | field | value |
|---|---|---|
| single, dropdown, scale, nps | CODE | one code or step |
| multiple | CODE, repeated | codes |
| "annet" | CODE:other | text |
| text, number, date | CODE | what was typed |
| number, date with a non-answer | CODE:non | "@dont_know" or "@prefer_not" |
| matrix | CODE.ROW | one code |
| ranking | CODE.CHOICE | the rank: 1 is highest; empty for none |
| consent | CODE | any text when ticked |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crypto.encoding import JsonValue
from surveys.questionnaire import (
    OTHER,
    Choice,
    Definition,
    Kind,
    Question,
    other_key,
)
from surveys.values import NotADate, NotANumber, read_date, read_number

Form = Mapping[str, Sequence[str]]

_LONGEST_STEP: Final = 3


def read_form_answers(definition: Definition, form: Form) -> dict[str, JsonValue]:
    """The answers in a form, for `clean_answers`; other fields are left unread.

    What cannot be read (a number that is none) is handed on as it was typed, so that it
    is refused where the question is shown, and dropped where it is hidden.
    """
    answers: dict[str, JsonValue] = {}
    for question in definition.answered_questions:
        value = _READERS[question.kind](question, form)
        if value is None:
            continue
        answers[question.code] = value
        if question.other and (
            value == OTHER or (isinstance(value, list) and OTHER in value)
        ):
            answers[other_key(question.code)] = _one(form, other_key(question.code))
    return answers


def field_names(question: Question) -> tuple[str, ...]:
    """All the fields that a form has for a question."""
    if question.kind is Kind.MATRIX:
        return tuple(f"{question.code}.{row.code}" for row in question.rows)
    if question.kind is Kind.RANKING:
        return tuple(f"{question.code}.{choice.code}" for choice in question.choices)
    names = [question.code]
    if question.other:
        names.append(other_key(question.code))
    if question.non_answers and question.kind in {Kind.NUMBER, Kind.DATE}:
        names.append(non_answer_field(question.code))
    return tuple(names)


def non_answer_field(code: str) -> str:
    """The field of the coded non-answers beside a field that is typed in."""
    return f"{code}:non"


def _one(form: Form, name: str) -> str:
    values = form.get(name, ())
    return values[0].strip() if values else ""


def _step_or_code(question: Question, form: Form) -> JsonValue:
    sent = _one(form, question.code)
    if question.steps and sent.isascii() and sent.isdigit():
        return int(sent[:_LONGEST_STEP])
    return sent or None


def _typed(question: Question, form: Form) -> JsonValue:
    typed = _one(form, question.code)
    if not typed:
        # What was typed goes before a non-answer that was left ticked.
        return _one(form, non_answer_field(question.code)) or None
    read = read_number if question.kind is Kind.NUMBER else read_date
    try:
        return read(typed)
    except (NotANumber, NotADate):
        return typed


def _several(question: Question, form: Form) -> JsonValue:
    codes = [code for code in form.get(question.code, ()) if code]
    chosen = [code for code in codes if code not in question.non_answers]
    # A choice goes before a non-answer that was ticked beside it.
    return chosen or (codes[0] if codes else None)


def _rows(question: Question, form: Form) -> JsonValue:
    return _table(form, question.code, question.rows)


def _ranks(question: Question, form: Form) -> JsonValue:
    return _table(form, question.code, question.choices)


def _table(form: Form, code: str, lines: Sequence[Choice]) -> JsonValue:
    cells = {line.code: _one(form, f"{code}.{line.code}") for line in lines}
    return {line: cell for line, cell in cells.items() if cell} or None


def _ticked(question: Question, form: Form) -> JsonValue:
    return True if _one(form, question.code) else None


def _text(question: Question, form: Form) -> JsonValue:
    return form.get(question.code, ("",))[0] or None


_READERS: Final[Mapping[Kind, Callable[[Question, Form], JsonValue]]] = {
    Kind.SINGLE: _step_or_code,
    Kind.DROPDOWN: _step_or_code,
    Kind.SCALE: _step_or_code,
    Kind.NPS: _step_or_code,
    Kind.MULTIPLE: _several,
    Kind.MATRIX: _rows,
    Kind.RANKING: _ranks,
    Kind.CONSENT: _ticked,
    Kind.NUMBER: _typed,
    Kind.DATE: _typed,
    Kind.SHORT_TEXT: _text,
    Kind.LONG_TEXT: _text,
}
