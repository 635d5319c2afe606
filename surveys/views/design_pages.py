"""What the templates of the editor are given."""

from __future__ import annotations

from itertools import takewhile
from typing import Any, Final

from flask import render_template
from flask_babel import lazy_gettext as _

from surveys.condition_text import write_condition
from surveys.definition_words import KIND_WORDS, finding_sentence
from surveys.launch import totals_of
from surveys.lint import Finding, lint_definition
from surveys.modes import Mode
from surveys.phases import SurveyPhase
from surveys.questionnaire import Definition, Question
from surveys.surveys import current_definition
from surveys.tables import Survey
from surveys.views.desk import looking, require_survey

LANGUAGE_WORDS: Final = {"nb": _("bokmål"), "nn": _("nynorsk"), "en": _("engelsk")}
MODE_WORDS: Final = {
    Mode.ANONYMOUS: _("Anonym"),
    Mode.PSEUDONYMOUS: _("Pseudonym"),
    Mode.NAMED: _("Med navn"),
    Mode.OPEN: _("Åpen"),
}
MODE_HINTS: Final = {
    Mode.ANONYMOUS: _("Personlig lenke. Ingen kan se hvem som har svart hva."),
    Mode.PSEUDONYMOUS: _(
        "Personlig lenke. Svaret lagres sammen med gruppa i manntallet til en dato."
    ),
    Mode.NAMED: _("Personlig lenke. Svaret kan knyttes til navnet til en dato."),
    Mode.OPEN: _("Alle med adressen kan svare, også flere ganger."),
}
PHASE_WORDS: Final = {
    SurveyPhase.DRAFT: (_("Kladd"), "neutral"),
    SurveyPhase.READY: (_("Klar til åpning"), "info"),
    SurveyPhase.OPEN: (_("Åpen"), "success"),
    SurveyPhase.CLOSED: (_("Lukket"), "warning"),
    SurveyPhase.DELETED: (_("Slettet"), "neutral"),
    SurveyPhase.CANCELLED: (_("Avlyst"), "danger"),
}


def design_page(template: str, survey_id: str, **context: Any) -> str:  # noqa: ANN401 - Jinja's own
    """Render a page of the editor over the questionnaire as it was saved last."""
    with looking() as desk:
        survey = require_survey(desk, survey_id)
        saved = current_definition(desk.session, survey)
    definition = saved.definition
    return render_template(
        f"surveys/design/{template}",
        **{
            "survey": survey,
            "definition": definition,
            "based_on": saved.number,
            "original": definition.languages[0],
            "findings": findings_of(survey, definition),
            "changeable": survey.phase == SurveyPhase.DRAFT,
            "finding_sentence": finding_sentence,
            "write_condition": write_condition,
            "kinds": KIND_WORDS,
            "language_words": LANGUAGE_WORDS,
            "mode_words": MODE_WORDS,
            "phase_words": PHASE_WORDS,
            "earlier": _earlier,
            "earlier_pages": _on_earlier_pages,
            **context,
        },
    )


def findings_of(survey: Survey, definition: Definition) -> tuple[Finding, ...]:
    """What the designer should know before launch."""
    totals = totals_of(survey)
    invited = None if totals is None else totals.invited
    return lint_definition(definition, Mode(survey.mode), invited, survey.threshold)


def _earlier(definition: Definition, code: str) -> list[Question]:
    return [
        each
        for each in takewhile(lambda asked: asked.code != code, definition.questions)
        if each.is_answered
    ]


def _on_earlier_pages(definition: Definition, code: str) -> list[Question]:
    pages = takewhile(lambda page: page.code != code, definition.pages)
    return [each for page in pages for each in page.questions if each.is_answered]
