"""A survey's results in words: what page, report and workbook show, from one document.

Everything here is made from what the gate let out and from the questionnaire's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from infra.i18n import current_language, show_number
from infra.translated import _
from surveys.bins import BETWEEN
from surveys.published import GROUPS, GroupColumn, Published, Shown, Table
from surveys.questionnaire import (
    CHOICE_KINDS,
    LANGUAGES,
    TEXT_KINDS,
    Definition,
    Kind,
    Language,
    Question,
    Texts,
    other_key,
)
from surveys.result_months import month_of
from surveys.statistics import (
    Mean,
    NetPromoters,
    Segment,
    diverging,
    mean_of_scale,
    mean_rank,
    net_promoters,
    percent,
)
from surveys.tabulation import NOT_TICKED, TICKED, UNTOLD

MOST_TEXTS: Final = 200
"""On a page or in the report; all of them are in the workbook."""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: how many gave it, in whole per cent of the base."""

    code: str
    label: str
    count: Shown
    share: int | None
    rank: str = ""
    """Of a ranking: the mean place."""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group: its base, its shares in the order of the lines, its mean."""

    label: str
    base: int
    shares: tuple[int | None, ...]
    mean: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One table with its chart and sentence."""

    id: str
    title: str
    row: str
    base: Shown
    lines: tuple[Line, ...]
    sentence: str
    several: bool = False
    mean: str = ""
    net: NetPromoters | None = None
    groups: tuple[GroupLine, ...] = ()
    segments: tuple[Segment, ...] = ()
    """Of a matrix's row: the pieces of a bar around the middle step."""

    @property
    def has_ranks(self) -> bool:
        """Whether mean places are known."""
        return any(line.rank for line in self.lines)


@dataclass(frozen=True, slots=True)
class Section:
    """One question: a table, a table for each row, or what was written."""

    code: str
    title: str
    kind: Kind
    exhibits: tuple[Exhibit, ...] = ()
    texts: tuple[str, ...] = ()
    """All that was written; a page shows `sample` of it."""
    legend: tuple[str, ...] = ()

    @property
    def sample(self) -> tuple[str, ...]:
        """The first of what was written, in an order that nobody chose."""
        return self.texts[:MOST_TEXTS]

    @property
    def is_empty(self) -> bool:
        """Whether nothing may be shown of it."""
        return not self.texts and not any(each.base for each in self.exhibits)


@dataclass(frozen=True, slots=True)
class Report:
    """All of it, in the order of the questionnaire."""

    sections: tuple[Section, ...]
    groups: str
    """The title of the background question, or nothing."""


def make_report(
    definition: Definition, published: Published, group_labels: Mapping[str, str]
) -> Report:
    """Put results into the words of the language in use.

    `group_labels`: of the groups of the roll, where these are the background.
    """
    words = ResultWords(definition, published, group_labels)
    sections = (words.section(question) for question in definition.answered_questions)
    return Report(tuple(sections), words.background_title())


def spoken(texts: Texts) -> str:
    """The text in the language in use, else in one that has it."""
    language = current_language()
    chosen: Language = next((each for each in LANGUAGES if each == language), "nb")
    return texts.in_language(chosen)


class ResultWords:
    """The words of results: of questions, cells and groups."""

    def __init__(
        self,
        definition: Definition,
        published: Published,
        group_labels: Mapping[str, str],
    ) -> None:
        self.definition = definition
        self.published = published
        self.group_labels = group_labels

    def background_title(self) -> str:
        """What the groups are groups of."""
        code = self.published.background
        if code == GROUPS:
            return _("Gruppe i manntallet")
        return spoken(self.definition.question(code).title) if code else ""

    def group_label(self, code: str) -> str:
        """The label of a group."""
        if self.published.background == GROUPS:
            return self.group_labels.get(code, code)
        return cell_label(self.definition.question(self.published.background), code)

    def section(self, question: Question) -> Section:
        """One question."""
        tables = self.published.tables_of(question.code)
        key = question.code if question.kind in TEXT_KINDS else other_key(question.code)
        is_matrix = question.kind is Kind.MATRIX
        return Section(
            question.code,
            spoken(question.title),
            question.kind,
            tuple(self._exhibit(question, table) for table in tables),
            tuple(self.published.texts.get(key, ())),
            tuple(spoken(each.label) for each in question.choices) if is_matrix else (),
        )

    def _exhibit(self, question: Question, table: Table) -> Exhibit:
        lines = tuple(self._lines(question, table))
        mean = mean_of_scale(
            question,
            dict(zip(table.codes, table.counts, strict=True)),
            table.base,
            whole=table.whole,
        )
        row = next((each for each in question.rows if each.code == table.row), None)
        segments: tuple[Segment, ...] = ()
        if question.kind is Kind.MATRIX:
            codes = [choice.code for choice in question.choices]
            segments = diverging(codes, [table.count(code) for code in codes])
        return Exhibit(
            table.key.replace(".", "-"),
            spoken(question.title),
            spoken(row.label) if row else "",
            table.base,
            lines,
            sentence_of(table, lines),
            table.several,
            self._mean(table, mean),
            net_promoters(question, table),
            tuple(self._group_lines(question, table)),
            segments,
        )

    def _lines(self, question: Question, table: Table) -> Iterator[Line]:
        for code, count in zip(table.codes, table.counts, strict=True):
            place = mean_rank(table, code)
            yield Line(
                code,
                cell_label(question, code),
                count,
                percent(count, table.base) if count and table.base else None,
                "" if place is None else decimal(place),
            )

    def _mean(self, table: Table, mean: Mean | None) -> str:
        if table.measures:
            return _(
                "Gjennomsnitt %(mean)s, median %(median)s (avrundet).",
                mean=decimal(float(table.measures.mean)),
                median=decimal(float(table.measures.median)),
            )
        return "" if mean is None else mean_words(mean)

    def _group_lines(self, question: Question, table: Table) -> Iterator[GroupLine]:
        for column in table.groups:
            yield GroupLine(
                self.group_label(column.group),
                column.base,
                tuple(
                    percent(count, column.base) if count and column.base else None
                    for count in column.counts
                ),
                self._group_mean(question, table, column),
            )

    def _group_mean(self, question: Question, table: Table, column: GroupColumn) -> str:
        counts = dict(zip(table.codes, column.counts, strict=True))
        mean = mean_of_scale(
            question, counts, column.base, whole=sum(_filled(counts)) == column.base
        )
        return short_mean(mean)


