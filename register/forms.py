"""Forms of the register's pages: shape only; the law is in the use cases."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from register.columns import ColumnMapping, Field
from register.resends import LONGEST_REASON, SHORTEST_REASON, Decision
from register.roll_samples import column_letters

UNMAPPED = -1

_NUMERIC = {"autocomplete": "off", "inputmode": "numeric"}


def reason_field(label: str, *, own_id: str | None = None) -> StringField:
    """Return the field of why somebody asks; `own_id`: beside another such field."""
    wrong = _l(
        "Skriv en begrunnelse på %(least)s til %(most)s tegn.",
        least=SHORTEST_REASON,
        most=LONGEST_REASON,
    )
    checks = [InputRequired(wrong), Length(SHORTEST_REASON, LONGEST_REASON, wrong)]
    off = {"autocomplete": "off"}
    return StringField(label, checks, id=own_id, render_kw=off)


class UploadForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A roll file."""

    file = FileField(
        _l("Fil fra medlemsregisteret"),
        [InputRequired(_l("Velg en fil."))],
        render_kw={"accept": ".csv,.txt,.xlsx"},
    )


class TicketForm(FlaskForm):  # type: ignore[misc] # as above
    """A small file that was previewed, and what is chosen for it."""

    ticket = HiddenField(validators=[Length(max=200)])
    heading_line = HiddenField(validators=[Length(max=10)])
    sheet = HiddenField(validators=[Length(max=100)])


class ColumnsForm(FlaskForm):  # type: ignore[misc] # as above
    """Which column holds what."""

    ticket = HiddenField(validators=[Length(max=200)])
    heading_line = HiddenField(validators=[Length(max=10)])
    sheet = StringField(_l("Ark"), [Optional(), Length(max=100)])
    member_number = SelectField(_l("Medlemsnummer"), coerce=int)
    given_name = SelectField(_l("Fornavn"), coerce=int)
    family_name = SelectField(_l("Etternavn"), coerce=int)
    full_name = SelectField(_l("Fullt navn i én kolonne"), coerce=int)
    email = SelectField(_l("E-post"), coerce=int)
    mobile = SelectField(_l("Mobil"), coerce=int)
    group = SelectField(_l("Velgergruppe"), coerce=int)
    address = SelectField(_l("Postadresse"), coerce=int)
    postcode = SelectField(_l("Postnummer"), coerce=int)
    city = SelectField(_l("Poststed"), coerce=int)
    channel = SelectField(_l("Foretrukket kanal"), coerce=int)
    language = SelectField(_l("Målform"), coerce=int)

    first_line = HiddenField(validators=[Length(max=10)])
    """Of a file without headings that were found: where they stand if there are any."""

    has_headings = BooleanField(_l("Første linje er overskrifter, ikke et medlem"))

    def offer(self, headings: Sequence[str]) -> None:
        """Set the columns that can be chosen, by their headings."""
        names = [
            heading or str(_l("Kolonne %(number)s uten navn", number=place + 1))
            for place, heading in enumerate(headings)
        ]
        self._offer(names)

    def offer_lettered(self, samples: Sequence[Sequence[str]]) -> None:
        """Set the columns that can be chosen, by their place and what is in them."""
        names = []
        for place, values in enumerate(samples):
            name = str(_l("Kolonne %(letters)s", letters=column_letters(place)))
            names.append(f"{name}: {', '.join(values)}" if values else name)
        self._offer(names)

    def _offer(self, names: Sequence[str]) -> None:
        none = (UNMAPPED, str(_l("Finnes ikke i filen")))
        for name in Field:
            self[name].choices = [none, *enumerate(names)]

    @property
    def line(self) -> str:
        """The line of the headings as `read_mapping` reads it."""
        chosen = self.first_line if self.has_headings.data else self.heading_line
        return str(chosen.data or "")

    def chosen(self) -> str:
        """Return the choice as `read_mapping` reads it; nothing chosen is ""."""
        pairs = [
            f"{name}:{self[name].data}"
            for name in Field
            if isinstance(self[name].data, int) and self[name].data > UNMAPPED
        ]
        return ",".join(pairs)


def read_mapping(heading_line: str, columns: str) -> ColumnMapping | None:
    """Return what `ColumnsForm.chosen` wrote; None where nothing was chosen."""
    chosen: dict[Field, int] = {}
    for pair in columns.split(","):
        name, colon, place = pair.partition(":")
        if colon and name in set(Field) and place.isdecimal() and len(place) < 5:  # noqa: PLR2004 - no sheet has more columns
            chosen[Field(name)] = int(place)
    if not chosen or not heading_line.isdecimal():
        return None
    return ColumnMapping(int(heading_line), chosen)


class FreezeForm(FlaskForm):  # type: ignore[misc] # as above
    """Nothing but a sure yes."""

    sure = BooleanField(
        _l("Jeg har sett over tallene og vil fryse manntallet"),
        [InputRequired(_l("Bekreft at tallene er rette."))],
    )


class ReasonForm(FlaskForm):  # type: ignore[misc] # as above
    """Why somebody must see what is not for everyday."""

    reason = reason_field(_l("Begrunnelse (blir loggført)"))


class DecisionForm(FlaskForm):  # type: ignore[misc] # as above
    """What became of a message in doubt."""

    message = HiddenField(validators=[Length(max=64)])
    decision = HiddenField(validators=[Length(max=10)])
    reason = reason_field(_l("Begrunnelse (blir loggført)"))

    @property
    def chosen(self) -> Decision | None:
        """The decision, if it is one."""
        known = {each.value for each in Decision}
        return Decision(self.decision.data) if self.decision.data in known else None


class LookUpForm(FlaskForm):  # type: ignore[misc] # as above
    """One member, and why."""

    member_number = StringField(
        _l("Medlemsnummer"),
        [InputRequired(_l("Skriv medlemsnummeret.")), Length(max=32)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    reason = reason_field(_l("Begrunnelse (blir loggført)"))


class MemberForm(LookUpForm):
    """Something done about the member that was looked up."""

    entry = HiddenField(validators=[Length(max=64)])
    by_letter = BooleanField(_l("Send den som brev, som du skriver ut"))


class PaperForm(FlaskForm):  # type: ignore[misc] # as above
    """The member that was looked up votes on paper; stands beside `MemberForm`."""

    entry = HiddenField(validators=[Length(max=64)], id="entry-papir")
    reason = reason_field(_l("Begrunnelse (blir loggført)"), own_id="reason-papir")


LETTER_PREFIX = "brev"
"""Stands on a page beside another form with a reason."""


class LetterForm(FlaskForm):  # type: ignore[misc] # as above
    """A letter in somebody's hand: what is printed at its foot, and why it is asked."""

    number = IntegerField(
        _l("Bunke"),
        [InputRequired(_l("Skriv nummeret på bunken."))],
        render_kw=_NUMERIC,
    )
    place = IntegerField(
        _l("Brev"), [InputRequired(_l("Skriv nummeret på brevet."))], render_kw=_NUMERIC
    )
    reason = reason_field(_l("Begrunnelse (blir loggført)"))


class ReturnForm(FlaskForm):  # type: ignore[misc] # as above
    """A letter that came back."""

    message = HiddenField(validators=[Length(max=64)])
    reason = reason_field(_l("Begrunnelse (blir loggført)"))
