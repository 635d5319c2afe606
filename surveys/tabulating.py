"""Makes a tabulation, in one pass over the responses."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from surveys.answer_columns import answer_reader
from surveys.conditions import (
    Answers,
    AnswerTest,
    Condition,
    Every,
    Not,
    Operator,
    Some,
    answer_tests,
    is_met,
)
from surveys.questionnaire import Definition, Kind
from surveys.tabulation import (
    BLANK,
    UNTOLD,
    Shape,
    Tabulation,
    condition_of,
    elementary_tests,
)


def tabulate(
    definition: Definition,
    responses: Iterable[Answers],
    background: str | None = None,
    groups: Sequence[int] | None = None,
    group_codes: Sequence[str] = (),
) -> Tabulation:
    """Count responses, divided by a background question or by groups from the roll.

    `responses` is read once. `groups` names, for each response, the place of its group
    in `group_codes`.
    """
    table = Tabulation(definition)
    readers = [
        answer_reader(table, question) for question in definition.answered_questions
    ]
    tests = _prepare_tests(table)
    for answers in responses:
        table.total += 1
        for reader in readers:
            reader.read(answers)
        for test, truths in table.truths.items():
            truths.append(is_met(test, answers))
        for code, condition in tests.items():
            table.asked[code].append(is_met(condition, answers))
    for reader in readers:
        reader.finish()
    _count_blanks(table, background)
    _divide(table, background, groups, group_codes)
    return table


def _prepare_tests(table: Tabulation) -> Mapping[str, Condition]:
    conditions = {
        question.code: condition
        for question in table.definition.answered_questions
        if (condition := condition_of(table.definition, question.code)) is not None
    }
    for code, condition in conditions.items():
        table.asked[code] = bytearray()
        table.blank_tells |= _questions_of_blanks(condition)
        for test in elementary_tests(condition, table.definition):
            table.truths.setdefault(test, bytearray())
    return conditions


def _questions_of_blanks(condition: Condition) -> set[str]:
    """The questions of a condition that may hold because one of them is blank."""
    tests = tuple(answer_tests(condition))
    if any(test.operator is Operator.BLANK for test in tests) or _negates(condition):
        return {test.question for test in tests}
    return set()


def _negates(condition: Condition) -> bool:
    match condition:
        case Every(parts) | Some(parts):
            return any(_negates(part) for part in parts)
        case Not():
            return True
        case AnswerTest():
            return False


def _divide(
    table: Tabulation,
    background: str | None,
    groups: Sequence[int] | None,
    group_codes: Sequence[str],
) -> None:
    if groups is not None:
        table.group_codes, table.groups = tuple(group_codes), groups
    elif background is not None:
        table.group_codes = table.variables[background].codes
        table.groups = table.cells[background]


def _count_blanks(table: Tabulation, background: str | None) -> None:
    """Make blanks a cell where the others' sums would tell of them."""
    for key, variable in list(table.variables.items()):
        code = variable.question.code
        if variable.shape is not Shape.ONE or variable.question.kind is Kind.CONSENT:
            continue
        if code != background and code not in table.blank_tells:
            continue
        table.variables[key] = replace(variable, codes=(*variable.codes, UNTOLD))
        asked = table.asked.get(code, b"\x01" * table.total)
        table.cells[key] = array(
            "h",
            (
                len(variable.codes) if cell == BLANK and is_asked else cell
                for cell, is_asked in zip(table.cells[key], asked, strict=True)
            ),
        )
