"""What the templates of a questionnaire are given: words, values and faults by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from surveys.answer_problems import AnswerProblem
from surveys.answer_words import sentence_of, shown_limit
from surveys.conditions import Answers
from surveys.form_answers import Form
from surveys.modes import Mode
from surveys.piping import answer_text, piped
from surveys.questionnaire import (
    NON_ANSWER_TEXTS,
    TEXT_KINDS,
    Definition,
    Kind,
    Language,
    NonAnswer,
    Question,
    Texts,
)


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """One page's questions in one language, with what was answered so far."""

    definition: Definition
    language: Language
    mode: Mode
    answers: Answers = field(default_factory=dict, repr=False)
    form: Form = field(default_factory=dict, repr=False)
    problems: Sequence[AnswerProblem] = ()

    def text(self, texts: Texts) -> str:
        """A text in the sheet's language, earlier answers filled in; plain text."""
        plain = texts.in_language(self.language)
        return piped(plain, self.answers, self.definition, self.language)

    def non_answer(self, code: NonAnswer) -> str:
        """The words of a coded non-answer."""
        return NON_ANSWER_TEXTS[code].in_language(self.language)

    def value(self, name: str) -> str:
        """What a field holds."""
        values = self.form.get(name, ())
        return values[0] if values else ""

    def has(self, name: str, value: str) -> bool:
        """Whether a box or a choice is ticked."""
        return value in self.form.get(name, ())

    def faults(self, question: Question) -> list[str]:
        """What is wrong with the answer to a question."""
        return [
            sentence_of(question, problem, self.language)
            for problem in self.problems
            if problem.question == question.code
        ]

    def is_wrong(self, question: Question, row: str = "") -> bool:
        """Whether an answer, or one line's of a matrix, is to be put right."""
        return any(
            problem.question == question.code and (not row or problem.row in ("", row))
            for problem in self.problems
        )

    def limit(self, bound: int | str) -> str:
        """A bound as it is written in the sheet's language."""
        return shown_limit(str(bound), self.language)

    def asks_for_words(self, question: Question) -> bool:
        """Whether names could be written, where no answer may tell who gave it."""
        return question.kind in TEXT_KINDS and self.mode is not Mode.NAMED

    def spoken(self, question: Question) -> str:
        """The answer to a question in words, for the last look."""
        if question.kind is Kind.CONSENT:
            return "✓" if self.answers.get(question.code) else ""
        if question.code not in self.answers:
            return ""
        return answer_text(question, self.answers, self.language)

    def spoken_rows(self, question: Question) -> list[tuple[str, str]]:
        """The lines of a matrix that were answered, each with its answer."""
        cells = self.answers.get(question.code)
        if not isinstance(cells, dict):
            return []
        return [
            (
                row.label.in_language(self.language),
                question.label_of(str(cells[row.code])).in_language(self.language),
            )
            for row in question.rows
            if row.code in cells
        ]
