"""Edits of a questionnaire: each gives a new definition that is lawful, or is refused.

What moves or goes may be what something further on refers to; then nothing is done, and
the refusal says by whom. Questions and choices are in `surveys.editing_questions`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from surveys.conditions import Condition
from surveys.definition import definition_json, read_definition
from surveys.edit_checks import (
    AtTheEnd,
    LastPage,
    NoSuchText,
    ReferredTo,
    checked,
    page_at,
    users_of,
    with_page,
    with_question,
)
from surveys.questionnaire import (
    LANGUAGES,
    NO_TEXT,
    Definition,
    Language,
    Page,
    Texts,
    texts_of_definition,
)

_STEP: Final = re.compile(r"([a-z_]+)(?:\[([0-9]+)\])?")


def new_definition(title: str, language: Language = "nb") -> Definition:
    """A questionnaire of one empty page.

    Raises:
        DefinitionRefused: no title, or one too long.

    """
    texts = with_text(NO_TEXT, language, title)
    return checked(Definition(texts, (Page("side_1", ()),), (language,)))


def with_text(texts: Texts, language: Language, text: str) -> Texts:
    """The texts with another one in a language."""
    return Texts(**{each: texts.own(each) for each in LANGUAGES} | {language: text})


def free_code(taken: Collection[str], stem: str) -> str:
    """The first of `stem_1`, `stem_2` and so on that is not taken."""
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def change_frame(
    definition: Definition, title: Texts, intro: Texts, thanks: Texts
) -> Definition:
    """Change the texts of the whole. Raises DefinitionRefused."""
    return checked(replace(definition, title=title, intro=intro, thanks=thanks))


def change_languages(
    definition: Definition, languages: tuple[Language, ...]
) -> Definition:
    """Promise other languages; texts in those that go are dropped.

    Raises:
        DefinitionRefused: none, one twice, or a first one that not all is written in.

    """
    raw = definition_json(definition)
    for path, texts in texts_of_definition(definition):
        kept = Texts(**{each: texts.own(each) for each in languages})
        if kept != texts:
            _put(raw, path, kept)
    return read_definition({**raw, "languages": list(languages)})


def add_page(definition: Definition, title: Texts = NO_TEXT) -> Definition:
    """Add an empty page at the end. Raises DefinitionRefused: too many pages."""
    code = free_code([page.code for page in definition.pages], "side")
    return checked(
        replace(definition, pages=(*definition.pages, Page(code, (), title)))
    )


def change_page(
    definition: Definition, code: str, title: Texts, *, shuffle: bool
) -> Definition:
    """Change a page's title and order. Raises NoSuchPage, DefinitionRefused."""
    place = page_at(definition, code)
    return checked(
        with_page(
            definition, place, lambda page: replace(page, title=title, shuffle=shuffle)
        )
    )


def move_page(definition: Definition, code: str, steps: int) -> Definition:
    """Move a page up (below 0) or down.

    Raises:
        NoSuchPage, AtTheEnd.
        DefinitionUnlawful: a reference would lead forward.

    """
    place = page_at(definition, code)
    pages = list(definition.pages)
    if not 0 <= place + steps < len(pages):
        raise AtTheEnd
    pages.insert(place + steps, pages.pop(place))
    return checked(replace(definition, pages=tuple(pages)))


def remove_page(definition: Definition, code: str) -> Definition:
    """Remove a page with its questions.

    Raises:
        NoSuchPage, LastPage.
        ReferredTo: something on another page uses an answer from this one.

    """
    place = page_at(definition, code)
    if len(definition.pages) == 1:
        raise LastPage
    page = definition.pages[place]
    going = frozenset(question.code for question in page.questions)
    left = replace(
        definition, pages=definition.pages[:place] + definition.pages[place + 1 :]
    )
    used_by = users_of(left, going)
    if used_by:
        raise ReferredTo(used_by)
    return checked(left)


def set_page_condition(
    definition: Definition, code: str, condition: Condition | None
) -> Definition:
    """Show a page on a condition, or always. Raises NoSuchPage, DefinitionRefused."""
    place = page_at(definition, code)
    return checked(
        with_page(definition, place, lambda page: replace(page, show_if=condition))
    )


def set_question_condition(
    definition: Definition, code: str, condition: Condition | None
) -> Definition:
    """Show a question on a condition, or always.

    Raises:
        NoSuchQuestion.
        DefinitionRefused: the condition asks of no earlier question, or what that
            question cannot answer.

    """
    return checked(
        with_question(definition, code, lambda each: replace(each, show_if=condition))
    )


def put_text(
    definition: Definition, path: str, language: Language, text: str
) -> Definition:
    """Write one text in one language, at a path such as a missing translation has.

    Raises:
        NoSuchText: no text at that path.
        DefinitionRefused: too long, or a language that is not promised.

    """
    for place, texts in texts_of_definition(definition):
        if place == path:
            raw = definition_json(definition)
            _put(raw, path, with_text(texts, language, text))
            return read_definition(raw)
    raise NoSuchText


def _put(raw: Any, path: str, texts: Texts) -> None:  # noqa: ANN401 - JSON's parts
    *way, (last, _) = [
        (found[1], found[2])
        for found in map(_STEP.fullmatch, path.split("."))
        if found is not None
    ]
    for name, place in way:
        raw = raw[name][int(place)]
    raw[last] = {language: texts.own(language) for language in LANGUAGES}
