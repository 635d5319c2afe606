"""The report as PDF/A-3a and PDF/UA: numbers, charts and what was written."""

from __future__ import annotations

from crypto.encoding import encode_json
from crypto.hashing import digest
from infra.i18n import speaking
from infra.sheets import fill_sheet
from surveys.published import published_json
from surveys.report import make_report
from surveys.result_pages import key_figures
from surveys.results import SurveyReport

_IDENTIFIER_BYTES = 16


def print_report(survey: SurveyReport, language: str) -> bytes:
    """Set a survey's results in a language."""
    with speaking(language):
        report = make_report(survey.definition, survey.published, survey.group_labels)
        html = fill_sheet(
            "survey_results.html",
            survey=survey,
            sections=report.sections,
            groups=report.groups,
            key_figures=key_figures(survey),
            practice=False,
        )
    numbers = encode_json(published_json(survey.published))
    name = digest("survey/printed", survey.survey_id.encode(), numbers)
    from infra.typesetting import typeset  # noqa: PLC0415 - slow to load

    return typeset(
        html,
        language=language,
        made_at=survey.made_at,
        identifier=name[:_IDENTIFIER_BYTES],
    )
