"""Results as files. What a file holds, the page holds too; rows are another matter."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from flask import Blueprint, Response, abort

from accounts.guards import current_official, official
from accounts.roles import Role
from crypto.encoding import encode_json
from infra.audit import record_event
from infra.i18n import current_language
from infra.web import current_runtime
from surveys.exports.codebook import codebook_csv, codebook_json
from surveys.exports.printed import print_report
from surveys.exports.rows import RowsRefused
from surveys.exports.spss import (
    counts_data,
    counts_syntax,
    rows_data,
    rows_syntax,
)
from surveys.exports.tables import results_csv, results_workbook
from surveys.published import published_json
from surveys.report import make_report
from surveys.result_pages import summary_rows
from surveys.result_rows import read_rows
from surveys.results import ResultsNotMade, SurveyReport
from surveys.views.results import require_survey_id, stored_report

blueprint = Blueprint(
    "survey_files", __name__, url_prefix="/undersokelser/<survey_id>/resultater"
)
blueprint.url_value_preprocessor(require_survey_id)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"
_DATA_NAME = "svar.csv"


@blueprint.get("/resultater.xlsx")
@official(Role.SURVEY_DESIGNER)
def workbook(survey_id: str) -> Response:
    """Hand out the workbook."""
    survey = _report(survey_id, "xlsx")
    report = make_report(survey.definition, survey.published, survey.group_labels)
    content = results_workbook(survey.title, summary_rows(survey), report)
    return _file(content, _XLSX, "resultater.xlsx")


@blueprint.get("/resultater.csv")
@official(Role.SURVEY_DESIGNER)
def table(survey_id: str) -> Response:
    """Hand out all counts as CSV."""
    survey = _report(survey_id, "csv")
    report = make_report(survey.definition, survey.published, survey.group_labels)
    return _file(results_csv(report), _CSV, "resultater.csv")


@blueprint.get("/kodebok.csv")
@official(Role.SURVEY_DESIGNER)
def codebook(survey_id: str) -> Response:
    """Hand out the codebook."""
    survey = _report(survey_id, "codebook")
    return _file(codebook_csv(survey.definition), _CSV, "kodebok.csv")


@blueprint.get("/resultater.json")
@official(Role.SURVEY_DESIGNER)
def document(survey_id: str) -> Response:
    """Hand out the numbers as the gate made them, and what they are of."""
    survey = _report(survey_id, "json")
    content = encode_json(
        {
            "results": published_json(survey.published),
            "codebook": codebook_json(survey.definition),
        }
    )
    return _file(content, "application/json", "resultater.json")


@blueprint.get("/spss.zip")
@official(Role.SURVEY_DESIGNER)
def spss(survey_id: str) -> Response:
    """Hand out the counts for SPSS."""
    survey = _report(survey_id, "spss")
    files = {
        "tall.csv": counts_data(survey.published),
        "tall.sps": counts_syntax("tall.csv"),
        "kodebok.csv": codebook_csv(survey.definition),
    }
    return _file(_zipped(files), "application/zip", "resultater-spss.zip")


@blueprint.get("/rader.zip")
@official(Role.SURVEY_DESIGNER)
def rows(survey_id: str) -> Response:
    """Hand out checked rows of a survey that is not anonymous."""
    survey = _report(survey_id, "rows")
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        try:
            found = read_rows(session, runtime.keystore("service"), survey)
        except RowsRefused:
            abort(404)
    files = {
        _DATA_NAME: rows_data(found),
        "svar.sps": rows_syntax(survey.definition, found, _DATA_NAME),
        "kodebok.csv": codebook_csv(survey.definition),
    }
    return _file(_zipped(files), "application/zip", "svar-spss.zip")


@blueprint.get("/rapport.pdf")
@official(Role.SURVEY_DESIGNER)
def printed(survey_id: str) -> Response:
    """Hand out the report."""
    survey = _report(survey_id, "pdf")
    content = print_report(survey, current_language())
    return _file(content, "application/pdf", "rapport.pdf")


def _report(survey_id: str, form: str) -> SurveyReport:
    """Return the results; that they were taken out is an event."""
    try:
        survey = stored_report(survey_id)
    except ResultsNotMade:
        abort(404)
    runtime = current_runtime()
    with runtime.store("service").begin() as session:
        record_event(
            session,
            at=runtime.clock.now(),
            actor=current_official().id,
            kind="survey-results-exported",
            subject=survey_id,
            content={"form": form},
        )
    return survey


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind, headers={"Cache-Control": "no-store"})
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            # A fixed date: the archive tells nothing of when it was made.
            archive.writestr(zipfile.ZipInfo(name), each, zipfile.ZIP_DEFLATED)
    return content.getvalue()
