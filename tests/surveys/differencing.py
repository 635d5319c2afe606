"""An attacker who puts together every number that the gate ever gave.

The unknowns are how many gave each complete set of answers that the questionnaire
allows, so that what it makes certain (who is asked what, how many choices) is known to
the attacker as well. Every number shown is an equation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from crypto.encoding import JsonValue
from surveys.answer_problems import AnswersRefused
from surveys.answers import clean_answers
from surveys.conditions import Answers, is_met
from surveys.published import GROUPS, Published, Table
from surveys.questionnaire import TEXT_KINDS, Definition, Kind, Question
from surveys.tabulation import NOT_TICKED, TICKED, UNTOLD, condition_of
from tests.surveys.exact_bounds import Worlds

Test = Callable[[Answers, str], bool]


@dataclass(frozen=True, slots=True)
class Cell:
    """Respondents told by an answer, by a group, or by both."""

    name: str
    holds: Test


@dataclass(frozen=True, slots=True)
class Pattern:
    """One complete set of answers, of one group."""

    answers: Answers
    group: str


def patterns(definition: Definition, groups: Sequence[str] = ("",)) -> list[Pattern]:
    """All complete sets of answers; texts are all the same word."""
    options = [list(_options(each)) for each in definition.answered_questions]
    codes = [each.code for each in definition.answered_questions]
    found = []
    for values in product(*options):
        raw: dict[str, JsonValue] = {
            code: value
            for code, value in zip(codes, values, strict=True)
            if value is not None
        }
        try:
            if clean_answers(definition, raw) == raw:
                found += [Pattern(raw, group) for group in groups]
        except AnswersRefused:
            continue
    return found


def _options(question: Question) -> Iterator[JsonValue]:
    yield None
    if question.kind in TEXT_KINDS:
        yield "ord"
    elif question.kind is Kind.CONSENT:
        yield True
    elif question.kind is Kind.MULTIPLE:
        codes = question.choice_codes
        for chosen in product((False, True), repeat=len(codes)):
            made = [c for c, is_chosen in zip(codes, chosen, strict=True) if is_chosen]
            if made:
                yield made
        yield from question.non_answers
    elif question.kind in {Kind.SCALE, Kind.NPS}:
        yield from question.steps
    else:
        yield from question.codes


def group_of(published: Published) -> Callable[[Answers, str], str]:
    """How the group of a respondent is told."""
    code = published.background
    if code == GROUPS:
        return lambda _answers, group: group
    return lambda answers, _group: str(answers.get(code, UNTOLD))


def test_of_cell(definition: Definition, table: Table, code: str) -> Test:
    """Whether a respondent is in a cell of a table."""
    condition = condition_of(definition, table.question)

    def holds(answers: Answers, _group: str) -> bool:
        given = answers.get(table.question)
        if table.row:
            given = given.get(table.row) if isinstance(given, Mapping) else None
        if code == UNTOLD:
            return given is None and is_met(condition, answers)
        if code == TICKED:
            return given is True
        if code == NOT_TICKED:
            return given is None and is_met(condition, answers)
        if isinstance(given, list):
            return code in given
        return given is not None and str(given) == code

    return holds


test_of_cell.__test__ = False  # type: ignore[attr-defined] # a maker of questions


def in_base(definition: Definition, table: Table) -> Test:
    """Whether a respondent counts in a table's base."""
    if table.several:
        condition = condition_of(definition, table.question)
        return lambda answers, _group: is_met(condition, answers)
    cells = [test_of_cell(definition, table, code) for code in table.codes]
    return lambda answers, group: any(cell(answers, group) for cell in cells)


def told(definition: Definition, published: Published) -> Iterator[tuple[Test, int]]:
    """Every number that is shown, with whom it counts."""
    group_is = group_of(published)
    if published.responses is not None:
        yield (lambda _answers, _group: True), published.responses
    for table in published.tables:
        if table.base is None:
            continue
        base = in_base(definition, table)
        yield base, table.base
        yield from _told_cells(definition, table, table.counts)
        for column in table.groups:
            inside = _within(group_is, column.group)
            yield _both(base, inside), column.base
            for cell, count in _told_cells(definition, table, column.counts):
                yield _both(cell, inside), count
    for key, texts in published.texts.items():
        if texts:
            yield _wrote(key), len(texts)


def _told_cells(
    definition: Definition, table: Table, counts: Sequence[int | None]
) -> Iterator[tuple[Test, int]]:
    for code, count in zip(table.codes, counts, strict=True):
        if count is not None:
            yield test_of_cell(definition, table, code), count


def cells(definition: Definition, published: Published) -> Iterator[Cell]:
    """Everything that must not be told to hold one to k - 1 respondents."""
    group_is = group_of(published)
    for group in published.group_codes:
        yield Cell(f"group {group}", _within(group_is, group))
    for table in published.tables:
        base = in_base(definition, table)
        for code in table.codes:
            cell = test_of_cell(definition, table, code)
            yield Cell(f"{table.key}={code}", cell)
            if table.several:
                yield Cell(f"not {table.key}={code}", _without(base, cell))
            for group in published.group_codes:
                both = _both(cell, _within(group_is, group))
                yield Cell(f"{table.key}={code}, group {group}", both)


def betrayed(
    definition: Definition,
    published: Published,
    responses: Sequence[Pattern],
    possible: Sequence[Pattern],
) -> list[str]:
    """The cells that an attacker knows to hold one to k - 1 respondents."""
    k = published.threshold
    small = [
        cell
        for cell in cells(definition, published)
        if 0 < sum(cell.holds(each.answers, each.group) for each in responses) < k
    ]
    if not small:
        return []
    worlds = Worlds(
        len(possible),
        [
            (_members(test, possible), total)
            for test, total in told(definition, published)
        ],
    )
    return [
        cell.name
        for cell in small
        if worlds.least(_members(cell.holds, possible)) > 0
        and worlds.greatest(_members(cell.holds, possible)) < k
    ]


def _members(test: Test, possible: Sequence[Pattern]) -> list[int]:
    return [at for at, each in enumerate(possible) if test(each.answers, each.group)]


def _wrote(key: str) -> Test:
    return lambda answers, _group: key in answers


def _within(group_is: Callable[[Answers, str], str], wanted: str) -> Test:
    return lambda answers, group: group_is(answers, group) == wanted


def _both(one: Test, other: Test) -> Test:
    return lambda answers, group: one(answers, group) and other(answers, group)


def _without(one: Test, other: Test) -> Test:
    return lambda answers, group: one(answers, group) and not other(answers, group)
