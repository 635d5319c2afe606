"""What a respondent sees of a survey: the page of a link, and the open survey's forms.

No cookie is set or read and no session is opened, so there is nothing that a page of
others could ride on: a form that another site makes a browser send is worth what any
stranger's form is worth, and an open survey takes those anyway. What is answered goes
from page to page within the forms and is looked at anew each time; the server keeps
nothing until it is sent. The number that a form carries makes a form sent twice count
once; it is random, and nothing is known of it before.
"""

from __future__ import annotations

import secrets
from typing import Final

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from accounts.guards import voter
from infra.network import network_of
from infra.problems import register_problem
from infra.runtime import Runtime
from infra.throttle import TooManyAttempts, require_attempts_left
from infra.web import current_runtime
from surveys.casting import SUBMISSION_BYTES, AnswerRefused, answer_open_survey
from surveys.form_answers import read_form_answers
from surveys.modes import Mode
from surveys.sealed import SurveyNotOpen
from surveys.surveys import UnknownSurvey
from surveys.views.answering_pages import (
    Asked,
    Visit,
    asked_survey,
    busy_page,
    ending_page,
    open_page,
    open_start,
    personal_page,
    stage_of,
    visit_of,
)
from surveys.walk import NothingToAnswer, Step, page_to_change, take_step

blueprint = Blueprint("answering", __name__)

NUMBER_FIELD: Final = "nummer"
CHANGE_FIELD: Final = "endre"
LARGEST_FORM: Final = 1024 * 1024
"""Bytes; the longest texts that a questionnaire can ask for, with room."""
MOST_FIELDS: Final = 5_000
SENT_BY_A_NETWORK: Final = 300
"""Forms of one survey within a quarter: an office shares one address, a script does
not stop. Counted in Redis by a digest whose key is of the day, beside no response."""

_PURPOSE: Final = "open-survey"

register_problem(UnknownSurvey, 404, _("Det er ingen undersøkelse på denne adressen."))
register_problem(NothingToAnswer, 404, _("Undersøkelsen har ingen spørsmål."))


@blueprint.get("/u/<slug>")
@voter("service")
def page(slug: str) -> ResponseReturnValue:
    """Show what a survey's link leads to; it is the same for everyone."""
    runtime = current_runtime()
    asked = asked_survey(runtime, slug)
    visit = visit_of(asked, request.args.get("sprak"))
    if asked.survey.manifest.mode is not Mode.OPEN:
        return personal_page(runtime, asked, visit)
    stage = stage_of(asked.survey, runtime.clock.now())
    if stage != "open":
        return ending_page(asked, visit, stage)
    return open_start(asked, visit)


@blueprint.post("/u/<slug>")
@voter("service")
def answer(slug: str) -> ResponseReturnValue:
    """Take one page of an open survey's form, and show the next."""
    _limit_form()
    runtime = current_runtime()
    asked = asked_survey(runtime, slug)
    visit = visit_of(asked, request.form.get("bytt") or request.form.get("sprak"))
    if asked.survey.manifest.mode is not Mode.OPEN:
        return redirect(url_for("answering.page", slug=slug), 303)
    if (stage := stage_of(asked.survey, runtime.clock.now())) != "open":
        return ending_page(asked, visit, stage)
    step = _step(asked)
    number = _number()
    if step.is_sent:
        return _send(runtime, asked, visit, step, number)
    return open_page(asked, visit, step, number)


@blueprint.get("/u/<slug>/takk")
@voter("service")
def receipt(slug: str) -> ResponseReturnValue:
    """Say that an open survey's response was taken; nothing of it is here."""
    runtime = current_runtime()
    asked = asked_survey(runtime, slug)
    return ending_page(asked, visit_of(asked, request.args.get("sprak")), "thanks")


def _limit_form() -> None:
    request.max_content_length = LARGEST_FORM
    request.max_form_parts = MOST_FIELDS


def _step(asked: Asked) -> Step:
    form = dict(request.form.lists())
    changed = request.form.get(CHANGE_FIELD)
    if changed is not None:
        return page_to_change(asked.words, form, changed)
    return take_step(asked.words, form)


def _number() -> str:
    """The form's number, or a new one where a form has none of ours."""
    sent = request.form.get(NUMBER_FIELD, "")
    try:
        is_ours = sent.isascii() and len(bytes.fromhex(sent)) == SUBMISSION_BYTES
    except ValueError:
        is_ours = False
    return sent if is_ours else secrets.token_hex(SUBMISSION_BYTES)


def _require_forms_left(runtime: Runtime, survey_id: str) -> None:
    network = network_of(request.remote_addr)
    if not network:
        return  # a proxy that names none: everybody would be counted as one
    counted = f"{survey_id} {network}"
    require_attempts_left(runtime, "service", _PURPOSE, counted, SENT_BY_A_NETWORK)


def _send(
    runtime: Runtime, asked: Asked, visit: Visit, step: Step, number: str
) -> ResponseReturnValue:
    try:
        _require_forms_left(runtime, asked.survey.id)
        with runtime.store("service").begin() as session:
            answer_open_survey(
                session,
                survey=asked.survey,
                submission=bytes.fromhex(number),
                answers=read_form_answers(asked.definition, step.form),
                now=runtime.clock.now(),
            )
    except SurveyNotOpen:
        return ending_page(asked, visit, "closed")
    except AnswerRefused:
        return ending_page(asked, visit, "too_large")
    except TooManyAttempts as refused:
        return busy_page(asked, visit, step, number, refused.wait_seconds)
    slug = asked.survey.manifest.slug
    there = url_for("answering.receipt", slug=slug, sprak=visit.language)
    return redirect(there, 303)
