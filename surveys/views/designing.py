"""Surveys listed and made; a questionnaire's frame, translations, preview and files."""

from __future__ import annotations

from typing import Final

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from infra.token_verifier import TokenVerifier
from surveys.answer_sheet import AnswerSheet
from surveys.definition import (
    definition_bytes,
    read_definition_file,
)
from surveys.definition_problems import DefinitionRefused
from surveys.definition_words import definition_sentence, sheet_sentence
from surveys.editing import change_frame, change_languages, put_text
from surveys.modes import Mode
from surveys.question_form import one, read_texts
from surveys.questionnaire import LANGUAGES, Definition, Language, Texts
from surveys.spreadsheet import read_spreadsheet, write_spreadsheet
from surveys.spreadsheet_problems import (
    SpreadsheetHasProblems,
    SpreadsheetRefused,
)
from surveys.surveys import create_survey, current_definition, list_surveys
from surveys.translations_check import missing_translations
from surveys.views.creating import NewSurveyForm
from surveys.views.design_pages import MODE_WORDS, PHASE_WORDS, design_page
from surveys.views.desk import (
    REFUSALS,
    designing,
    looking,
    refusals_told,
    require_survey,
    require_survey_id,
    save_edit,
    sentence_of,
)

blueprint = Blueprint("survey_design", __name__, url_prefix="/undersokelser")
blueprint.url_value_preprocessor(require_survey_id)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZIP_START: Final = b"PK"
_MOST_TOLD: Final = 30


@blueprint.get("")
@official(Role.SURVEY_DESIGNER)
def show_all() -> str:
    """List all surveys."""
    with looking() as desk:
        surveys = list_surveys(desk.session)
    return render_template(
        "surveys/design/list.html",
        surveys=surveys,
        mode_words=MODE_WORDS,
        phase_words=PHASE_WORDS,
    )


@blueprint.route("/ny", methods=["GET", "POST"])
@official(Role.SURVEY_DESIGNER)
def create() -> ResponseReturnValue:
    """Make a survey from a template or from nothing."""
    form = NewSurveyForm()
    if not form.validate_on_submit():
        page = render_template("surveys/design/new.html", form=form)
        return page, 422 if form.is_submitted() else 200
    try:
        survey_id = _create(form)
    except REFUSALS as refused:
        form.form_errors.append(sentence_of(refused))
        return render_template("surveys/design/new.html", form=form), 422
    flash(_("Undersøkelsen er laget. Se over spørsmålene."), "success")
    return redirect(url_for("survey_editing.show", survey_id=survey_id))


@blueprint.get("/<survey_id>/rammen")
@official(Role.SURVEY_DESIGNER)
def show_frame(survey_id: str) -> str:
    """Show title, introduction, thanks and languages."""
    return design_page("frame.html", survey_id)


@blueprint.post("/<survey_id>/rammen")
@official(Role.SURVEY_DESIGNER)
def save_frame(survey_id: str) -> ResponseReturnValue:
    """Change title, introduction, thanks and languages."""
    with refusals_told():
        save_edit(survey_id, _framed)
        flash(_("Lagret."), "success")
    return redirect(url_for("survey_design.show_frame", survey_id=survey_id))


@blueprint.get("/<survey_id>/oversettelser")
@official(Role.SURVEY_DESIGNER)
def show_translations(survey_id: str) -> str:
    """Show what is not translated, with room to write it."""
    with looking() as desk:
        survey = require_survey(desk, survey_id)
        definition = current_definition(desk.session, survey).definition
    missing = missing_translations(definition)[:_MOST_TOLD]
    return design_page("translations.html", survey_id, missing=missing)


@blueprint.post("/<survey_id>/oversettelser")
@official(Role.SURVEY_DESIGNER)
def save_translations(survey_id: str) -> ResponseReturnValue:
    """Keep what was written of translations."""
    with refusals_told():
        save_edit(survey_id, _translated)
        flash(_("Lagret."), "success")
    return redirect(url_for("survey_design.show_translations", survey_id=survey_id))


