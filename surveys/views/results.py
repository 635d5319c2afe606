"""Results of a survey: asked for, read, shared. Designers see what the gate let out."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import RadioField

from accounts.guards import current_official, official, voter
from accounts.roles import Role
from infra.translated import _
from infra.web import current_runtime
from surveys.gate import NoSuchBackground
from surveys.modes import Mode
from surveys.report import make_report
from surveys.result_jobs import queue_results
from surveys.result_pages import (
    background_choices,
    compare_with,
    key_figures,
    stage_of_results,
)
from surveys.results import (
    ResultsChosen,
    ResultsNotMade,
    ResultsNotYet,
    SurveyReport,
    count_answered,
    earlier_rounds,
    find_results,
    find_shared,
    read_report,
    request_results,
    share_results,
)
from surveys.sealed import current_wording, read_stored_definition
from surveys.surveys import UnknownSurvey, get_survey
from surveys.tables import Survey
from surveys.views.jobs_asked import ask_worker

blueprint = Blueprint("survey_results", __name__)

_ID: Final = re.compile(r"[0-9a-f]{32}")


class BackgroundForm(FlaskForm):  # type: ignore[misc] # Flask-WTF tells no types
    """What results are divided by."""

    background = RadioField(validate_choice=False)


class ShareForm(FlaskForm):  # type: ignore[misc] # Flask-WTF tells no types
    """One button."""


@blueprint.url_value_preprocessor
def require_survey_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Answer 404 to an address that names no id of a survey; no store is asked."""
    survey_id = (values or {}).get("survey_id")
    if survey_id is not None and not _ID.fullmatch(survey_id):
        abort(404)


@blueprint.get("/undersokelser/<survey_id>/resultater")
@official(Role.SURVEY_DESIGNER)
def show(survey_id: str) -> ResponseReturnValue:
    """Show the results, or what is to be done before there are any."""
    try:
        survey = stored_report(survey_id)
    except ResultsNotMade:
        return _waiting_page(survey_id, BackgroundForm(formdata=None))
    return _results_page(survey)


@blueprint.post("/undersokelser/<survey_id>/resultater")
@official(Role.SURVEY_DESIGNER)
def choose(survey_id: str) -> ResponseReturnValue:
    """Decide what the results are divided by, and have them made."""
    form = BackgroundForm()
    problem = _request(survey_id)
    if problem:
        form.background.errors = [problem]
        return _waiting_page(survey_id, form), 422
    ask_worker(queue_results)
    return redirect(url_for("survey_results.show", survey_id=survey_id))


@blueprint.post("/undersokelser/<survey_id>/resultater/deling")
@official(Role.SURVEY_DESIGNER)
def share(survey_id: str) -> ResponseReturnValue:
    """Let anyone with the address read the numbers, or end that."""
    runtime = current_runtime()
    shared = bool(request.form.get("shared"))
    with runtime.store("service").begin() as session:
        survey = _require(session, survey_id)
        actor, now = current_official().id, runtime.clock.now()
        share_results(session, survey, shared=shared, actor=actor, at=now)
    flash(_("Tallene er delt.") if shared else _("Delingen er slutt."), "success")
    return redirect(url_for("survey_results.show", survey_id=survey_id))


@blueprint.get("/u/<slug>/resultater")
@voter("service")
def show_shared(slug: str) -> ResponseReturnValue:
    """Show shared numbers to anyone: nothing that was written, no way to act."""
    with current_runtime().store("service").reading() as session:
        try:
            survey = read_report(session, None, find_shared(session, slug))
        except (ResultsNotMade, UnknownSurvey):
            abort(404)
    return _render("shared.html", survey)


def stored_report(survey_id: str) -> SurveyReport:
    """Return a survey's results with what was written.

    Raises:
        ResultsNotMade: there are none.

    """
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        _require(session, survey_id)
        return read_report(session, runtime.keystore("service"), survey_id)


def _require(session: Session, survey_id: str) -> Survey:
    try:
        return get_survey(session, survey_id)
    except UnknownSurvey:
        abort(404)


def _request(survey_id: str) -> str:
    """Ask for results; return a sentence where that was refused."""
    runtime = current_runtime()
    background = str(request.form.get("background", "?"))
    try:
        with runtime.store("service").begin() as session:
            survey = _require(session, survey_id)
            actor, now = current_official().id, runtime.clock.now()
            request_results(session, survey, background=background, actor=actor, at=now)
    except NoSuchBackground:
        return _("Velg hva resultatene skal deles opp etter.")
    except ResultsNotYet:
        return _("Resultatene kan ikke lages ennå.")
    except ResultsChosen:
        return ""
    return ""


def _waiting_page(survey_id: str, form: BackgroundForm) -> str:
    with current_runtime().store("service").reading() as session:
        survey = _require(session, survey_id)
        stage = stage_of_results(survey, find_results(session, survey_id))
        answered = count_answered(session, survey) if stage == "open" else 0
        if stage == "choose":
            words = read_stored_definition(current_wording(session, survey_id))
            form.background.choices = background_choices(survey, words)
    form.background.label.text = _("Del opp etter")
    return render_template(
        "surveys/results/choose.html",
        survey=survey,
        stage=stage,
        answered=answered,
        form=form,
    )


def _results_page(survey: SurveyReport) -> str:
    with current_runtime().store("service").reading() as session:
        rounds = earlier_rounds(session, survey.survey_id)
        wanted = request.args.get("sammenlign", "")
        comparison = None
        if wanted in {id_ for id_, _title in rounds}:
            comparison = compare_with(survey, read_report(session, None, wanted))
    return _render(
        "results.html",
        survey,
        comparison=comparison,
        form=ShareForm(formdata=None),
        offers_rows=survey.mode is not Mode.ANONYMOUS,
        rounds=rounds,
        shared_url=url_for(
            "survey_results.show_shared", slug=survey.slug, _external=True
        ),
    )


def _render(template: str, survey: SurveyReport, **context: object) -> str:
    report = make_report(survey.definition, survey.published, survey.group_labels)
    return render_template(
        f"surveys/results/{template}",
        survey=survey,
        groups=report.groups,
        sections=report.sections,
        key_figures=key_figures(survey),
        **context,
    )
