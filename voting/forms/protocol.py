"""Forms around the result: an objection to it, and when it becomes public."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from voting.forms.fields import LocalTimeField, clean_lines, offered
from voting.objections import LONGEST

AT_ONCE = "straks"
AT_A_TIME = "tid"


class ObjectionForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What one of the committee holds against the protocol."""

    text = TextAreaField(
        _l("Innsigelsen"),
        [
            DataRequired(_l("Skriv hva innsigelsen er.")),
            Length(max=LONGEST, message=_l("Høyst 4 000 tegn.")),
        ],
        filters=[clean_lines],
    )


class PublicationForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """As soon as it is approved, or not before a time."""

    when = RadioField(
        _l("Når resultatet blir kjent for alle"),
        [InputRequired(_l("Velg når."))],
        choices=offered(
            [
                (AT_ONCE, _l("Så snart komiteen har godkjent det")),
                (AT_A_TIME, _l("Ikke før en bestemt tid")),
            ]
        ),
    )
    at = LocalTimeField(_l("Tiden"), [Optional()])

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for the time where there must be one."""
        if not super().validate(extra_validators):
            return False
        if self.when.data == AT_A_TIME and self.at.data is None:
            self.at.errors = [str(_l("Velg dag og klokkeslett."))]
            return False
        return True
