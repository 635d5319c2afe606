"""The pages that a respondent is shown, each whole in one language."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from crypto.codes import short_fingerprint
from crypto.encoding import JsonValue, group_base32
from infra.headers import content_security_policy
from infra.i18n import ZONE, select_language
from infra.runtime import Runtime
from surveys.answer_sheet import AnswerSheet
from surveys.answer_words import page_sentences
from surveys.casting import SUBMISSION_BYTES
from surveys.manifest import SurveyManifest
from surveys.modes import Mode
from surveys.phases import SurveyPhase
from surveys.questionnaire import LANGUAGES, Definition, Language
from surveys.sealed import (
    LaunchedSurvey,
    current_wording,
    find_launched,
    launched_definition,
    read_stored_definition,
)
from surveys.statement import Statement, StatementFacts, make_statement
from surveys.views.answering_scripts import page_scripts, script_links
from surveys.walk import (
    MOVE_FIELD,
    PAGE_FIELD,
    REVIEW,
    SHOWN_FIELD,
    Step,
    first_step,
)

FIELDS: Final = {
    "page": PAGE_FIELD,
    "move": MOVE_FIELD,
    "shown": SHOWN_FIELD,
    "review": REVIEW,
}
LANGUAGE_NAMES: Final = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A launched survey with its questionnaire."""

    survey: LaunchedSurvey
    definition: Definition
    """As launched: what answers are held against."""
    words: Definition
    """The same with its latest words: what is shown."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How one respondent wants to read."""

    language: Language
    offered: Sequence[Language]


def asked_survey(runtime: Runtime, slug: str) -> Asked:
    """Return a launched survey by its name.

    Raises:
        UnknownSurvey: there is none.

    """
    with runtime.store("service").reading() as session:
        survey = find_launched(session, slug)
        definition = launched_definition(session, survey.id)
        words = current_wording(session, survey.id)
    return Asked(
        survey, read_stored_definition(definition), read_stored_definition(words)
    )


def visit_of(asked: Asked, wanted: str | None) -> Visit:
    """Return the language asked for, else the browser's, of those there are."""
    offered = asked.words.languages
    name = select_language(wanted, offered)
    language = next(each for each in LANGUAGES if each == name)
    return Visit(language, offered)


def stage_of(survey: LaunchedSurvey, now: datetime) -> str:
    """Return where a respondent stands: before, open, closed or cancelled.

    By the clock as by the phase, so that nobody fills in what will be refused.
    """
    if survey.phase is SurveyPhase.CANCELLED:
        return "cancelled"
    if survey.phase is SurveyPhase.READY or now < survey.opens_at:
        return "before"
    is_open = survey.phase is SurveyPhase.OPEN and now < survey.last_response_at
    return "open" if is_open else "closed"


def open_start(asked: Asked, visit: Visit) -> ResponseReturnValue:
    """The first page of an open survey: what is promised, and the way in."""
    step = first_step(asked.words)
    number = secrets.token_hex(SUBMISSION_BYTES)
    return _render("surveys/answer/start.html", asked, visit, step=step, number=number)


def open_page(
    asked: Asked, visit: Visit, step: Step, number: str, *, is_busy: bool = False
) -> ResponseReturnValue:
    """One page of an open survey's form, or the last look."""
    sheet = AnswerSheet(
        asked.words,
        visit.language,
        asked.survey.manifest.mode,
        step.answers,
        step.form,
        step.problems,
    )
    name = "review" if step.page is None else "page"
    status = 422 if step.problems else 200
    page = _render(
        f"surveys/answer/{name}.html",
        asked,
        visit,
        step=step,
        sheet=sheet,
        number=number,
        carried=tuple(step.carried(asked.words)),
        is_busy=is_busy,
    )
    return page, status


def busy_page(
    asked: Asked, visit: Visit, step: Step, number: str, wait_seconds: int
) -> ResponseReturnValue:
    """The last look once more, with all that was answered, to be sent later."""
    answer = make_response(open_page(asked, visit, step, number, is_busy=True))
    answer.status_code = 429
    answer.headers["Retry-After"] = str(wait_seconds)
    return answer


def ending_page(asked: Asked, visit: Visit, stage: str) -> ResponseReturnValue:
    """Before the opening, after the closing, cancelled, thanks."""
    return _render("surveys/answer/ending.html", asked, visit, stage=stage)


def personal_page(runtime: Runtime, asked: Asked, visit: Visit) -> ResponseReturnValue:
    """The page of a personal link, where scripts do the rest."""
    survey, now = asked.survey, runtime.clock.now()
    stage = stage_of(survey, now)
    if stage == "cancelled" or survey.phase is SurveyPhase.DELETED:
        return ending_page(asked, visit, stage)
    page = _render(
        "surveys/answer/personal.html",
        asked,
        visit,
        sheet=AnswerSheet(asked.words, visit.language, survey.manifest.mode),
        facts=_facts(survey, stage, now),
        check_code=group_base32(short_fingerprint(survey.fingerprint), 4),
        scripts=script_links(),
    )
    answer = make_response(page)
    hashes = (page_scripts().import_map_hash,)
    policy = content_security_policy(runtime.settings, inline_hashes=hashes)
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _facts(survey: LaunchedSurvey, stage: str, now: datetime) -> dict[str, JsonValue]:
    return {
        "definition": survey.manifest.definition.hex(),
        "fingerprint": survey.fingerprint.hex(),
        "mode": survey.manifest.mode.value,
        "slug": survey.manifest.slug,
        "stage": stage,
        "takes_rights": stage == "open" and now < survey.closes_at,
    }


def statement_of(manifest: SurveyManifest, language: Language) -> Statement:
    """Return what the respondent is told of how the answers are kept."""
    until = manifest.identified_until
    facts = StatementFacts(
        mode=manifest.mode,
        controller=manifest.controller,
        purpose=manifest.purpose,
        threshold=manifest.threshold,
        deletes_on=manifest.deletes_at.astimezone(ZONE).date(),
        identified_until=None if until is None else until.astimezone(ZONE).date(),
        legal_basis=manifest.legal_basis,
        processor=manifest.processor,
    )
    return make_statement(facts, language)


def _render(template: str, asked: Asked, visit: Visit, **context: object) -> str:
    manifest = asked.survey.manifest
    with force_locale(visit.language):
        return render_template(
            template,
            survey=asked.survey,
            manifest=manifest,
            definition=asked.words,
            statement=statement_of(manifest, visit.language),
            visit=visit,
            language_names=LANGUAGE_NAMES,
            fields=FIELDS,
            answer_texts=page_sentences(),
            is_open_mode=manifest.mode is Mode.OPEN,
            **context,
        )
