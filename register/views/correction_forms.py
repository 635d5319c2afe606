"""Forms of corrections: shape only; the law is in the use cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, Optional

from register.cells import UnreadableCell, clean_cell
from register.columns import Field
from register.corrections import LONGEST_REASON, SHORTEST_REASON
from register.reaching import join_postal
from register.rows import MAX_LENGTHS

ADDRESS_PREFIX: Final = "adresse"
"""Stands on a page beside another form with a reason."""

POSTAL_PREFIX: Final = "post"
MOBILE_PREFIX: Final = "mobil"

_OFF: Final = {"autocomplete": "off"}


def _reason() -> StringField:
    wrong = _l(
        "Skriv en begrunnelse på %(least)s til %(most)s tegn.",
        least=SHORTEST_REASON,
        most=LONGEST_REASON,
    )
    checks = [InputRequired(wrong), Length(SHORTEST_REASON, LONGEST_REASON, wrong)]
    return StringField(_l("Begrunnelse (står i protokollen)"), checks, render_kw=_OFF)


def _short(name: Field) -> Length:
    most = MAX_LENGTHS[name]
    return Length(max=most, message=_l("Skriv høyst %(most)s tegn.", most=most))


class AdditionForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A forgotten member."""

    member_number = StringField(
        _l("Medlemsnummer"),
        [InputRequired(_l("Skriv medlemsnummeret.")), _short(Field.MEMBER_NUMBER)],
        render_kw=_OFF,
    )
    given_name = StringField(
        _l("Fornavn"),
        [InputRequired(_l("Skriv fornavnet.")), _short(Field.GIVEN_NAME)],
        render_kw=_OFF,
    )
    family_name = StringField(
        _l("Etternavn"),
        [InputRequired(_l("Skriv etternavnet.")), _short(Field.FAMILY_NAME)],
        render_kw=_OFF,
    )
    email = EmailField(_l("E-post"), [Optional(), _short(Field.EMAIL)], render_kw=_OFF)
    mobile = StringField(
        _l("Mobil"), [Optional(), _short(Field.MOBILE)], render_kw=_OFF
    )
    group = SelectField(_l("Velgergruppe"))
    reason = _reason()

    def offer(self, labels: Iterable[str]) -> None:
        """Set the voter groups that can be chosen."""
        self.group.choices = [(label, label) for label in labels]

    def cells(self) -> Mapping[Field, str]:
        """Return what was typed as the cells of a row."""
        names = (
            *(Field.MEMBER_NUMBER, Field.GIVEN_NAME, Field.FAMILY_NAME),
            *(Field.EMAIL, Field.MOBILE, Field.GROUP),
        )
        return {name: str(self[name].data or "") for name in names}


class PostalForm(FlaskForm):  # type: ignore[misc] # as above
    """Another postal address for the member that was looked up."""

    entry = HiddenField(validators=[Length(max=64)])
    street = StringField(
        _l("Gate eller postboks"), [Optional(), _short(Field.ADDRESS)], render_kw=_OFF
    )
    postcode = StringField(
        _l("Postnummer"),
        [InputRequired(_l("Skriv postnummeret.")), _short(Field.POSTCODE)],
        render_kw=_OFF,
    )
    city = StringField(
        _l("Poststed"),
        [InputRequired(_l("Skriv poststedet.")), _short(Field.CITY)],
        render_kw=_OFF,
    )
    reason = _reason()

    @property
    def wanted(self) -> str:
        """The lines of a letter's address; empty when a letter would not arrive."""
        try:
            street, postcode, city = (
                clean_cell(str(self[name].data or ""))
                for name in ("street", "postcode", "city")
            )
        except UnreadableCell:
            return ""
        return join_postal(street, postcode, city) or ""


class AddressForm(FlaskForm):  # type: ignore[misc] # as above
    """Another address for the member that was looked up."""

    entry = HiddenField(validators=[Length(max=64)])
    address = EmailField(
        _l("Ny e-postadresse"),
        [InputRequired(_l("Skriv adressen.")), Length(max=254)],
        render_kw=_OFF,
    )
    reason = _reason()

    @property
    def wanted(self) -> str:
        """The address, as it was typed."""
        return str(self.address.data)


class MobileForm(FlaskForm):  # type: ignore[misc] # as above
    """Another mobile number for the member that was looked up."""

    entry = HiddenField(validators=[Length(max=64)])
    mobile = TelField(
        _l("Nytt mobilnummer"),
        [InputRequired(_l("Skriv mobilnummeret.")), _short(Field.MOBILE)],
        render_kw=_OFF,
    )
    reason = _reason()

    @property
    def wanted(self) -> str:
        """The number, as it was typed."""
        return str(self.mobile.data)
