"""Fields that several forms of accounts share."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectMultipleField
from wtforms.validators import EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from accounts.officials import LONGEST_PASSWORD, SHORTEST_PASSWORD


class CheckboxesField(SelectMultipleField):
    """Several of several, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def printable(text: str | None) -> str:
    """Return a text on one line, with spaces where it had what nobody can see."""
    return "".join(letter if letter.isprintable() else " " for letter in text or "")


def new_password() -> PasswordField:
    """Return the field of a password that is being chosen."""
    size = Length(
        SHORTEST_PASSWORD, LONGEST_PASSWORD, _l("Passordet må ha 12 til 200 tegn.")
    )
    return PasswordField(
        _l("Nytt passord"),
        [InputRequired(_l("Velg et passord.")), size],
        render_kw={"autocomplete": "new-password"},
    )


def repeated_password() -> PasswordField:
    """Return the field in which it is written again."""
    same = EqualTo("password", _l("De to passordene er ikke like."))
    return PasswordField(
        _l("Gjenta passordet"),
        [InputRequired(_l("Gjenta passordet.")), same],
        render_kw={"autocomplete": "new-password"},
    )


def own_password() -> PasswordField:
    """Return the field of the present password, asked for before a grave step."""
    return PasswordField(
        _l("Passordet ditt"),
        [InputRequired(_l("Skriv passordet ditt.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
