"""The editor: pages, questions and their order, each step a form that keys can send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official
from accounts.roles import Role
from surveys.condition_text import write_condition
from surveys.definition_problems import DefinitionRefused
from surveys.definition_words import definition_sentence
from surveys.edit_checks import page_at, question_at
from surveys.editing import (
    add_page,
    change_page,
    move_page,
    remove_page,
    set_page_condition,
)
from surveys.editing_questions import (
    add_question,
    change_question,
    copy_question,
    move_choice,
    move_question,
    remove_question,
)
from surveys.question_form import one, read_condition, read_question, read_texts
from surveys.questionnaire import Definition, Kind, Question
from surveys.surveys import current_definition
from surveys.views.design_pages import design_page
from surveys.views.desk import (
    REFUSALS,
    looking,
    refusals_told,
    require_survey,
    require_survey_id,
    save_edit,
    sentence_of,
)

blueprint = Blueprint(
    "survey_editing", __name__, url_prefix="/undersokelser/<survey_id>"
)
blueprint.url_value_preprocessor(require_survey_id)

Edit = Callable[[Definition], Definition]

_PAGE_ACTS: Final[dict[str, Callable[[Definition, str], Definition]]] = {
    "opp": lambda definition, code: move_page(definition, code, -1),
    "ned": lambda definition, code: move_page(definition, code, 1),
    "fjern": remove_page,
}
_QUESTION_ACTS: Final[dict[str, Callable[[Definition, str], Definition]]] = {
    "opp": lambda definition, code: move_question(definition, code, -1),
    "ned": lambda definition, code: move_question(definition, code, 1),
    "kopier": lambda definition, code: copy_question(definition, code)[0],
    "fjern": remove_question,
}


@blueprint.get("")
@official(Role.SURVEY_DESIGNER)
def show(survey_id: str) -> str:
    """Show the questionnaire as it stands."""
    return design_page("questions.html", survey_id)


@blueprint.post("/sider")
@official(Role.SURVEY_DESIGNER)
def new_page(survey_id: str) -> ResponseReturnValue:
    """Add an empty page."""
    with refusals_told():
        save_edit(survey_id, add_page)
    return _back(survey_id, "slutt")


@blueprint.post("/sider/<code>/<any(opp, ned, fjern):act>")
@official(Role.SURVEY_DESIGNER)
def arrange_page(survey_id: str, code: str, act: str) -> ResponseReturnValue:
    """Move or remove a page."""
    with refusals_told():
        save_edit(survey_id, lambda definition: _PAGE_ACTS[act](definition, code))
    return _back(survey_id, f"side-{code}")


@blueprint.get("/sider/<code>")
@official(Role.SURVEY_DESIGNER)
def edit_page(survey_id: str, code: str) -> str:
    """Show a page's title, order and condition."""
    page = _definition(survey_id).pages[_place(survey_id, code)]
    condition = write_condition(page.show_if) if page.show_if else ""
    return design_page("page.html", survey_id, page=page, condition=condition)


@blueprint.post("/sider/<code>")
@official(Role.SURVEY_DESIGNER)
def save_page(survey_id: str, code: str) -> ResponseReturnValue:
    """Change a page's title, order and condition."""
    form = request.form.to_dict(flat=False)
    try:
        save_edit(survey_id, partial(_changed_page, code=code, form=form))
    except REFUSALS as refused:
        flash(sentence_of(refused), "danger")
        return edit_page(survey_id, code), 422
    flash(_("Lagret."), "success")
    return _back(survey_id, f"side-{code}")


@blueprint.post("/sider/<page>/sporsmal")
@official(Role.SURVEY_DESIGNER)
def new_question(survey_id: str, page: str) -> ResponseReturnValue:
    """Add a question, and go on to it."""
    kind = Kind(request.form.get("kind", "")) if _is_kind() else Kind.SINGLE
    title = request.form.get("title", "").strip() or str(_("Nytt spørsmål"))
    code = ""

    def edit(definition: Definition) -> Definition:
        nonlocal code
        changed, code = add_question(definition, page, kind, title)
        return changed

    with refusals_told():
        save_edit(survey_id, edit)
    return _on_to(survey_id, code)


@blueprint.get("/sporsmal/<code>")
@official(Role.SURVEY_DESIGNER)
def edit_question(survey_id: str, code: str) -> str:
    """Show a question with all that its kind can be set to."""
    asked = _question(survey_id, code)
    condition = write_condition(asked.show_if) if asked.show_if else ""
    return _question_page(survey_id, code, asked, condition)


