"""Questions that only some were asked: that they were tells of earlier answers.

How many were asked is a number of the earlier question. It may be told where it follows
from what is shown of that question already, and not otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from surveys.conditions import WITHOUT_VALUES, AnswerTest, Operator
from surveys.published import Table
from surveys.questionnaire import TEXT_KINDS, Definition, Kind, Question
from surveys.suppression import is_small
from surveys.tabulation import (
    BLANK,
    Tabulation,
    Variable,
    condition_of,
    elementary_tests,
)

_UNCOUNTED = TEXT_KINDS | {Kind.RANKING}


class FollowUps:
    """Remembers what is shown of each question, and judges those that follow."""

    def __init__(self, counted: Tabulation, k: int) -> None:
        self._counted = counted
        self._k = k
        self._tables: dict[str, Table] = {}
        self._crossed: dict[str, bool] = {}
        self._judged: dict[str, bool] = {}

    def note(self, variable: Variable, table: Table) -> None:
        """Keep what is shown of a variable."""
        self._tables[variable.key] = table

    def note_crossing(self, variable: Variable, *, is_whole: bool) -> None:
        """Keep whether a variable is shown whole by group."""
        self._crossed[variable.key] = is_whole

    def shows(self, question: Question, code: str) -> bool:
        """Whether the count of one cell is shown."""
        return self._tables[question.code].count(code) is not None

    def may_be_shown(self, question: Question) -> bool:
        """Whether the number of those who were asked may be told."""
        if question.code not in self._judged:
            self._judged[question.code] = self._judge(question)
        return self._judged[question.code]

    def may_be_crossed(self, question: Question) -> bool:
        """Whether the number of those who were asked may be told by group."""
        tests = self._tests(question)
        if not tests:
            return True
        if not all(self._is_crossed_whole(test) for test in tests):
            return False
        if not _is_of_several(tests, self._counted.definition):
            return True
        return not any(
            is_small(count, self._k)
            for count in self._together(tests, self._counted.groups).values()
        )

    def _judge(self, question: Question) -> bool:
        tests = self._tests(question)
        if not all(self._follows_from_shown(test) for test in tests):
            return False
        if not _is_of_several(tests, self._counted.definition):
            return True
        if any(is_small(count, self._k) for count in self._together(tests).values()):
            return False
        return not self._counted.group_codes or all(
            self._is_crossed_whole(test) for test in tests
        )

    def _tests(self, question: Question) -> tuple[AnswerTest, ...]:
        condition = condition_of(self._counted.definition, question.code)
        return tuple(elementary_tests(condition, self._counted.definition))

    def _follows_from_shown(self, test: AnswerTest) -> bool:
        source = self._counted.definition.question(test.question)
        if source.kind in TEXT_KINDS:
            return self.may_be_shown(source) and self._splits_well(test, source)
        if source.kind is Kind.MULTIPLE:
            return self._follows_from_choices(test, source)
        keys = [f"{source.code}.{test.row}" if test.row else source.code]
        if source.kind is Kind.MATRIX and not test.row:
            keys = [f"{source.code}.{row.code}" for row in source.rows]
        return all(self._is_even(test, key) for key in keys)

    def _follows_from_choices(self, test: AnswerTest, source: Question) -> bool:
        table = self._tables[source.code]
        if test.operator in WITHOUT_VALUES:
            return table.whole and self._splits_well(test, source)
        chosen = self._counted.chosen[source.code].get(str(test.values[0]), b"")
        return table.count(str(test.values[0])) is not None or not any(chosen)

    def _splits_well(self, test: AnswerTest, source: Question) -> bool:
        """Whether neither those who answered nor those who did not are few."""
        answered = sum(self._counted.truths[test])
        if test.operator is Operator.BLANK:
            answered = self._counted.total - answered
        asked = self._counted.asked_in_all(source.code)
        return not is_small(answered, self._k) and not is_small(
            asked - answered, self._k
        )

    def _is_even(self, test: AnswerTest, key: str) -> bool:
        """Whether the test holds for all or none of each part that is shown."""
        table = self._tables[key]
        cells = self._counted.cells[key]
        truths = self._counted.truths[test]
        held: Mapping[int | None, set[int]] = defaultdict(set)
        for cell, truth in Counter(zip(cells, truths, strict=True)):
            held[_part(table, cell)].add(truth)
        return all(len(each) == 1 for each in held.values())

    def _is_crossed_whole(self, test: AnswerTest) -> bool:
        source = self._counted.definition.question(test.question)
        if source.kind in _UNCOUNTED:
            return source.kind in TEXT_KINDS and not self._tests(source)
        if test.row:
            return self._crossed.get(f"{source.code}.{test.row}", False)
        keys = [source.code]
        if source.kind is Kind.MATRIX:
            keys = [f"{source.code}.{row.code}" for row in source.rows]
        return all(self._crossed.get(key, False) for key in keys)

    def _together(
        self, tests: tuple[AnswerTest, ...], groups: Iterable[int] | None = None
    ) -> Counter[tuple[int, ...]]:
        """How many there are of each combination of what holds, here or by group."""
        columns: list[Iterable[int]] = [self._counted.truths[test] for test in tests]
        if groups is not None:
            columns.append(groups)
        return Counter(zip(*columns, strict=True))


def _part(table: Table, cell: int) -> int | None:
    """Cells that are hidden are one part; a table that shows nothing is one."""
    if table.base is None:
        return None
    if cell == BLANK:
        return BLANK
    return cell if table.counts[cell] is not None else None


def _is_of_several(tests: tuple[AnswerTest, ...], definition: Definition) -> bool:
    """Whether a condition reads more than one variable; a choice of several is one."""
    read = {
        (
            test.question,
            test.row,
            test.values
            if definition.question(test.question).kind is Kind.MULTIPLE
            else (),
        )
        for test in tests
    }
    return len(read) > 1
