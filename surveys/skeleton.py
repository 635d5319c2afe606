"""A definition without its words: what answers depend on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from surveys.questionnaire import (
    NO_TEXT,
    Choice,
    Definition,
    Question,
    Texts,
)

_WRITTEN: Final = Texts("x")


def without_texts(definition: Definition) -> Definition:
    """The definition with only a sign of where there is a text, and no languages."""
    pages = tuple(
        replace(
            page,
            title=_sign(page.title),
            questions=tuple(_bare(question) for question in page.questions),
        )
        for page in definition.pages
    )
    return Definition(
        title=_sign(definition.title),
        pages=pages,
        languages=("nb",),
        intro=_sign(definition.intro),
        thanks=_sign(definition.thanks),
    )


def _bare(question: Question) -> Question:
    return replace(
        question,
        title=_sign(question.title),
        help=_sign(question.help),
        other=_sign(question.other),
        low_label=_sign(question.low_label),
        high_label=_sign(question.high_label),
        choices=tuple(map(_unlabelled, question.choices)),
        rows=tuple(map(_unlabelled, question.rows)),
    )


def _unlabelled(choice: Choice) -> Choice:
    return replace(choice, label=_sign(choice.label))


def _sign(texts: Texts) -> Texts:
    return _WRITTEN if texts else NO_TEXT
