"""Forms of officials' accounts: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

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


class SignOutForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Nothing but the proof that the page is ours."""
