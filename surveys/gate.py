"""The one gate: what leaves the responses for screen, chart, export or anything else.

`publish_results` makes one document, once, when the survey has closed. Every figure is
made from that document and nothing else, so no two questions put to it can be held
against each other for more than it says. What it says obeys the law of
docs/surveys.md: whatever is worked out from all of it, together with what the
questionnaire itself makes certain, no group of respondents that is told by their
answers, or by their background and an answer, can be shown to have between one and
k - 1 members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from surveys.conditions import Answers
from surveys.crossing import Crossing, cross_choices, cross_variable, shown_groups
from surveys.following import FollowUps
from surveys.measures import measures_of
from surveys.published import GROUPS, GroupColumn, Published, Shown, Table
from surveys.questionnaire import NON_ANSWER_KINDS, OTHER, Definition, other_key
from surveys.suppression import hidden_cells, hidden_choices, is_small
from surveys.tabulating import tabulate
from surveys.tabulation import (
    Shape,
    Tabulation,
    Variable,
    condition_of,
)

USUAL_THRESHOLD: Final = 5
LOWEST_THRESHOLD: Final = 3


class ThresholdTooLow(ValueError):
    """Under three, or under what it was: it can only rise."""


class NoSuchBackground(ValueError):
    """Not a question marked as background, or one that only some were asked."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided before results are first read, and never again."""

    threshold: int = USUAL_THRESHOLD
    background: str = ""
    """A background question's code, GROUPS for those of the roll, or nothing."""
    group_codes: tuple[str, ...] = ()
    """The groups of the roll, where the background is GROUPS."""


def backgrounds(definition: Definition) -> tuple[str, ...]:
    """The questions that results may be divided by: of all, and asked of all."""
    return tuple(
        question.code
        for question in definition.answered_questions
        if question.background and condition_of(definition, question.code) is None
    )


def require_terms(definition: Definition, terms: Terms) -> None:
    """Refuse terms that the gate does not know.

    Raises:
        ThresholdTooLow: under 3.
        NoSuchBackground: see `backgrounds`.

    """
    if terms.threshold < LOWEST_THRESHOLD:
        raise ThresholdTooLow
    if terms.background == GROUPS:
        if not terms.group_codes:
            raise NoSuchBackground
    elif terms.background and terms.background not in backgrounds(definition):
        raise NoSuchBackground


def publish_results(
    definition: Definition,
    responses: Iterable[Answers],
    terms: Terms,
    groups: Sequence[int] | None = None,
    earlier: Published | None = None,
) -> Published:
    """Make the document of a survey's results. `responses` is read once.

    `groups`: for each response its place in `terms.group_codes`, where the background
    is GROUPS. `earlier`: what was published under a lower threshold; what it hid stays
    hidden.

    Raises:
        ThresholdTooLow: under 3, or under the earlier one.
        NoSuchBackground: see `backgrounds`; or another than the earlier one.

    """
    require_terms(definition, terms)
    by_groups = terms.background == GROUPS
    counted = tabulate(
        definition,
        responses,
        None if by_groups else terms.background or None,
        groups if by_groups else None,
        terms.group_codes,
    )
    published = _Gate(counted, terms).publish()
    return narrowed(published, earlier) if earlier else published


def narrowed(published: Published, earlier: Published) -> Published:
    """Hide what was hidden before: a higher threshold never shows more.

    Raises:
        ThresholdTooLow: it was higher.
        NoSuchBackground: it was another.

    """
    if published.threshold < earlier.threshold:
        raise ThresholdTooLow
    if published.background != earlier.background:
        raise NoSuchBackground
    before = {table.key: table for table in earlier.tables}
    return replace(
        published,
        responses=published.responses if earlier.responses is not None else None,
        tables=tuple(_narrowed(each, before[each.key]) for each in published.tables),
        texts={
            key: texts if key in earlier.texts else ()
            for key, texts in published.texts.items()
        },
    )


