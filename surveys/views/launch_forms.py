"""The forms of a survey's settings and of what is done with it once launched."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from infra.local_time_field import LocalTimeField
from surveys.lifecycle import LONGEST_REASON, SHORTEST_REASON
from surveys.modes import Mode, ModeLoosened, require_tightened
from surveys.settings import (
    HIGHEST_THRESHOLD,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    LONGEST_TITLE,
    SurveySettings,
)
from surveys.views.design_pages import MODE_WORDS

_TOO_LONG: Final = _("Teksten er for lang.")


class SettingsForm(FlaskForm):  # type: ignore[misc] # Flask-WTF tells no types
    """All that is decided of a survey beside its questions."""

    title = StringField(
        _("Tittel"), [DataRequired(), Length(max=LONGEST_TITLE, message=_TOO_LONG)]
    )
    organisation = StringField(
        _("Organisasjon"),
        [DataRequired(), Length(max=LONGEST_TITLE, message=_TOO_LONG)],
    )
    mode = SelectField(_("Kan svar knyttes til personer?"))
    threshold = IntegerField(_("Minste gruppe som vises"), [InputRequired()])
    opens = LocalTimeField(_("Åpner"), [Optional()])
    closes = LocalTimeField(_("Lukker"), [Optional()])
    deletes = LocalTimeField(_("Svarene slettes"), [Optional()])
    identified = LocalTimeField(_("Koblingen til personer fjernes"), [Optional()])
    purpose = TextAreaField(
        _("Formål"),
        [Length(max=LONGEST_PURPOSE, message=_TOO_LONG)],
        filters=[lambda typed: "\n".join((typed or "").splitlines())],
    )
    controller = StringField(
        _("Behandlingsansvarlig"), [Length(max=LONGEST_NAME, message=_TOO_LONG)]
    )
    legal_basis = StringField(
        _("Rettslig grunnlag"), [Length(max=LONGEST_NAME, message=_TOO_LONG)]
    )
    processor = StringField(
        _("Databehandler"), [Length(max=LONGEST_NAME, message=_TOO_LONG)]
    )

    def offer(self, now: SurveySettings) -> None:
        """Offer what the settings may become: modes and thresholds only tightened."""
        self.mode.choices = [
            SelectChoice(mode.value, MODE_WORDS[mode])
            for mode in Mode
            if _may_become(now.mode, mode)
        ]
        between = _("Et tall fra %(least)s til %(most)s; det kan bare settes opp.")
        message = str(between) % {"least": now.threshold, "most": HIGHEST_THRESHOLD}
        self.threshold.validators = [
            InputRequired(message),
            NumberRange(now.threshold, HIGHEST_THRESHOLD, message),
        ]

    def show(self, now: SurveySettings) -> None:
        """Fill in what is so far."""
        for name in ("title", "organisation", "threshold", "purpose", "controller"):
            self[name].data = getattr(now, name)
        self.legal_basis.data, self.processor.data = now.legal_basis, now.processor
        self.mode.data = now.mode.value
        for field, instant in (
            (self.opens, now.opens_at),
            (self.closes, now.closes_at),
            (self.deletes, now.deletes_at),
            (self.identified, now.identified_until),
        ):
            if instant is not None:
                field.show(instant)

    @property
    def wanted(self) -> SurveySettings:
        """What was filled in; the form has been validated."""
        return SurveySettings(
            title=str(self.title.data),
            organisation=str(self.organisation.data),
            mode=Mode(self.mode.data),
            threshold=int(self.threshold.data or 0),
            purpose=(self.purpose.data or "").strip(),
            controller=(self.controller.data or "").strip(),
            legal_basis=(self.legal_basis.data or "").strip(),
            processor=(self.processor.data or "").strip(),
            opens_at=_instant(self.opens),
            closes_at=_instant(self.closes),
            deletes_at=_instant(self.deletes),
            identified_until=_instant(self.identified),
        )


class ExtendForm(FlaskForm):  # type: ignore[misc] # Flask-WTF tells no types
    """A later closing, and why."""

    closes = LocalTimeField(
        _("Ny frist"), [InputRequired(_("Velg dag og klokkeslett."))]
    )
    reason = StringField(
        _("Grunn"),
        [
            Length(
                SHORTEST_REASON, LONGEST_REASON, _("Skriv en grunn på 5 til 500 tegn.")
            )
        ],
    )


def _instant(field: LocalTimeField) -> datetime | None:
    return field.instant if field.data is not None else None


def _may_become(old: Mode, new: Mode) -> bool:
    try:
        require_tightened(old, new)
    except ModeLoosened:
        return False
    return True
