"""Forms of the turnout audit: shape only; the law is in the use cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from register.forms import reason_field
from register.turnout import FILTERS
from register.turnout_samples import LONGEST_SEED
from register.turnout_sampling import LARGEST_SAMPLE
from register.turnout_tables import Among

EVERY_GROUP: Final = -1

_MARKS: Final = {
    "all": _l("Alle"),
    "digital": _l("Brukt digitalt"),
    "paper": _l("Krysset av på papir"),
    "none": _l("Ikke brukt"),
}


def _offered(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    return [SelectChoice(value, label) for value, label in pairs]


class NamesForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Which names to list. Sent, never part of an address: it may hold a name."""

    search = StringField(
        _l("Medlemsnummer, e-post eller navn"),
        [Optional(), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    group = SelectField(_l("Velgergruppe"), coerce=int)
    marks = SelectField(
        _l("Stemmerett"), choices=_offered((name, _MARKS[name]) for name in FILTERS)
    )
    reason = reason_field(_l("Begrunnelse (blir loggført)"))
    page = IntegerField(_l("Side"), [Optional()], default=1)

    @property
    def fault(self) -> str:
        """What is wrong with the reason alone; the rest was chosen, not written."""
        wrong = set(self.errors) == {"reason"}
        return str(self.reason.errors[0]) if wrong else ""

    def offer(self, groups: Iterable[tuple[int, str]]) -> None:
        """Set the voter groups that can be chosen."""
        self.group.choices = _offered([(EVERY_GROUP, _l("Alle gruppene")), *groups])


class SampleForm(FlaskForm):  # type: ignore[misc] # as above
    """How to draw a sample."""

    size = IntegerField(
        _l("Antall"),
        [
            InputRequired(_l("Skriv et antall.")),
            NumberRange(
                1, LARGEST_SAMPLE, _l("Velg 1 til %(most)s.", most=LARGEST_SAMPLE)
            ),
        ],
        render_kw={"inputmode": "numeric"},
    )
    among = RadioField(
        _l("Blant"),
        choices=_offered(
            (
                (Among.MARKED.value, _l("de som har brukt stemmeretten")),
                (Among.EVERYONE.value, _l("alle i manntallet")),
            )
        ),
        default=Among.MARKED.value,
    )
    seed = StringField(
        _l("Frø"),
        [Optional(), Length(max=LONGEST_SEED)],
        render_kw={"autocomplete": "off"},
    )
