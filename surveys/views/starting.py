"""A survey's settings, its launch, and what an official may do with it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from accounts.guards import current_official, official
from accounts.passes import issue_pass
from accounts.roles import Role
from infra.web import current_runtime
from surveys.launch import LaunchIncomplete, Missing, launch_survey, list_missing
from surveys.lifecycle import cancel_survey, extend_survey, remove_identities
from surveys.log import service_seed
from surveys.phases import SurveyPhase
from surveys.surveys import change_settings, settings_of
from surveys.views.design_pages import MODE_WORDS, PHASE_WORDS
from surveys.views.desk import (
    REFUSALS,
    designing,
    looking,
    refusals_told,
    require_survey,
    require_survey_id,
    sentence_of,
)
from surveys.views.launch_forms import ExtendForm, SettingsForm

blueprint = Blueprint(
    "survey_launch", __name__, url_prefix="/undersokelser/<survey_id>"
)
blueprint.url_value_preprocessor(require_survey_id)

_UNPROCESSABLE: Final = 422
_LEADING: Final = (Role.SURVEY_DESIGNER, Role.ORGANISER)

MISSING_WORDS: Final = {
    Missing.PURPOSE: _l("Skriv formålet med undersøkelsen."),
    Missing.CONTROLLER: _l("Skriv hvem som er behandlingsansvarlig."),
    Missing.LEGAL_BASIS: _l("Skriv det rettslige grunnlaget."),
    Missing.PROCESSOR: _l("Skriv hvem som er databehandler."),
    Missing.OPENING: _l("Velg når undersøkelsen åpner."),
    Missing.CLOSING: _l("Velg når den lukker."),
    Missing.DELETION: _l("Velg når svarene slettes."),
    Missing.IDENTIFIED_UNTIL: _l("Velg når koblingen til personer fjernes."),
    Missing.DATES_OUT_OF_ORDER: _l(
        "Den må åpne, lukke, glemme hvem som svarte, og slettes, i den rekkefølgen."
    ),
    Missing.CLOSES_TOO_SOON: _l("Den lukker før noen rekker å svare."),
    Missing.TEXT_REFUSED: _l("En tekst har et tegn som ikke kan brukes."),
    Missing.QUESTIONS: _l("Undersøkelsen har ingen spørsmål."),
    Missing.QUESTIONS_TO_MEND: _l("Noe i spørsmålene må rettes først."),
    Missing.ROLL_NOT_FROZEN: _l(
        "Listen over de inviterte er ikke hentet inn og låst. En arrangør gjør det."
    ),
    Missing.ROLL_OF_ANOTHER_MODE: _l(
        "Listen ble låst for en annen måte å svare på. Kopier undersøkelsen."
    ),
    Missing.TOO_FEW_INVITED: _l("For få er invitert til at noe kan vises."),
    Missing.GROUP_TOO_SMALL: _l("En gruppe på listen er så liten at den er et navn."),
}


@blueprint.get("/innstillinger")
@official(*_LEADING)
def show_settings(survey_id: str) -> str:
    """Show the settings."""
    with looking() as desk:
        now = settings_of(require_survey(desk, survey_id))
    form = SettingsForm(formdata=None)
    form.offer(now)
    form.show(now)
    return _settings_page(survey_id, form)


@blueprint.post("/innstillinger")
@official(*_LEADING)
def save_settings(survey_id: str) -> ResponseReturnValue:
    """Change the settings of a draft."""
    form = SettingsForm()
    with looking() as desk:
        form.offer(settings_of(require_survey(desk, survey_id)))
    if not form.validate() or not _is_saved(survey_id, form):
        return _settings_page(survey_id, form), _UNPROCESSABLE
    flash(_("Lagret."), "success")
    return _to_launch(survey_id)


@blueprint.get("/utsending")
@official(*_LEADING)
def show(survey_id: str) -> str:
    """Show what is lacking before the launch, and what may be done after it."""
    given = current_official()
    with looking() as desk:
        survey = require_survey(desk, survey_id)
        is_draft = survey.phase == SurveyPhase.DRAFT
        missing = list_missing(desk.session, survey, desk.at) if is_draft else []
        register_pass = issue_pass(given, desk.at, service_seed(desk.settings))
    return render_template(
        "surveys/design/launch.html",
        survey=survey,
        missing=[MISSING_WORDS[each] for each in missing],
        extend=ExtendForm(formdata=None),
        may_organise=Role.ORGANISER in given.roles,
        register_pass=register_pass,
        settings=desk.settings,
        mode_words=MODE_WORDS,
        phase_words=PHASE_WORDS,
    )


@blueprint.post("/start")
@official(*_LEADING)
def launch(survey_id: str) -> ResponseReturnValue:
    """Seal the manifest."""
    keystore = current_runtime().keystore("service")
    with _told(), designing() as desk:
        launch_survey(
            desk.session,
            desk.settings,
            keystore,
            require_survey(desk, survey_id),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Undersøkelsen er klar. Den åpner av seg selv."), "success")
    return _to_launch(survey_id)


@blueprint.post("/frist")
@official(*_LEADING)
def extend(survey_id: str) -> ResponseReturnValue:
    """Move the closing later."""
    form = ExtendForm()
    if not form.validate():
        flash(_("Velg en senere frist, og skriv en grunn på 5 til 500 tegn."), "danger")
        return _to_launch(survey_id)
    with _told(), designing() as desk:
        extend_survey(
            desk.session,
            desk.settings,
            require_survey(desk, survey_id),
            closes_at=form.closes.instant,
            reason=str(form.reason.data),
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Fristen er flyttet."), "success")
    return _to_launch(survey_id)


@blueprint.post("/avlys")
@official(*_LEADING)
def cancel(survey_id: str) -> ResponseReturnValue:
    """End a survey before it closes."""
    with _told(), designing() as desk:
        cancel_survey(
            desk.session,
            desk.settings,
            require_survey(desk, survey_id),
            reason=request.form.get("reason", "")[:500],
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Undersøkelsen er avlyst, og svarene er slettet."), "success")
    return _to_launch(survey_id)


@blueprint.post("/anonymiser")
@official(*_LEADING)
def anonymise(survey_id: str) -> ResponseReturnValue:
    """Remove now what ties responses to their givers."""
    with _told(), designing() as desk:
        survey = require_survey(desk, survey_id)
        remove_identities(desk.session, survey, actor=desk.actor, at=desk.at)
        flash(_("Koblingen til personer er fjernet for godt."), "success")
    return _to_launch(survey_id)


@contextmanager
def _told() -> Iterator[None]:
    try:
        with refusals_told():
            yield
    except LaunchIncomplete:
        flash(_("Noe mangler ennå. Se listen."), "danger")


def _is_saved(survey_id: str, form: SettingsForm) -> bool:
    try:
        with designing() as desk:
            change_settings(
                desk.session,
                desk.settings,
                require_survey(desk, survey_id),
                form.wanted,
                actor=desk.actor,
                at=desk.at,
            )
    except REFUSALS as refused:
        form.form_errors.append(sentence_of(refused))
        return False
    return True


def _settings_page(survey_id: str, form: SettingsForm) -> str:
    with looking() as desk:
        survey = require_survey(desk, survey_id)
    return render_template(
        "surveys/design/settings.html",
        survey=survey,
        form=form,
        changeable=survey.phase == SurveyPhase.DRAFT,
        mode_words=MODE_WORDS,
        phase_words=PHASE_WORDS,
    )


def _to_launch(survey_id: str) -> ResponseReturnValue:
    return redirect(url_for("survey_launch.show", survey_id=survey_id))
