"""What the pages of results show beside the questions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.i18n import show_date, show_number
from infra.translated import _
from surveys.gate import backgrounds
from surveys.phases import SurveyPhase
from surveys.published import GROUPS
from surveys.questionnaire import Definition
from surveys.report import cell_label, spoken
from surveys.result_tables import SurveyResults
from surveys.results import SurveyReport, is_ready_for_results, offers_groups
from surveys.statistics import compare_rounds, response_rate
from surveys.tables import Survey


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One answer in two rounds, as text; a dash where a round does not show it."""

    question: str
    answer: str
    now: str
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An earlier round, and the answers that both have."""

    id: str
    title: str
    rows: tuple[ComparisonRow, ...]


def key_figures(survey: SurveyReport) -> list[tuple[str, str]]:
    """How many answered, of how many, and when."""
    rate = response_rate(survey.published, survey.invited)
    figures = [(_("Svar"), show_number(rate.responses) if rate else "–")]
    if survey.invited is not None:
        figures.append((_("Inviterte"), show_number(survey.invited)))
        figures.append((_("Svarprosent"), _share(rate.percent if rate else None)))
    return [*figures, (_("Lukket"), show_date(survey.closed_at))]


def stage_of_results(survey: Survey, row: SurveyResults | None) -> str:
    """Where a survey stands on the way to results: a word that the page knows."""
    if row is not None:
        return "made" if row.made_at else "making"
    if survey.phase in {SurveyPhase.DELETED, SurveyPhase.CANCELLED}:
        return "gone"
    if survey.phase != SurveyPhase.CLOSED:
        return "open"
    return "choose" if is_ready_for_results(survey) else "settling"


def background_choices(survey: Survey, definition: Definition) -> list[tuple[str, str]]:
    """What results may be divided by, nothing last."""
    offered = [
        (code, spoken(definition.question(code).title))
        for code in backgrounds(definition)
    ]
    if offers_groups(survey):
        offered.insert(0, (GROUPS, _("Gruppe i manntallet")))
    return [*offered, ("", _("Ingenting: bare tall for alle"))]


def compare_with(now: SurveyReport, before: SurveyReport) -> Comparison:
    """Put two rounds beside each other."""
    rows = []
    for each in compare_rounds(
        now.definition, now.published, before.definition, before.published
    ):
        table = now.published.table(each.key)
        question = now.definition.question(table.question)
        row = [spoken(r.label) for r in question.rows if r.code == table.row]
        title = ": ".join([spoken(question.title), *row])
        rows.append(
            ComparisonRow(
                title,
                cell_label(question, each.code),
                _share(each.now),
                _share(each.before),
                _change(each.points),
            )
        )
    return Comparison(before.survey_id, before.title, tuple(rows))


def summary_rows(survey: SurveyReport) -> Sequence[Sequence[str]]:
    """The first sheet of the workbook."""
    return [
        *key_figures(survey),
        (_("Organisasjon"), survey.organisation),
        (_("Minste viste gruppe"), show_number(survey.published.threshold)),
        (_("Tomme tall"), _("Null eller skjult: ingen kan se hvilken.")),
    ]


def _change(points: int | None) -> str:
    if points is None:
        return "–"
    return f"{points:+d}".replace("-", "\N{MINUS SIGN}") if points else "0"


def _share(value: int | None) -> str:
    return "–" if value is None else f"{value}\N{NO-BREAK SPACE}%"
