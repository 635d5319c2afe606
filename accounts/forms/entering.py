"""Forms of the way in: password, second factor, invitation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from accounts.forms.fields import new_password, printable, repeated_password
from accounts.officials import LONGEST_PASSWORD


class SignInForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """E-mail and password."""

    email = EmailField(
        _l("E-postadresse"),
        [InputRequired(_l("Skriv e-postadressen din.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Passord"),
        [InputRequired(_l("Skriv passordet ditt.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    neste = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Six digits of an app."""

    code = StringField(
        _l("Kode fra appen"),
        [InputRequired(_l("Skriv de seks sifrene.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    neste = HiddenField()


class RecoveryForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """One of ten codes."""

    code = StringField(
        _l("Reservekode"),
        [InputRequired(_l("Skriv en av reservekodene.")), Length(max=40)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    neste = HiddenField()


class PasskeyForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What an authenticator answered; the page's script fills it in."""

    answer = HiddenField(validators=[InputRequired(), Length(max=16_384)])
    name = HiddenField(validators=[Length(max=60)], filters=[printable])
    neste = HiddenField()


class InvitationForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The token of a link, which the page's script fills in, and a new password."""

    token = StringField(
        _l("Kode fra e-posten"),
        [InputRequired(_l("Åpne lenken i e-posten, eller skriv koden fra den."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    password = new_password()
    repeated = repeated_password()
