"""Where a respondent stands in a questionnaire whose answers the form itself carries.

The way of the open survey, which works without scripts: every page is a form that holds
the answers of all the others. The server keeps nothing between two pages, so each time
everything is looked at anew, whatever a browser sent. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crypto.encoding import JsonValue
from surveys.answer_checks import check_answer
from surveys.answer_problems import AnswerProblem, AnswersRefused, WrongAnswer
from surveys.answers import Answers, clean_answers, visible_pages
from surveys.form_answers import Form, field_names, read_form_answers
from surveys.questionnaire import Definition, Page, other_key

PAGE_FIELD: Final = "side"
"""The code of the page that the form shows; REVIEW for the last look."""
MOVE_FIELD: Final = "steg"
SHOWN_FIELD: Final = "vist"
"""The codes of the questions that the page had; an answer may have called up more."""
REVIEW: Final = "@review"
MOST_CARRIED: Final = 20_000
"""Characters of one field that go on to the next page; none of ours is longer."""


class Move(StrEnum):
    """What the respondent pressed."""

    STAY = "bli"
    BACK = "tilbake"
    ON = "fram"
    SEND = "send"


class NothingToAnswer(Exception):
    """A questionnaire with no page to show."""


@dataclass(frozen=True, slots=True)
class Step:
    """The page to show, and all that was answered so far."""

    pages: tuple[Page, ...]
    """All that are to be shown with these answers, in order."""
    page: Page | None
    """None: the last look at everything."""
    answers: Answers = field(repr=False)
    form: Form = field(repr=False)
    """As it was typed, so that a wrong answer is shown again."""
    problems: tuple[AnswerProblem, ...] = ()
    has_more: bool = False
    """Answers on this page have called up questions that it did not have before."""
    is_sent: bool = False
    """Everything is in order, and the respondent has pressed to send it."""

    @property
    def place(self) -> int:
        """The number of the page from 1; the last look comes after all pages."""
        if self.page is None:
            return len(self.pages) + 1
        codes = [page.code for page in self.pages]
        return codes.index(self.page.code) + 1

    def carried(self, definition: Definition) -> Iterator[tuple[str, str]]:
        """Fields and values of the questions that are not on this page."""
        shown = {question.code for question in self.page.questions} if self.page else ()
        for question in definition.answered_questions:
            if question.code in shown:
                continue
            for name in field_names(question):
                for value in self.form.get(name, ()):
                    if value:
                        yield name, value


def first_step(definition: Definition) -> Step:
    """The first page, with nothing answered.

    Raises:
        NothingToAnswer: there is none.

    """
    return _shown(definition, {}, {}, 0)


def take_step(definition: Definition, form: Form) -> Step:
    """Where the respondent is after pressing a button of a form.

    Going on asks that the page and those before it are answered rightly; going back
    asks nothing. What names no page of ours leads to the first.

    Raises:
        NothingToAnswer: there is no page to show.

    """
    form = _known_fields(definition, form)
    raw = read_form_answers(definition, form)
    move, here = _one(form, MOVE_FIELD), _one(form, PAGE_FIELD)
    if move == Move.BACK:
        return _back(definition, form, raw, here)
    if move == Move.ON:
        return _on(definition, form, raw, here)
    if move == Move.SEND:
        return _send(definition, form, raw)
    return _stay(definition, form, raw, here)


def page_to_change(definition: Definition, form: Form, code: str) -> Step:
    """The page of this code with what was answered, or the first page.

    Raises:
        NothingToAnswer: there is no page to show.

    """
    form = _known_fields(definition, form)
    return _stay(definition, form, read_form_answers(definition, form), code)


def readable_answers(
    definition: Definition, raw: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Those answers that are in order, for asking which pages to show."""
    kept: dict[str, JsonValue] = {}
    for question in definition.answered_questions:
        try:
            value = check_answer(question, raw.get(question.code))
        except WrongAnswer:
            continue
        if value is not None:
            kept[question.code] = value
            other = raw.get(other_key(question.code))
            if isinstance(other, str):
                kept[other_key(question.code)] = other
    return kept


