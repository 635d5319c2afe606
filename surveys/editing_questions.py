"""Edits of questions and their choices; see `surveys.editing`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeAlias

from surveys.conditions import AnswerTest, Condition, Every, Not, Some
from surveys.edit_checks import (
    AtTheEnd,
    NoSuchChoice,
    ReferredTo,
    checked,
    page_at,
    question_at,
    users_of,
    users_of_choice,
    with_page,
    with_question,
)
from surveys.editing import free_code, with_text
from surveys.questionnaire import (
    BACKGROUND_KINDS,
    CHOICE_KINDS,
    LABELLED_ENDS_KINDS,
    NO_TEXT,
    NON_ANSWER_KINDS,
    OTHER_KINDS,
    SHUFFLED_KINDS,
    UNANSWERED_KINDS,
    Choice,
    Definition,
    Kind,
    Question,
    Texts,
)

Lines: TypeAlias = Literal["choices", "rows"]

FIRST_CHOICES: Final = ("Alternativ 1", "Alternativ 2")
FIRST_ROW: Final = "Rad 1"
"""What a new question begins with, in the first language, until it is written over."""
_USUAL_SCALE: Final = (1, 5)


def add_question(
    definition: Definition, page: str, kind: Kind, title: str
) -> tuple[Definition, str]:
    """Add a question at the end of a page; its code is returned beside.

    Raises:
        NoSuchPage.
        DefinitionRefused: no title, or too many questions.

    """
    place = page_at(definition, page)
    code = free_code([each.code for each in definition.questions], "q")
    language = definition.languages[0]
    asked = Question(code, kind, with_text(NO_TEXT, language, title))
    asked = fitted(asked, kind, definition)
    added = with_page(
        definition,
        place,
        lambda each: replace(each, questions=(*each.questions, asked)),
    )
    return checked(added), code


def copy_question(definition: Definition, code: str) -> tuple[Definition, str]:
    """Put a copy after a question; its code is returned beside.

    Raises:
        NoSuchQuestion.
        DefinitionRefused: too many questions.

    """
    number, place = question_at(definition, code)
    taken = [each.code for each in definition.questions]
    asked = definition.pages[number].questions[place]
    twin = replace(asked, code=free_code(taken, "q"))
    added = with_page(
        definition,
        number,
        lambda page: replace(
            page,
            questions=(
                *page.questions[: place + 1],
                twin,
                *page.questions[place + 1 :],
            ),
        ),
    )
    return checked(added), twin.code


def change_question(definition: Definition, code: str, changed: Question) -> Definition:
    """Put a changed question in a question's place; what its kind lacks is dropped.

    A new code is followed by the conditions and texts that use it.

    Raises:
        NoSuchQuestion.
        DefinitionRefused: settings that do not fit together; choices gone, or a kind
            changed, that conditions further on ask for.

    """
    number, place = question_at(definition, code)
    if changed.kind is not definition.pages[number].questions[place].kind:
        # Choices, days, steps and letters are not counted alike.
        changed = replace(changed, minimum=None, maximum=None)
    fitting = fitted(changed, changed.kind, definition)
    placed = with_question(definition, code, lambda _: fitting)
    if changed.code != code:
        placed = _renamed(placed, code, changed.code)
    return checked(placed)


def move_question(definition: Definition, code: str, steps: int) -> Definition:
    """Move a question one up (-1) or down (1), over a page's end onto the next.

    Raises:
        NoSuchQuestion, AtTheEnd.
        DefinitionUnlawful: a reference would lead forward.

    """
    number, place = question_at(definition, code)
    questions = list(definition.pages[number].questions)
    if not 0 <= place + steps < len(questions):
        return _move_over(definition, number, place, steps)
    questions.insert(place + steps, questions.pop(place))
    moved = with_page(
        definition, number, lambda page: replace(page, questions=tuple(questions))
    )
    return checked(moved)


def _move_over(
    definition: Definition, number: int, place: int, steps: int
) -> Definition:
    other = number + (1 if steps > 0 else -1)
    if not 0 <= other < len(definition.pages):
        raise AtTheEnd
    asked = definition.pages[number].questions[place]
    without = with_page(
        definition,
        number,
        lambda page: replace(
            page, questions=page.questions[:place] + page.questions[place + 1 :]
        ),
    )
    moved = with_page(
        without,
        other,
        lambda page: replace(
            page,
            questions=(asked, *page.questions)
            if steps > 0
            else (*page.questions, asked),
        ),
    )
    return checked(moved)


def remove_question(definition: Definition, code: str) -> Definition:
    """Remove a question.

    Raises:
        NoSuchQuestion.
        ReferredTo: a condition or a text uses its answer.

    """
    number, place = question_at(definition, code)
    used_by = users_of(definition, frozenset({code}))
    if used_by:
        raise ReferredTo(used_by)
    return checked(
        with_page(
            definition,
            number,
            lambda page: replace(
                page, questions=page.questions[:place] + page.questions[place + 1 :]
            ),
        )
    )


def add_choice(
    definition: Definition, code: str, label: Texts, lines: Lines = "choices"
) -> Definition:
    """Add a choice or a row at the end. Raises NoSuchQuestion, DefinitionRefused."""

    def change(question: Question) -> Question:
        old: tuple[Choice, ...] = getattr(question, lines)
        stem = "rad" if lines == "rows" else "valg"
        new = Choice(free_code([each.code for each in old], stem), label)
        return _with_lines(question, lines, (*old, new))

    return checked(with_question(definition, code, change))


def move_choice(
    definition: Definition, code: str, choice: str, steps: int, lines: Lines = "choices"
) -> Definition:
    """Move a choice or a row up (below 0) or down.

    Raises:
        NoSuchQuestion, NoSuchChoice, AtTheEnd.

    """

    def change(question: Question) -> Question:
        kept = list(getattr(question, lines))
        place = _choice_at(kept, choice)
        if not 0 <= place + steps < len(kept):
            raise AtTheEnd
        kept.insert(place + steps, kept.pop(place))
        return _with_lines(question, lines, tuple(kept))

    return checked(with_question(definition, code, change))


def remove_choice(
    definition: Definition, code: str, choice: str, lines: Lines = "choices"
) -> Definition:
    """Remove a choice or a row.

    Raises:
        NoSuchQuestion, NoSuchChoice.
        ReferredTo: a condition asks for it.
        DefinitionUnlawful: fewer are left than such a question needs.

    """

    def change(question: Question) -> Question:
        kept = list(getattr(question, lines))
        del kept[_choice_at(kept, choice)]
        return _with_lines(question, lines, tuple(kept))

    left = with_question(definition, code, change)
    used_by = users_of_choice(definition, code, choice, is_row=lines == "rows")
    if used_by:
        raise ReferredTo(used_by)
    return checked(left)


def fitted(question: Question, kind: Kind, definition: Definition) -> Question:
    """The question as one of a kind: without what that lacks, with what it needs."""
    language = definition.languages[0]
    kept = replace(
        question,
        kind=kind,
        choices=question.choices if kind in CHOICE_KINDS else (),
        rows=question.rows if kind is Kind.MATRIX else (),
        other=question.other if kind in OTHER_KINDS else NO_TEXT,
        non_answers=question.non_answers if kind in NON_ANSWER_KINDS else (),
        shuffle=question.shuffle and kind in SHUFFLED_KINDS,
        decimals=question.decimals if kind is Kind.NUMBER else 0,
        low_label=question.low_label if kind in LABELLED_ENDS_KINDS else NO_TEXT,
        high_label=question.high_label if kind in LABELLED_ENDS_KINDS else NO_TEXT,
        background=question.background and kind in BACKGROUND_KINDS,
        required=question.required and kind not in UNANSWERED_KINDS,
    )
    if kind in CHOICE_KINDS and not kept.choices:
        kept = replace(
            kept,
            choices=tuple(
                Choice(f"valg_{number}", with_text(NO_TEXT, language, label))
                for number, label in enumerate(FIRST_CHOICES, 1)
            ),
        )
    if kind is not Kind.MULTIPLE:
        kept = replace(
            kept,
            choices=tuple(replace(each, exclusive=False) for each in kept.choices),
        )
    if kind is Kind.MATRIX and not kept.rows:
        row = Choice("rad_1", with_text(NO_TEXT, language, FIRST_ROW))
        kept = replace(kept, rows=(row,))
    if kind is Kind.SCALE and kept.minimum is None and kept.maximum is None:
        kept = replace(kept, minimum=_USUAL_SCALE[0], maximum=_USUAL_SCALE[1])
    return kept


def _with_lines(
    question: Question, lines: Lines, choices: tuple[Choice, ...]
) -> Question:
    if lines == "rows":
        return replace(question, rows=choices)
    return replace(question, choices=choices)


def _choice_at(choices: list[Choice], code: str) -> int:
    for place, choice in enumerate(choices):
        if choice.code == code:
            return place
    raise NoSuchChoice


def _renamed(definition: Definition, old: str, new: str) -> Definition:
    def text(texts: Texts) -> Texts:
        there, here = f"{{{{{old}}}}}", f"{{{{{new}}}}}"
        return Texts(
            texts.nb.replace(there, here),
            texts.nn.replace(there, here),
            texts.en.replace(there, here),
        )

    pages = tuple(
        replace(
            page,
            title=text(page.title),
            show_if=_renamed_condition(page.show_if, old, new),
            questions=tuple(
                replace(
                    question,
                    title=text(question.title),
                    help=text(question.help),
                    show_if=_renamed_condition(question.show_if, old, new),
                )
                for question in page.questions
            ),
        )
        for page in definition.pages
    )
    return replace(definition, pages=pages)


def _renamed_condition(
    condition: Condition | None, old: str, new: str
) -> Condition | None:
    match condition:
        case None:
            return None
        case Every(parts) | Some(parts):
            renamed = [_renamed_condition(part, old, new) for part in parts]
            return type(condition)(tuple(part for part in renamed if part is not None))
        case Not(part):
            inner = _renamed_condition(part, old, new)
            return condition if inner is None else Not(inner)
        case AnswerTest():
            if condition.question != old:
                return condition
            return replace(condition, question=new)