@blueprint.post("/sporsmal/<code>")
@official(Role.SURVEY_DESIGNER)
def save_question(survey_id: str, code: str) -> ResponseReturnValue:
    """Change a question; stay on it when a choice was moved or its kind changed."""
    form = request.form.to_dict(flat=False)
    before = _question(survey_id, code)
    asked = read_question(form, before, _definition(survey_id).languages[0])
    try:
        save_edit(survey_id, partial(_changed, code=code, asked=asked, form=form))
    except REFUSALS as refused:
        page = _question_page(
            survey_id, code, asked, one(form, "condition"), refused=refused
        )
        return page, 422
    return _after_saving(survey_id, before, asked, form)


@blueprint.post("/sporsmal/<code>/<any(opp, ned, kopier, fjern):act>")
@official(Role.SURVEY_DESIGNER)
def arrange_question(survey_id: str, code: str, act: str) -> ResponseReturnValue:
    """Move, copy or remove a question."""
    with refusals_told():
        save_edit(survey_id, lambda definition: _QUESTION_ACTS[act](definition, code))
    return _back(survey_id, f"q-{code}")


def _changed(
    definition: Definition, *, code: str, asked: Question, form: dict[str, list[str]]
) -> Definition:
    asked = replace(asked, show_if=read_condition(form, definition))
    changed = change_question(definition, code, asked)
    lines, _sep, rest = one(form, "move").partition(".")
    choice, _sep, way = rest.partition(".")
    if lines == "choices":
        return move_choice(changed, asked.code, choice, -1 if way == "opp" else 1)
    if lines == "rows":
        steps = -1 if way == "opp" else 1
        return move_choice(changed, asked.code, choice, steps, "rows")
    return changed


def _changed_page(
    definition: Definition, *, code: str, form: dict[str, list[str]]
) -> Definition:
    title = read_texts(form, "title")
    changed = change_page(definition, code, title, shuffle="shuffle" in form)
    return set_page_condition(changed, code, read_condition(form, definition))


def _after_saving(
    survey_id: str, before: Question, asked: Question, form: dict[str, list[str]]
) -> ResponseReturnValue:
    if one(form, "move") or before.kind is not asked.kind or "stay" in form:
        flash(_("Lagret."), "success")
        return _on_to(survey_id, asked.code)
    flash(
        _("«%(title)s» er lagret.", title=one(form, "title.nb") or asked.code),
        "success",
    )
    return _back(survey_id, f"q-{asked.code}")


def _question_page(
    survey_id: str,
    code: str,
    asked: Question,
    condition: str,
    refused: Exception | None = None,
) -> str:
    problems = refused.problems if isinstance(refused, DefinitionRefused) else ()
    places = [_field(problem.path) for problem in problems]
    return design_page(
        "question.html",
        survey_id,
        code=code,
        asked=asked,
        condition=condition,
        faults=list(zip(places, map(definition_sentence, problems), strict=True)),
        refused=sentence_of(refused) if refused else "",
        wrong=places,
    )


def _field(path: str) -> str:
    # choices.1.label of pages[0].questions[2].choices[1].label
    return path.replace("[", ".").replace("]", "").split(".", 4)[-1]


def _definition(survey_id: str) -> Definition:
    with looking() as desk:
        survey = require_survey(desk, survey_id)
        return current_definition(desk.session, survey).definition


def _place(survey_id: str, code: str) -> int:
    try:
        return page_at(_definition(survey_id), code)
    except REFUSALS:
        abort(404)


def _question(survey_id: str, code: str) -> Question:
    definition = _definition(survey_id)
    try:
        number, place = question_at(definition, code)
    except REFUSALS:
        abort(404)
    return definition.pages[number].questions[place]


def _is_kind() -> bool:
    return request.form.get("kind", "") in set(Kind)


def _on_to(survey_id: str, code: str) -> ResponseReturnValue:
    if not code:
        return _back(survey_id, "slutt")
    url = url_for("survey_editing.edit_question", survey_id=survey_id, code=code)
    return redirect(url)


def _back(survey_id: str, place: str) -> ResponseReturnValue:
    return redirect(url_for("survey_editing.show", survey_id=survey_id, _anchor=place))