def _on(
    definition: Definition, form: Form, raw: Mapping[str, JsonValue], here: str
) -> Step:
    pages = visible_pages(definition, readable_answers(definition, raw))
    at = _index(pages, here)
    if at is None:
        return _shown(definition, form, raw, 0)
    problems = _problems(definition, raw, here)
    unseen = _unseen(pages[at], form)
    if unseen:
        told = tuple(each for each in problems if each.question not in unseen)
        answers = readable_answers(definition, raw)
        return Step(pages, pages[at], answers, form, told, has_more=True)
    if problems:
        return _to_problem(definition, form, raw, problems)
    return _shown(definition, form, raw, at + 1)


def _problems(
    definition: Definition, raw: Mapping[str, JsonValue], through: str
) -> tuple[AnswerProblem, ...]:
    try:
        clean_answers(definition, raw, through=through)
    except AnswersRefused as refused:
        return refused.problems
    return ()


def _unseen(page: Page, form: Form) -> set[str]:
    shown = _one(form, SHOWN_FIELD).split()
    codes = {question.code for question in page.questions}
    # A form that does not say what it had is not ours: nothing to come back for.
    return codes - {*shown} if shown else set()


def _back(
    definition: Definition, form: Form, raw: Mapping[str, JsonValue], here: str
) -> Step:
    pages = visible_pages(definition, readable_answers(definition, raw))
    at = len(pages) if here == REVIEW else _index(pages, here)
    return _shown(definition, form, raw, max((at or 0) - 1, 0))


def _stay(
    definition: Definition, form: Form, raw: Mapping[str, JsonValue], here: str
) -> Step:
    if here == REVIEW:
        return _review(definition, form, raw)
    pages = visible_pages(definition, readable_answers(definition, raw))
    return _shown(definition, form, raw, _index(pages, here) or 0)


def _send(definition: Definition, form: Form, raw: Mapping[str, JsonValue]) -> Step:
    step = _review(definition, form, raw)
    if step.problems:
        return step
    return Step(step.pages, None, step.answers, form, is_sent=True)


def _review(definition: Definition, form: Form, raw: Mapping[str, JsonValue]) -> Step:
    try:
        answers = clean_answers(definition, raw)
    except AnswersRefused as refused:
        return _to_problem(definition, form, raw, refused.problems)
    return Step(visible_pages(definition, answers), None, answers, form)


def _to_problem(
    definition: Definition,
    form: Form,
    raw: Mapping[str, JsonValue],
    problems: Sequence[AnswerProblem],
) -> Step:
    # The first page with something to put right, whichever one the browser was on.
    answers = readable_answers(definition, raw)
    wrong = {problem.question for problem in problems}
    pages = visible_pages(definition, answers)
    for page in pages:
        asked = {question.code for question in page.questions}
        if asked & wrong:
            here = tuple(each for each in problems if each.question in asked)
            return Step(pages, page, answers, form, here)
    raise NothingToAnswer


def _shown(
    definition: Definition, form: Form, raw: Mapping[str, JsonValue], at: int
) -> Step:
    answers = readable_answers(definition, raw)
    pages = visible_pages(definition, answers)
    if not pages:
        raise NothingToAnswer
    if at >= len(pages):
        return _review(definition, form, raw)
    return Step(pages, pages[at], answers, form)


def _known_fields(definition: Definition, form: Form) -> dict[str, Sequence[str]]:
    names = {PAGE_FIELD, MOVE_FIELD, SHOWN_FIELD}
    most = 1
    for question in definition.answered_questions:
        names.update(field_names(question))
        most = max(most, len(question.codes))
    return {
        name: [value[:MOST_CARRIED] for value in values[: most + 1]]
        for name, values in form.items()
        if name in names and values
    }


def _index(pages: Sequence[Page], code: str) -> int | None:
    codes = [page.code for page in pages]
    return codes.index(code) if code in codes else None


def _one(form: Form, name: str) -> str:
    values = form.get(name, ())
    return values[0] if values else ""
