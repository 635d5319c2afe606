"""The editor's form of a question, read leniently: what is wrong the laws will say.

The names of the fields are the paths of what they hold: `title.nb`, or
`choices.0.label.nb`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from surveys.condition_text import read_condition_text
from surveys.conditions import Condition
from surveys.editing import free_code, with_text
from surveys.questionnaire import (
    LANGUAGES,
    MOST_CHOICES,
    MOST_DECIMALS,
    NO_TEXT,
    NON_ANSWER_TEXTS,
    Bound,
    Choice,
    Definition,
    Kind,
    Language,
    Question,
    Texts,
)
from surveys.values import NotADate, NotANumber, read_date, read_number

Form = Mapping[str, Sequence[str]]

_MOST_DIGITS: Final = 15


def one(form: Form, name: str) -> str:
    """The first value of a field, without space around it."""
    values = form.get(name, ())
    return values[0].strip() if values else ""


def read_texts(form: Form, name: str) -> Texts:
    """A text in each language."""
    return Texts(**{each: one(form, f"{name}.{each}") for each in LANGUAGES})


def read_question(form: Form, before: Question, language: Language) -> Question:
    """The question as the form has it; `language`: that of choices newly written."""
    kind = Kind(one(form, "kind")) if one(form, "kind") in set(Kind) else before.kind
    decimals = one(form, "decimals")
    return replace(
        before,
        code=one(form, "code") or before.code,
        kind=kind,
        title=read_texts(form, "title"),
        help=read_texts(form, "help"),
        required="required" in form,
        choices=_read_lines(form, "choices", "valg", before.choices, language),
        rows=_read_lines(form, "rows", "rad", before.rows, language),
        other=read_texts(form, "other"),
        non_answers=tuple(
            each for each in NON_ANSWER_TEXTS if each in form.get("non_answers", ())
        ),
        shuffle="shuffle" in form,
        minimum=_read_bound(form, "min", kind),
        maximum=_read_bound(form, "max", kind),
        decimals=int(decimals)
        if decimals in map(str, range(MOST_DECIMALS + 1))
        else before.decimals,
        low_label=read_texts(form, "low_label"),
        high_label=read_texts(form, "high_label"),
        background="background" in form,
    )


def read_condition(form: Form, definition: Definition) -> Condition | None:
    """The condition that is written in the form, or none.

    Raises:
        ConditionUnreadable: it makes no sense.

    """
    text = " ".join(one(form, "condition").split())
    kinds = {question.code: question.kind for question in definition.questions}
    return read_condition_text(text, kinds) if text else None


def _read_lines(
    form: Form,
    name: str,
    stem: str,
    before: tuple[Choice, ...],
    language: Language,
) -> tuple[Choice, ...]:
    kept = []
    known = {choice.code for choice in before}
    for place in range(MOST_CHOICES):
        code = one(form, f"{name}.{place}.code")
        if code not in known or f"{name}.{place}.remove" in form:
            continue
        label = read_texts(form, f"{name}.{place}.label")
        kept.append(Choice(code, label, f"{name}.{place}.exclusive" in form))
    # A code is never given again, so that no answer is counted as another's.
    taken = known | {choice.code for choice in kept}
    for line in one(form, f"new_{name}").splitlines()[: MOST_CHOICES + 1]:
        if line.strip():
            code = free_code(taken, stem)
            taken.add(code)
            kept.append(Choice(code, with_text(NO_TEXT, language, line.strip())))
    return tuple(kept)


def _read_bound(form: Form, name: str, kind: Kind) -> Bound | None:
    typed = one(form, name)
    if not typed:
        return None
    try:
        if kind is Kind.NUMBER:
            return read_number(typed)
        if kind is Kind.DATE:
            return read_date(typed)
    except (NotANumber, NotADate):
        return typed
    whole = typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS
    return int(typed) if whole else typed