def _filled(counts: Mapping[str, Shown]) -> Iterable[int]:
    return (count for count in counts.values() if count)


def cell_label(question: Question, code: str) -> str:
    """The words of one cell."""
    if code == UNTOLD:
        return _("Ikke besvart")
    if question.kind is Kind.CONSENT and code in {TICKED, NOT_TICKED}:
        return _("Ja") if code == TICKED else _("Ikke krysset av")
    if question.kind in CHOICE_KINDS or code in question.non_answers:
        return spoken(question.label_of(code))
    if question.kind in {Kind.SCALE, Kind.NPS}:
        return _step_label(question, code)
    return _bin_label(question, code)


def _step_label(question: Question, code: str) -> str:
    steps = question.steps
    ends = {steps[0]: question.low_label, steps[-1]: question.high_label}
    end = ends.get(int(code))
    return f"{code} – {spoken(end)}" if end else code


def _bin_label(question: Question, code: str) -> str:
    if question.kind is Kind.DATE:
        month = month_of(code)
        if month is None:
            return code
        return str(format_date(month, "LLLL y", locale=current_language()))
    low, between, high = code.partition(BETWEEN)
    if not between:
        return decimal(float(low))
    if not low:
        return _("%(high)s eller mindre", high=decimal(float(high)))
    if not high:
        return _("%(low)s eller mer", low=decimal(float(low)))
    return f"{decimal(float(low))}–{decimal(float(high))}"


def decimal(number: float) -> str:
    """A number with at most one decimal, as the language writes it."""
    form = "#,##0.#" if abs(number) >= 1 or not number else "0.###"
    return str(format_decimal(number, form, locale=current_language()))


def mean_words(mean: Mean) -> str:
    """A mean in a sentence."""
    if not mean.is_exact:
        if mean.is_close:
            return _("Gjennomsnittet er omtrent %(mean)s.", mean=decimal(mean.middle))
        return _(
            "Gjennomsnittet ligger mellom %(low)s og %(high)s.",
            low=decimal(mean.low),
            high=decimal(mean.high),
        )
    if mean.interval is None:
        return _("Gjennomsnittet er %(mean)s.", mean=decimal(mean.middle))
    return _(
        "Gjennomsnittet er %(mean)s (95 %% intervall %(low)s–%(high)s), "
        "medianen %(median)s.",
        mean=decimal(mean.middle),
        low=decimal(mean.interval[0]),
        high=decimal(mean.interval[1]),
        median=str(mean.median),
    )


def short_mean(mean: Mean | None) -> str:
    """A mean for a column; a dash in place of bounds that are far apart."""
    if mean is None or not (mean.is_exact or mean.is_close):
        return ""
    return decimal(mean.middle)


def sentence_of(table: Table, lines: Sequence[Line]) -> str:
    """What the chart shows, in a sentence."""
    if table.base is None:
        return _("For få har svart til at noe kan vises.")
    number = show_number(table.base)
    told = [line for line in lines if line.count and line.code != UNTOLD]
    if not told:
        return _("%(n)s har svart, fordelt på for små grupper til å vises.", n=number)
    most = max(told, key=lambda line: line.count or 0)
    if table.same and not table.several:
        return _(
            "Alle %(n)s har svart det samme: «%(answer)s».", n=number, answer=most.label
        )
    return _(
        "%(n)s har svart. Vanligst er «%(answer)s» med %(share)s %%.",
        n=number,
        answer=most.label,
        share=str(most.share),
    )
