"""Form of the audit log."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class VerifyForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A head that was kept, where there is one."""

    kept = StringField(
        _l("Kontrollpunkt fra forrige kontroll"),
        [Length(max=90)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