@blueprint.get("/<survey_id>/forhandsvisning")
@official(Role.SURVEY_DESIGNER)
def preview(survey_id: str) -> str:
    """Show the questionnaire as respondents see it; nothing can be sent."""
    with looking() as desk:
        survey = require_survey(desk, survey_id)
        definition = current_definition(desk.session, survey).definition
    language = _wanted_language(definition)
    sheet = AnswerSheet(definition, language, Mode(survey.mode))
    return design_page("preview.html", survey_id, sheet=sheet, language=language)


@blueprint.get("/<survey_id>/sporsmal.<any(json, xlsx):form>")
@official(Role.SURVEY_DESIGNER)
def export(survey_id: str, form: str) -> Response:
    """Hand out the questionnaire as a file."""
    with looking() as desk:
        survey = require_survey(desk, survey_id)
        definition = current_definition(desk.session, survey).definition
    as_json = form == "json"
    data = definition_bytes(definition) if as_json else write_spreadsheet(definition)
    answer = Response(data, mimetype="application/json" if as_json else XLSX)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{survey.slug}.{form}"'
    )
    return answer


@blueprint.get("/<survey_id>/importer")
@official(Role.SURVEY_DESIGNER)
def show_import(survey_id: str) -> str:
    """Show where a file is chosen."""
    return design_page("import.html", survey_id, problems=[])


@blueprint.post("/<survey_id>/importer")
@official(Role.SURVEY_DESIGNER)
def take_import(survey_id: str) -> ResponseReturnValue:
    """Put the questionnaire of a file in the place of this one."""
    try:
        definition = _read_file()
        save_edit(survey_id, lambda _old: definition)
    except (*REFUSALS, SpreadsheetRefused) as refused:
        problems = _told(refused)
        return design_page("import.html", survey_id, problems=problems), 422
    flash(_("Spørsmålene er hentet fra fila."), "success")
    return redirect(url_for("survey_editing.show", survey_id=survey_id))


def _create(form: NewSurveyForm) -> str:
    with designing() as desk:
        mode = Mode(form.mode.data)
        verifier = TokenVerifier(desk.settings.verifier_socket)
        survey = create_survey(
            desk.session,
            desk.settings,
            slug=form.chosen_slug,
            wanted=form.settings,
            definition=form.definition,
            actor=desk.actor,
            at=desk.at,
            verifier_key=None if mode is Mode.OPEN else verifier.public_key(),
        )
        return survey.id


def _framed(definition: Definition) -> Definition:
    form = request.form.to_dict(flat=False)
    first = definition.languages[0]
    others = [
        each
        for each in LANGUAGES
        if each in form.get("languages", []) and each != first
    ]
    widened = change_languages(definition, (first, *others))
    written = [read_texts(form, name) for name in ("title", "intro", "thanks")]
    title, intro, thanks = (
        Texts(**{each: texts.own(each) for each in widened.languages})
        for texts in written
    )
    return change_frame(widened, title, intro, thanks)


def _translated(definition: Definition) -> Definition:
    form = request.form.to_dict(flat=False)
    for each in missing_translations(definition)[:_MOST_TOLD]:
        text = one(form, f"{each.language}:{each.path}")
        if text:
            definition = put_text(definition, each.path, each.language, text)
    return definition


def _wanted_language(definition: Definition) -> Language:
    wanted = request.args.get("sprak", "")
    for language in definition.languages:
        if language == wanted:
            return language
    return definition.languages[0]


def _read_file() -> Definition:
    sent = request.files.get("file")
    data = b"" if sent is None else sent.read()
    if data.startswith(_ZIP_START):
        return read_spreadsheet(data)
    return read_definition_file(data)


def _told(refused: Exception) -> list[tuple[str, str]]:
    if isinstance(refused, SpreadsheetHasProblems):
        return [
            (
                _(
                    "Arket %(sheet)s, linje %(line)s",
                    sheet=problem.sheet,
                    line=str(problem.line),
                ),
                sheet_sentence(problem),
            )
            for problem in refused.problems[:_MOST_TOLD]
        ]
    if isinstance(refused, DefinitionRefused):
        return [
            (problem.path or _("Fila"), definition_sentence(problem))
            for problem in refused.problems[:_MOST_TOLD]
        ]
    if isinstance(refused, SpreadsheetRefused):
        return [(_("Fila"), _("Fila kan ikke leses som et spørreskjema."))]
    return [(_("Fila"), sentence_of(refused))]
