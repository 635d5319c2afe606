"""Why a definition is refused: every problem, each with its place in the document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_PROBLEMS: Final = 200
"""Told of one definition; who made so many does not read the next."""


class Reason(StrEnum):
    """What is wrong at a path."""

    NOT_AN_OBJECT = "not_an_object"
    NOT_A_LIST = "not_a_list"
    NOT_A_TEXT = "not_a_text"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_VALUE = "unknown_value"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    OUT_OF_RANGE = "out_of_range"
    UNREADABLE_TEXT = "unreadable_text"
    MALFORMED_CODE = "malformed_code"
    LANGUAGE_NOT_DECLARED = "language_not_declared"
    ORIGINAL_MISSING = "original_missing"
    """Not written in the definition's first language."""

    SAME_CODE = "same_code"
    NOT_FOR_THIS_KIND = "not_for_this_kind"
    MINIMUM_ABOVE_MAXIMUM = "minimum_above_maximum"
    UNKNOWN_QUESTION = "unknown_question"
    REFERS_FORWARD = "refers_forward"
    """To itself, to a later question, or (from a text) to one on the same page."""
    NOT_ANSWERED_KIND = "not_answered_kind"
    """Refers to a heading or an information, or pipes a matrix, ranking or consent."""
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_ROW = "unknown_row"
    ROW_NOT_NAMED = "row_not_named"
    NOT_COMPARABLE = "not_comparable"
    """The operator has no meaning for that kind of question."""
    TOO_DEEP = "too_deep"
    NOT_PIPED_HERE = "not_piped_here"
    """{{code}} in a text that is shown before there are answers, or in a choice."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem and where it is."""

    path: str
    """Such as `pages[0].questions[2].choices[1].label.nb`; empty for the document."""

    reason: Reason
    subject: str = ""
    """The code or the field that it is about, if another than the path's end."""

    limit: int | None = None


class DefinitionRefused(ValueError):
    """This is not a definition that a survey can be made of."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Take the problems, in the document's order."""
        first = problems[0]
        super().__init__(
            f"{len(problems)} problems; the first at {first.path!r}: {first.reason}"
        )
        self.problems = problems


class NotADefinition(DefinitionRefused):
    """Not JSON, not an object, or of another format."""


class DefinitionTooLarge(DefinitionRefused):
    """More bytes, pages or questions than a questionnaire has."""


class DefinitionMalformed(DefinitionRefused):
    """A part has a wrong type, size, or is missing."""


class DefinitionUnlawful(DefinitionRefused):
    """Each part is well formed, but they do not fit together."""


class ProblemList:
    """Gathers problems while a definition is read."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(
        self, path: str, reason: Reason, subject: str = "", limit: int | None = None
    ) -> None:
        """Note one problem, up to `MOST_PROBLEMS`."""
        if len(self._found) < MOST_PROBLEMS:
            self._found.append(Problem(path, reason, subject, limit))

    def require_none(self, refusal: type[DefinitionRefused]) -> None:
        """Raise the refusal with all that was noted, if anything was."""
        if self._found:
            raise refusal(tuple(self._found))
