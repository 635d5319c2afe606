"""Forms of the sending pages: shape only; the law is in the use cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from infra.i18n import ZONE
from register.daily_limit import LARGEST_LIMIT
from register.mail_templates import (
    LONGEST_BODY,
    LONGEST_SMS,
    LONGEST_SUBJECT,
    Template,
)
from register.recipients import Plan, read_plan
from register.roll_phases import MessageChannel


class TextForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The union's text in one language; its fields are checked by the use case."""

    subject = StringField(
        _l("Emne"),
        [InputRequired(_l("Skriv et emne.")), Length(max=LONGEST_SUBJECT)],
    )
    body = TextAreaField(
        _l("Tekst"),
        [InputRequired(_l("Skriv teksten.")), Length(max=LONGEST_BODY)],
        render_kw={"rows": 14},
    )
    sms = TextAreaField(
        _l("Tekst i SMS"),
        [Optional(), Length(max=LONGEST_SMS)],
        render_kw={"rows": 3},
    )

    def show(self, template: Template) -> None:
        """Put a text into the fields."""
        self.subject.data, self.body.data = template.subject, template.body
        self.sms.data = template.sms


class SendingForm(TextForm):
    """A sending: its text, and by what it may go."""

    language = HiddenField(default="nb", validators=[Length(max=2)])
    by_email = BooleanField(_l("E-post"), default=True)
    by_sms = BooleanField(_l("SMS"))
    by_letter = BooleanField(_l("Brev (skrives ut i bunker på 100)"))
    falls_back = BooleanField(
        _l("Bruk en annen av kanalene når den medlemmet helst vil ha, ikke når fram"),
        default=True,
    )

    daily_limit = IntegerField(
        _l("Høyst så mange e-poster i døgnet"),
        [
            Optional(),
            NumberRange(
                1,
                LARGEST_LIMIT,
                _l("Skriv et tall på minst 1, eller la feltet stå tomt."),
            ),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    def show_plan(self, plan: Plan) -> None:
        """Tick the channels of a plan."""
        self.by_email.data = MessageChannel.EMAIL in plan.channels
        self.by_sms.data = MessageChannel.SMS in plan.channels
        self.by_letter.data = MessageChannel.LETTER in plan.channels
        self.falls_back.data = plan.falls_back
        self.daily_limit.data = plan.daily_limit

    @property
    def plan(self) -> Plan:
        """By what it may go.

        Raises:
            NoChannel: nothing is ticked.

        """
        ticked = {
            MessageChannel.EMAIL: self.by_email.data,
            MessageChannel.SMS: self.by_sms.data,
            MessageChannel.LETTER: self.by_letter.data,
        }
        named: Sequence[str] = [each for each, is_on in ticked.items() if is_on]
        return read_plan(
            named,
            falls_back=bool(self.falls_back.data),
            daily_limit=self.daily_limit.data,
        )


class StartForm(FlaskForm):  # type: ignore[misc] # as above
    """The number that was shown, typed by the one who sends, and when."""

    told = IntegerField(
        _l("Skriv antallet mottakere for å bekrefte"),
        [InputRequired(_l("Skriv antallet mottakere med tall."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    at = DateTimeLocalField(_l("Start på et tidspunkt"), validators=[Optional()])

    @property
    def starts_at(self) -> datetime | None:
        """When it starts, in UTC; None at once."""
        written = self.at.data
        return written.replace(tzinfo=ZONE).astimezone(UTC) if written else None


class TrialForm(FlaskForm):  # type: ignore[misc] # as above
    """Where a trial of a message goes."""

    address = EmailField(
        _l("Send en prøve til"),
        [InputRequired(_l("Skriv din egen e-postadresse.")), Length(max=254)],
        render_kw={"autocomplete": "email"},
    )


class PrintForm(FlaskForm):  # type: ignore[misc] # as above
    """Whether a batch that was printed may be printed again."""

    again = BooleanField(_l("Alle eksemplarer fra forrige utskrift er kastet"))
