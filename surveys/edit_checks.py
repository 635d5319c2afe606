"""What every edit of a definition is held to, and why one is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from surveys.conditions import answer_tests
from surveys.definition import definition_json, read_definition
from surveys.piping import piped_codes
from surveys.questionnaire import (
    LANGUAGES,
    Definition,
    Page,
    Question,
    texts_of_definition,
)


class EditRefused(ValueError):
    """This edit cannot be done to this definition."""


class NoSuchPage(EditRefused):
    """There is no page of that code (any more)."""


class NoSuchQuestion(EditRefused):
    """There is no question of that code (any more)."""


class NoSuchChoice(EditRefused):
    """The question has no choice or row of that code (any more)."""


class NoSuchText(EditRefused):
    """There is no text at that path (any more)."""


class AtTheEnd(EditRefused):
    """There is nothing further in that direction."""


class LastPage(EditRefused):
    """A questionnaire has at least one page."""


class ReferredTo(EditRefused):
    """Conditions or texts further on use what would go."""

    def __init__(self, by: tuple[str, ...]) -> None:
        """Take the codes of the pages and questions that use it."""
        super().__init__(f"used by {', '.join(by)}")
        self.by = by


def checked(definition: Definition) -> Definition:
    """The definition, if it still is one: what every edit ends with.

    Raises:
        DefinitionRefused: sizes, codes, or references that would lead forward.

    """
    return read_definition(definition_json(definition))


def page_at(definition: Definition, code: str) -> int:
    """The place of a page. Raises NoSuchPage."""
    for place, page in enumerate(definition.pages):
        if page.code == code:
            return place
    raise NoSuchPage


def question_at(definition: Definition, code: str) -> tuple[int, int]:
    """The places of a question's page and of the question. Raises NoSuchQuestion."""
    for number, page in enumerate(definition.pages):
        for place, question in enumerate(page.questions):
            if question.code == code:
                return number, place
    raise NoSuchQuestion


def with_page(
    definition: Definition, place: int, change: Callable[[Page], Page]
) -> Definition:
    """The definition with one page changed."""
    pages = list(definition.pages)
    pages[place] = change(pages[place])
    return replace(definition, pages=tuple(pages))


def with_question(
    definition: Definition, code: str, change: Callable[[Question], Question]
) -> Definition:
    """The definition with one question changed. Raises NoSuchQuestion."""
    number, place = question_at(definition, code)

    def on_page(page: Page) -> Page:
        questions = list(page.questions)
        questions[place] = change(questions[place])
        return replace(page, questions=tuple(questions))

    return with_page(definition, number, on_page)


def users_of(definition: Definition, codes: frozenset[str]) -> tuple[str, ...]:
    """Pages and questions, none of `codes`, that use the answers to these."""
    used = [
        code
        for code, asked in _uses(definition)
        if code not in codes and not codes.isdisjoint(asked)
    ]
    return tuple(dict.fromkeys(used))


def users_of_choice(
    definition: Definition, question: str, choice: str, *, is_row: bool
) -> tuple[str, ...]:
    """Pages and questions that are shown by this choice or row of a question."""
    found = []
    for part in _parts(definition):
        for test in answer_tests(part.show_if):
            named = test.row == choice if is_row else choice in test.values
            if test.question == question and named:
                found.append(part.code)
    return tuple(dict.fromkeys(found))


def _parts(definition: Definition) -> Iterator[Page | Question]:
    yield from definition.pages
    yield from definition.questions


def _uses(definition: Definition) -> Iterator[tuple[str, set[str]]]:
    for part in _parts(definition):
        yield part.code, {test.question for test in answer_tests(part.show_if)}
    for path, texts in texts_of_definition(definition):
        piped = {code for each in LANGUAGES for code in piped_codes(texts.own(each))}
        if piped:
            yield _owner(definition, path), piped


def _owner(definition: Definition, path: str) -> str:
    page, _, rest = path.partition("]")
    owner = definition.pages[int(page.removeprefix("pages["))]
    if not rest.startswith(".questions["):
        return owner.code
    return owner.questions[int(rest.removeprefix(".questions[").partition("]")[0])].code
