"""Forms of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from accounts.forms.fields import (
    new_password,
    own_password,
    printable,
    repeated_password,
)
from accounts.passkeys import LONGEST_NAME


class OwnPasswordForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The own password, before a grave step."""

    own_password = own_password()


class RemovePasskeyForm(OwnPasswordForm):
    """Which passkey, as hexadecimal digits."""

    passkey = HiddenField(validators=[InputRequired(), Length(max=2_048)])


class PasskeyNameForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What a new passkey is called."""

    name = StringField(
        _l("Navn på passnøkkelen"),
        [InputRequired(_l("Gi passnøkkelen et navn.")), Length(max=LONGEST_NAME)],
        filters=[printable],
        render_kw={"autocomplete": "off"},
    )


class PasswordForm(OwnPasswordForm):
    """The present password and the new one, twice."""

    password = new_password()
    repeated = repeated_password()


class SessionForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Which session."""

    session_id = HiddenField(validators=[InputRequired(), Length(max=32)])
