"""A questionnaire: pages, questions and choices, and how much of each there may be.

Only what is asked. What a survey promises about its answers (mode, dates, threshold) is
no part of it, so that one questionnaire serves many surveys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from surveys.conditions import Condition

Language: TypeAlias = Literal["nb", "nn", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
OTHER: Final = "@other"
"""The choice "annet", whose text stands under `other_key`."""

MOST_PAGES: Final = 50
MOST_QUESTIONS: Final = 200
"""In the whole questionnaire; a respondent has left long before."""
MOST_CHOICES: Final = 100
MOST_ROWS: Final = 40
MOST_TESTS: Final = 20
"""In one condition."""
DEEPEST_CONDITION: Final = 4
LONGEST_CODE: Final = 32
LONGEST_LABEL: Final = 500
"""Characters of a title, a question or a choice."""
LONGEST_PASSAGE: Final = 5_000
"""Characters of an introduction, an information, a help text or the thanks."""
LONGEST_SHORT_ANSWER: Final = 500
LONGEST_LONG_ANSWER: Final = 10_000
USUAL_SHORT_ANSWER: Final = 200
USUAL_LONG_ANSWER: Final = 4_000
MOST_DIGITS: Final = 15
"""Of a number, both sides of the comma: what JavaScript holds exactly."""
MOST_DECIMALS: Final = 4
LOWEST_SCALE: Final = 0
HIGHEST_SCALE: Final = 10
NPS_HIGHEST: Final = 10


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in each language; empty where it is not written."""

    nb: str = ""
    nn: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.nb or self.nn or self.en)

    def own(self, language: Language) -> str:
        """Return the text in this language, or nothing."""
        text: str = getattr(self, language)
        return text

    def in_language(self, language: Language) -> str:
        """Return the text in this language, else in the first that has one."""
        return self.own(language) or self.nb or self.nn or self.en


NO_TEXT: Final = Texts()


