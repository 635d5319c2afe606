"""Form of a joint count: what it is called, and the other unions' elections."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from voting.forms.fields import clean_line, clean_lines, lines_of
from voting.joint import LONGEST_TITLE


class JointForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A proposal to the organisers of other unions."""

    title = StringField(
        _l("Navnet på den felles opptellingen"),
        [
            DataRequired(_l("Skriv et navn.")),
            Length(max=LONGEST_TITLE, message=_l("Høyst 200 tegn.")),
        ],
        filters=[clean_line],
    )
    others = TextAreaField(
        _l("Kortnavnene til de andre forbundenes valg"),
        [DataRequired(_l("Skriv minst ett kortnavn.")), Length(max=2_000)],
        filters=[clean_lines],
        render_kw={"rows": 4, "autocapitalize": "none", "spellcheck": "false"},
    )

    @property
    def slugs(self) -> list[str]:
        """The short names, one a line; an address may have been pasted."""
        return [
            line.strip("/").rpartition("/")[2] for line in lines_of(self.others.data)
        ]


class PressForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A button alone: only the token that shows that the form is ours."""