class _Gate:
    def __init__(self, counted: Tabulation, terms: Terms) -> None:
        self.counted = counted
        self.k = terms.threshold
        self.terms = terms
        self.follow_ups = FollowUps(counted, self.k)
        self.groups = shown_groups(counted, self.k)

    def publish(self) -> Published:
        is_enough = self.counted.total >= self.k
        return Published(
            threshold=self.k,
            responses=self.counted.total if is_enough else None,
            background=self.terms.background,
            group_codes=self.counted.group_codes,
            tables=tuple(self._table(each) for each in self._variables()),
            texts=dict(self._texts()),
        )

    def _variables(self) -> Iterable[Variable]:
        """In the order of the questionnaire: who is asked, earlier answers tell."""
        for question in self.counted.definition.answered_questions:
            for variable in self.counted.variables.values():
                if variable.question is question:
                    yield variable

    def _table(self, variable: Variable) -> Table:
        if not self.follow_ups.may_be_shown(variable.question):
            table = self._nothing(variable)
        elif variable.shape is Shape.SEVERAL:
            table = self._several(variable)
        else:
            table = self._one(variable)
        self.follow_ups.note(variable, table)
        return table

    def _nothing(self, variable: Variable) -> Table:
        return Table(
            key=variable.key,
            question=variable.question.code,
            row=variable.row.code if variable.row else "",
            several=variable.shape is Shape.SEVERAL,
            codes=variable.codes,
            base=None,
            counts=(None,) * len(variable.codes),
            whole=False,
        )

    def _one(self, variable: Variable) -> Table:
        counts = self.counted.count(variable.key)
        base = sum(counts)
        if base < self.k:
            return self._nothing(variable)
        hidden = hidden_cells(counts, self.k)
        table = replace(
            self._nothing(variable),
            base=base,
            counts=_shown(counts, hidden),
            whole=not hidden,
            same=base in counts,
            measures=None
            if hidden
            else measures_of(
                variable.question, self.counted.numbers.get(variable.key, ())
            ),
            ranks=self._ranks(variable, base),
        )
        crossing = self._cross(variable, table)
        return replace(table, groups=crossing.columns) if crossing else table

    def _several(self, variable: Variable) -> Table:
        question = variable.question
        asked = self.counted.asked_in_all(question.code)
        chosen = self.counted.chosen[variable.key]
        counts = [sum(chosen[code]) for code in variable.codes]
        alone = {each.code for each in question.choices if each.exclusive}
        alone |= set(question.non_answers)
        ordinary = frozenset(
            at for at, code in enumerate(variable.codes) if code not in alone
        )
        hidden = hidden_choices(counts, asked, self.k, ordinary)
        # Who must choose two cannot have chosen one hidden choice alone instead.
        needs_more = int(question.minimum or 0) > 1 and hidden - ordinary
        if asked < self.k or not any(counts) or needs_more:
            return self._nothing(variable)
        table = replace(
            self._nothing(variable),
            base=asked,
            counts=_shown(counts, hidden),
            whole=not hidden,
            same=asked in counts,
        )
        crossing = self._cross(variable, table)
        return replace(table, groups=crossing.columns) if crossing else table

    def _cross(self, variable: Variable, table: Table) -> Crossing | None:
        if variable.key == self.terms.background:
            self.follow_ups.note_crossing(variable, is_whole=True)
            return None
        may = self.groups and self.follow_ups.may_be_crossed(variable.question)
        crossing = None
        if self.groups and may:
            crossed = (
                cross_choices if variable.shape is Shape.SEVERAL else cross_variable
            )
            crossing = crossed(self.counted, variable, table, self.groups, self.k)
        self.follow_ups.note_crossing(
            variable, is_whole=crossing is not None and crossing.whole
        )
        return crossing

    def _ranks(self, variable: Variable, base: int) -> tuple[tuple[Shown, ...], ...]:
        """Every choice in every place, or nothing if anything of it is small."""
        found = self.counted.ranks.get(variable.key)
        if found is None:
            return ()
        places = range(1, len(variable.codes) + 1)
        rows = [[found[code, at] for at in places] for code in variable.codes]
        all_cells = [*(each for row in rows for each in row)]
        all_cells += [base - sum(row) for row in rows]
        all_cells += [base - sum(column) for column in zip(*rows, strict=True)]
        if any(is_small(count, self.k) for count in all_cells):
            return ()
        return tuple(tuple(count or None for count in row) for row in rows)

    def _texts(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        for question in self.counted.definition.answered_questions:
            if not self.follow_ups.may_be_shown(question):
                continue
            written = self.counted.texts.get(question.code, ())
            missing = self.counted.asked_in_all(question.code) - len(written)
            if question.code in self.counted.blank_tells and is_small(missing, self.k):
                continue
            if len(written) >= self.k and question.kind not in NON_ANSWER_KINDS:
                yield question.code, shuffled(question.code, written)
            key = other_key(question.code)
            written = self.counted.texts.get(key, ())
            if len(written) >= self.k and self.follow_ups.shows(question, OTHER):
                yield key, shuffled(key, written)


def shuffled(key: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Texts in an order made of themselves: of no response, and of no other key."""

    def place(text: str) -> bytes:
        return hashlib.sha256(f"{len(key)}:{key}{text}".encode()).digest()

    return tuple(sorted(texts, key=place))


def _shown(counts: Sequence[int], hidden: frozenset[int]) -> tuple[Shown, ...]:
    return tuple(
        None if at in hidden else count or None for at, count in enumerate(counts)
    )


def _narrowed(table: Table, before: Table) -> Table:
    if before.base is None or table.base is None:
        return replace(
            table,
            base=None,
            counts=(None,) * len(table.codes),
            whole=False,
            same=False,
            groups=(),
            measures=None,
            ranks=(),
        )
    columns = {each.group: each for each in before.groups}
    return replace(
        table,
        counts=_both(table.counts, before.counts),
        whole=table.whole and before.whole,
        groups=tuple(
            GroupColumn(
                each.group, each.base, _both(each.counts, columns[each.group].counts)
            )
            for each in table.groups
            if each.group in columns
        ),
        measures=table.measures if before.measures else None,
        ranks=table.ranks if before.ranks else (),
    )


def _both(now: Sequence[Shown], before: Sequence[Shown]) -> tuple[Shown, ...]:
    return tuple(
        count if earlier is not None else None
        for count, earlier in zip(now, before, strict=True)
    )
