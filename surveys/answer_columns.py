"""Reads each question's answers into columns, one small number a response."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from typing_extensions import override

from crypto.encoding import JsonValue
from surveys.bins import bins_of_dates, bins_of_numbers
from surveys.conditions import Answers
from surveys.questionnaire import TEXT_KINDS, Choice, Kind, Question, other_key
from surveys.tabulation import BLANK, NOT_TICKED, TICKED, Shape, Tabulation, Variable

_STEPPED: Final = frozenset({Kind.SCALE, Kind.NPS})
_MEASURED: Final = frozenset({Kind.NUMBER, Kind.DATE})


class AnswerReader:
    """Reads one question's answer out of each response."""

    def __init__(self, table: Tabulation, question: Question) -> None:
        self.table = table
        self.question = question
        self.other: list[str] | None = None
        if question.other:
            self.other = table.texts.setdefault(other_key(question.code), [])

    def read(self, answers: Answers) -> None:
        """Take in one response."""
        if self.other is not None:
            written = answers.get(other_key(self.question.code))
            if isinstance(written, str) and written:
                self.other.append(written)
        self.take(answers.get(self.question.code))

    def take(self, answer: JsonValue) -> None:
        """Take in one answer, nothing where it is blank."""
        raise NotImplementedError

    def finish(self) -> None:
        """Make what can only be made when all is read."""

    def declare(
        self, codes: Iterable[str], shape: Shape = Shape.ONE, row: Choice | None = None
    ) -> str:
        """Tell the tabulation of a variable, and return its key."""
        key = f"{self.question.code}.{row.code}" if row else self.question.code
        variable = Variable(key, self.question, shape, tuple(codes), row)
        self.table.variables[key] = variable
        return key


class _OneChoice(AnswerReader):
    def __init__(self, table: Tabulation, question: Question) -> None:
        super().__init__(table, question)
        codes = _codes(question)
        self.places: dict[JsonValue, int] = {code: at for at, code in enumerate(codes)}
        if question.kind in _STEPPED:
            self.places |= {step: at for at, step in enumerate(question.steps)}
        if question.kind is Kind.CONSENT:
            self.places = {True: 0}
        self.cells = array("h")
        table.cells[self.declare(codes)] = self.cells

    @override
    def take(self, answer: JsonValue) -> None:
        usable = isinstance(answer, str | int)
        self.cells.append(self.places.get(answer, BLANK) if usable else BLANK)

    @override
    def finish(self) -> None:
        """Who was asked for a tick and set none, has said so."""
        if self.question.kind is not Kind.CONSENT:
            return
        asked = self.table.asked.get(self.question.code)
        for at, cell in enumerate(self.cells):
            if cell == BLANK and (asked is None or asked[at]):
                self.cells[at] = 1


class _Several(AnswerReader):
    def __init__(self, table: Tabulation, question: Question) -> None:
        super().__init__(table, question)
        self.columns = {code: bytearray() for code in _codes(question)}
        table.chosen[self.declare(self.columns, Shape.SEVERAL)] = self.columns

    @override
    def take(self, answer: JsonValue) -> None:
        given: frozenset[JsonValue]
        if isinstance(answer, str):
            given = frozenset({answer})
        elif isinstance(answer, Sequence):
            given = frozenset(each for each in answer if isinstance(each, str))
        else:
            given = frozenset()
        for code, column in self.columns.items():
            column.append(code in given)


class _Matrix(AnswerReader):
    def __init__(self, table: Tabulation, question: Question) -> None:
        super().__init__(table, question)
        codes = _codes(question)
        self.places: dict[JsonValue, int] = {code: at for at, code in enumerate(codes)}
        self.rows = {row.code: array("h") for row in question.rows}
        for row in question.rows:
            table.cells[self.declare(codes, row=row)] = self.rows[row.code]

    @override
    def take(self, answer: JsonValue) -> None:
        given = answer if isinstance(answer, Mapping) else {}
        for row, cells in self.rows.items():
            value = given.get(row)
            cells.append(
                self.places.get(value, BLANK) if isinstance(value, str) else BLANK
            )


class _Ranking(AnswerReader):
    def __init__(self, table: Tabulation, question: Question) -> None:
        super().__init__(table, question)
        codes = _codes(question)
        self.places = {code: at for at, code in enumerate(codes)}
        self.cells = array("h")
        self.ranks: Counter[tuple[str, int]] = Counter()
        table.cells[self.declare(codes)] = self.cells
        table.ranks[question.code] = self.ranks

    @override
    def take(self, answer: JsonValue) -> None:
        given = answer if isinstance(answer, Sequence) else ()
        ranked = [each for each in given if isinstance(each, str)]
        self.cells.append(self.places.get(ranked[0], BLANK) if ranked else BLANK)
        self.ranks.update((code, at) for at, code in enumerate(ranked, 1))


class _Measured(AnswerReader):
    """Numbers and dates: in which bins they fall is known when all are read."""

    def __init__(self, table: Tabulation, question: Question) -> None:
        super().__init__(table, question)
        self.values: list[str] = []

    @override
    def take(self, answer: JsonValue) -> None:
        self.values.append(answer if isinstance(answer, str) else "")

    @override
    def finish(self) -> None:
        question = self.question
        told = [value for value in self.values if value and value[0] != "@"]
        make = bins_of_dates if question.kind is Kind.DATE else bins_of_numbers
        bins = make(question, told)
        codes = (*bins.codes, *question.non_answers)
        places = {value: bins.place(value) for value in set(told)}
        places |= {code: codes.index(code) for code in question.non_answers}
        self.table.cells[self.declare(codes)] = array(
            "h", (places.get(value, BLANK) for value in self.values)
        )
        self.table.numbers[question.code] = told


class _Text(AnswerReader):
    def __init__(self, table: Tabulation, question: Question) -> None:
        super().__init__(table, question)
        self.texts = table.texts.setdefault(question.code, [])

    @override
    def take(self, answer: JsonValue) -> None:
        if isinstance(answer, str) and answer:
            self.texts.append(answer)


def answer_reader(table: Tabulation, question: Question) -> AnswerReader:
    """Return what reads the answers to one question into the tabulation."""
    if question.kind in TEXT_KINDS:
        return _Text(table, question)
    if question.kind in _MEASURED:
        return _Measured(table, question)
    by_kind: Mapping[Kind, type[AnswerReader]] = {
        Kind.MULTIPLE: _Several,
        Kind.MATRIX: _Matrix,
        Kind.RANKING: _Ranking,
    }
    return by_kind.get(question.kind, _OneChoice)(table, question)


def _codes(question: Question) -> tuple[str, ...]:
    if question.kind in _STEPPED:
        return (*map(str, question.steps), *question.non_answers)
    if question.kind is Kind.CONSENT:
        return (TICKED, NOT_TICKED)
    return tuple(str(code) for code in question.codes)
