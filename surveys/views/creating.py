"""The form that a survey is made with."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length

from infra.slugs import propose_slug
from surveys.definition import Definition
from surveys.editing import change_frame, new_definition
from surveys.modes import Mode
from surveys.questionnaire import Texts
from surveys.settings import LONGEST_TITLE, SurveySettings
from surveys.survey_templates import SurveyTemplate, read_template
from surveys.views.design_pages import MODE_HINTS, MODE_WORDS

BLANK: Final = "tom"
_BEGINNINGS: Final = (
    (SurveyTemplate.MEMBERS.value, _("Medlemsundersøkelse")),
    (SurveyTemplate.WORKING_ENVIRONMENT.value, _("Arbeidsmiljø")),
    (SurveyTemplate.COURSE.value, _("Kursevaluering")),
    (SurveyTemplate.LEAVING.value, _("Utmelding")),
    (BLANK, _("Et tomt skjema")),
)
_TOO_LONG: Final = _("Høyst 200 tegn.")


class NewSurveyForm(FlaskForm):  # type: ignore[misc] # Flask-WTF tells no types
    """What a survey is called, how it keeps its promise, what it begins with."""

    title = StringField(
        _("Tittel"),
        [
            DataRequired(_("Skriv hva undersøkelsen heter.")),
            Length(max=LONGEST_TITLE, message=_TOO_LONG),
        ],
    )
    organisation = StringField(
        _("Organisasjon"),
        [
            DataRequired(_("Skriv hvem som spør.")),
            Length(max=LONGEST_TITLE, message=_TOO_LONG),
        ],
    )
    slug = StringField(_("Kortnavn i adressen"), [Length(max=LONGEST_TITLE)])
    mode = RadioField(
        _("Kan svar knyttes til personer?"),
        choices=[SelectChoice(mode.value, MODE_WORDS[mode]) for mode in MODE_HINTS],
        default=Mode.ANONYMOUS.value,
    )
    beginning = SelectField(
        _("Begynn med"),
        choices=[SelectChoice(value, label) for value, label in _BEGINNINGS],
        default=SurveyTemplate.MEMBERS.value,
    )

    @staticmethod
    def mode_hint(mode: str) -> LazyString:
        """What a mode means to those who answer."""
        return MODE_HINTS[Mode(mode)]

    @property
    def chosen_title(self) -> str:
        """The title, single-spaced."""
        return " ".join((self.title.data or "").split())

    @property
    def chosen_slug(self) -> str:
        """The short name that was written, else one that says what the title says."""
        written = (self.slug.data or "").strip().lower()
        return written or propose_slug(self.chosen_title, "undersokelse")

    @property
    def settings(self) -> SurveySettings:
        """What the survey begins with."""
        return SurveySettings(
            title=self.chosen_title,
            organisation=self.organisation.data or "",
            mode=Mode(self.mode.data),
        )

    @property
    def definition(self) -> Definition:
        """The questionnaire to begin with, called as the survey is."""
        if self.beginning.data == BLANK:
            return new_definition(self.chosen_title)
        template = read_template(SurveyTemplate(self.beginning.data))
        title = Texts(**dict.fromkeys(template.languages, self.chosen_title))
        return change_frame(template, title, template.intro, template.thanks)