class Kind(StrEnum):
    """What a question is answered with."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    DROPDOWN = "dropdown"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    SCALE = "scale"
    NPS = "nps"
    MATRIX = "matrix"
    RANKING = "ranking"
    CONSENT = "consent"
    INFORMATION = "information"
    HEADING = "heading"


UNANSWERED_KINDS: Final = frozenset({Kind.INFORMATION, Kind.HEADING})
CHOICE_KINDS: Final = frozenset(
    {Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN, Kind.MATRIX, Kind.RANKING}
)
ONE_CHOICE_KINDS: Final = frozenset({Kind.SINGLE, Kind.DROPDOWN})
OTHER_KINDS: Final = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN})
TEXT_KINDS: Final = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT})
ORDERED_KINDS: Final = frozenset({Kind.NUMBER, Kind.DATE, Kind.SCALE, Kind.NPS})
NON_ANSWER_KINDS: Final = frozenset(
    {Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN, Kind.MATRIX, *ORDERED_KINDS}
)
"""A text that is left out needs no code for it, and could be typed as one."""
SHUFFLED_KINDS: Final = frozenset(
    {Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN, Kind.MATRIX, Kind.RANKING}
)
MINIMUM_KINDS: Final = frozenset(
    {Kind.MULTIPLE, Kind.RANKING, Kind.NUMBER, Kind.DATE, Kind.SCALE}
)
MAXIMUM_KINDS: Final = MINIMUM_KINDS | TEXT_KINDS
BACKGROUND_KINDS: Final = ONE_CHOICE_KINDS
"""What responses may be divided by: a few known groups."""
LABELLED_ENDS_KINDS: Final = frozenset({Kind.SCALE, Kind.NPS})


class NonAnswer(StrEnum):
    """An answer that says why there is none; something else than a blank."""

    DONT_KNOW = "@dont_know"
    PREFER_NOT = "@prefer_not"


NON_ANSWER_TEXTS: Final = {
    NonAnswer.DONT_KNOW: Texts("Vet ikke", "Veit ikkje", "Don’t know"),
    NonAnswer.PREFER_NOT: Texts(
        "Ønsker ikke å svare", "Ønskjer ikkje å svare", "Prefer not to answer"
    ),
}

Bound: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice, a matrix's column, or a matrix's row."""

    code: str
    label: Texts
    exclusive: bool = False
    """Alone where several may be chosen: "ingen av disse". Keeps its place."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, information or heading. What a kind has no use for is empty."""

    code: str
    kind: Kind
    title: Texts
    help: Texts = NO_TEXT
    required: bool = False
    show_if: Condition | None = None
    choices: tuple[Choice, ...] = ()
    """Of single, multiple, dropdown, ranking; the columns of a matrix."""
    rows: tuple[Choice, ...] = ()
    other: Texts = NO_TEXT
    """The label of a last choice that is answered in words; empty for none."""
    non_answers: tuple[NonAnswer, ...] = ()
    shuffle: bool = False
    """Choices (a matrix: rows) in an order drawn in the browser and never sent."""
    minimum: Bound | None = None
    """Choices made (multiple, ranking), the scale's first step: an integer. A number:
    its decimal text. A date: as 2027-03-01."""
    maximum: Bound | None = None
    """As `minimum`; of texts the number of characters. Ask `longest_answer`."""
    decimals: int = 0
    """How many a number may have."""
    low_label: Texts = NO_TEXT
    """At the first step of a scale or NPS."""
    high_label: Texts = NO_TEXT
    background: bool = False
    """Responses may be divided by it: age group, county, agreement."""

    @property
    def is_answered(self) -> bool:
        """Whether the respondent answers it at all."""
        return self.kind not in UNANSWERED_KINDS

    @property
    def steps(self) -> range:
        """The steps of a scale or NPS; empty for other kinds."""
        if self.kind is Kind.NPS:
            return range(NPS_HIGHEST + 1)
        if self.kind is not Kind.SCALE:
            return range(0)
        return range(int(self.minimum or 0), int(self.maximum or 0) + 1)

    @property
    def longest_answer(self) -> int:
        """The number of characters that a text may have."""
        if self.maximum is not None:
            return int(self.maximum)
        if self.kind is Kind.LONG_TEXT:
            return USUAL_LONG_ANSWER
        return USUAL_SHORT_ANSWER

    @property
    def choice_codes(self) -> tuple[str, ...]:
        """Codes of choices in order, "@other" last if there is one."""
        codes = tuple(choice.code for choice in self.choices)
        return (*codes, OTHER) if self.other else codes

    @property
    def codes(self) -> tuple[str, ...]:
        """All that one value of this question may be: choices, then non-answers."""
        return (*self.choice_codes, *self.non_answers)

    def label_of(self, code: str) -> Texts:
        """The text of a choice, of "@other" or of a coded non-answer.

        Raises KeyError for a code that this question does not have.
        """
        if code == OTHER and self.other:
            return self.other
        if code in self.non_answers:
            return NON_ANSWER_TEXTS[NonAnswer(code)]
        for choice in self.choices:
            if choice.code == code:
                return choice.label
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Page:
    """Questions that stand together."""

    code: str
    questions: tuple[Question, ...]
    title: Texts = NO_TEXT
    show_if: Condition | None = None
    shuffle: bool = False
    """Questions in an order drawn in the browser and never sent."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole questionnaire."""

    title: Texts
    pages: tuple[Page, ...]
    languages: tuple[Language, ...] = ("nb",)
    """The first is the one that it was written in."""
    intro: Texts = NO_TEXT
    thanks: Texts = NO_TEXT

    @property
    def questions(self) -> Iterator[Question]:
        """All questions, page by page."""
        return (question for page in self.pages for question in page.questions)

    @property
    def answered_questions(self) -> tuple[Question, ...]:
        """Those with an answer: not headings, not information."""
        return tuple(each for each in self.questions if each.is_answered)

    def question(self, code: str) -> Question:
        """The question of this code. Raises KeyError."""
        for question in self.questions:
            if question.code == code:
                return question
        raise KeyError(code)


def other_key(code: str) -> str:
    """Under what key of a response the text beside "@other" stands."""
    return f"{code}:other"


TEXT_FIELDS_OF_QUESTION: Final = ("title", "help", "other", "low_label", "high_label")


def texts_of_definition(definition: Definition) -> Iterator[tuple[str, Texts]]:
    """Every text with its path, such as `pages[0].questions[2].choices[1].label`."""
    for name in ("title", "intro", "thanks"):
        yield name, getattr(definition, name)
    for number, page in enumerate(definition.pages):
        yield f"pages[{number}].title", page.title
        for place, question in enumerate(page.questions):
            yield from texts_of_question(
                question, f"pages[{number}].questions[{place}]"
            )


def texts_of_question(question: Question, path: str) -> Iterator[tuple[str, Texts]]:
    """Every text of one question with its path."""
    for name in TEXT_FIELDS_OF_QUESTION:
        yield f"{path}.{name}", getattr(question, name)
    for name in ("choices", "rows"):
        for place, choice in enumerate(getattr(question, name)):
            yield f"{path}.{name}[{place}].label", choice.label


QUESTION_FIELDS: Final = tuple(field.name for field in fields(Question))
