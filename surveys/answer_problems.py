"""What is wrong with an answer. No text here carries what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerReason(StrEnum):
    """What is wrong, as the page tells it beside the question."""

    REQUIRED = "required"
    ROW_MISSING = "row_missing"
    NOT_A_CHOICE = "not_a_choice"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    EXCLUSIVE_WITH_OTHERS = "exclusive_with_others"
    TWICE = "twice"
    """A choice or a rank given more than once."""

    OTHER_NOT_STATED = "other_not_stated"
    TOO_LONG = "too_long"
    UNREADABLE_TEXT = "unreadable_text"
    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_A_DATE = "not_a_date"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    RANKS_WITH_HOLES = "ranks_with_holes"
    WRONG_SHAPE = "wrong_shape"
    """No form of ours sends this."""

    UNKNOWN_QUESTION = "unknown_question"


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """What is wrong with the answer to one question."""

    question: str
    """Its code; empty when it is about the whole."""

    reason: AnswerReason
    limit: int | str | None = None
    """How many, how long, how large: what the message says."""

    row: str = ""
    """The row's code in a matrix."""


class AnswersRefused(ValueError):
    """These answers are not stored."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        """Take the problems in the questions' order."""
        super().__init__(f"{len(problems)} answers are not in order")
        self.problems = problems


class WrongAnswer(ValueError):
    """One answer is not in order."""

    def __init__(
        self, reason: AnswerReason, limit: int | str | None = None, row: str = ""
    ) -> None:
        """Take what is wrong, never what was answered."""
        super().__init__(reason.value)
        self.reason = reason
        self.limit = limit
        self.row = row
