"""What designers' pages do around a use case: transaction, actor, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from accounts.guards import current_official
from infra.config import Settings
from infra.delivery import DELIVERY_JOB
from infra.queues import enqueue, queue_of
from infra.runtime import Runtime
from infra.slugs import SlugMalformed, SlugTaken
from infra.token_verifier import VerifierUnavailable
from infra.web import current_runtime
from surveys.condition_text import ConditionUnreadable
from surveys.definition_problems import DefinitionRefused
from surveys.definition_words import definition_sentence
from surveys.drafting import edit_questionnaire
from surveys.edit_checks import (
    AtTheEnd,
    EditRefused,
    LastPage,
    NoSuchChoice,
    NoSuchPage,
    NoSuchQuestion,
    NoSuchText,
    ReferredTo,
)
from surveys.modes import ModeLoosened
from surveys.phases import ForbiddenStep
from surveys.questionnaire import Definition
from surveys.settings import (
    DatesOutOfOrder,
    KeptTooLong,
    SurveyRefused,
    TextMalformed,
    TextTooLong,
    ThresholdRefused,
    TitleMalformed,
)
from surveys.surveys import (
    EditedMeanwhile,
    NotADraft,
    RollFixed,
    UnknownSurvey,
    get_survey,
)
from surveys.tables import Survey
from surveys.views.jobs_asked import ask_worker

_ID: Final = re.compile(r"[0-9a-f]{32}")

_GONE: Final = _("Det du ville endre, finnes ikke lenger.")
_SENTENCES: Final[dict[type[Exception], LazyString]] = {
    EditedMeanwhile: _(
        "Noen har endret spørsmålene siden du åpnet siden. Ingenting ble lagret. "
        "Se over, og prøv igjen."
    ),
    NotADraft: _("Undersøkelsen er startet eller avlyst, og kan ikke endres."),
    NoSuchPage: _GONE,
    NoSuchQuestion: _GONE,
    NoSuchChoice: _GONE,
    NoSuchText: _GONE,
    AtTheEnd: _("Det er ikke plass til å flytte lenger den veien."),
    LastPage: _("En undersøkelse må ha minst én side."),
    ConditionUnreadable: _("Vilkåret kan ikke leses. Se eksemplene under feltet."),
    SlugMalformed: _("Kortnavnet skal ha 3 til 60 tegn: a–z, tall og bindestrek."),
    SlugTaken: _("Kortnavnet er brukt av et annet valg eller en annen undersøkelse."),
    TitleMalformed: _("Tittel og organisasjon skal ha 1 til 200 tegn."),
    DatesOutOfOrder: _(
        "Datoene skal komme i rekkefølge: åpner, stenger, gruppe eller navn fjernes, "
        "svarene slettes."
    ),
    ThresholdRefused: _("Minste gruppe er 3 til 1000, og kan siden bare økes."),
    TextTooLong: _("En tekst er for lang."),
    TextMalformed: _("En tekst har et tegn som ikke kan brukes. Skriv den på nytt."),
    KeptTooLong: _(
        "Svarene kan ligge i ti år etter at undersøkelsen lukker, og knyttes til "
        "grupper eller navn i ett år."
    ),
    RollFixed: _("Manntallet er låst. Et annet slag krever en ny undersøkelse."),
    ModeLoosened: _("Slaget kan bare gjøres strengere."),
    ForbiddenStep: _("Undersøkelsen er alt startet eller avlyst."),
    VerifierUnavailable: _(
        "Undersøkelsen kan ikke lages nå, fordi en del av tjenesten ikke svarer. Prøv "
        "igjen om litt, eller gi beskjed til driften."
    ),
}
REFUSALS: Final = (
    EditRefused,
    DefinitionRefused,
    SurveyRefused,
    ConditionUnreadable,
    ForbiddenStep,
    ModeLoosened,
    SlugMalformed,
    SlugTaken,
    VerifierUnavailable,
)
_REFERRED: Final = _("Dette er i bruk lenger ut i undersøkelsen, av: %(codes)s.")
_NOT_DONE: Final = _("Dette kan ikke gjøres nå.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case is given: who acts, when, and in which transaction."""

    session: Session
    settings: Settings
    actor: str
    at: datetime


@contextmanager
def designing() -> Iterator[Desk]:
    """Open a writing transaction for the designer; deliver afterwards what it posts."""
    runtime = current_runtime()
    with runtime.store("service").begin() as session:
        yield _desk(runtime, session)
    ask_worker(_queue_delivery)


@contextmanager
def looking() -> Iterator[Desk]:
    """Open a reading transaction for the designer."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        yield _desk(runtime, session)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell a refusal on the next page instead of failing; nothing has been stored."""
    try:
        yield
    except UnknownSurvey:
        abort(404)
    except REFUSALS as refused:
        flash(sentence_of(refused), "danger")


def save_edit(survey_id: str, edit: Callable[[Definition], Definition]) -> None:
    """Save an edit of the questionnaire that the form was made from.

    Raises: what `REFUSALS` names.
    """
    number = request.form.get("based_on", "")
    based_on = int(number) if number.isascii() and number.isdigit() else 0
    with designing() as desk:
        survey = require_survey(desk, survey_id)
        edit_questionnaire(
            desk.session, survey, edit, based_on=based_on, actor=desk.actor, at=desk.at
        )


def sentence_of(refused: Exception) -> str:
    """What was refused, and what to do about it."""
    if isinstance(refused, ReferredTo):
        return str(_REFERRED) % {"codes": ", ".join(refused.by)}
    if isinstance(refused, DefinitionRefused):
        sentences = dict.fromkeys(map(definition_sentence, refused.problems))
        return " ".join(sentences)
    for kind in type(refused).__mro__:
        if kind in _SENTENCES:
            return str(_SENTENCES[kind])
    return str(_NOT_DONE)


def require_survey(desk: Desk, survey_id: str) -> Survey:
    """The survey, or a page that says there is none."""
    try:
        return get_survey(desk.session, survey_id)
    except UnknownSurvey:
        abort(404)


def require_survey_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Answer 404 to an address that names no id of a survey; no store is asked."""
    survey_id = (values or {}).get("survey_id")
    if survey_id is not None and not _ID.fullmatch(survey_id):
        abort(404)


def _queue_delivery(runtime: Runtime) -> None:
    enqueue(queue_of(runtime, "service"), DELIVERY_JOB, "service")


def _desk(runtime: Runtime, session: Session) -> Desk:
    now = runtime.clock.now()
    return Desk(session, runtime.settings, current_official().id, now)
